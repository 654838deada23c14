"""One question of DNS (RFC 1035), for the IPv4 addresses of a name, and what a server says to it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import NamedTuple

from wizard.pptp.codes import Code
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError

LARGEST_LABEL, LARGEST_NAME = 63, 255
"""Octets (§2.3.4)."""

_HEAD = struct.Struct(">HHHHHH")
"""Identifier, flags, and how many questions, answers, authorities and additional records there are."""
_QUESTION = struct.Struct(">HH")
_RECORD = struct.Struct(">HHIH")
_RESPONSE, _TRUNCATED, _RECURSION_DESIRED = 0x8000, 0x0200, 0x0100
_A = _IN = 1
_POINTER = 0xC0
"""What begins with both bits is a pointer (§4.1.4)."""
_ZONE_FILE = {octet: chr(octet) if 0x20 < octet < 0x7F else f"\\{octet:03d}" for octet in range(256)}
_ZONE_FILE |= {ord(sign): f"\\{sign}" for sign in ".\\"}
r"""How zone files write the octets of a label (§5.1): `\.` for a dot in it, `\007` for what cannot be shown."""


class ResponseCode(Code):
    """RCODE (§4.1.1, RFC 2136 §2.2)."""

    NO_ERROR = 0, "No error"
    FORMAT_ERROR = 1, "The server could not read the query"
    SERVER_FAILURE = 2, "The server could not find out"
    NAME_ERROR = 3, "The name does not exist"
    NOT_IMPLEMENTED = 4, "The server does not know this kind of query"
    REFUSED = 5, "The server refuses to answer"
    NAME_EXISTS = 6, "A name exists that should not"
    RECORDS_EXIST = 7, "Records exist that should not"
    RECORDS_MISSING = 8, "Records that should exist do not"
    NOT_AUTHORITATIVE = 9, "The server is not authoritative for this zone"
    NOT_IN_ZONE = 10, "A name is not in the zone"


@dataclass(frozen=True, slots=True)
class Response:
    """What a server said."""

    identifier: int
    """That of the query it belongs to."""
    code: int
    """A `ResponseCode`, or a number that the RFCs do not have."""
    name: str
    r"""What was asked for, in the server's words, as in zone files; empty where it does not say, and for the root."""
    addresses: tuple[IPv4Address, ...]
    """Of the name, or of the one that it stands for. None together with `NO_ERROR`: the name has other records only."""
    truncated: bool = False
    """Whether there is more, to be had by TCP."""


class _Name(NamedTuple):
    text: str
    end: int
    """Where the message goes on behind it."""


def encode_query(identifier: int, name: str) -> bytes:
    """A query for the A records of a name, recursion desired. A dot at its end is as good as none.

    `LocalProtocolError` where the name cannot be asked for, as one that is not ASCII, or `identifier` takes more
    than two octets.
    """
    try:
        head = _HEAD.pack(identifier, _RECURSION_DESIRED, 1, 0, 0, 0)
    except struct.error as error:
        raise LocalProtocolError(Fault.VALUE, f"identifier: {identifier}") from error
    return head + _encode_name(name) + _QUESTION.pack(_A, _IN)


def decode_response(octets: bytes) -> Response:
    """The response that `octets` begin with. `RemoteProtocolError` where they are none, or cut short."""
    if len(octets) < _HEAD.size:
        raise RemoteProtocolError(Fault.PACKET_CUT, f"DNS: {len(octets)} octets, not {_HEAD.size}")
    identifier, flags, questions, answers, _, _ = _HEAD.unpack_from(octets)
    if not flags & _RESPONSE:
        raise RemoteProtocolError(Fault.MALFORMED, "a DNS query, not a response")
    name, place = _questions(octets, questions)
    addresses = _addresses(octets, place, answers)
    return Response(identifier, _named(flags & 0xF), name, addresses, bool(flags & _TRUNCATED))


def _encode_name(name: str) -> bytes:
    bare = name.removesuffix(".")
    labels = bare.split(".") if bare else []
    fits = all(label.isascii() and 0 < len(label) <= LARGEST_LABEL for label in labels)
    if not fits or len(bare) + 2 > LARGEST_NAME:
        raise LocalProtocolError(Fault.VALUE, f"DNS name: {name!r}")
    return b"".join(bytes([len(label)]) + label.encode("ascii") for label in labels) + b"\0"


def _questions(octets: bytes, count: int) -> _Name:
    """The name of the first one, and where the last one ends."""
    names = []
    place = _HEAD.size
    for _ in range(count):
        name, place = _decode_name(octets, place)
        place = _end(octets, place, _QUESTION.size)
        names.append(name)
    return _Name(names[0] if names else "", place)


def _addresses(octets: bytes, place: int, count: int) -> tuple[IPv4Address, ...]:
    addresses = []
    for _ in range(count):
        start = _decode_name(octets, place).end
        data = _end(octets, start, _RECORD.size)
        kind, network, _, length = _RECORD.unpack_from(octets, start)
        place = _end(octets, data, length)
        if (kind, network) == (_A, _IN):
            addresses.append(_address(octets[data:place]))
    return tuple(addresses)


def _address(octets: bytes) -> IPv4Address:
    if len(octets) != 4:
        raise RemoteProtocolError(Fault.MALFORMED, f"DNS: an address of {len(octets)} octets")
    return IPv4Address(octets)


def _decode_name(octets: bytes, place: int) -> _Name:
    """The name that begins at `place`."""
    labels = []
    length = 1
    for start, end in _labels(octets, place):
        labels.append(_readable(octets[start:end]))
        length += 1 + end - start
        if length > LARGEST_NAME:
            raise RemoteProtocolError(Fault.MALFORMED, f"DNS: a name of more than {LARGEST_NAME} octets")
    return _Name(".".join(labels), _name_end(octets, place))


def _labels(octets: bytes, place: int) -> Iterator[tuple[int, int]]:
    """Where each label of a name stands.

    Every pointer has to lead further back than the one before, so none leads round in circles; and a name has no
    more of them than labels.
    """
    limit, pointers = place, 0
    while size := _size(octets, place):
        if size < _POINTER:
            yield place + 1, place + 1 + size
            place += 1 + size
            continue
        pointers += 1
        place = limit = _target(octets, place, limit)
        if pointers > LARGEST_NAME // 2:
            raise RemoteProtocolError(Fault.MALFORMED, f"DNS: {pointers} pointers in one name")


def _name_end(octets: bytes, place: int) -> int:
    """Where the message goes on behind the name at `place`: behind its first pointer, if it has one."""
    while 0 < (size := _size(octets, place)) < _POINTER:
        place += 1 + size
    return place + (2 if size else 1)


def _size(octets: bytes, place: int) -> int:
    """The first octet of a label, 0 at the end of the name, or of a pointer."""
    _end(octets, place, 1)
    size = octets[place]
    if LARGEST_LABEL < size < _POINTER:
        raise RemoteProtocolError(Fault.MALFORMED, f"DNS: a label that begins with 0x{size:02X}")
    return size


def _target(octets: bytes, place: int, limit: int) -> int:
    """Where the pointer at `place` leads."""
    target = int.from_bytes(octets[place : _end(octets, place, 2)], "big") & 0x3FFF
    if not _HEAD.size <= target < limit:
        raise RemoteProtocolError(Fault.MALFORMED, f"DNS: a pointer from {place} to {target}")
    return target


def _end(octets: bytes, place: int, size: int) -> int:
    """Where `size` octets end that begin at `place`, if all of them are there."""
    if place + size > len(octets):
        raise RemoteProtocolError(Fault.PACKET_CUT, f"DNS: {len(octets)} octets, not {place + size}")
    return place + size


def _readable(label: bytes) -> str:
    return "".join(_ZONE_FILE[octet] for octet in label)


def _named(number: int) -> int:
    return next((code for code in ResponseCode if code == number), number)
