"""LCP in conversation with far ends of every kind."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pptp.ppp.far_end import FarEnd, Recorded
from tests.pptp.ppp.pair import CLIENT, SERVER
from wizard.pptp.errors import LocalProtocolError, RemoteProtocolError
from wizard.pptp.ppp.events import Authentication, EchoAnswered, GaveUp, LinkUp, LoginAsked, LoopedBack, PeerHungUp, Why
from wizard.pptp.ppp.frames import Protocol
from wizard.pptp.ppp.link import Link, Phase
from wizard.pptp.transitions import Role

ASKS = "LCP ConfReq id=0x1 <asyncmap 0x0> <magic 0x11111111> <pcomp> <accomp>"


def test_a_client_asks_as_pppd_does() -> None:
    assert FarEnd().hears() == [ASKS]


def test_an_mru_is_asked_for_where_it_is_not_the_default() -> None:
    assert "<mru 1400>" in FarEnd(replace(CLIENT, mru=1400)).hears()[0]


def test_a_server_asks_as_pppd_does() -> None:
    asked = "<mru 1482> <asyncmap 0x0> <auth chap MS-v2> <magic 0x11111111> <pcomp> <accomp>"
    assert FarEnd.of_server().hears() == [f"LCP ConfReq id=0x1 {asked}"]


def test_the_link_is_up_when_both_have_agreed() -> None:
    far = FarEnd()
    far.say("LCP ConfReq id=0x7 <mru 1300> <auth chap MS-v2> <magic 0x5>")
    assert far.hears()[1:] == ["LCP ConfAck id=0x7 <mru 1300> <auth chap MS-v2> <magic 0x5>"]
    assert far.told() == []
    far.say(ASKS.replace("ConfReq", "ConfAck"))
    assert far.told() == [LinkUp(1300, Authentication.MS_CHAP_V2)]
    assert far.phase() is Phase.AUTHENTICATE


def test_what_windows_asks_for_beside_is_rejected() -> None:
    far = FarEnd.of_server()
    far.hears()
    far.say("LCP ConfReq id=0x0 <mru 1400> <magic 0x5> <pcomp> <accomp> <callback CBCP> <mrru 1614> <endpoint 01 02>")
    assert far.hears() == ["LCP ConfRej id=0x0 <callback CBCP> <mrru 1614> <endpoint 01 02>"]
    far.say("LCP ConfReq id=0x1 <mru 1400> <magic 0x5> <pcomp> <accomp>")
    assert far.hears() == ["LCP ConfAck id=0x1 <mru 1400> <magic 0x5> <pcomp> <accomp>"]


@pytest.mark.parametrize(
    ("login", "kind"),
    [
        ("pap", Authentication.PAP),
        ("eap", Authentication.EAP),
        ("chap MD5", Authentication.CHAP_MD5),
        ("chap MS", Authentication.MS_CHAP),
    ],
)
def test_a_server_that_wants_another_login_is_told_of_and_asked_for_ours(login: str, kind: Authentication) -> None:
    far = FarEnd()
    far.hears()
    for identifier in range(1, 6):
        far.say(f"LCP ConfReq id={identifier:#x} <mru 1482> <auth {login}>")
        assert far.hears() == [f"LCP ConfNak id={identifier:#x} <auth chap MS-v2>"]
    far.say(f"LCP ConfReq id=0x6 <mru 1482> <auth {login}>")
    assert far.hears() == [f"LCP ConfRej id=0x6 <auth {login}>"]
    assert far.told() == [LoginAsked(kind)]


def test_every_kind_of_login_has_words() -> None:
    assert len({kind.words for kind in Authentication}) == len(Authentication)
    assert Authentication.of(b"\xc2\x23\x06") is Authentication.OTHER


def test_a_client_that_offers_nothing_rejects_every_login() -> None:
    far = FarEnd(replace(CLIENT, offers=()))
    far.hears()
    assert far.say("LCP ConfReq id=0x1 <auth chap MS-v2>").hears() == ["LCP ConfRej id=0x1 <auth chap MS-v2>"]
    assert far.told() == [LoginAsked(Authentication.MS_CHAP_V2)]


def test_a_login_that_is_only_offered_is_never_agreed_to() -> None:
    far = FarEnd(replace(CLIENT, offers=(Authentication.PAP,)))
    far.hears()
    assert far.say("LCP ConfReq id=0x1 <auth chap MS-v2>").hears() == ["LCP ConfNak id=0x1 <auth pap>"]
    assert far.say("LCP ConfReq id=0x2 <auth pap>").hears() == ["LCP ConfRej id=0x2 <auth pap>"]


def test_a_server_stays_with_its_login_and_ends_without_it() -> None:
    far = FarEnd.of_server()
    far.say("LCP ConfReq id=0x1 <magic 0x5>")
    for identifier in range(1, 6):
        far.say(f"LCP ConfNak id={identifier:#x} <auth chap MS>")
        assert "<auth chap MS-v2>" in far.hears()[-1]
    assert far.told() == [LoginAsked(Authentication.MS_CHAP)]
    far.say("LCP ConfNak id=0x6 <auth chap MS>")
    far.say(far.hears()[-1].replace("ConfReq", "ConfAck"))
    assert far.told() == [LinkUp(1500, None), GaveUp(Protocol.CHAP, Why.REFUSED)]
    assert far.hears() == ['LCP TermReq id=0x8 "peer refused to authenticate"']
    assert far.phase() is Phase.TERMINATE


def test_a_client_is_not_asked_for_a_login_by_its_server() -> None:
    far = FarEnd.of_server()
    far.hears()
    assert far.say("LCP ConfReq id=0x1 <auth pap>").hears() == ["LCP ConfRej id=0x1 <auth pap>"]


def test_a_tiny_mru_is_not_taken() -> None:
    far = FarEnd()
    far.hears()
    assert far.say("LCP ConfReq id=0x1 <mru 127>").hears() == ["LCP ConfNak id=0x1 <mru 128>"]
    assert far.say("LCP ConfReq id=0x2 <mru 128>").hears() == ["LCP ConfAck id=0x2 <mru 128>"]


@pytest.mark.parametrize(("hint", "asked"), [(1300, 1300), (1500, 1400), (20, 128)])
def test_a_hint_for_the_mru_is_followed_downwards(hint: int, asked: int) -> None:
    far = FarEnd(replace(CLIENT, mru=1400))
    far.hears()
    assert f"<mru {asked}>" in far.say(f"LCP ConfNak id=0x1 <mru {hint}>").hears()[0]


def test_other_hints_are_followed_where_they_say_something() -> None:
    far = FarEnd()
    far.hears()
    far.say("LCP ConfNak id=0x1 <asyncmap 0xa0000> <magic 0x9> <mru 1000>")
    assert far.hears() == ["LCP ConfReq id=0x2 <asyncmap 0xa0000> <magic 0x11111112> <pcomp> <accomp>"]


@pytest.mark.parametrize("hint", ["<asyncmap>", "<pcomp 01>", "<magic>"])
def test_a_hint_that_is_no_value_is_not_followed(hint: str) -> None:
    far = FarEnd(replace(CLIENT, mru=1400))
    far.hears()
    octets = {"<asyncmap>": b"\x02\x02", "<pcomp 01>": b"\x07\x03\x01", "<magic>": b"\x05\x02"}[hint]
    far.link.receive(bytes.fromhex("ff03c021") + bytes([3, 1, 0, 4 + len(octets)]) + octets, 0.0)
    [asked] = far.hears()
    assert asked.startswith("LCP ConfReq id=0x2 <mru 1400> <asyncmap 0x0> <magic 0x1111111")
    assert asked.endswith("<pcomp> <accomp>")


def test_what_is_rejected_is_not_asked_for_again() -> None:
    far = FarEnd()
    far.hears()
    far.say("LCP ConfRej id=0x1 <magic 0x11111111> <asyncmap 0x0>")
    assert far.hears() == ["LCP ConfReq id=0x2 <pcomp> <accomp>"]
    far.say("LCP ConfReq id=0x1 <auth chap MS-v2> <magic 0x11111111>", "LCP ConfAck id=0x2 <pcomp> <accomp>")
    assert far.told() == [LinkUp(1500, Authentication.MS_CHAP_V2)]
    far.hears()
    assert far.say("LCP EchoReq id=0x3 magic=0x0").hears() == ["LCP EchoRep id=0x3 magic=0x0"]


def test_a_magic_number_of_zero_is_none() -> None:
    far = FarEnd()
    far.hears()
    assert far.say("LCP ConfReq id=0x1 <magic 0x0>").hears() == ["LCP ConfNak id=0x1 <magic 0x11111112>"]


def test_our_own_magic_number_once_is_an_accident() -> None:
    far = FarEnd()
    far.hears()
    assert far.say("LCP ConfReq id=0x1 <magic 0x11111111>").hears() == ["LCP ConfNak id=0x1 <magic 0x11111112>"]
    assert far.say("LCP ConfReq id=0x2 <magic 0x11111112>").hears() == ["LCP ConfAck id=0x2 <magic 0x11111112>"]
    far.say("LCP ConfReq id=0x3 <magic 0x11111111>")
    assert far.told() == []


def test_our_own_magic_number_twice_is_none() -> None:
    far = FarEnd()
    far.say("LCP ConfReq id=0x1 <magic 0x11111111>")
    assert far.told() == []
    far.say("LCP ConfReq id=0x2 <magic 0x11111111>")
    assert far.told() == [LoopedBack()]


def test_a_looped_line_is_known_by_its_magic_number() -> None:
    link = Link(Role.CLIENT, CLIENT, now=0.0, random=Recorded())
    link.start(0.0)
    for _ in range(10):
        for frame in link.frames_to_send():
            link.receive(frame, 0.0)
    assert list(iter(link.next_event, None)) == [LoopedBack()]
    assert link.phase is Phase.DEAD


@pytest.mark.parametrize("echo", ["EchoReq", "EchoRep"])
def test_a_looped_line_is_known_by_an_echo(echo: str) -> None:
    far = FarEnd().agree()
    far.told()
    far.say(f"LCP {echo} id=0x1 magic=0x11111111")
    assert far.told() == [LoopedBack()]
    assert far.hears() == ['LCP TermReq id=0x2 "Loopback detected"']


def test_an_echo_is_answered_with_our_magic_number_and_its_data() -> None:
    far = FarEnd().agree()
    assert far.say("LCP EchoReq id=0x9 magic=0x22222222").hears() == ["LCP EchoRep id=0x9 magic=0x11111111"]
    far.link.receive(bytes.fromhex("c021 09 0a 000a 22222222 abcd"), far.now)
    assert far.link.frames_to_send() == [bytes.fromhex("ff03 c021 0a 0a 000a 11111111 abcd")]


def test_an_echo_of_ours_is_answered() -> None:
    far = FarEnd().agree()
    far.told()
    identifiers = [far.link.send_echo(far.now), far.link.send_echo(far.now)]
    assert far.hears() == [f"LCP EchoReq id={identifier:#x} magic=0x11111111" for identifier in identifiers]
    for identifier in reversed(identifiers):
        far.say(f"LCP EchoRep id={identifier:#x} magic=0x22222222")
    assert far.told() == [EchoAnswered(identifier) for identifier in reversed(identifiers)]


def test_nobody_is_asked_before_the_link_is_up() -> None:
    with pytest.raises(LocalProtocolError):
        FarEnd().link.send_echo(0.0)


@pytest.mark.parametrize("octets", ["c021 09 01 0007 222222", "c021 0a 01 0004", "c021 08 01 0005 80"])
def test_an_echo_or_a_protocol_reject_that_is_cut_short_changes_nothing(octets: str) -> None:
    far = FarEnd().agree()
    far.told()
    with pytest.raises(RemoteProtocolError):
        far.link.receive(bytes.fromhex(octets), far.now)
    assert (far.told(), far.hears(), far.phase()) == ([], [], Phase.AUTHENTICATE)


@pytest.mark.parametrize("line", ['Ident id=0x3 "MSRASV5.20"', 'TimeRem id=0x4 "1234"', 'DiscReq id=0x5 "1234"'])
def test_what_only_informs_is_let_pass(line: str) -> None:
    far = FarEnd().agree()
    far.told()
    assert far.say(f"LCP {line}").hears() == []
    assert far.told() == []


def test_an_unknown_code_is_rejected() -> None:
    far = FarEnd().agree()
    far.link.receive(bytes.fromhex("c021 63 05 0004"), far.now)
    assert far.hears() == ["LCP CodeRej id=0x2 0x6305"]


def test_a_far_end_that_does_not_know_lcp_is_given_up() -> None:
    far = FarEnd().agree()
    far.told()
    far.say("LCP ProtRej id=0x1 0xc021")
    assert far.told() == [GaveUp(Protocol.LCP, Why.REJECTED)]
    assert far.phase() is Phase.TERMINATE


def test_a_far_end_that_does_not_know_chap_is_given_up() -> None:
    far = FarEnd.of_server().agree()
    far.told()
    far.say("LCP ProtRej id=0x1 0xc223")
    assert far.told() == [GaveUp(Protocol.CHAP, Why.REJECTED)]
    assert far.hears()[-1].startswith("LCP TermReq")


def test_a_rejected_protocol_that_is_nobodys_is_let_pass() -> None:
    far = FarEnd().agree()
    far.told()
    far.say("LCP ProtRej id=0x1 0x8057", "LCP ProtRej id=0x1 0x80fd")
    assert (far.told(), far.hears()) == ([], [])


def test_a_far_end_that_hangs_up_while_it_negotiates_ends_the_link() -> None:
    far = FarEnd()
    far.hears()
    far.say('LCP TermReq id=0x9 "no more"')
    assert far.told() == [PeerHungUp("no more")]
    assert far.phase() is Phase.TERMINATE
    far.say("LCP TermAck id=0x2")
    assert far.phase() is Phase.DEAD


def test_a_login_that_is_not_demanded_is_not_gone_through() -> None:
    far = FarEnd(replace(CLIENT, offers=()))
    far.say("LCP ConfReq id=0x1 <magic 0x5>", ASKS.replace("ConfReq", "ConfAck"))
    assert far.told()[0] == LinkUp(1500, None)


def test_a_link_that_begins_anew_logs_in_anew() -> None:
    far = FarEnd().agree()
    far.say("LCP ConfReq id=0x9 <auth chap MS-v2> <magic 0x6>")
    assert far.phase() is Phase.ESTABLISH
    request = far.hears()[0]
    far.say(request.replace("ConfReq", "ConfAck"))
    assert far.phase() is Phase.AUTHENTICATE
    assert far.told() == [LinkUp(1500, Authentication.MS_CHAP_V2)] * 2


def test_lcp_is_never_compressed_and_the_rest_as_the_far_end_wants() -> None:
    far = FarEnd.of_server(replace(SERVER, name="s"))
    far.say("LCP ConfReq id=0x1 <accomp> <pcomp>")
    far.say(far.hears()[0].replace("ConfReq", "ConfAck"))
    far.link.send_echo(far.now)
    challenge, echo = far.link.frames_to_send()
    assert challenge[:3] == bytes.fromhex("c22301")
    assert echo[:4] == bytes.fromhex("ff03c021")


def test_waiting_begins_when_something_happens() -> None:
    far = FarEnd.of_server().wait(2.0).agree()
    assert far.link.deadline == 2.0 + SERVER.limits.restart_timer
    far.wait(1.0)
    far.link.hang_up(far.now)
    assert far.link.deadline == 3.0 + SERVER.limits.restart_timer


def test_settings_that_are_not_the_roles_are_a_mistake() -> None:
    with pytest.raises(LocalProtocolError):
        Link(Role.CLIENT, SERVER, now=0.0, random=Recorded())
    with pytest.raises(LocalProtocolError):
        Link(Role.SERVER, CLIENT, now=0.0, random=Recorded())
