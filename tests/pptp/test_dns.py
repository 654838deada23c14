"""DNS queries and responses: octets written by hand, and scapy's opinion both ways."""

from __future__ import annotations

import string
import warnings
from importlib import import_module
from ipaddress import IPv4Address
from itertools import islice
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pptp import fuzz
from wizard.pptp.dns import Response, ResponseCode, decode_response, encode_query
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError

LABELS = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=63)
NAMES = st.lists(LABELS, max_size=6).map(".".join).filter(lambda name: len(name) <= 253)
ADDRESSES = st.integers(0, 0xFFFFFFFF).map(IPv4Address)
IDENTIFIERS = st.integers(0, 0xFFFF)

# Written by hand: the head, the question for router.lan, and the answers, whose names point back into it.
HEAD = "4242 8180 0001 0001 0000 0000"
QUESTION = "06 726f75746572 03 6c616e 00 0001 0001"
ADDRESS = "c00c 0001 0001 0000003c 0004 c0a80101"
ALIAS = "c00c 0005 0001 0000003c 0007 04 686f6d65 c013"
ALIASED = "c028 0001 0001 0000003c 0004 c0a80102"


def message(*parts: str) -> bytes:
    return bytes.fromhex("".join(parts))


def test_a_query_lies_as_the_rfc_draws_it() -> None:
    assert encode_query(0x4242, "router.lan") == message("4242 0100 0001 0000 0000 0000", QUESTION)


def test_a_response_is_read() -> None:
    octets = message(HEAD, QUESTION, ADDRESS)
    answer = Response(0x4242, ResponseCode.NO_ERROR, "router.lan", (IPv4Address("192.168.1.1"),))
    assert decode_response(octets) == answer
    assert decode_response(octets + b"padding") == answer


def test_an_alias_is_followed_by_the_address_that_comes_with_it() -> None:
    response = decode_response(message("4242 8180 0001 0002 0000 0000", QUESTION, ALIAS, ALIASED))
    assert response.addresses == (IPv4Address("192.168.1.2"),)


def test_every_address_counts_and_nothing_else() -> None:
    six = "c00c 001c 0001 0000003c 0010" + "fd" * 16
    chaos = "c00c 0001 0003 0000003c 0004 01020304"
    response = decode_response(message("4242 8180 0001 0004 0000 0000", QUESTION, ADDRESS, six, chaos, ADDRESS))
    assert response.addresses == (IPv4Address("192.168.1.1"),) * 2


def test_what_follows_the_answers_is_not_looked_at() -> None:
    octets = message("4242 8180 0001 0001 0001 0001", QUESTION, ADDRESS, "ffff")
    assert decode_response(octets).addresses == (IPv4Address("192.168.1.1"),)


@pytest.mark.parametrize("code", range(11))
def test_a_refusal_has_words(code: int) -> None:
    response = decode_response(message(f"4242 818{code:x} 0001 0000 0000 0000", QUESTION))
    assert isinstance(response.code, ResponseCode)
    assert response.code == code
    assert response.code.words
    assert (response.name, response.addresses) == ("router.lan", ())


def test_a_code_that_nobody_knows_stays_a_number() -> None:
    response = decode_response(message("4242 818f 0000 0000 0000 0000"))
    assert response == Response(0x4242, 15, "", ())
    assert not isinstance(response.code, ResponseCode)


@pytest.mark.parametrize(("flags", "truncated"), [("8180", False), ("8380", True)])
def test_a_truncated_response_says_so(flags: str, truncated: bool) -> None:
    assert decode_response(message("4242", flags, "0001 0000 0000 0000", QUESTION)).truncated is truncated


@pytest.mark.parametrize("flags", ["0100", "7fff"])
def test_a_query_is_no_response(flags: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode_response(message("4242", flags, "0001 0000 0000 0000", QUESTION))
    assert caught.value.fault is Fault.MALFORMED


@pytest.mark.parametrize("octets", [message(HEAD, QUESTION, ADDRESS), message(HEAD, QUESTION, ALIAS)])
def test_a_response_cut_anywhere_is_refused(octets: bytes) -> None:
    for size in range(len(octets)):
        with pytest.raises(RemoteProtocolError) as caught:
            decode_response(octets[:size])
        assert caught.value.fault is Fault.PACKET_CUT
        assert caught.value.detail.startswith(f"DNS: {size} octets, not ")
        assert size < int(caught.value.detail.split()[-1]) <= len(octets)


@pytest.mark.parametrize(
    ("question", "detail"),
    [
        ("c00c 0001 0001", "from 12 to 12"),  # to itself
        ("c00e c00c 0001 0001", "from 12 to 14"),  # forward, to one that leads back
        ("01 61 c00c 0001 0001", "from 14 to 12"),  # to the name that it is in
        ("c000 0001 0001", "from 12 to 0"),  # into the head
        ("ffff 0001 0001", "from 12 to 16383"),
        ("40 0001 0001", "0x40"),
        ("80 0001 0001", "0x80"),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(question: str, detail: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode_response(message("4242 8180 0001 0000 0000 0000", question))
    assert caught.value.fault is Fault.MALFORMED
    assert detail in caught.value.detail


def test_pointers_that_lead_to_each_other_are_refused() -> None:
    """They stand in a text record, where no name is looked for, until another record points there."""
    text = "c00c 0010 0001 0000003c 0004 c02a c028"
    with pytest.raises(RemoteProtocolError) as caught:
        decode_response(message("4242 8180 0001 0002 0000 0000", QUESTION, text, "c02a 0001 0001 0000003c 0000"))
    assert caught.value.fault is Fault.MALFORMED
    assert caught.value.detail == "DNS: a pointer from 40 to 42"


def chained(pointers: int) -> bytes:
    """A response with that many pointers, each to the one before and the first to a name."""
    question = message("01 61 00 0001 0001")
    places = [12, *(12 + len(question) + 6 * number for number in range(pointers - 1))]
    questions = [(0xC000 + place).to_bytes(2, "big") + message("0001 0001") for place in places]
    return message("4242 8180", f"{pointers + 1:04x}", "0000 0000 0000") + question + b"".join(questions)


def test_a_name_has_no_more_pointers_than_labels() -> None:
    assert decode_response(chained(127)).name == "a"
    with pytest.raises(RemoteProtocolError) as caught:
        decode_response(chained(128))
    assert caught.value.detail == "DNS: 128 pointers in one name"


@pytest.mark.parametrize(("last", "fits"), [(61, True), (62, False)])
def test_a_name_of_more_than_255_octets_is_refused(last: int, fits: bool) -> None:
    name = ".".join(["a" * 63] * 3 + ["b" * last])
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
    octets = message("4242 8180 0001 0000 0000 0000") + labels + message("0001 0001")
    if fits:
        assert encode_query(1, name)[12:-4] == labels
        assert decode_response(octets).name == name
        return
    with pytest.raises(LocalProtocolError):
        encode_query(1, name)
    with pytest.raises(RemoteProtocolError) as caught:
        decode_response(octets)
    assert caught.value.fault is Fault.MALFORMED


@pytest.mark.parametrize(
    "name", ["a..b", ".a", "..", "a..", "a" * 64 + ".lan", "bücher.example", "\ud800", ".".join(["a"] * 128)]
)
def test_a_name_that_cannot_be_asked_for_is_refused(name: str) -> None:
    with pytest.raises(LocalProtocolError) as caught:
        encode_query(1, name)
    assert caught.value.fault is Fault.VALUE


@pytest.mark.parametrize("identifier", [-1, 0x10000])
def test_an_identifier_that_does_not_fit_is_refused(identifier: int) -> None:
    with pytest.raises(LocalProtocolError) as caught:
        encode_query(identifier, "router.lan")
    assert caught.value.fault is Fault.VALUE


def test_a_dot_at_the_end_is_as_good_as_none() -> None:
    assert encode_query(1, "router.lan.") == encode_query(1, "router.lan")
    assert encode_query(1, ".") == encode_query(1, "")


def test_a_name_is_shown_as_in_zone_files() -> None:
    question = "0b 612e625c63201b7fff217e 00 0001 0001"
    response = decode_response(message("4242 8180 0001 0000 0000 0000", question))
    assert response.name == r"a\.b\\c\032\027\127\255!~"


@pytest.mark.parametrize("size", [0, 3, 5])
def test_an_address_of_another_length_is_refused(size: int) -> None:
    address = f"c00c 0001 0001 0000003c {size:04x}" + "00" * size
    with pytest.raises(RemoteProtocolError) as caught:
        decode_response(message(HEAD, QUESTION, address))
    assert caught.value.fault is Fault.MALFORMED


def test_random_octets_raise_the_remote_error_only() -> None:
    samples = [
        message(HEAD, QUESTION, ADDRESS),
        message("4242 8180 0001 0002 0000 0000", QUESTION, ALIAS, ALIASED),
        message("4242 8183 0001 0000 0000 0000", QUESTION),
        chained(5),
    ]
    read = refused = 0
    for octets in islice(fuzz.inputs(1035, samples), fuzz.COUNT):
        try:
            response = decode_response(octets)
        except RemoteProtocolError:
            refused += 1
        else:
            assert len(response.addresses) <= len(octets) / 4
            assert response.name.isprintable()
            read += 1
    assert read and refused


@pytest.fixture(scope="module")
def scapy() -> ModuleType:
    """An opinion that is not ours."""
    with warnings.catch_warnings():
        # scapy warns of what it finds in the system: a route it cannot read, a cipher that moved
        warnings.simplefilter("ignore")
        return import_module("scapy.layers.dns")


@given(identifier=IDENTIFIERS, name=NAMES)
def test_scapy_reads_the_queries_that_we_write(scapy: ModuleType, identifier: int, name: str) -> None:
    theirs = scapy.DNS(encode_query(identifier, name))
    assert (theirs.id, theirs.qr, theirs.opcode, theirs.rd) == (identifier, 0, 0, 1)
    assert (len(theirs.qd), len(theirs.an or ()), len(theirs.ns or ()), len(theirs.ar or ())) == (1, 0, 0, 0)
    assert (theirs.qd[0].qtype, theirs.qd[0].qclass) == (1, 1)
    assert theirs.qd[0].qname == (name + ".").encode()


@given(
    identifier=IDENTIFIERS,
    code=st.integers(0, 15),
    name=NAMES.filter(bool),
    alias=NAMES.filter(bool),
    addresses=st.lists(ADDRESSES, max_size=5),
    compressed=st.booleans(),
)
def test_we_read_the_responses_that_scapy_writes(
    scapy: ModuleType,
    identifier: int,
    code: int,
    name: str,
    alias: str,
    addresses: list[IPv4Address],
    compressed: bool,
) -> None:
    records = [scapy.DNSRR(rrname=name, type="CNAME", rdata=alias)]
    records += [scapy.DNSRR(rrname=alias, type="A", rdata=str(address)) for address in addresses]
    theirs = scapy.DNS(id=identifier, qr=1, rcode=code, qd=[scapy.DNSQR(qname=name)], an=records)
    octets = bytes(theirs.compress() if compressed else theirs)
    assert decode_response(octets) == Response(identifier, code, name, tuple(addresses))
