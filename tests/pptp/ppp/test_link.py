"""A client and a server in a whole conversation, on good wires and bad ones, with every way in which it can fail."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from ipaddress import IPv4Address
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pptp import fuzz
from tests.pptp.ppp.pair import CLIENT, CLIENT_ADDRESS, DNS, LATENCY, NAME, SERVER, SERVER_ADDRESS, Pair
from wizard.pptp.mppe import SupportedBits
from wizard.pptp.mschap import FailureCode
from wizard.pptp.ppp.events import (
    AddressesUp,
    AddressRefused,
    Authentication,
    EncryptionFault,
    EncryptionRefused,
    EncryptionUp,
    Event,
    FalseServer,
    GaveUp,
    IpPacket,
    LinkUp,
    LoggedIn,
    LoginAsked,
    LoginRefused,
    PeerHungUp,
    Why,
)
from wizard.pptp.ppp.frames import Frame, Protocol
from wizard.pptp.ppp.link import Phase
from wizard.pptp.ppp.packets import Packet
from wizard.pptp.ppp.settings import Encryption, Limits
from wizard.pptp.transitions import Role

BITS = SupportedBits.H | SupportedBits.S
UP: dict[Role, list[Event]] = {
    Role.CLIENT: [
        LinkUp(1482, Authentication.MS_CHAP_V2),
        LoggedIn(NAME, "Access granted"),
        EncryptionUp(BITS),
        AddressesUp(CLIENT_ADDRESS, SERVER_ADDRESS, (DNS,)),
    ],
    Role.SERVER: [
        LinkUp(1500, Authentication.MS_CHAP_V2),
        LoggedIn(NAME, "Access granted"),
        EncryptionUp(BITS),
        AddressesUp(SERVER_ADDRESS, CLIENT_ADDRESS, (DNS,)),
    ],
}
PACKETS = [bytes([0x45, number]) * 20 for number in range(50)]


def first_wrong(pair: Pair, role: Role) -> Event:
    """What one side tells that is no progress."""
    progress = (LinkUp, LoggedIn, EncryptionUp, AddressesUp)
    return next(event for event in pair.told(role) if not isinstance(event, progress))


def test_a_whole_call() -> None:
    pair = Pair().start().run(10.0)
    assert pair.events == UP
    assert {link.phase for link in pair.links.values()} == {Phase.NETWORK}
    assert {link.deadline for link in pair.links.values()} == {None}


def test_a_whole_call_takes_few_round_trips_and_no_time_out() -> None:
    pair = Pair()
    begin = pair.now
    pair.start().run(10.0)
    assert pair.now - begin < 12 * LATENCY


@pytest.mark.parametrize("sender", list(Role))
def test_packets_go_through_encrypted(sender: Role) -> None:
    pair = Pair().start().run(10.0)
    for packet in PACKETS:
        pair.send_ip(sender, packet)
    pair.run(10.0)
    assert pair.told(sender.peer, IpPacket) == [IpPacket(packet) for packet in PACKETS]
    carried = [Frame.decode(octets) for role, octets in pair.said[-len(PACKETS) :] if role is sender]
    assert {frame.protocol for frame in carried} == {Protocol.COMPRESSED}
    assert not any(packet in octets for packet in PACKETS for _, octets in pair.said)


def test_packets_that_get_lost_cost_themselves_only() -> None:
    pair = Pair().start().run(10.0)
    lost = Random(3)
    pair.fate = lambda sender, frame: lost.random() < 0.5
    for packet in PACKETS:
        pair.send_ip(Role.CLIENT, packet)
    pair.run(10.0)
    arrived = [event.octets for event in pair.told(Role.SERVER, IpPacket) if isinstance(event, IpPacket)]
    assert 0 < len(arrived) < len(PACKETS)
    assert arrived == [packet for packet in PACKETS if packet in arrived]
    assert not pair.errors


@pytest.mark.parametrize("role", list(Role))
def test_hanging_up_is_told_to_the_other_side(role: Role) -> None:
    pair = Pair().start().run(10.0)
    pair.hang_up(role, "User request")
    pair.run(20.0)
    assert pair.told(role) == UP[role]
    assert pair.told(role.peer) == [*UP[role.peer], PeerHungUp("User request")]
    assert pair.over


@pytest.mark.parametrize("role", list(Role))
def test_hanging_up_on_a_dead_wire_comes_to_an_end(role: Role) -> None:
    pair = Pair().start().run(10.0)
    pair.fate = lambda sender, frame: False
    begin = pair.now
    pair.hang_up(role)
    pair.run(60.0)
    limits = CLIENT.limits
    assert pair.links[role].phase is Phase.DEAD
    assert pair.now - begin == pytest.approx(limits.max_terminate * limits.restart_timer)


def test_both_hang_up_at_once() -> None:
    pair = Pair().start().run(10.0)
    pair.hang_up(Role.CLIENT)
    pair.hang_up(Role.SERVER)
    pair.run(20.0)
    assert pair.over
    assert pair.events == UP


def test_a_wrong_password_is_told_on_both_sides() -> None:
    pair = Pair(replace(CLIENT, password="made-up-and-wrong")).start().run()
    refused = LoginRefused(FailureCode.AUTHENTICATION_FAILURE, "Access denied")
    assert {first_wrong(pair, role) for role in Role} == {refused}
    assert pair.over


def test_an_unknown_user_is_told_on_both_sides() -> None:
    pair = Pair(replace(CLIENT, name="mallory")).start().run()
    assert {first_wrong(pair, role) for role in Role} == {LoginRefused(None, "")}
    assert pair.over


def test_a_password_that_the_server_only_pretends_to_know() -> None:
    """The Success of another login, put in on the way."""
    pair = Pair()
    other = Pair(seed=7).start().run(10.0)
    success = next(packet for packet in other.packets(Role.SERVER, Protocol.CHAP) if packet.code == 3)
    pair.fate = lambda sender, frame: b"S=" not in frame
    pair.start().run(1.0)
    challenge = pair.packets(Role.SERVER, Protocol.CHAP)[0]
    forged = Packet(success.code, challenge.identifier, success.data)
    pair.client.receive(Frame(Protocol.CHAP, forged.encode()).encode(), pair.now)
    pair.run()
    assert first_wrong(pair, Role.CLIENT) == FalseServer()
    assert pair.over


@pytest.mark.parametrize(
    "kind", [kind for kind in Authentication if kind not in (Authentication.MS_CHAP_V2, Authentication.OTHER)]
)
def test_a_server_that_demands_another_login(kind: Authentication) -> None:
    pair = Pair(server_settings=replace(SERVER, demands=kind)).start().run()
    assert first_wrong(pair, Role.CLIENT) == LoginAsked(kind)
    assert first_wrong(pair, Role.SERVER) == LoginAsked(Authentication.MS_CHAP_V2)
    assert GaveUp(Protocol.CHAP, Why.REFUSED) in pair.told(Role.SERVER)
    assert not pair.told(Role.CLIENT, LoggedIn)
    assert pair.over


@pytest.mark.parametrize("kind", [Authentication.PAP, Authentication.MS_CHAP])
def test_a_client_that_wants_another_login(kind: Authentication) -> None:
    pair = Pair(replace(CLIENT, offers=(kind,))).start().run()
    assert first_wrong(pair, Role.SERVER) == LoginAsked(kind)
    assert first_wrong(pair, Role.CLIENT) == LoginAsked(Authentication.MS_CHAP_V2)
    assert pair.over


def test_a_server_that_demands_no_login_leaves_no_keys_for_encryption() -> None:
    pair = Pair(server_settings=replace(SERVER, demands=None)).start().run()
    assert first_wrong(pair, Role.CLIENT) == EncryptionRefused(EncryptionFault.NO_KEYS)
    assert pair.over


def test_a_server_that_demands_no_login_has_no_address_to_give() -> None:
    anybody = replace(SERVER, demands=None, encryption=Encryption.ABSENT)
    pair = Pair(replace(CLIENT, encryption=Encryption.ABSENT), anybody).start().run()
    assert first_wrong(pair, Role.CLIENT) == AddressRefused(None, None)
    assert pair.told(Role.SERVER, AddressesUp) == [AddressesUp(SERVER_ADDRESS, None, (DNS,))]
    assert pair.over


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("encryption", "fault", "reason"),
    [
        (Encryption.REFUSED, EncryptionFault.REJECTED, "MPPE required but peer refused"),
        (Encryption.ABSENT, EncryptionFault.NO_CCP, "MPPE required but peer negotiation failed"),
    ],
)
def test_one_side_requires_encryption_and_the_other_has_none(
    role: Role, encryption: Encryption, fault: EncryptionFault, reason: str
) -> None:
    """`role` is the one that requires it."""
    client, server = CLIENT, SERVER
    if role is Role.CLIENT:
        server = replace(SERVER, encryption=encryption)
    else:
        client = replace(CLIENT, encryption=encryption)
    pair = Pair(client, server).start().run()
    assert first_wrong(pair, role) == EncryptionRefused(fault)
    assert first_wrong(pair, role.peer) == PeerHungUp(reason)
    assert pair.over


@pytest.mark.parametrize("clients", list(Encryption))
@pytest.mark.parametrize("servers", list(Encryption))
def test_encryption_is_used_exactly_where_both_want_it(clients: Encryption, servers: Encryption) -> None:
    pair = Pair(replace(CLIENT, encryption=clients), replace(SERVER, encryption=servers)).start().run()
    want = {Encryption.REQUIRED, Encryption.WANTED}
    both = {clients, servers} <= want
    assert all(bool(pair.told(role, EncryptionUp)) == both for role in Role)
    comes_about = both or Encryption.REQUIRED not in (clients, servers)
    assert all(bool(pair.told(role, AddressesUp)) == comes_about for role in Role)
    assert pair.over is not comes_about


def test_a_server_that_gives_another_address_than_wanted() -> None:
    wanted = IPv4Address("192.168.1.99")
    pair = Pair(replace(CLIENT, address=wanted)).start().run()
    assert {first_wrong(pair, role) for role in Role} == {AddressRefused(wanted, CLIENT_ADDRESS)}
    assert pair.told(Role.CLIENT)[-1] == UP[Role.CLIENT][-1]


@pytest.mark.parametrize("deaf", [{Role.CLIENT}, {Role.SERVER}, set(Role)], ids=["client", "server", "both"])
def test_a_wire_that_carries_nothing_one_way_is_no_answer(deaf: set[Role]) -> None:
    pair = Pair(fate=lambda sender, frame: sender.peer not in deaf).start().run()
    assert {first_wrong(pair, role) for role in deaf} == {GaveUp(Protocol.LCP, Why.NO_ANSWER)}
    assert pair.over
    assert not any(pair.told(role, LinkUp) for role in Role)


@pytest.mark.parametrize("protocol", [Protocol.CHAP, Protocol.CCP, Protocol.IPCP])
def test_a_wire_that_carries_all_but_one_protocol_is_no_answer_to_that(protocol: Protocol) -> None:
    pair = Pair(fate=lambda sender, frame: Frame.decode(frame).protocol != protocol).start().run()
    assert GaveUp(protocol, Why.NO_ANSWER) in {first_wrong(pair, role) for role in Role}
    assert pair.over


def test_shorter_limits_give_up_sooner() -> None:
    quick = Limits(restart_timer=0.5, max_configure=3)
    pair = Pair(replace(CLIENT, limits=quick), fate=lambda sender, frame: False)
    begin = pair.now
    pair.start()
    while pair.client.phase is not Phase.DEAD:
        pair.run(0.5)
    assert pair.now - begin == pytest.approx(1.5)


def test_every_call_has_other_challenges_and_magic_numbers() -> None:
    said = [{frame for _, frame in Pair(seed=seed).start().run(1.0).said} for seed in (1, 2)]
    same = {Frame.decode(frame).protocol for frame in said[0] & said[1]}
    assert same <= {Protocol.CCP, Protocol.IPCP}


@settings(deadline=None)
@given(st.integers(0, 1 << 32), st.floats(0.0, 0.3))
def test_a_bad_wire_only_takes_longer(seed: int, loss: float) -> None:
    dice = Random(seed)
    pair = Pair(fate=lambda sender, frame: dice.random() >= loss, latency=lambda: dice.uniform(0.0, 0.5), seed=seed)
    pair.start().run(600.0)
    assert not pair.errors
    if ended := [role for role in Role if pair.told(role, GaveUp, PeerHungUp)]:
        # ten in a row were lost, or nearly so; that the other side hears of the end is not certain then
        assert {pair.links[role].phase for role in ended} == {Phase.DEAD}
    else:
        assert all(UP[role][-1] in pair.told(role) for role in Role)
        packets_go_both_ways(pair)


def packets_go_both_ways(pair: Pair) -> None:
    """Over a wire that is mended, which both sides may not know."""
    pair.fate = lambda sender, frame: True
    for role in Role:
        pair.send_ip(role, PACKETS[0])
    pair.run(10.0)
    assert all(pair.told(role)[-1] == IpPacket(PACKETS[0]) for role in Role)


@settings(deadline=None)
@given(
    st.integers(0, 1 << 32), st.floats(0.0, 1.0), st.sampled_from(list(Encryption)), st.sampled_from(list(Encryption))
)
def test_every_call_comes_to_an_end_or_to_addresses(
    seed: int, loss: float, clients: Encryption, servers: Encryption
) -> None:
    """On any wire and with any wishes; nothing hangs, and nothing goes on for ever."""
    dice = Random(seed)
    pair = Pair(
        replace(CLIENT, encryption=clients),
        replace(SERVER, encryption=servers),
        fate=lambda sender, frame: dice.random() >= loss,
        seed=seed,
    )
    pair.start().run(3600.0)
    settled = all(link.deadline is None for link in pair.links.values())
    assert settled and len(pair.said) < 1000


def test_a_link_weighs_the_same_after_ten_thousand_packets() -> None:
    pair = Pair().start().run(10.0)
    before = fuzz.weight(deepcopy(pair.server))
    for _ in range(100):
        for packet in PACKETS:
            pair.send_ip(Role.CLIENT, packet)
            pair.send_ip(Role.SERVER, packet)
        pair.run(1.0)
        pair.said.clear()
    assert abs(fuzz.weight(deepcopy(pair.server)) - before) < 64
