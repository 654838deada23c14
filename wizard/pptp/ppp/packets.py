"""The packets of LCP and its relatives (RFC 1661 §5), and the configuration options in some of them (§6)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wizard.pptp.codes import Code
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError

_HEAD = struct.Struct(">BBH")
_OPTION = struct.Struct(">BB")


class PacketCode(Code):
    """The Code field: 1 to 7 are every control protocol's, the rest belong to one of them."""

    CONFIGURE_REQUEST = 1, "Configure-Request"
    CONFIGURE_ACK = 2, "Configure-Ack"
    CONFIGURE_NAK = 3, "Configure-Nak"
    CONFIGURE_REJECT = 4, "Configure-Reject"
    TERMINATE_REQUEST = 5, "Terminate-Request"
    TERMINATE_ACK = 6, "Terminate-Ack"
    CODE_REJECT = 7, "Code-Reject"
    PROTOCOL_REJECT = 8, "Protocol-Reject"
    ECHO_REQUEST = 9, "Echo-Request"
    ECHO_REPLY = 10, "Echo-Reply"
    DISCARD_REQUEST = 11, "Discard-Request"
    IDENTIFICATION = 12, "Identification"
    TIME_REMAINING = 13, "Time-Remaining"
    RESET_REQUEST = 14, "Reset-Request"
    RESET_ACK = 15, "Reset-Ack"


@dataclass(frozen=True, slots=True)
class Packet:
    """What a frame of a control protocol carries; CHAP's packets are built the same way (RFC 1994 §4)."""

    code: int
    identifier: int
    data: bytes = b""

    def encode(self) -> bytes:
        """The packet as octets; `LocalProtocolError` where a value does not fit into its field."""
        try:
            return _HEAD.pack(self.code, self.identifier, _HEAD.size + len(self.data)) + self.data
        except struct.error as error:
            raise LocalProtocolError(Fault.VALUE, f"PPP packet with code {self.code}: {error}") from error

    @classmethod
    def decode(cls, octets: bytes) -> Packet:
        """The packet that `octets` begin with; what stands behind its length is padding (RFC 1661 §5).

        `RemoteProtocolError` where they are shorter than that length, or it is shorter than the head.
        """
        if len(octets) < _HEAD.size:
            raise RemoteProtocolError(Fault.PACKET_CUT, f"{len(octets)} octets, not {_HEAD.size}")
        code, identifier, length = _HEAD.unpack_from(octets)
        if not _HEAD.size <= length <= len(octets):
            raise RemoteProtocolError(Fault.PACKET_CUT, f"length {length} in {len(octets)} octets")
        return cls(code, identifier, octets[_HEAD.size : length])


@dataclass(frozen=True, slots=True)
class Option:
    """One configuration option."""

    kind: int
    """Its Type field; what that says depends on the protocol."""
    value: bytes = b""

    def encode(self) -> bytes:
        """The option as octets; `LocalProtocolError` where a value does not fit into its field."""
        try:
            return _OPTION.pack(self.kind, _OPTION.size + len(self.value)) + self.value
        except struct.error as error:
            raise LocalProtocolError(Fault.VALUE, f"option {self.kind}: {error}") from error


def encode_options(options: Iterable[Option]) -> bytes:
    """The data of a Configure packet."""
    return b"".join(option.encode() for option in options)


def decode_options(data: bytes) -> tuple[Option, ...]:
    """The options that `data` is; `RemoteProtocolError` where their lengths do not add up."""
    return tuple(_options(data))


def _options(data: bytes) -> Iterator[Option]:
    place = 0
    while place < len(data):
        if place + _OPTION.size > len(data):
            raise RemoteProtocolError(Fault.MALFORMED, f"{len(data) - place} octet behind the options")
        kind, length = _OPTION.unpack_from(data, place)
        if not _OPTION.size <= length <= len(data) - place:
            raise RemoteProtocolError(Fault.MALFORMED, f"option {kind} has length {length}")
        yield Option(kind, data[place + _OPTION.size : place + length])
        place += length
