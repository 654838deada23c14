"""IPCP in conversation, on the client's and on the server's side."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from tests.pptp.ppp import pppd_log
from tests.pptp.ppp.far_end import FarEnd
from tests.pptp.ppp.test_ccp import AGREES, ASKS, entered, let_in
from tests.pptp.ppp.test_chap import ALICE, KNOWN
from wizard.pptp.errors import LocalProtocolError
from wizard.pptp.ppp.events import AddressesUp, AddressRefused, GaveUp, IpPacket, PeerHungUp, Why
from wizard.pptp.ppp.frames import Frame, Protocol
from wizard.pptp.ppp.link import Phase
from wizard.pptp.ppp.settings import Encryption

OPEN = replace(ALICE, encryption=Encryption.ABSENT)
"""A client without encryption, whose IPCP begins at once."""
LET = replace(KNOWN, encryption=Encryption.ABSENT)
WANTED = IPv4Address("192.168.1.99")
SERVER, CLIENT, DNS = (IPv4Address(f"192.168.77.{host}") for host in (1, 10, 53))
NONE = "<ms-dns1 0.0.0.0> <ms-dns2 0.0.0.0>"


def client(wanted: IPv4Address | None = None) -> FarEnd:
    far = entered(replace(OPEN, address=wanted))
    far.hears()
    return far


def server() -> FarEnd:
    far = let_in(LET)
    assert far.hears()[-1] == f"IPCP ConfReq id=0x1 <addr {SERVER}>"
    return far


def test_a_client_asks_for_an_address_and_name_servers() -> None:
    assert entered(OPEN).hears() == [f"IPCP ConfReq id=0x1 <addr 0.0.0.0> {NONE}"]
    assert entered(replace(OPEN, address=WANTED)).hears() == [f"IPCP ConfReq id=0x1 <addr {WANTED}> {NONE}"]


def test_a_client_takes_what_the_server_gives() -> None:
    far = client()
    far.say(f"IPCP ConfNak id=0x1 <addr {CLIENT}> <ms-dns1 {DNS}> <ms-dns2 {DNS}>")
    assert far.hears() == [f"IPCP ConfReq id=0x2 <addr {CLIENT}> <ms-dns1 {DNS}> <ms-dns2 {DNS}>"]
    far.say(f"IPCP ConfReq id=0x1 <addr {SERVER}>")
    far.say(f"IPCP ConfAck id=0x2 <addr {CLIENT}> <ms-dns1 {DNS}> <ms-dns2 {DNS}>")
    assert far.told() == [AddressesUp(CLIENT, SERVER, (DNS,))]


def test_a_client_does_without_name_servers() -> None:
    far = client()
    far.say(f"IPCP ConfRej id=0x1 {NONE}", f"IPCP ConfNak id=0x2 <addr {CLIENT}>")
    assert far.hears()[-1] == f"IPCP ConfReq id=0x3 <addr {CLIENT}>"
    far.say(f"IPCP ConfReq id=0x1 <addr {SERVER}>", f"IPCP ConfAck id=0x3 <addr {CLIENT}>")
    assert far.told() == [AddressesUp(CLIENT, SERVER)]


def test_two_name_servers_are_told_in_order() -> None:
    far = client()
    second = IPv4Address("192.168.77.54")
    far.say(f"IPCP ConfNak id=0x1 <addr {CLIENT}> <ms-dns1 {DNS}> <ms-dns2 {second}>", "IPCP ConfReq id=0x1")
    far.say(far.hears()[0].replace("ConfReq", "ConfAck"))
    assert far.told() == [AddressesUp(CLIENT, None, (DNS, second))]


def test_a_server_that_gives_another_address_is_told_of_once_and_followed() -> None:
    far = client(WANTED)
    far.say(f"IPCP ConfNak id=0x1 <addr {CLIENT}>", f"IPCP ConfNak id=0x2 <addr {DNS}>")
    assert far.told() == [AddressRefused(WANTED, CLIENT)]
    assert far.hears()[-1] == f"IPCP ConfReq id=0x3 <addr {DNS}> {NONE}"


def test_a_server_that_gives_the_wanted_address_refuses_nothing() -> None:
    far = client(WANTED)
    far.say(f"IPCP ConfNak id=0x1 <addr {WANTED}> <ms-dns1 {DNS}>")
    assert far.told() == []


@pytest.mark.parametrize("wanted", [None, WANTED])
def test_a_server_that_gives_no_address_is_left(wanted: IPv4Address | None) -> None:
    far = client(wanted)
    far.say(f"IPCP ConfRej id=0x1 <addr {wanted or '0.0.0.0'}>", "IPCP ConfReq id=0x1")
    assert far.told() == [AddressRefused(wanted, None)]
    far.say(far.hears()[0].replace("ConfReq", "ConfAck"))
    assert far.told() == [GaveUp(Protocol.IPCP, Why.REFUSED)]
    assert far.hears()[-1] == 'LCP TermReq id=0x2 "Could not determine local IP address"'


def test_a_server_that_agrees_to_no_address_at_all_is_left() -> None:
    far = client().say("IPCP ConfReq id=0x1", f"IPCP ConfAck id=0x1 <addr 0.0.0.0> {NONE}")
    assert far.told() == [GaveUp(Protocol.IPCP, Why.REFUSED)]


def test_a_server_that_stalls_with_zeroes_is_left() -> None:
    far = client().say("IPCP ConfReq id=0x9")
    far.hears()
    for identifier in range(1, 7):
        far.say(f"IPCP ConfNak id={identifier:#x} <addr 0.0.0.0>")
    assert far.told() == [AddressRefused(None, None)]


def test_a_hint_of_zeroes_says_nothing() -> None:
    far = client(WANTED).say("IPCP ConfNak id=0x1 <addr 0.0.0.0>")
    assert far.hears() == [f"IPCP ConfReq id=0x2 <addr {WANTED}> {NONE}"]
    assert far.told() == []


@pytest.mark.parametrize("option", ["<compress VJ 0f 01>", "<ms-dns1 192.168.77.1>", "<addr 0.0.0.0>"])
def test_what_a_server_cannot_ask_for_is_rejected(option: str) -> None:
    far = client()
    assert far.say(f"IPCP ConfReq id=0x1 {option}").hears() == [f"IPCP ConfRej id=0x1 {option}"]


def test_an_address_that_is_cut_short_is_rejected_and_not_followed() -> None:
    far = client()
    far.link.receive(bytes.fromhex("8021 01 05 0009 0305c0a84d"), far.now)
    far.link.receive(bytes.fromhex("8021 03 01 0009 0305c0a84d"), far.now)
    rejection, request = far.link.frames_to_send()
    assert rejection == bytes.fromhex("8021 04 05 0009 0305c0a84d")
    assert pppd_log.line(request) == f"IPCP ConfReq id=0x2 <addr 0.0.0.0> {NONE}"
    assert far.told() == []
    far.say(f"IPCP ConfNak id=0x2 <addr {CLIENT}>")
    assert far.hears() == [f"IPCP ConfReq id=0x3 <addr {CLIENT}> {NONE}"]


def test_a_server_gives_the_account_its_address_and_name_servers() -> None:
    far = server()
    far.say(f"IPCP ConfReq id=0x1 <addr 0.0.0.0> {NONE}")
    assert far.hears() == [f"IPCP ConfNak id=0x1 <addr {CLIENT}> <ms-dns1 {DNS}> <ms-dns2 {DNS}>"]
    far.say(f"IPCP ConfReq id=0x2 <addr {CLIENT}> <ms-dns1 {DNS}> <ms-dns2 {DNS}>")
    assert far.hears() == [f"IPCP ConfAck id=0x2 <addr {CLIENT}> <ms-dns1 {DNS}> <ms-dns2 {DNS}>"]
    far.say(f"IPCP ConfAck id=0x1 <addr {SERVER}>")
    assert far.told() == [AddressesUp(SERVER, CLIENT, (DNS,))]


def test_what_windows_asks_for_is_given_where_it_is_there() -> None:
    wins = IPv4Address("192.168.77.60")
    far = let_in(replace(LET, nbns=(wins,), dns=()))
    far.hears()
    asked = "<ms-dns1 0.0.0.0> <ms-wins 0.0.0.0> <ms-dns2 0.0.0.0> <ms-wins2 0.0.0.0>"
    far.say(f"IPCP ConfReq id=0x5 <addr 0.0.0.0> {asked}")
    assert far.hears() == ["IPCP ConfRej id=0x5 <ms-dns1 0.0.0.0> <ms-dns2 0.0.0.0>"]
    far.say("IPCP ConfReq id=0x6 <addr 0.0.0.0> <ms-wins 0.0.0.0> <ms-wins2 0.0.0.0>")
    assert far.hears() == [f"IPCP ConfNak id=0x6 <addr {CLIENT}> <ms-wins {wins}> <ms-wins2 {wins}>"]


def test_two_name_servers_are_given_in_order() -> None:
    second = IPv4Address("192.168.77.54")
    far = let_in(replace(LET, dns=(DNS, second)))
    far.hears()
    assert far.say(f"IPCP ConfReq id=0x1 {NONE}").hears() == [
        f"IPCP ConfNak id=0x1 <ms-dns1 {DNS}> <ms-dns2 {second}> <addr {CLIENT}>"
    ]


def test_a_client_that_insists_on_another_address_is_told_of_once_and_comes_in_without() -> None:
    """So does pppd, and it is the client that hangs up then."""
    far = server()
    far.say(f"IPCP ConfAck id=0x1 <addr {SERVER}>")
    for identifier in range(1, 6):
        far.say(f"IPCP ConfReq id={identifier:#x} <addr {WANTED}>")
        assert far.hears() == [f"IPCP ConfNak id={identifier:#x} <addr {CLIENT}>"]
    far.say(f"IPCP ConfReq id=0x6 <addr {WANTED}>")
    assert far.hears() == [f"IPCP ConfRej id=0x6 <addr {WANTED}>"]
    assert far.told() == [AddressRefused(WANTED, CLIENT)]
    assert far.say("IPCP ConfReq id=0x7").hears() == ["IPCP ConfAck id=0x7"]
    assert far.told() == [AddressesUp(SERVER, CLIENT, (DNS,))]
    far.say('IPCP TermReq id=0x8 "Refused our IP address"')
    assert far.told() == [PeerHungUp("Refused our IP address", Protocol.IPCP)]
    assert far.hears() == ["IPCP TermAck id=0x8", 'LCP TermReq id=0x2 "No network protocols running"']


def test_a_client_that_does_not_ask_is_hinted_at_its_address() -> None:
    far = server()
    assert far.say("IPCP ConfReq id=0x1").hears() == [f"IPCP ConfNak id=0x1 <addr {CLIENT}>"]


def test_a_servers_own_address_is_not_up_for_discussion() -> None:
    far = server()
    far.say(f"IPCP ConfNak id=0x1 <addr {WANTED}>")
    assert far.hears() == [f"IPCP ConfReq id=0x2 <addr {SERVER}>"]
    far.say(f"IPCP ConfRej id=0x2 <addr {SERVER}>")
    assert far.hears() == ["IPCP ConfReq id=0x3"]
    far.say("IPCP ConfAck id=0x3", f"IPCP ConfReq id=0x1 <addr {CLIENT}>")
    assert far.told() == [AddressesUp(SERVER, CLIENT, (DNS,))]


def test_a_far_end_without_ipcp_is_left() -> None:
    far = client().say("LCP ProtRej id=0x1 0x8021")
    assert far.told() == [GaveUp(Protocol.IPCP, Why.REJECTED)]
    assert far.hears() == ['LCP TermReq id=0x2 "No network protocols running"']


def test_a_far_end_that_does_not_answer_is_given_up() -> None:
    far = client().wait(30.1)
    assert far.told() == [GaveUp(Protocol.IPCP, Why.NO_ANSWER)]
    assert far.phase() is Phase.TERMINATE


def test_packets_go_both_ways_when_the_addresses_are_up_and_not_before() -> None:
    far = client()
    packet = Frame(Protocol.IPV4, b"\x45")
    far.link.receive(packet.encode(), far.now)
    with pytest.raises(LocalProtocolError):
        far.link.send_ip(b"\x45")
    far.say(f"IPCP ConfNak id=0x1 <addr {CLIENT}>", f"IPCP ConfReq id=0x1 <addr {SERVER}>")
    far.say(far.hears()[0].replace("ConfReq", "ConfAck"))
    assert far.told() == [AddressesUp(CLIENT, SERVER)]
    far.link.receive(packet.encode(), far.now)
    assert far.told() == [IpPacket(b"\x45")]
    far.link.send_ip(b"\x45")
    assert far.link.frames_to_send() == [b"\x21\x45"]


def test_nothing_is_sent_before_the_login_is_through() -> None:
    with pytest.raises(LocalProtocolError):
        FarEnd().link.send_ip(b"\x45")


def test_a_protocol_that_nobody_knows_is_rejected() -> None:
    far = client()
    assert far.say("IPV6CP ConfReq id=0x1 <addr fe80::1>").hears() == ["LCP ProtRej id=0x2 0x8057"]
    assert far.told() == []


def test_a_protocol_that_nobody_knows_is_let_pass_before_the_login_is_through() -> None:
    far = FarEnd().agree().say("IPV6CP ConfReq id=0x1 <addr fe80::1>", ASKS, AGREES)
    assert far.hears() == []


def test_hanging_up_says_why() -> None:
    far = client()
    far.link.hang_up(far.now, "User request")
    assert far.hears() == ['LCP TermReq id=0x2 "User request"']
    far.say("LCP TermAck id=0x2")
    assert far.phase() is Phase.DEAD
    far.say("LCP ConfReq id=0x1", ASKS)
    far.link.hang_up(far.now)
    assert (far.hears(), far.told(), far.link.deadline) == ([], [], None)
