"""What goes through the tunnel to try it out: IPv4 (RFC 791), ICMP (RFC 792) and UDP (RFC 768), built and parsed."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address

from wizard.pptp.codes import Code
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError

ICMP, UDP = 1, 17
"""Protocol numbers."""
UNIT = 8
"""Octets that fragment offsets count in."""

_HEAD = struct.Struct(">BBHHHBBH4s4s")
_PLAIN = 0x45
"""Version 4, a header of five words."""
_DONT_FRAGMENT, _MORE_FRAGMENTS, _OFFSET = 0x4000, 0x2000, 0x1FFF
_ICMP = struct.Struct(">BBHHH")
"""Type, code, checksum, and the two halves of the "rest of the header"."""
_UDP = struct.Struct(">HHHH")
_PSEUDO = struct.Struct(">4s4sxBH")


class _Type(IntEnum):
    """ICMP types."""

    ECHO_REPLY = 0
    UNREACHABLE = 3
    ECHO = 8
    TIME_EXCEEDED = 11


class UnreachableCode(Code):
    """Why a destination is unreachable (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1)."""

    NETWORK = 0, "Network unreachable"
    HOST = 1, "Host unreachable"
    PROTOCOL = 2, "Protocol unreachable"
    PORT = 3, "Port unreachable"
    FRAGMENTATION_NEEDED = 4, "Fragmentation needed and Don't Fragment was set"
    SOURCE_ROUTE_FAILED = 5, "Source route failed"
    NETWORK_UNKNOWN = 6, "Destination network unknown"
    HOST_UNKNOWN = 7, "Destination host unknown"
    SOURCE_ISOLATED = 8, "Source host isolated"
    NETWORK_PROHIBITED = 9, "Network administratively prohibited"
    HOST_PROHIBITED = 10, "Host administratively prohibited"
    NETWORK_SERVICE = 11, "Network unreachable for this type of service"
    HOST_SERVICE = 12, "Host unreachable for this type of service"
    PROHIBITED = 13, "Communication administratively prohibited"
    PRECEDENCE_VIOLATION = 14, "Host precedence violation"
    PRECEDENCE_CUTOFF = 15, "Precedence cutoff in effect"


class TimeExceededCode(Code):
    """What took too long (RFC 792)."""

    IN_TRANSIT = 0, "Time to live exceeded in transit"
    REASSEMBLY = 1, "Fragment reassembly time exceeded"


def checksum(octets: bytes) -> int:
    """The Internet checksum of RFC 1071; 0 over octets that hold a right one."""
    padded = octets + b"\0" * (len(octets) % 2)
    total: int = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


@dataclass(frozen=True, slots=True)
class Packet:
    """An IPv4 packet without options."""

    source: IPv4Address
    destination: IPv4Address
    protocol: int
    payload: bytes = b""
    ttl: int = 64
    dont_fragment: bool = False
    identification: int = 0
    more_fragments: bool = False
    fragment_offset: int = 0
    """Octets, a multiple of eight."""

    def encode(self) -> bytes:
        """The packet as octets; `LocalProtocolError` where a value does not fit into its field."""
        length = _HEAD.size + len(self.payload)
        fragment = self._fragment()
        addresses = self.source.packed, self.destination.packed
        try:
            head = _HEAD.pack(_PLAIN, 0, length, self.identification, fragment, self.ttl, self.protocol, 0, *addresses)
        except struct.error as error:
            raise LocalProtocolError(Fault.VALUE, f"IPv4 packet: {error}") from error
        return _summed(head, 10) + self.payload

    @classmethod
    def decode(cls, octets: bytes) -> Packet:
        """The packet that `octets` begin with, its options left out; what stands behind it is padding.

        `RemoteProtocolError` where there is none, it is cut short, or its header's checksum is wrong.
        """
        length = _header_length(octets)
        total = int.from_bytes(octets[2:4], "big")
        if not length <= total <= len(octets):
            raise RemoteProtocolError(Fault.PACKET_CUT, f"IPv4: {len(octets)} octets, not {total}")
        if checksum(octets[:length]):
            raise RemoteProtocolError(Fault.CHECKSUM, "IPv4 header")
        return cls._of(octets[:length], octets[length:total])

    @classmethod
    def quoted(cls, octets: bytes) -> Packet:
        """The beginning of a packet, as ICMP errors quote it: 8 octets of payload or more, any header checksum.

        `RemoteProtocolError` where not even the header is whole.
        """
        length = _header_length(octets)
        total = int.from_bytes(octets[2:4], "big")
        return cls._of(octets[:length], octets[length : max(length, total)])

    @property
    def is_fragment(self) -> bool:
        """Whether the payload is a piece of one. Nothing here puts pieces together."""
        return self.more_fragments or self.fragment_offset > 0

    def _fragment(self) -> int:
        """Flags and fragment offset."""
        units, odd = divmod(self.fragment_offset, UNIT)
        if odd or not 0 <= units <= _OFFSET:
            raise LocalProtocolError(Fault.VALUE, f"fragment offset: {self.fragment_offset} octets")
        return _DONT_FRAGMENT * self.dont_fragment | _MORE_FRAGMENTS * self.more_fragments | units

    @classmethod
    def _of(cls, head: bytes, payload: bytes) -> Packet:
        _, _, _, identification, flags, ttl, protocol, _, source, destination = _HEAD.unpack_from(head)
        return cls(
            source=IPv4Address(source),
            destination=IPv4Address(destination),
            protocol=protocol,
            payload=payload,
            ttl=ttl,
            dont_fragment=bool(flags & _DONT_FRAGMENT),
            identification=identification,
            more_fragments=bool(flags & _MORE_FRAGMENTS),
            fragment_offset=(flags & _OFFSET) * UNIT,
        )


@dataclass(frozen=True, slots=True)
class Echo:
    """ICMP echo request, or the reply that brings the same back."""

    identifier: int
    sequence: int
    payload: bytes = b""
    reply: bool = False

    def encode(self) -> bytes:
        """The message as octets; `LocalProtocolError` where a value does not fit into its field."""
        kind = _Type.ECHO_REPLY if self.reply else _Type.ECHO
        return _icmp(kind, 0, self.identifier, self.sequence, self.payload)


@dataclass(frozen=True, slots=True)
class Unreachable:
    """ICMP destination unreachable: somebody on the way, the source of its packet, could not deliver."""

    code: int
    """An `UnreachableCode`, or a number that no RFC has."""
    packet: Packet
    """The beginning of what could not be delivered."""
    next_hop_mtu: int = 0
    """With code 4: octets that the way allows (RFC 1191 §4); 0 from routers that do not tell."""

    def encode(self) -> bytes:
        """The message as octets; `LocalProtocolError` where a value does not fit into its field."""
        return _icmp(_Type.UNREACHABLE, self.code, 0, self.next_hop_mtu, self.packet.encode())


@dataclass(frozen=True, slots=True)
class TimeExceeded:
    """ICMP time exceeded."""

    code: int
    """A `TimeExceededCode`, or a number that no RFC has."""
    packet: Packet
    """The beginning of what took too long."""

    def encode(self) -> bytes:
        """The message as octets; `LocalProtocolError` where a value does not fit into its field."""
        return _icmp(_Type.TIME_EXCEEDED, self.code, 0, 0, self.packet.encode())


@dataclass(frozen=True, slots=True)
class OtherIcmp:
    """An ICMP message that says nothing about the tunnel."""

    type: int
    code: int


def decode_icmp(octets: bytes) -> Echo | Unreachable | TimeExceeded | OtherIcmp:
    """The ICMP message that `octets` are.

    `RemoteProtocolError` where it is cut short, its checksum is wrong, or an error quotes what is no packet.
    """
    if len(octets) < _ICMP.size:
        raise RemoteProtocolError(Fault.PACKET_CUT, f"ICMP: {len(octets)} octets, not {_ICMP.size}")
    if checksum(octets):
        raise RemoteProtocolError(Fault.CHECKSUM, "ICMP")
    kind, code, _, high, low = _ICMP.unpack_from(octets)
    rest = octets[_ICMP.size :]
    match kind:
        case _Type.ECHO | _Type.ECHO_REPLY if code == 0:
            return Echo(high, low, rest, kind == _Type.ECHO_REPLY)
        case _Type.UNREACHABLE:
            mtu = low if code == UnreachableCode.FRAGMENTATION_NEEDED else 0
            return Unreachable(_named(UnreachableCode, code), Packet.quoted(rest), mtu)
        case _Type.TIME_EXCEEDED:
            return TimeExceeded(_named(TimeExceededCode, code), Packet.quoted(rest))
    return OtherIcmp(kind, code)


@dataclass(frozen=True, slots=True)
class Datagram:
    """A UDP datagram."""

    source_port: int
    destination_port: int
    payload: bytes = b""

    def encode(self, source: IPv4Address, destination: IPv4Address) -> bytes:
        """The datagram as octets for a packet between these two, whose addresses are part of its checksum.

        `LocalProtocolError` where a value does not fit into its field.
        """
        length = _UDP.size + len(self.payload)
        try:
            head = _UDP.pack(self.source_port, self.destination_port, length, 0)
        except struct.error as error:
            raise LocalProtocolError(Fault.VALUE, f"UDP datagram: {error}") from error
        pseudo = _PSEUDO.pack(source.packed, destination.packed, UDP, length)
        # 0 would say that there is no checksum
        return head[:6] + struct.pack(">H", checksum(pseudo + head + self.payload) or 0xFFFF) + self.payload

    @classmethod
    def decode(cls, packet: Packet) -> Datagram:
        """The datagram in a packet; what stands behind it is padding.

        `RemoteProtocolError` where there is none, it is cut short, or its checksum is there and wrong.
        """
        octets = packet.payload
        if packet.protocol != UDP:
            raise RemoteProtocolError(Fault.MALFORMED, f"protocol {packet.protocol}, not UDP")
        if len(octets) < _UDP.size:
            raise RemoteProtocolError(Fault.PACKET_CUT, f"UDP: {len(octets)} octets, not {_UDP.size}")
        source, destination, length, summed = _UDP.unpack_from(octets)
        if not _UDP.size <= length <= len(octets):
            raise RemoteProtocolError(Fault.PACKET_CUT, f"UDP: {len(octets)} octets, not {length}")
        pseudo = _PSEUDO.pack(packet.source.packed, packet.destination.packed, UDP, length)
        if summed and checksum(pseudo + octets[:length]):
            raise RemoteProtocolError(Fault.CHECKSUM, "UDP")
        return cls(source, destination, octets[_UDP.size : length])


def _header_length(octets: bytes) -> int:
    """Octets of an IPv4 header that is whole, options included."""
    if len(octets) < _HEAD.size:
        raise RemoteProtocolError(Fault.PACKET_CUT, f"IPv4: {len(octets)} octets, not {_HEAD.size}")
    version, words = divmod(octets[0], 16)
    length = 4 * words
    if version != 4 or length < _HEAD.size:
        raise RemoteProtocolError(Fault.MALFORMED, f"IP version {version}, header of {length} octets")
    if len(octets) < length:
        raise RemoteProtocolError(Fault.PACKET_CUT, f"IPv4: {len(octets)} octets, not {length}")
    return length


def _icmp(kind: int, code: int, high: int, low: int, rest: bytes) -> bytes:
    try:
        head = _ICMP.pack(kind, code, 0, high, low)
    except struct.error as error:
        raise LocalProtocolError(Fault.VALUE, f"ICMP type {kind}: {error}") from error
    return _summed(head + rest, 2)


def _summed(octets: bytes, place: int) -> bytes:
    """With the checksum of all of it put in, where zeros were."""
    return octets[:place] + struct.pack(">H", checksum(octets)) + octets[place + 2 :]


def _named(codes: type[Code], number: int) -> int:
    return next((code for code in codes if code == number), number)
