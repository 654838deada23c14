"""Real calls between two pppds, played again: our side has to say, word for word, what pppd said in its place.

Later parts differ on purpose: pppd speaks of Van Jacobson compression in IPCP, and of IPv6CP.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.pptp.ppp.far_end import FarEnd, Recorded
from tests.pptp.ppp.pair import CLIENT_ADDRESS, DNS, SERVER_ADDRESS
from tests.pptp.ppp.test_chap import ALICE, CHALLENGE, KNOWN
from wizard.pptp.mschap import Response, nt_response
from wizard.pptp.ppp.events import (
    AddressesUp,
    Authentication,
    EncryptionFault,
    EncryptionRefused,
    EncryptionUp,
    Event,
    LinkUp,
    LoggedIn,
    LoginRefused,
    PeerHungUp,
)
from wizard.pptp.ppp.settings import Encryption, Settings

LOGS = Path(__file__).parents[2] / "logs"
PLAYED = ("LCP", "CHAP", "CCP")

CLIENTS: Mapping[str, Encryption] = {
    "ok": Encryption.REQUIRED,
    "client_requests_other_ip": Encryption.REQUIRED,
    "gre_rule_missing_but_ct_helper": Encryption.REQUIRED,
    "mppe_module_missing": Encryption.REQUIRED,
    "proxyarp_not_on_lan": Encryption.REQUIRED,
    "two_logins_same_user": Encryption.REQUIRED,
    "client_without_mppe": Encryption.REFUSED,
    "comment_tail_with_newline": Encryption.REFUSED,
    "no_mppe_either_side": Encryption.ABSENT,
}
"""Calls whose client we play, and what it thought of MPPE."""
SERVERS: Mapping[str, Encryption] = {
    "ok": Encryption.REQUIRED,
    "client_requests_other_ip": Encryption.REQUIRED,
    "gre_rule_missing_but_ct_helper": Encryption.REQUIRED,
    "proxyarp_not_on_lan": Encryption.REQUIRED,
    "unknown_user": Encryption.REQUIRED,
    "wrong_password": Encryption.REQUIRED,
    "no_mppe_either_side": Encryption.ABSENT,
}


class Log:
    """What one pppd logged of its frames. An echo that it asked for is left out: ours asks for none by itself."""

    def __init__(self, path: Path) -> None:
        own_file = re.split("^== ", path.read_text("utf-8"), flags=re.MULTILINE)
        logged = next(part for part in own_file if part.startswith("pppd logfile"))
        lines = re.findall(r"^(sent|rcvd) \[(\w+ .*)\]$", logged, re.MULTILINE)
        played = [(way, line) for way, line in lines if line.startswith(PLAYED)]
        self.sent = [line for way, line in played if way == "sent" and "EchoReq" not in line]
        self.received = [line for way, line in played if way == "rcvd" and "EchoRep" not in line]

    def first(self, pattern: str) -> str:
        """The first thing of that kind which this pppd chose."""
        return next(found[1] for line in self.sent if (found := re.search(pattern, line)))

    def played_by(self, settings: Settings, challenge: str) -> FarEnd:
        """Our link in the place of this pppd, after all that it heard."""
        magic = int(self.first(r"magic (0x\w+)"), 16)
        chance = Recorded(magic, [self.first(challenge)[:32]])
        if "Challenge" in challenge:
            chance.identifier = int(self.first(r"Challenge id=(0x\w+)"), 16)
        return FarEnd(settings, chance).say(*self.received)


def said(far: FarEnd) -> list[str]:
    return [line for line in far.hears() if line.startswith(PLAYED)]


@pytest.mark.parametrize("call", CLIENTS)
def test_a_client_says_what_pppd_said(call: str) -> None:
    log = Log(LOGS / call / "client.log")
    far = log.played_by(replace(ALICE, encryption=CLIENTS[call]), r"Response .*<(\w+)>")
    assert said(far) == log.sent
    assert LoggedIn("alice", "Access granted") in far.told()


@pytest.mark.parametrize("call", SERVERS)
def test_a_server_says_what_pppd_said(call: str) -> None:
    log = Log(LOGS / call / "router.log")
    far = log.played_by(replace(KNOWN, encryption=SERVERS[call]), r"Challenge .*<(\w+)>")
    # pppd writes the challenge of its Failure in small letters, RFC 2759 does not care
    assert [line.lower() for line in said(far)] == [line.lower() for line in log.sent]


def outcome(call: str, side: str, settings: Settings) -> list[Event]:
    log = Log(LOGS / call / f"{side}.log")
    chose = r"Response .*<(\w+)>" if side == "client" else r"Challenge .*<(\w+)>"
    told = log.played_by(settings, chose).told()
    assert isinstance(told[0], LinkUp) and told[0].authentication is Authentication.MS_CHAP_V2
    return told[1:]


def test_what_a_client_tells_of_recorded_calls() -> None:
    in_ = LoggedIn("alice", "Access granted")
    assert [type(event) for event in outcome("ok", "client", ALICE)] == [LoggedIn, EncryptionUp]
    assert outcome("mppe_module_missing", "client", ALICE) == [in_, PeerHungUp("MPPE required but not available")]
    assert outcome("unknown_user", "client", replace(ALICE, name="mallory")) == [LoginRefused(None, "")]
    assert outcome("wrong_password", "client", ALICE) == [LoginRefused(691, "Access denied")]


def test_what_a_server_tells_of_recorded_calls() -> None:
    in_ = LoggedIn("alice", "Access granted")
    assert [type(event) for event in outcome("ok", "router", KNOWN)] == [LoggedIn, EncryptionUp]
    assert outcome("client_without_mppe", "router", KNOWN) == [in_, EncryptionRefused(EncryptionFault.REJECTED)]
    assert outcome("wrong_password", "router", KNOWN) == [LoginRefused(691, "Access denied")]


def test_a_windows_client_comes_in() -> None:
    """By hand, in the order in which Windows asks: too much at first, IPCP before its time, IPv6CP."""
    far = FarEnd.of_server(KNOWN, Recorded(octets=[CHALLENGE]))
    request = far.hears()[0]
    far.say("LCP ConfReq id=0x0 <mru 1400> <magic 0x1c3f> <pcomp> <accomp> <callback CBCP>")
    assert far.hears() == ["LCP ConfRej id=0x0 <callback CBCP>"]
    far.say(request.replace("ConfReq", "ConfAck"), "LCP ConfReq id=0x1 <mru 1400> <magic 0x1c3f> <pcomp> <accomp>")
    far.say('LCP Ident id=0x2 "MSRASV5.20"', 'LCP Ident id=0x3 "MSRAS-0-DESKTOP"')
    assert far.hears()[-1].startswith("CHAP Challenge id=0xb4")

    peers = bytes(range(16))
    proof = nt_response(bytes.fromhex(CHALLENGE), peers, b"alice", ALICE.password)
    far.say(f'CHAP Response id=0xb4 <{Response(peers, proof).encode().hex()}>, name = "alice"')
    assert [line.split(" <")[0] for line in far.hears()][1:] == ["CCP ConfReq id=0x1"]

    far.say("IPV6CP ConfReq id=0x4 <addr fe80::1>", "CCP ConfReq id=0x5 <mppe +H -M +S +L -D +C>")
    far.say("IPCP ConfReq id=0x6 <addr 0.0.0.0> <ms-dns1 0.0.0.0>")
    assert far.hears() == [
        "LCP ProtRej id=0x2 0x8057",
        "CCP ConfNak id=0x5 <mppe +H -M +S -L -D -C>",
        "IPCP TermAck id=0x6",
    ]
    far.say("CCP ConfAck id=0x1 <mppe +H -M +S -L -D -C>", "CCP ConfReq id=0x7 <mppe +H -M +S -L -D -C>")
    far.say(
        "IPCP ConfReq id=0x8 <addr 0.0.0.0> <ms-dns1 0.0.0.0> <ms-wins 0.0.0.0> <ms-dns2 0.0.0.0> <ms-wins2 0.0.0.0>"
    )
    assert far.hears()[-1] == "IPCP ConfRej id=0x8 <ms-wins 0.0.0.0> <ms-wins2 0.0.0.0>"
    far.say("IPCP ConfReq id=0x9 <addr 0.0.0.0> <ms-dns1 0.0.0.0> <ms-dns2 0.0.0.0>")
    given = f"<addr {CLIENT_ADDRESS}> <ms-dns1 {DNS}> <ms-dns2 {DNS}>"
    assert far.hears() == [f"IPCP ConfNak id=0x9 {given}"]
    far.say(f"IPCP ConfAck id=0x1 <addr {SERVER_ADDRESS}>", f"IPCP ConfReq id=0xa {given}")
    assert far.told()[-1] == AddressesUp(SERVER_ADDRESS, CLIENT_ADDRESS, (DNS,))
