"""The Internet itself comes by a PPP device: nothing from it may pass as a client, whatever it claims to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab import packets
from tests.lab.access import LISTED, NOT_LISTED, Wish
from tests.lab.lab import Lab
from tests.lab.wizard import Wizard, answers

pytestmark = pytest.mark.lab

ANNA, BERT, PASSWORD, EAR = "172.16.1.2", "172.16.1.3", "made-up-1", 7001
ALL_OPEN = Wish((LISTED, NOT_LISTED), from_lan=True, internet=True, between_clients=True, router="all")


# ppp0 up to 10.03, pppoe-wan later; a filter of each kind.
@pytest.mark.sample(2)
@pytest.mark.parametrize("release", ["7.09", "10.03", "12.09", "21.02", "24.10"])
def test_nothing_from_the_line_passes_as_a_client(lab: Lab, tmp_path: Path, release: str) -> None:
    client = lab.client()
    router = lab.router(release=release, wan="pppoe")
    wizard = Wizard(router, tmp_path)
    wish = answers({"anna": ANNA, "bert": BERT}, access=ALL_OPEN.lines)
    ran = wizard.apply(wish, {"anna": PASSWORD, "bert": "made-up-2"})
    assert ran.code == 0, ran.out
    router.wait_for_wan()  # a line that fell silent on a busy machine dials again
    call = client.dial("anna", PASSWORD)
    assert call.up, call.log
    assert call.address == ANNA

    for network in ("192.168.1.0/24", "172.16.1.0/24"):
        lab.provider.leads_to(network)
    outside = lab.internet_host
    ear = lab.lan_host.hear_udp(EAR)
    # Its own address, another client's that is not connected, the caller's own: nothing reaches the LAN or the router.
    for claimed in (outside.address, BERT, ANNA):
        outside.send_raw(packets.udp(claimed, LISTED, EAR, b"from the line"))
    assert not outside.ping(LISTED)
    assert outside.tcp(LISTED, 8080) != "open"
    assert outside.tcp(router.wan, 22) != "open"
    assert outside.tcp("172.16.1.1", 22) != "open"
    client.listen(7000)
    assert outside.tcp(ANNA, 7000) != "open"
    assert not ear.wait(seconds=1), ear.heard

    # The ear does hear, and the client gets everywhere that was answered.
    neighbour = lab.other_lan_host
    neighbour.send_raw(packets.udp(neighbour.address, LISTED, EAR, b"from the LAN"))
    assert ear.wait()
    client.route("192.168.1.0/24")
    assert client.tcp(LISTED, 8080) == "open"
    assert client.tcp("172.16.1.1", 22) == "open"
    assert "nothing has to be changed" in wizard.apply(wish).out.lower()
