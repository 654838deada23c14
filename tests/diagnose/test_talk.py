"""A log is told in words to who reads along, and nothing that has to stay secret is left in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnose.scenes import RECORDED, WINDOWS, expected, recorded, response
from wizard.diagnose.calls import explain, redacted
from wizard.diagnose.talk import encryption
from wizard.resources import MASK

FRONT = "Fri Jan  5 08:00:00 2024 local2.debug pppd[814]: "
PACKET = re.compile(r"(?:sent|rcvd) \[(?:LCP|CHAP|CCP|IPCP) \w+")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "sent [LCP ConfReq id=0x1 <mru 1482> <asyncmap 0x0> <auth chap MS-v2> <magic 0x31582f20> <accomp>]",
            "the router: I would like these settings: packets of at most 1482 octets, log in by MS-CHAPv2",
        ),
        ("rcvd [LCP ConfAck id=0x1 <auth chap MS-v2>]", "the device: agreed: log in by MS-CHAPv2"),
        (
            "rcvd [LCP ConfNak id=0x1 <auth pap>]",
            "the device: I know that setting, but use: log in by PAP, the password in the clear",
        ),
        (
            "sent [LCP ConfRej id=0x0 <callback CBCP> <mrru 1614>]",
            "the router: I do not know or allow that, leave it out: call me back, several lines at once",
        ),
        (
            "sent [CCP ConfReq id=0x1 <mppe +H -M +S -L -D -C>]",
            "the router: I would like these settings: 128 bit, new keys for each packet (stateless)",
        ),
        ("rcvd [CCP ConfReq id=0x1]", "the device: I would like these settings"),
        ("rcvd [CCP ConfReq id=0x1 <new 7>]", "the device: I would like these settings: new 7"),
        (
            "rcvd [IPCP ConfReq id=0x1 <compress VJ 0f 01> <addr 0.0.0.0> <ms-dns1 0.0.0.0>]",
            "the device: I would like these settings: compressed headers (VJ), an address for me, a name server for me",
        ),
        (
            "sent [IPCP ConfNak id=0x1 <addr 172.16.1.2> <ms-dns1 172.16.1.1>]",
            "the router: I know that setting, but use: the address 172.16.1.2, the name server 172.16.1.1",
        ),
        ("sent [LCP ProtRej id=0x3 80 57 01]", "the router: I do not speak that protocol at all"),
        ('rcvd [LCP TermReq id=0x2 "MPPE required"]', "the device: I hang up (MPPE required)"),
        ("rcvd [LCP TermReq id=0x2]", "the device: I hang up"),
        ("rcvd [LCP TermAck id=0x2]", "the device: all right, hung up"),
        ("sent [LCP EchoReq id=0x0 magic=0x31582f20]", "the router: are you still there?"),
        (response("anna"), "the device: here is the proof"),
        ('sent [CHAP Failure id=0xc5 "E=691 R=1 C=2c V=0 M=x"]', "the router: the proof is wrong"),
        ("rcvd [LCP code=0xc id=0x2 00 00]", ""),
        ("CTRL: Client 203.0.113.50 control connection started", "203.0.113.50 calls (TCP 1723)"),
        ("MPPE 128-bit stateless compression enabled", "encrypted: 128-bit stateless"),
        ("remote IP address 172.16.1.2", "connected: the device has the address 172.16.1.2"),
        ("GRE: accepting packet #3", ""),
        ("something else", ""),
        ("", ""),
    ],
)
def test_a_line_in_words(line: str, words: str) -> None:
    assert explain(line) == words
    assert explain(FRONT + line) == words


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        ("mppe +H -M +S -L -D -C", "128 bit, new keys for each packet (stateless)"),
        ("mppe -H -M +S +L -D -C", "128 bit or 40 bit, the same keys for many packets (stateful)"),
        ("mppe +H +M -S -L +D -C", "56 bit, new keys for each packet (stateless), an obsolete kind"),
        ("mppe +H -M -S -L -D +C", "no encryption, compressed data (MPPC)"),
        ("mppe -H -M -S -L -D -C", "no encryption"),
        (
            "mppe +H -M +S -L -D -C +U (01 00 00 42)",
            "128 bit, new keys for each packet (stateless), something unknown",
        ),
    ],
)
def test_the_bits_of_mppe_in_words(bits: str, words: str) -> None:
    assert encryption(bits) == words


@pytest.mark.parametrize("path", expected())
def test_every_packet_of_a_recorded_log_has_words(path: str) -> None:
    for line in recorded(path):
        assert bool(PACKET.search(line)) <= bool(explain(line)), line


@given(st.sampled_from([*recorded("ok/router.log"), *WINDOWS]), st.data())
def test_a_cut_line_is_told_as_far_as_it_goes(line: str, data: st.DataObject) -> None:
    explain(line[: data.draw(st.integers(0, len(line)))])


@given(st.text())
def test_any_text_is_read_and_keeps_its_end(text: str) -> None:
    explain(text)
    assert redacted(text + "\n").endswith("\n")


# Secrets

HASH = re.compile(r"(?:<|[SC]=)([0-9A-Fa-f]{32,})")
SECRETS = sorted({found for path in expected() for found in HASH.findall((RECORDED / path).read_text("utf-8"))})


def test_there_are_hashes_in_the_recorded_logs() -> None:
    assert len(SECRETS) > 40


@pytest.mark.parametrize("path", expected())
def test_nothing_of_a_hash_survives_in_a_recorded_log(path: str) -> None:
    kept = "\n".join(map(redacted, recorded(path)))
    for secret in SECRETS:
        assert not any(secret[at : at + 12] in kept for at in range(len(secret) - 11))


@pytest.mark.parametrize("path", expected())
def test_whatever_has_no_secret_stays_as_it_was(path: str) -> None:
    for line in recorded(path):
        assert redacted(line) == line or MASK in redacted(line)
        assert len(redacted(line).split(MASK)) <= 2, "one secret in a line"
        assert "CHAP" in line or redacted(line) == line


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (response("anna"), f'rcvd [CHAP Response id=0xb4 <{MASK}>, name = "anna"]'),
        (
            'sent [CHAP Success id=0x1 "S=9FCF M=Access granted"]',
            f'sent [CHAP Success id=0x1 "S={MASK} M=Access granted"]',
        ),
        ('sent [CHAP Failure id=0x1 "E=691 R=1 C=2cd1 V=0"]', f'sent [CHAP Failure id=0x1 "E=691 R=1 C={MASK} V=0"]'),
        (
            'rcvd [PAP AuthReq id=0x1 user="anna" password="made-up \\" 1"]',
            f'rcvd [PAP AuthReq id=0x1 user="anna" password={MASK}]',
        ),
        ('password = "made-up-1", x', f"password = {MASK}, x"),
        ("password=made-up-1", f"password={MASK}"),
        ('password="made-up', f"password={MASK}"),
        ("password made-up-1\t\t# (from /etc/ppp/options)", f"password {MASK}\t\t# (from /etc/ppp/options)"),
        (
            "but I couldn't find any suitable secret (password) for it to use to do so.",
            "but I couldn't find any suitable secret (password) for it to use to do so.",
        ),
        ("sent [CHAP Challenge id=0xd0 <ef", f"sent [CHAP Challenge id=0xd0 <{MASK}"),
        ('8eb00>, name = "anna"]', f'{MASK}>, name = "anna"]'),
        ("a key of 00112233445566778899aabbccddeeff", f"a key of {MASK}"),
        ("rcvd [CHAP code=0x7 id=0x1 00 11 22 33 44 55 66 77]", f"rcvd [CHAP code=0x7 id=0x1 {MASK}]"),
        ("local  LL address fe80::21ec:b60d:6938:f2af", "local  LL address fe80::21ec:b60d:6938:f2af"),
    ],
)
def test_what_is_hidden_and_what_stays(line: str, kept: str) -> None:
    assert redacted(line) == kept
    assert redacted(f"{FRONT}{line}\n") == f"{FRONT}{kept}\n"


@given(st.sampled_from([line for line in recorded("ok/router.log") if "CHAP" in line]), st.data())
def test_a_line_that_is_cut_keeps_no_more_than_seven_digits_of_a_hash(line: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(line)))
    last = data.draw(st.integers(first, len(line)))
    kept = redacted(line[first:last])
    assert not re.search(r"(?<![0-9A-Fa-f.:])[0-9A-Fa-f]{16,}", kept)
