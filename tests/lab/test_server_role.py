"""The server's side of our protocol machines, dialled by a client that is not ours: pptp-linux and pppd."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address

import pytest

from tests.lab.lab import Lab
from wizard.pptp.ppp.events import EncryptionUp, LoggedIn, LoginRefused
from wizard.pptp.ppp.settings import Account, Encryption, ServerSettings
from wizard.practice.pptp import PptpServer
from wizard.verify.carrier import RawCarrier

pytestmark = [pytest.mark.lab, pytest.mark.turns]

SERVER, CLIENT, NEIGHBOUR = map(IPv4Address, ("172.16.9.1", "172.16.9.2", "172.16.9.9"))
PASSWORD = "made-up-4-anna"


@contextmanager
def served(lab: Lab, encryption: Encryption = Encryption.REQUIRED) -> Iterator[PptpServer]:
    """On a computer on the Internet; its packets are real ones."""
    settings = ServerSettings({"anna": Account(PASSWORD, CLIENT)}, SERVER, dns=(SERVER,), encryption=encryption)
    with lab.internet_host.namespace.entered():
        server = PptpServer(settings, RawCarrier, address="", port=1723, neighbours=(NEIGHBOUR,))
    try:
        yield server
    finally:
        server.close()


def test_a_real_client_logs_in_encrypts_and_pings(lab: Lab) -> None:
    client = lab.client()
    with served(lab) as server:
        call = client.dial("anna", PASSWORD, server=lab.internet_host.address)
        assert call.up, call.log
        assert (call.address, call.peer, set(call.dns)) == (str(CLIENT), str(SERVER), {str(SERVER)})
        assert call.mppe and "128-bit stateless" in call.mppe
        assert client.ping(str(SERVER))
        client.route(f"{NEIGHBOUR}/32")
        assert client.run(f"ping -c 50 -i 0.02 -s 1200 {NEIGHBOUR} | grep -q ' 50 packets received'").code == 0
        call.hangup()
    told = [type(event) for event in server.events]
    assert told.index(LoggedIn) < told.index(EncryptionUp)


def test_a_real_client_is_turned_away_for_its_password_and_for_want_of_encryption(lab: Lab) -> None:
    client = lab.client()
    with served(lab) as server:
        wrong = client.dial("anna", "made-up-wrong", server=lab.internet_host.address)
        assert not wrong.up
        assert "E=691" in wrong.log or "authentication failed" in wrong.log
        wrong.hangup()
        bare = client.dial("anna", PASSWORD, server=lab.internet_host.address, options=("nomppe",))
        assert not bare.up
        bare.hangup()
    assert [event.code for event in server.events if isinstance(event, LoginRefused)] == [691]
    assert not any(isinstance(event, EncryptionUp) for event in server.events)
