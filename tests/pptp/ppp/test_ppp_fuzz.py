"""Neither side of a link comes to harm by what it is sent, in any phase."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from itertools import islice

import pytest

from tests.pptp import fuzz
from tests.pptp.ppp import pppd_log
from tests.pptp.ppp.pair import CLIENT, CLIENT_ADDRESS, SERVER, Pair
from wizard.pptp.errors import RemoteProtocolError
from wizard.pptp.ppp.frames import Frame, Protocol
from wizard.pptp.ppp.link import Link, Phase
from wizard.pptp.ppp.settings import Encryption
from wizard.pptp.transitions import Role

LINES = [
    "LCP ConfReq id=0x1 <mru 1400> <asyncmap 0x0> <auth chap MS-v2> <magic 0x5> <pcomp> <accomp>",
    "LCP ConfReq id=0x2 <auth pap> <callback CBCP> <mrru 1614>",
    "LCP ConfRej id=0x1 <asyncmap 0x0>",
    "LCP ConfNak id=0x1 <mru 1400> <auth chap MS>",
    'LCP TermReq id=0x2 "bye"',
    "LCP TermAck id=0x2",
    "LCP CodeRej id=0x1 0x0901",
    "LCP ProtRej id=0x1 0x80fd",
    "LCP ProtRej id=0x1 0x8021",
    "LCP EchoReq id=0x1 magic=0x5",
    'LCP Ident id=0x2 "MSRASV5.20"',
    "CCP ConfReq id=0x1 <mppe +H -M +S +L -D +C>",
    "CCP ConfRej id=0x1 <mppe +H -M +S -L -D -C>",
    "CCP TermReq id=0x2",
    "CCP ResetReq id=0x3",
    "IPCP ConfReq id=0x1 <compress VJ 0f 01> <addr 0.0.0.0> <ms-dns1 0.0.0.0>",
    "IPCP ConfNak id=0x1 <addr 192.168.77.10>",
    "IPCP TermReq id=0x2",
    "IPV6CP ConfReq id=0x1 <addr fe80::1>",
    'CHAP Challenge id=0x1 <000102030405060708090a0b0c0d0e0f>, name = "s"',
    'CHAP Failure id=0x1 "E=691 R=1 C=000102030405060708090A0B0C0D0E0F V=0 M=no"',
]
SAMPLES = [
    *map(pppd_log.frame, LINES),
    *(octets for _, octets in Pair().start().run(10.0).said),
    Frame(Protocol.IPV4, bytes(40)).encode(),
    Frame(Protocol.COMPRESSED, bytes.fromhex("9000") + bytes(40)).encode(compress=True, address=False),
]
ROOM = 2500
"""Octets that a link may hold more than before: what it remembers of one more agreement, and names of states."""


def before_the_start(pair: Pair) -> None:
    """Nobody has said a word."""


def establishing(pair: Pair) -> None:
    pair.start()


def logging_in(pair: Pair) -> None:
    pair.fate = lambda sender, frame: Frame.decode(frame).protocol == Protocol.LCP
    pair.start().run(1.0)


def encrypting(pair: Pair) -> None:
    pair.fate = lambda sender, frame: Frame.decode(frame).protocol != Protocol.CCP
    pair.start().run(1.0)


def addressing(pair: Pair) -> None:
    pair.fate = lambda sender, frame: Frame.decode(frame).protocol != Protocol.IPCP
    pair.start().run(1.0)


def in_use(pair: Pair) -> None:
    pair.start().run(10.0)
    pair.send_ip(Role.CLIENT, bytes(40))


def hanging_up(pair: Pair) -> None:
    in_use(pair)
    pair.hang_up(Role.CLIENT)
    pair.hang_up(Role.SERVER)


STATES = [before_the_start, establishing, logging_in, encrypting, addressing, in_use, hanging_up]


def hears(link: Link, octets: bytes, now: float) -> bool:
    """Let a link hear that and be done with it; whether it was a frame at all."""
    try:
        link.receive(octets, now)
        return True
    except RemoteProtocolError:
        return False
    finally:
        link.tick(now)
        for frame in link.frames_to_send():
            Frame.decode(frame)
        while link.next_event():
            pass


@pytest.mark.parametrize("encryption", [Encryption.REQUIRED, Encryption.WANTED])
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_random_frames_raise_the_remote_error_only(
    state: Callable[[Pair], None], role: Role, encryption: Encryption
) -> None:
    pair = Pair(replace(CLIENT, encryption=encryption), replace(SERVER, encryption=encryption))
    state(pair)
    beginning = pair.links[role]
    heaviest = fuzz.weight(beginning) + ROOM
    link, now = deepcopy(beginning), pair.now
    understood = 0
    for number, octets in enumerate(islice(fuzz.inputs(1661, SAMPLES), fuzz.COUNT)):
        understood += hears(link, octets, now)
        now += 0.1
        if number % 8 == 0:
            assert fuzz.weight(link) <= heaviest
        if link.phase is not beginning.phase:
            link, now = deepcopy(beginning), pair.now
    if beginning.phase is not Phase.DEAD:
        assert 0 < understood < fuzz.COUNT


@pytest.mark.parametrize("role", list(Role))
def test_a_link_that_is_let_run_through_everything_comes_to_no_harm(role: Role) -> None:
    """As above, but without a way back: it goes through all phases, and begins anew only when it is dead."""
    fresh = Pair().start().links[role]
    heaviest = fuzz.weight(fresh) + 2 * ROOM
    link, now = deepcopy(fresh), 1000.0
    phases = set()
    for octets in islice(fuzz.inputs(1994, SAMPLES), fuzz.COUNT):
        hears(link, octets, now)
        now += 0.01
        phases.add(link.phase)
        if link.phase is Phase.DEAD:
            assert fuzz.weight(link) <= heaviest
            link, now = deepcopy(fresh), 1000.0
    assert {Phase.ESTABLISH, Phase.TERMINATE, Phase.DEAD} <= phases


@pytest.mark.parametrize("encryption", [Encryption.REQUIRED, Encryption.ABSENT])
def test_an_honest_far_end_gets_through_all_the_noise(encryption: Encryption) -> None:
    """Malformed frames between the good ones change nothing, in any phase."""
    noise = fuzz.inputs(3078, SAMPLES)
    pair = Pair(replace(CLIENT, encryption=encryption), replace(SERVER, encryption=encryption))
    pair.start()
    for _ in range(20):
        for link in pair.links.values():
            for octets in islice((each for each in noise if not readable(each, link)), 20):
                with pytest.raises(RemoteProtocolError):
                    link.receive(octets, pair.now)
        pair.run(0.01)
    pair.run(10.0)
    assert not pair.errors
    assert str(CLIENT_ADDRESS) in str(pair.told(Role.CLIENT)[-1])


def readable(octets: bytes, link: Link) -> bool:
    """Whether a link takes these for a frame, tried on a copy of it."""
    try:
        deepcopy(link).receive(octets, 0.0)
    except RemoteProtocolError:
        return False
    return True
