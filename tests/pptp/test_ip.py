"""IPv4, ICMP and UDP: octets written by hand, and scapy's opinion both ways."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from ipaddress import IPv4Address
from itertools import islice
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pptp import fuzz
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError
from wizard.pptp.ip import (
    ICMP,
    UDP,
    Datagram,
    Echo,
    OtherIcmp,
    Packet,
    TimeExceeded,
    TimeExceededCode,
    Unreachable,
    UnreachableCode,
    checksum,
    decode_icmp,
)

HERE, THERE = IPv4Address("192.168.77.2"), IPv4Address("192.168.77.1")

ADDRESSES = st.integers(0, 0xFFFFFFFF).map(IPv4Address)
OCTET, NUMBER = st.integers(0, 0xFF), st.integers(0, 0xFFFF)
PACKETS = st.builds(
    Packet,
    ADDRESSES,
    ADDRESSES,
    OCTET,
    st.binary(max_size=100),
    OCTET,
    st.booleans(),
    NUMBER,
    st.booleans(),
    st.integers(0, 0x1FFF).map(lambda units: units * 8),
)
ECHOES = st.builds(Echo, NUMBER, NUMBER, st.binary(max_size=60), st.booleans())
DATAGRAMS = st.builds(Datagram, NUMBER, NUMBER, st.binary(max_size=60))

# Written by hand from the drawings in RFC 791, 792 and 768.
PACKET = Packet(HERE, THERE, 1, b"\x01\x02\x03", ttl=17, dont_fragment=True, identification=0x1234)
PACKET_OCTETS = "4500 0017 1234 4000 1101 3c5e c0a84d02 c0a84d01 010203"
FRAGMENT = Packet(HERE, THERE, 17, b"\xff", more_fragments=True, fragment_offset=1480)
FRAGMENT_OCTETS = "4500 0015 0000 20b9 4011 3ecb c0a84d02 c0a84d01 ff"
MESSAGES = [
    (Echo(0x4242, 7, b"abc"), "0800 f153 4242 0007 616263"),
    (Echo(0x4242, 7, b"abc", reply=True), "0000 f953 4242 0007 616263"),
    (Unreachable(UnreachableCode.PROTOCOL, PACKET), "0302 f8fb 0000 0000" + PACKET_OCTETS),
    (Unreachable(UnreachableCode.FRAGMENTATION_NEEDED, PACKET, 1400), "0304 f381 0000 0578" + PACKET_OCTETS),
    (Unreachable(200, PACKET), "03c8 f835 0000 0000" + PACKET_OCTETS),
    (TimeExceeded(TimeExceededCode.IN_TRANSIT, PACKET), "0b00 f0fd 0000 0000" + PACKET_OCTETS),
]


def test_the_checksum_of_the_rfc() -> None:
    """RFC 1071 §3, and its padding of an odd octet."""
    assert checksum(bytes.fromhex("0001 f203 f4f5 f6f7")) == 0xFFFF - 0xDDF2
    assert checksum(b"\x12\x34\x56") == checksum(b"\x12\x34\x56\x00")
    assert checksum(b"") == 0xFFFF


@pytest.mark.parametrize(("packet", "octets"), [(PACKET, PACKET_OCTETS), (FRAGMENT, FRAGMENT_OCTETS)])
def test_a_packet_lies_as_the_rfc_draws_it(packet: Packet, octets: str) -> None:
    assert packet.encode().hex() == octets.replace(" ", "")
    assert Packet.decode(bytes.fromhex(octets)) == packet


@pytest.mark.parametrize(("message", "octets"), MESSAGES, ids=lambda value: type(value).__name__)
def test_an_icmp_message_lies_as_the_rfc_draws_it(message: Echo | Unreachable | TimeExceeded, octets: str) -> None:
    assert message.encode().hex() == octets.replace(" ", "")
    assert decode_icmp(bytes.fromhex(octets)) == message


def test_a_datagram_lies_as_the_rfc_draws_it() -> None:
    datagram = Datagram(0x1000, 53, b"abc")
    octets = bytes.fromhex("1000 0035 000b 0fec 616263")
    assert datagram.encode(HERE, THERE) == octets
    assert Datagram.decode(Packet(HERE, THERE, UDP, octets)) == datagram


@given(PACKETS, st.binary(max_size=20))
def test_a_packet_that_is_written_is_read_back_whatever_padding_follows(packet: Packet, padding: bytes) -> None:
    assert Packet.decode(packet.encode() + padding) == packet


@given(PACKETS, st.binary(min_size=4, max_size=40).filter(lambda options: len(options) % 4 == 0))
def test_options_are_left_out(packet: Packet, options: bytes) -> None:
    head = bytearray(packet.encode()[:20] + options)
    head[0] += len(options) // 4
    head[2:4] = (len(head) + len(packet.payload)).to_bytes(2, "big")
    head[10:12] = bytes(2)
    head[10:12] = checksum(bytes(head)).to_bytes(2, "big")
    assert Packet.decode(bytes(head) + packet.payload) == packet


@given(ECHOES)
def test_an_echo_that_is_written_is_read_back(echo: Echo) -> None:
    assert decode_icmp(echo.encode()) == echo


@given(ADDRESSES, ADDRESSES, DATAGRAMS, st.binary(max_size=20))
def test_a_datagram_that_is_written_is_read_back_whatever_padding_follows(
    source: IPv4Address, destination: IPv4Address, datagram: Datagram, padding: bytes
) -> None:
    octets = datagram.encode(source, destination)
    assert Datagram.decode(Packet(source, destination, UDP, octets + padding)) == datagram


@given(PACKETS, st.data())
def test_a_packet_cut_anywhere_is_refused(packet: Packet, data: st.DataObject) -> None:
    octets = packet.encode()
    with pytest.raises(RemoteProtocolError) as caught:
        Packet.decode(octets[: data.draw(st.integers(0, len(octets) - 1))])
    assert caught.value.fault is Fault.PACKET_CUT


@given(PACKETS, st.integers(0, 19 * 8 + 7))
def test_a_header_with_one_wrong_bit_is_refused(packet: Packet, bit: int) -> None:
    octets = bytearray(packet.encode())
    octets[bit // 8] ^= 1 << bit % 8
    with pytest.raises(RemoteProtocolError):
        Packet.decode(bytes(octets))


@given(ECHOES, st.data())
def test_an_icmp_message_with_one_wrong_bit_is_refused(echo: Echo, data: st.DataObject) -> None:
    octets = bytearray(echo.encode())
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(RemoteProtocolError) as caught:
        decode_icmp(bytes(octets))
    assert caught.value.fault is Fault.CHECKSUM


@given(DATAGRAMS, st.integers(0, 7))
def test_a_datagram_with_one_wrong_bit_is_refused(datagram: Datagram, bit: int) -> None:
    octets = bytearray(datagram.encode(HERE, THERE))
    octets[-1] ^= 1 << bit
    for packet in (Packet(HERE, THERE, UDP, bytes(octets)), Packet(THERE, THERE, UDP, datagram.encode(HERE, THERE))):
        with pytest.raises(RemoteProtocolError) as caught:
            Datagram.decode(packet)
        assert caught.value.fault is Fault.CHECKSUM


def test_a_datagram_may_come_without_checksum() -> None:
    octets = bytes.fromhex("1000 0035 000b 0000 616263")
    assert Datagram.decode(Packet(HERE, THERE, UDP, octets)) == Datagram(0x1000, 53, b"abc")


def test_a_checksum_that_comes_out_as_zero_is_sent_as_ones() -> None:
    """RFC 768: zero says that there is none."""
    empty = Datagram(0, 0).encode(HERE, THERE)
    datagram = Datagram(int.from_bytes(empty[6:8], "big"), 0)
    octets = datagram.encode(HERE, THERE)
    assert octets[6:8] == b"\xff\xff"
    assert Datagram.decode(Packet(HERE, THERE, UDP, octets)) == datagram


@pytest.mark.parametrize(
    ("octets", "fault", "detail"),
    [
        ("", Fault.PACKET_CUT, "0 octets, not 20"),
        ("60" + "00" * 39, Fault.MALFORMED, "IP version 6"),
        ("44" + "00" * 39, Fault.MALFORMED, "header of 16 octets"),
        ("46 00 0018" + "00" * 16, Fault.PACKET_CUT, "20 octets, not 24"),
        ("4500 0013" + "00" * 16, Fault.PACKET_CUT, "20 octets, not 19"),
        ("4500 0014" + "00" * 16, Fault.CHECKSUM, "IPv4 header"),
    ],
)
def test_what_is_no_packet_is_named(octets: str, fault: Fault, detail: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        Packet.decode(bytes.fromhex(octets))
    assert caught.value.fault is fault
    assert detail in caught.value.detail


@pytest.mark.parametrize(
    ("protocol", "octets", "fault", "detail"),
    [
        (1, "1000 0035 0008 0000", Fault.MALFORMED, "protocol 1"),
        (17, "1000 0035 0008 00", Fault.PACKET_CUT, "7 octets, not 8"),
        (17, "1000 0035 0009 0000", Fault.PACKET_CUT, "8 octets, not 9"),
        (17, "1000 0035 0007 0000", Fault.PACKET_CUT, "8 octets, not 7"),
    ],
)
def test_what_is_no_datagram_is_named(protocol: int, octets: str, fault: Fault, detail: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        Datagram.decode(Packet(HERE, THERE, protocol, bytes.fromhex(octets)))
    assert caught.value.fault is fault
    assert detail in caught.value.detail


@pytest.mark.parametrize(
    ("octets", "fault"),
    [
        ("0800 f7ff 0000 00", Fault.PACKET_CUT),
        ("0303 fcfc 0000 0000", Fault.PACKET_CUT),
        ("0b00 7bff 0000 0000 7900" + "00" * 18, Fault.MALFORMED),
    ],
)
def test_an_icmp_message_that_is_none_is_named(octets: str, fault: Fault) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode_icmp(bytes.fromhex(octets))
    assert caught.value.fault is fault


@pytest.mark.parametrize(
    "value",
    [
        Packet(HERE, THERE, 256),
        Packet(HERE, THERE, 1, ttl=-1),
        Packet(HERE, THERE, 1, identification=0x10000),
        Packet(HERE, THERE, 1, bytes(0xFFFF - 19)),
        Packet(HERE, THERE, 1, fragment_offset=4),
        Packet(HERE, THERE, 1, fragment_offset=-8),
        Packet(HERE, THERE, 1, fragment_offset=0x2000 * 8),
        Echo(0x10000, 0),
        Echo(0, -1),
        Unreachable(256, PACKET),
        Unreachable(4, PACKET, 0x10000),
        TimeExceeded(-1, PACKET),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_value_that_does_not_fit_is_not_sent(value: Packet | Echo | Unreachable | TimeExceeded) -> None:
    with pytest.raises(LocalProtocolError) as caught:
        value.encode()
    assert caught.value.fault is Fault.VALUE


@pytest.mark.parametrize("datagram", [Datagram(0x10000, 1), Datagram(1, -1), Datagram(1, 1, bytes(0xFFFF - 7))])
def test_a_datagram_that_does_not_fit_is_not_sent(datagram: Datagram) -> None:
    with pytest.raises(LocalProtocolError) as caught:
        datagram.encode(HERE, THERE)
    assert caught.value.fault is Fault.VALUE


def test_the_largest_packet_fits() -> None:
    packet = Packet(HERE, THERE, 1, bytes(0xFFFF - 20))
    assert Packet.decode(packet.encode()) == packet


def test_a_quote_is_read_though_most_of_it_is_missing() -> None:
    """RFC 792: the header and 8 octets. Some routers and NATs leave a wrong checksum in it."""
    quote = bytearray(Packet(HERE, THERE, 47, bytes(1004)).encode()[:28])
    quote[10] ^= 0xFF
    head = bytearray.fromhex("0302 0000 0000 0000")
    head[2:4] = checksum(bytes(head + quote)).to_bytes(2, "big")
    message = decode_icmp(bytes(head + quote))
    assert message == Unreachable(UnreachableCode.PROTOCOL, Packet(HERE, THERE, 47, bytes(8)))


def test_what_stands_behind_a_quote_is_left_out() -> None:
    assert Packet.quoted(PACKET.encode() + b"extension") == PACKET


def test_a_next_hop_mtu_counts_with_code_4_alone() -> None:
    told = decode_icmp(Unreachable(UnreachableCode.HOST, PACKET, 1400).encode())
    assert told == Unreachable(UnreachableCode.HOST, PACKET)


@pytest.mark.parametrize(
    ("octets", "kind", "code"),
    [("0500 faff 0000 0000", 5, 0), ("0d00 f2ff 0000 0000", 13, 0), ("0801 f7fe 0000 0000", 8, 1)],
)
def test_other_icmp_messages_are_no_error(octets: str, kind: int, code: int) -> None:
    assert decode_icmp(bytes.fromhex(octets)) == OtherIcmp(kind, code)


@pytest.mark.parametrize(
    ("packet", "fragment"),
    [
        (Packet(HERE, THERE, 1), False),
        (Packet(HERE, THERE, 1, more_fragments=True), True),
        (Packet(HERE, THERE, 1, fragment_offset=8), True),
    ],
)
def test_a_fragment_is_known(packet: Packet, fragment: bool) -> None:
    assert packet.is_fragment is fragment


@pytest.mark.parametrize("code", range(16))
def test_every_code_has_words(code: int) -> None:
    message = decode_icmp(Unreachable(code, PACKET).encode())
    assert isinstance(message, Unreachable)
    assert isinstance(message.code, UnreachableCode)
    assert message.code.words


SAMPLES = [PACKET.encode(), FRAGMENT.encode(), Datagram(1, 53, b"abc").encode(HERE, THERE)]
SAMPLES += [bytes.fromhex(octets) for _, octets in MESSAGES]
SAMPLES += [Packet(HERE, THERE, ICMP, bytes.fromhex(octets)).encode() for _, octets in MESSAGES]


@pytest.mark.parametrize(
    "decode",
    [Packet.decode, Packet.quoted, decode_icmp, lambda octets: Datagram.decode(Packet(HERE, THERE, UDP, octets))],
    ids=["packet", "quote", "icmp", "datagram"],
)
def test_random_octets_raise_the_remote_error_only(decode: Callable[[bytes], object]) -> None:
    read = refused = 0
    for octets in islice(fuzz.inputs(791, SAMPLES), fuzz.COUNT):
        try:
            value = decode(octets)
        except RemoteProtocolError:
            refused += 1
        else:
            assert fuzz.weight(value) < len(octets) + 1000
            read += 1
    assert read and refused


@pytest.fixture(scope="module")
def scapy() -> ModuleType:
    """An opinion that is not ours."""
    with warnings.catch_warnings():
        # scapy warns of what it finds in the system: a route it cannot read, a cipher that moved
        warnings.simplefilter("ignore")
        return import_module("scapy.layers.inet")


# 253 is for experiments (RFC 3692), so scapy leaves the payload alone
UNKNOWN = PACKETS.map(lambda packet: replace(packet, protocol=253))


@given(packet=UNKNOWN)
def test_scapy_reads_the_packets_that_we_write(scapy: ModuleType, packet: Packet) -> None:
    theirs = scapy.IP(packet.encode())
    assert (theirs.src, theirs.dst) == (str(packet.source), str(packet.destination))
    assert (theirs.version, theirs.ihl, theirs.tos, theirs.proto) == (4, 5, 0, 253)
    assert (theirs.ttl, theirs.id, theirs.frag * 8) == (packet.ttl, packet.identification, packet.fragment_offset)
    assert (packet.dont_fragment, packet.more_fragments) == (theirs.flags.DF, theirs.flags.MF)
    assert bytes(theirs.payload) == packet.payload
    # what scapy computes itself
    del theirs.chksum
    assert bytes(theirs) == packet.encode()


@given(packet=UNKNOWN, options=st.binary(max_size=5))
def test_we_read_the_packets_that_scapy_writes(scapy: ModuleType, packet: Packet, options: bytes) -> None:
    theirs = scapy.IP(
        src=str(packet.source),
        dst=str(packet.destination),
        proto=packet.protocol,
        ttl=packet.ttl,
        id=packet.identification,
        flags=["DF"] * packet.dont_fragment + ["MF"] * packet.more_fragments,
        frag=packet.fragment_offset // 8,
        options=[scapy.IPOption_NOP()] * len(options),
    )
    assert Packet.decode(bytes(theirs / packet.payload)) == packet


@given(echo=ECHOES)
def test_scapy_and_we_agree_on_echoes(scapy: ModuleType, echo: Echo) -> None:
    theirs = scapy.ICMP(echo.encode())
    assert (theirs.type, theirs.code, theirs.id, theirs.seq) == (
        0 if echo.reply else 8,
        0,
        echo.identifier,
        echo.sequence,
    )
    assert bytes(theirs.payload) == echo.payload
    assert Packet.decode(bytes(scapy.IP(src=str(HERE), dst=str(THERE)) / theirs)).protocol == ICMP
    # what scapy computes itself
    del theirs.chksum
    assert bytes(theirs) == echo.encode()


@given(code=st.integers(0, 15), mtu=NUMBER)
def test_scapy_and_we_agree_on_errors(scapy: ModuleType, code: int, mtu: int) -> None:
    told = Unreachable(code, replace(PACKET, protocol=253), mtu if code == 4 else 0)
    theirs = scapy.ICMP(told.encode())
    assert (theirs.type, theirs.code, theirs.payload.src) == (3, code, str(HERE))
    assert code != 4 or theirs.nexthopmtu == mtu
    assert decode_icmp(bytes(scapy.ICMP(type=3, code=code, nexthopmtu=told.next_hop_mtu) / theirs.payload)) == told
    late = TimeExceeded(TimeExceededCode.REASSEMBLY, told.packet)
    assert decode_icmp(bytes(scapy.ICMP(type=11, code=1) / theirs.payload)) == late
    assert scapy.ICMP(late.encode()).payload.dst == str(THERE)


@given(source=ADDRESSES, destination=ADDRESSES, datagram=DATAGRAMS)
def test_scapy_and_we_agree_on_datagrams(
    scapy: ModuleType, source: IPv4Address, destination: IPv4Address, datagram: Datagram
) -> None:
    packet = Packet(source, destination, UDP, datagram.encode(source, destination))
    theirs = scapy.IP(packet.encode())
    assert (theirs.sport, theirs.dport) == (datagram.source_port, datagram.destination_port)
    assert theirs[scapy.UDP].len == 8 + len(datagram.payload)
    written = scapy.UDP(sport=datagram.source_port, dport=datagram.destination_port) / datagram.payload
    octets = bytes(scapy.IP(src=str(source), dst=str(destination), id=0) / written)
    assert octets[20:] == packet.payload
    assert Datagram.decode(Packet.decode(octets)) == datagram
