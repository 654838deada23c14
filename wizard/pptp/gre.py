"""One packet of a call's tunnel, without its IP header: the enhanced GRE of RFC 2637 §4.1."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError

PROTOCOL_TYPE = 0x880B
"""PPP; PPTP carries nothing else."""
LARGEST_PAYLOAD = 0xFFFF
"""Octets that the payload length can express. What an IP packet has room for is a little less."""

_KEY, _SEQUENCE, _ACKNOWLEDGEMENT = 0x2000, 0x1000, 0x0080
_VERSION = 1
_HEAD = struct.Struct(">HHHH")
"""Flags and version, protocol type, payload length (Key HW), call ID (Key LW)."""
_NUMBER = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Packet:
    """A payload with its sequence number, or an acknowledgement, or both in one."""

    call_id: int
    """Chosen by the side that receives the packet."""
    payload: bytes = b""
    """A PPP frame; empty where the packet only acknowledges."""
    sequence: int | None = None
    """Number of the payload, there if and only if there is one."""
    acknowledgement: int | None = None
    """Number of the last packet that the sender of this one has received."""

    def encode(self) -> bytes:
        """The packet as octets; `LocalProtocolError` where a value does not fit, or a payload has no number."""
        if self.payload and self.sequence is None:
            raise LocalProtocolError(Fault.UNNUMBERED, f"{len(self.payload)} octets")
        try:
            return b"".join((self._head(), *map(_NUMBER.pack, self._numbers()), self.payload))
        except struct.error as error:
            raise LocalProtocolError(Fault.VALUE, f"GRE packet: {error}") from error

    @classmethod
    def decode(cls, octets: bytes) -> Packet:
        """The packet that `octets` begin with; whatever stands behind its payload is padding.

        `RemoteProtocolError` where they are another kind of GRE, cut short, or a payload without a number.
        """
        flags, length, call_id = _recognize(octets)
        room = _NUMBER.size
        numbered = _HEAD.size + room * bool(flags & _SEQUENCE)
        start = numbered + room * bool(flags & _ACKNOWLEDGEMENT)
        if len(octets) < start + length:
            raise RemoteProtocolError(Fault.PACKET_CUT, f"{len(octets)} octets, not {start + length}")
        if length and not flags & _SEQUENCE:
            raise RemoteProtocolError(Fault.UNNUMBERED, f"{length} octets")
        sequence = _number(octets[_HEAD.size : numbered])
        return cls(call_id, octets[start : start + length], sequence, _number(octets[numbered:start]))

    def _head(self) -> bytes:
        flags = _KEY | _VERSION
        flags |= 0 if self.sequence is None else _SEQUENCE
        flags |= 0 if self.acknowledgement is None else _ACKNOWLEDGEMENT
        return _HEAD.pack(flags, PROTOCOL_TYPE, len(self.payload), self.call_id)

    def _numbers(self) -> tuple[int, ...]:
        return tuple(number for number in (self.sequence, self.acknowledgement) if number is not None)


def _recognize(octets: bytes) -> tuple[int, int, int]:
    """Flags, payload length and call ID of a header that has every bit as §4.1 wants it."""
    if len(octets) < _HEAD.size:
        raise RemoteProtocolError(Fault.PACKET_CUT, f"{len(octets)} octets, not {_HEAD.size}")
    flags, protocol, length, call_id = _HEAD.unpack_from(octets)
    if flags & ~(_SEQUENCE | _ACKNOWLEDGEMENT) != _KEY | _VERSION:
        raise RemoteProtocolError(Fault.NOT_PPTP_GRE, f"flags and version 0x{flags:04X}")
    if protocol != PROTOCOL_TYPE:
        raise RemoteProtocolError(Fault.NOT_PPTP_GRE, f"protocol type 0x{protocol:04X}")
    return flags, length, call_id


def _number(octets: bytes) -> int | None:
    return int.from_bytes(octets, "big") if octets else None
