"""A call that brings IPv6 along, as pppd from 2.5 on does unasked, opens no way around what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.client import Client
from tests.lab.lab import Lab
from tests.lab.wizard import PASSWORD, Wizard, answers

pytestmark = pytest.mark.lab

SWITCH = "for name in all default; do echo %d >/proc/sys/net/ipv6/conf/$name/disable_ipv6; done\n"
ON, OFF = SWITCH % 0, SWITCH % 1
LISTENING = "until netstat -ltn | grep -q ' :::22 '; do sleep 1; done"
ROUTER, CLIENT = "fd00:9::1", "fd00:9::2"
CONTROL = "nft insert rule inet fw4 input iifname ppp0 accept"
"""What the router would do with the packet if the clients' zone did not see to it."""


@pytest.fixture
def client(lab: Lab) -> Iterator[Client]:
    """One with IPv6, for this test alone."""
    client = lab.client()
    client.run(ON)
    yield client
    client.run(OFF)


def test_ipv6_in_a_call_does_not_reach_the_router(lab: Lab, client: Client, tmp_path: Path) -> None:
    router = lab.router(release="22.03", packages=("pptpd",))
    router.run(f"{ON} echo +ipv6 >>/etc/ppp/options; /etc/init.d/dropbear restart; {LISTENING}")
    access = ["internet = true", "between_clients = true", 'router = "dns"']
    ran = Wizard(router, tmp_path).apply(answers(access=access), {"anna": PASSWORD})
    assert ran.code == 0, ran.out
    assert "policy accept" in router.run("nft list chain inet fw4 input").out

    call = client.dial("anna", PASSWORD, options=("require-mppe-128", "+ipv6"))
    assert call.up, call.log
    for machine, address in ((client, CLIENT), (router, ROUTER)):
        assert machine.run(f"ip -6 addr add {address}/64 dev ppp0").code == 0

    assert [port for port in (22, 53) if client.tcp(ROUTER, port) == "open"] == []
    assert client.run(f"ping -6 -c1 -W2 {ROUTER}").code != 0
    assert router.run(CONTROL).code == 0
    assert [port for port in (22, 53) if client.tcp(ROUTER, port) == "open"] == [22, 53]
    assert client.run(f"ping -6 -c1 -W2 {ROUTER}").code == 0
