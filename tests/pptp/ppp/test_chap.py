"""The login in conversation, with the octets of logins between real pppds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pptp.ppp.far_end import FarEnd, Recorded
from tests.pptp.ppp.pair import CLIENT, CLIENT_ADDRESS, SERVER
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError
from wizard.pptp.mschap import FailureCode
from wizard.pptp.ppp.chap import Named
from wizard.pptp.ppp.events import FalseServer, GaveUp, LoggedIn, LoginRefused, Why
from wizard.pptp.ppp.frames import Protocol
from wizard.pptp.ppp.link import Phase
from wizard.pptp.ppp.settings import Account, ClientSettings

# a login between two real pppds, from their debug logs
PASSWORD = "alicepw"
CHALLENGE = "455a6df655a2f938cf0a3f2e1181c958"
PEERS = "0658e55732f9e99ca7b122fdf116020f"
RESPONSE = PEERS + "0000000000000000c46230a4e574113debc200760814e7669d208c524d173cc700"
PROOF = "9FCFEE2AC416B50523D134B3175EE84486E92DEC"

CHALLENGED = f'CHAP Challenge id=0xb4 <{CHALLENGE}>, name = "pptp-server"'
RESPONDED = f'CHAP Response id=0xb4 <{RESPONSE}>, name = "alice"'
ACCEPTED = f'CHAP Success id=0xb4 "S={PROOF} M=Access granted"'
REFUSED = f'CHAP Failure id=0xb4 "E=691 R=1 C={CHALLENGE.upper()} V=0 M=Access denied"'

ALICE = ClientSettings("alice", PASSWORD)
KNOWN = replace(SERVER, accounts={"alice": Account(PASSWORD, CLIENT_ADDRESS)})


def client(settings: ClientSettings = ALICE) -> FarEnd:
    """A client that has heard the Challenge."""
    far = FarEnd(settings, Recorded(octets=[PEERS])).agree()
    far.told()
    far.hears()
    return far.say(CHALLENGED)


def server() -> FarEnd:
    """A server that has just challenged."""
    far = FarEnd.of_server(KNOWN, Recorded(octets=[CHALLENGE])).agree()
    far.told()
    return far


def test_a_client_answers_as_pppd_did() -> None:
    assert client().hears() == [RESPONDED]


def test_a_client_is_in_when_the_server_has_proved_itself() -> None:
    far = client()
    assert far.told() == []
    far.say(ACCEPTED)
    assert far.told() == [LoggedIn("alice", "Access granted")]
    assert far.phase() is Phase.NETWORK


def test_a_server_challenges_and_accepts_as_pppd_did() -> None:
    far = server()
    assert far.hears() == [CHALLENGED]
    far.say(RESPONDED)
    assert far.hears()[0] == ACCEPTED
    assert far.told() == [LoggedIn("alice", "Access granted")]
    assert far.phase() is Phase.NETWORK


@pytest.mark.parametrize("success", [f"S={PROOF[:-1]}D M=Access granted", f"S={'0' * 40}", f"S={'F' * 40} M=hello"])
def test_a_server_without_the_password_is_found_out(success: str) -> None:
    far = client()
    far.hears()
    far.say(f'CHAP Success id=0xb4 "{success}"')
    assert far.told() == [FalseServer()]
    assert far.hears() == ['LCP TermReq id=0x2 "MS-CHAPv2 mutual authentication failed"']


def test_a_refused_client_tells_why_and_hangs_up_as_pppd_does() -> None:
    far = client()
    far.hears()
    far.say(REFUSED)
    assert far.told() == [LoginRefused(FailureCode.AUTHENTICATION_FAILURE, "Access denied")]
    assert far.hears() == ['LCP TermReq id=0x2 "Failed to authenticate ourselves to peer"']
    far.say('LCP TermReq id=0x2 "Authentication failed"', "LCP TermAck id=0x2")
    assert (far.told(), far.phase()) == ([], Phase.DEAD)


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        ("", None, ""),
        ("go away", None, "go away"),
        ("E=649 R=0 V=3 M=not you", FailureCode.NO_DIALIN_PERMISSION, "not you"),
        ("E=12345 R=0", 12345, ""),
    ],
)
def test_a_refusal_is_told_in_the_servers_words(said: str, code: int | None, message: str) -> None:
    far = client()
    far.say(f'CHAP Failure id=0xb4 "{said}"')
    assert far.told() == [LoginRefused(code, message)]


def test_a_wrong_password_is_refused_as_pppd_does() -> None:
    far = server()
    far.hears()
    far.say(RESPONDED.replace("c46230", "c46231"))
    assert far.hears() == [REFUSED, 'LCP TermReq id=0x2 "Authentication failed"']
    assert far.told() == [LoginRefused(FailureCode.AUTHENTICATION_FAILURE, "Access denied")]


@pytest.mark.parametrize("name", ["mallory", "Alice", "", "DOMAIN\\alice"])
def test_an_unknown_user_is_refused_without_a_word_as_pppd_does(name: str) -> None:
    far = server()
    far.hears()
    far.say(RESPONDED.replace('"alice"', f'"{name}"'))
    assert far.hears()[0] == 'CHAP Failure id=0xb4 ""'
    assert far.told() == [LoginRefused(None, "")]


def test_a_challenge_is_repeated_until_it_is_given_up() -> None:
    far = server()
    assert far.hears() == [CHALLENGED]
    far.wait(3.0)
    assert far.hears() == [CHALLENGED]
    far.wait(26.9)
    assert far.hears() == [CHALLENGED] * 8
    assert far.told() == []
    far.wait(0.2)
    assert far.told() == [GaveUp(Protocol.CHAP, Why.NO_ANSWER)]
    assert far.hears() == ['LCP TermReq id=0x2 "CHAP authentication timed out"']


def test_a_client_that_is_never_challenged_gives_up() -> None:
    far = FarEnd(ALICE).agree()
    far.told()
    far.wait(29.9)
    assert far.told() == []
    far.wait(0.2)
    assert far.told() == [GaveUp(Protocol.CHAP, Why.NO_ANSWER)]


def test_a_response_is_repeated_until_it_is_answered() -> None:
    far = client()
    assert far.hears() == [RESPONDED]
    far.wait(6.0)
    assert far.hears() == [RESPONDED] * 2
    far.say(ACCEPTED)
    far.hears()
    far.wait(2.9)
    assert [line for line in far.hears() if line.startswith("CHAP")] == []


def test_the_same_challenge_gets_the_same_response() -> None:
    """Otherwise the keys of MPPE would hang on which of the two the server took."""
    far = FarEnd(ALICE, Recorded(octets=[PEERS, "ff" * 16])).agree().say(CHALLENGED, CHALLENGED)
    assert far.hears() == [RESPONDED] * 2
    far.say(CHALLENGED.replace("0xb4", "0xb5"))
    assert "<ffff" in far.hears()[0]


def test_a_success_for_an_older_challenge_counts_for_nothing() -> None:
    far = client().say(CHALLENGED.replace("0xb4", "0xb5"), ACCEPTED, REFUSED)
    assert (far.told(), far.phase()) == ([], Phase.AUTHENTICATE)


def test_a_success_before_the_challenge_counts_for_nothing() -> None:
    far = FarEnd(ALICE).agree()
    far.told()
    assert far.say(ACCEPTED, REFUSED, RESPONDED).told() == []


def test_a_repeated_response_gets_the_same_verdict() -> None:
    """RFC 1994 §4.2: the Success may have got lost."""
    far = server().say(RESPONDED, "CCP TermAck id=0x9", RESPONDED, RESPONDED.replace("c46230", "c46231"))
    assert [line for line in far.hears() if "Success" in line] == [ACCEPTED] * 3
    assert len(far.told()) == 1


def test_a_response_to_another_challenge_counts_for_nothing() -> None:
    far = server().say(RESPONDED.replace("0xb4", "0xb5"), CHALLENGED, ACCEPTED)
    assert (far.told(), far.phase()) == ([], Phase.AUTHENTICATE)


def test_a_server_may_challenge_again_later() -> None:
    far = client().say(ACCEPTED)
    far.told()
    far.hears()
    far.say(CHALLENGED.replace("0xb4", "0xb5"))
    assert far.hears() == [RESPONDED.replace("0xb4", "0xb5")]
    far.say(ACCEPTED.replace("0xb4", "0xb5"))
    assert (far.told(), far.phase()) == ([], Phase.NETWORK)


@pytest.mark.parametrize(
    "line",
    [
        'CHAP Challenge id=0xb5 <0102030405060708>, name = "s"',
        f'CHAP Challenge id=0xb5 <{CHALLENGE}00>, name = "s"',
        'CHAP Success id=0xb4 "Welcome"',
        'CHAP Failure id=0xb4 "E=lots R=1"',
    ],
)
def test_what_is_not_ms_chapv2_changes_nothing(line: str) -> None:
    far = client()
    with pytest.raises(RemoteProtocolError) as caught:
        far.say(line)
    assert caught.value.fault is Fault.MALFORMED
    assert far.say(ACCEPTED).told() == [LoggedIn("alice", "Access granted")]


@pytest.mark.parametrize("value", ["00" * 24, "00" * 48, RESPONSE + "00"])
def test_a_response_that_is_not_ms_chapv2_changes_nothing(value: str) -> None:
    far = server()
    with pytest.raises(RemoteProtocolError) as caught:
        far.say(f'CHAP Response id=0xb4 <{value}>, name = "alice"')
    assert caught.value.fault is Fault.MALFORMED
    assert far.say(RESPONDED).told() == [LoggedIn("alice", "Access granted")]


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x10" + bytes(15)])
def test_a_value_that_is_cut_short_is_refused(data: bytes) -> None:
    with pytest.raises(RemoteProtocolError):
        Named.decode(data)


def test_a_value_may_be_followed_by_no_name() -> None:
    assert Named.decode(b"\x01x") == Named(b"x", b"")
    assert Named.decode(b"\0") == Named(b"", b"")


def test_a_value_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(LocalProtocolError):
        Named(bytes(256), b"").encode()


def test_a_name_may_be_in_any_language() -> None:
    far = FarEnd(replace(CLIENT, name="Жанна")).agree().say(CHALLENGED)
    assert far.hears()[0].endswith('name = "Жанна"')


def test_a_password_never_prints() -> None:
    shown = repr((ALICE, KNOWN, FarEnd(ALICE).link))
    assert PASSWORD not in shown
