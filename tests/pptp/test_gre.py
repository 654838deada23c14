"""The octets of a packet, as RFC 2637 §4.1 draws them and as scapy reads and writes them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import islice
from typing import Protocol, SupportsBytes, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pptp import fuzz
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError
from wizard.pptp.gre import LARGEST_PAYLOAD, Packet

CALL_IDS = st.integers(0, 0xFFFF)
NUMBERS = st.integers(0, 0xFFFFFFFF)
PACKETS = st.one_of(
    st.builds(Packet, CALL_IDS, st.binary(), NUMBERS, st.none() | NUMBERS),
    st.builds(Packet, CALL_IDS, acknowledgement=st.none() | NUMBERS),
)

# Written by hand from the drawing in the RFC: C R K S s Recur A Flags Ver, protocol type, length, call ID, numbers.
VECTORS = [
    (Packet(0x0180, b"\xff\x03\xc0\x21", 0), "3001 880b 0004 0180  00000000  ff03c021"),
    (Packet(0x4242, b"\x00\x21\x45", 7, 6), "3081 880b 0003 4242  00000007 00000006  002145"),
    (Packet(0x0001, acknowledgement=0xFFFFFFFF), "2081 880b 0000 0001  ffffffff"),
    (Packet(0xFFFF), "2001 880b 0000 ffff"),
    (Packet(0x0002, b"\x01", 0xFFFFFFFF, 0), "3081 880b 0001 0002  ffffffff 00000000  01"),
]


@pytest.mark.parametrize(("packet", "octets"), VECTORS)
def test_octets_are_those_of_the_rfc(packet: Packet, octets: str) -> None:
    wire = bytes.fromhex(octets)
    assert packet.encode() == wire
    assert Packet.decode(wire) == packet


@given(PACKETS, st.binary(max_size=20))
def test_what_is_written_is_read_back_whatever_padding_follows(packet: Packet, padding: bytes) -> None:
    assert Packet.decode(packet.encode() + padding) == packet


def test_the_largest_payload_fits() -> None:
    largest = Packet(1, bytes(LARGEST_PAYLOAD), 0)
    assert Packet.decode(largest.encode()) == largest


@pytest.mark.parametrize(
    "packet",
    [
        Packet(0x10000, b"x", 0),
        Packet(-1, b"x", 0),
        Packet(1, b"x", 1 << 32),
        Packet(1, b"x", -1),
        Packet(1, acknowledgement=1 << 32),
        Packet(1, bytes(LARGEST_PAYLOAD + 1), 0),
    ],
    ids=lambda packet: f"{packet.call_id}-{len(packet.payload)}-{packet.sequence}-{packet.acknowledgement}",
)
def test_a_value_that_does_not_fit_is_refused(packet: Packet) -> None:
    with pytest.raises(LocalProtocolError) as caught:
        packet.encode()
    assert caught.value.fault is Fault.VALUE


def test_a_payload_without_a_number_is_not_sent() -> None:
    with pytest.raises(LocalProtocolError) as caught:
        Packet(1, b"x").encode()
    assert caught.value.fault is Fault.UNNUMBERED


@pytest.mark.parametrize(
    ("octets", "fault", "detail"),
    [
        ("", Fault.PACKET_CUT, "0 octets, not 8"),
        ("2081 880b 0000 00", Fault.PACKET_CUT, "7 octets, not 8"),
        ("2081 880b 0000 0001 000000", Fault.PACKET_CUT, "11 octets, not 12"),
        ("3081 880b 0000 0001 00000000 000000", Fault.PACKET_CUT, "15 octets, not 16"),
        ("3001 880b 0005 0001 00000000 ff03c021", Fault.PACKET_CUT, "16 octets, not 17"),
        ("0000 0800 4500 001c", Fault.NOT_PPTP_GRE, "0x0000"),  # plain GRE, an IPv4 packet inside
        ("2000 880b 0000 0001", Fault.NOT_PPTP_GRE, "0x2000"),  # version 0
        ("2002 880b 0000 0001", Fault.NOT_PPTP_GRE, "0x2002"),  # version 2
        ("1001 880b 0000 0001 00000000", Fault.NOT_PPTP_GRE, "0x1001"),  # no key
        ("a001 880b 0000 0001", Fault.NOT_PPTP_GRE, "0xA001"),  # checksum
        ("6001 880b 0000 0001", Fault.NOT_PPTP_GRE, "0x6001"),  # routing
        ("2801 880b 0000 0001", Fault.NOT_PPTP_GRE, "0x2801"),  # strict source route
        ("2101 880b 0000 0001", Fault.NOT_PPTP_GRE, "0x2101"),  # recursion control
        ("2009 880b 0000 0001", Fault.NOT_PPTP_GRE, "0x2009"),  # flags
        ("2001 0800 0000 0001", Fault.NOT_PPTP_GRE, "protocol type 0x0800"),
        ("2081 880b 0001 0001 00000000 ff", Fault.UNNUMBERED, "1 octets"),
    ],
)
def test_what_is_no_packet_of_pptp_is_named(octets: str, fault: Fault, detail: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        Packet.decode(bytes.fromhex(octets))
    assert caught.value.fault is fault
    assert detail in caught.value.detail


@given(PACKETS, st.data())
def test_a_packet_cut_anywhere_is_refused(packet: Packet, data: st.DataObject) -> None:
    octets = packet.encode()
    with pytest.raises(RemoteProtocolError):
        Packet.decode(octets[: data.draw(st.integers(0, len(octets) - 1))])


def test_random_octets_raise_the_remote_error_only() -> None:
    samples = [packet.encode() for packet, _ in VECTORS]
    read = refused = 0
    for octets in islice(fuzz.inputs(2637, samples), fuzz.COUNT):
        try:
            packet = Packet.decode(octets)
        except RemoteProtocolError:
            refused += 1
        else:
            assert octets.startswith(packet.encode())
            read += 1
    assert read and refused


class Theirs(Protocol):
    """What scapy makes of a packet: an opinion that is not ours."""

    version: int
    proto: int
    payload_len: int
    call_id: int
    sequence_number: int | None
    ack_number: int | None
    payload: SupportsBytes

    def __truediv__(self, payload: bytes) -> SupportsBytes: ...


@pytest.fixture(scope="module")
def scapys_gre() -> Callable[..., Theirs]:
    with warnings.catch_warnings():
        # scapy warns of what it finds in the system: a route it cannot read, a cipher that moved
        warnings.simplefilter("ignore")
        from scapy.layers.l2 import GRE_PPTP
    return cast("Callable[..., Theirs]", GRE_PPTP)


@given(packet=PACKETS)
def test_scapy_reads_what_we_write(scapys_gre: Callable[..., Theirs], packet: Packet) -> None:
    theirs = scapys_gre(packet.encode())
    assert (theirs.call_id, theirs.proto, theirs.version) == (packet.call_id, 0x880B, 1)
    assert (theirs.payload_len, bytes(theirs.payload)) == (len(packet.payload), packet.payload)
    assert (theirs.sequence_number, theirs.ack_number) == (packet.sequence, packet.acknowledgement)


@given(packet=PACKETS)
def test_we_read_what_scapy_writes(scapys_gre: Callable[..., Theirs], packet: Packet) -> None:
    theirs = scapys_gre(
        call_id=packet.call_id,
        seqnum_present=packet.sequence is not None,
        acknum_present=packet.acknowledgement is not None,
        sequence_number=packet.sequence,
        ack_number=packet.acknowledgement,
    )
    assert Packet.decode(bytes(theirs / packet.payload)) == packet
