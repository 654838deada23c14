"""The largest segment that TCP may send into the tunnel is what fits into it, whatever both ends believe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lab.access import LISTED
from tests.lab.build.python import PROGRAM
from tests.lab.lab import Lab
from tests.lab.wizard import PASSWORD, Wizard, answers

pytestmark = [pytest.mark.lab, pytest.mark.turns]

MTU = 1300
HEADERS = 40
"""Bytes of IPv4 and TCP without options, which the segment comes on top of (RFC 9293 §3.7.1)."""
# Prints the largest segment size in what leaves by ppp0 for a connection that a host of the LAN accepts.
WATCH = """
import socket
line = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
line.bind(("ppp0", 0))
line.settimeout(20)
while True:
    packet = line.recv(2000)
    tcp = packet[(packet[0] & 15) * 4:]
    if packet[9] == 6 and tcp[:2] == (8080).to_bytes(2, "big") and tcp[13] & 18 == 18:
        at = tcp.index(b"\\x02\\x04", 20)
        print(int.from_bytes(tcp[at + 2:at + 4], "big"), flush=True)
        break
"""


@pytest.mark.parametrize("release", ["19.07", "24.10"])
def test_a_host_that_knows_nothing_of_the_tunnel_is_told_what_fits(lab: Lab, tmp_path: Path, release: str) -> None:
    client, router = lab.client(), lab.router(release=release)
    ran = Wizard(router, tmp_path).apply(answers(daemon=f"mtu = {MTU}"), {"anna": PASSWORD})
    assert ran.code == 0, ran.out
    assert client.dial("anna", PASSWORD).up
    client.route("192.168.1.0/24")
    # The client too is made to believe that more would fit, so that only the router between the two says less.
    client.run("ifconfig ppp0 mtu 1500")
    router.write("/tmp/watch.py", WATCH.encode())
    router.run(f"{PROGRAM} -IS /tmp/watch.py </dev/null >/tmp/largest 2>&1 & sleep 2")
    assert client.tcp(LISTED, 8080) == "open"
    said = router.run("sleep 1; cat /tmp/largest").out
    assert re.fullmatch(r"\d+\s*", said), said
    assert int(said) <= MTU - HEADERS
