"""What the carriers share: a connected datagram socket that never blocks, and the errors that the network reports."""

from __future__ import annotations

import errno
import socket
import struct
import sys
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address
from types import TracebackType
from typing import Self

LARGEST = 0xFFFF
"""Octets of an IPv4 packet at most: nothing that arrives is ever cut."""
KEPT = 8
"""Different reports that are kept until somebody takes them. The first is the one that counts."""


class Rejection(Enum):
    """Why a packet did not get there, in words."""

    PROTOCOL = "the far end's system does not take GRE at all (ICMP protocol unreachable)"
    PORT = "it is rejected, as firewalls do (ICMP port unreachable)"
    PROHIBITED = "a firewall forbids it (ICMP administratively prohibited)"
    UNREACHABLE = "no way leads there (network or host unreachable)"
    EXPIRED = "it went round in circles until its time was over (ICMP time exceeded)"
    TOO_LARGE = "it is larger than the way allows"
    FORBIDDEN = "this computer does not let it out, as local firewalls do"
    OTHER = "the system reports an error that says nothing more exact"


@dataclass(frozen=True, slots=True)
class Rejected:
    """Somebody said that a packet of ours did not get there. A finding, and not an error."""

    reason: Rejection
    by: IPv4Address | None = None
    """Who said so, where the system tells: the far end, or a router before it."""
    mtu: int = 0
    """With `TOO_LARGE`: octets that the way allows, IP header included; 0 where nobody told."""


_ERRNOS: Mapping[int, Rejection] = {
    errno.ENOPROTOOPT: Rejection.PROTOCOL,
    errno.ECONNREFUSED: Rejection.PORT,
    # what Windows makes of the same
    errno.ECONNRESET: Rejection.PORT,
    errno.EHOSTUNREACH: Rejection.UNREACHABLE,
    errno.ENETUNREACH: Rejection.UNREACHABLE,
    errno.EHOSTDOWN: Rejection.UNREACHABLE,
    errno.ENETDOWN: Rejection.UNREACHABLE,
    errno.EMSGSIZE: Rejection.TOO_LARGE,
    errno.EPERM: Rejection.FORBIDDEN,
    errno.EACCES: Rejection.FORBIDDEN,
}
_UNREACHABLE, _TIME_EXCEEDED = 3, 11
_ICMP: Mapping[tuple[int, int], Rejection] = {
    (_UNREACHABLE, 2): Rejection.PROTOCOL,
    (_UNREACHABLE, 3): Rejection.PORT,
    (_UNREACHABLE, 4): Rejection.TOO_LARGE,
    (_UNREACHABLE, 9): Rejection.PROHIBITED,
    (_UNREACHABLE, 10): Rejection.PROHIBITED,
    (_UNREACHABLE, 13): Rejection.PROHIBITED,
    (_TIME_EXCEEDED, 0): Rejection.EXPIRED,
}
"""ICMP type and code (RFC 792, RFC 1812 §5.2.7.1), where they say more than the error number made of them."""
_NO_ROOM = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS}
_NOBODY_THERE = {errno.EDESTADDRREQ, errno.ENOTCONN}

_IP_RECVERR = 11
"""ip(7): keep each error with its ICMP message. Python has no name for it."""
_EXTENDED_ERROR = struct.Struct("=IBBBxII")
"""`struct sock_extended_err`: error number, origin, ICMP type, ICMP code, information, data."""
_FROM_ICMP = 2
_OFFENDER = slice(_EXTENDED_ERROR.size + 4, _EXTENDED_ERROR.size + 8)
"""The address in the `struct sockaddr_in` behind it."""


class DatagramCarrier(ABC):
    """Sends and receives on a socket that it owns. `name` says for the person how packets travel.

    Once closed, it raises `OSError` (EBADF) on use; before that, nothing.
    """

    def __init__(self, connection: socket.socket, name: str) -> None:
        self.name = name
        self._socket = connection
        self._rejections: deque[Rejected] = deque()
        connection.setblocking(False)
        if sys.platform == "linux":
            connection.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)

    def send(self, packet: bytes) -> None:
        """Send a packet, and lose it where the system has no room for it: GRE promises no more either."""
        self._note_errors()
        try:
            self._socket.send(packet)
        except OSError as error:
            self._failed(error)

    def receive(self) -> bytes | None:
        """A packet; None where there is none now, or one that is not for us. Ask when `fileno()` is readable."""
        self._note_errors()
        try:
            return self._take()
        except OSError as error:
            self._failed(error)
            return None

    def next_rejection(self) -> Rejected | None:
        """What the network reported since, each different report once; None while there is nothing."""
        return self._rejections.popleft() if self._rejections else None

    def fileno(self) -> int:
        """For `select`; -1 once closed."""
        return self._socket.fileno()

    def close(self) -> None:
        """Give the socket back; a second time changes nothing."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def _take(self) -> bytes | None:
        """What the socket has now, None where it is not for us; `OSError` as the socket raises it."""

    def _note_errors(self) -> None:
        """An error that waits in the socket would otherwise take the place of the next packet."""
        for rejected in _queued_errors(self._socket):
            self._note(rejected)
        if number := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._note(_from_number(number))

    def _failed(self, error: OSError) -> None:
        if error.errno in _NO_ROOM | _NOBODY_THERE:
            return
        # where there is a queue, the same error stands there with more about it
        for rejected in [*_queued_errors(self._socket)] or [_from_number(error.errno)]:
            self._note(rejected)

    def _note(self, rejected: Rejected) -> None:
        if rejected not in self._rejections and len(self._rejections) < KEPT:
            self._rejections.append(rejected)


def _from_number(number: int | None) -> Rejected:
    return Rejected(_ERRNOS.get(number or 0, Rejection.OTHER))


def _queued_errors(connection: socket.socket) -> Iterator[Rejected]:
    """Linux's error queue, emptied; elsewhere errors come as numbers only."""
    if sys.platform != "linux":
        return
    while True:
        try:
            _, control, _, _ = connection.recvmsg(0, 512, socket.MSG_ERRQUEUE)
        except BlockingIOError:
            return
        for level, kind, content in control:
            if (level, kind) == (socket.IPPROTO_IP, _IP_RECVERR):
                yield _from_extended(content)


def _from_extended(content: bytes) -> Rejected:
    number, origin, kind, code, information, _ = _EXTENDED_ERROR.unpack_from(content)
    plain = _from_number(number)
    reason = _ICMP.get((kind, code), plain.reason) if origin == _FROM_ICMP else plain.reason
    by = IPv4Address(content[_OFFENDER]) if origin == _FROM_ICMP else None
    return Rejected(reason, by, information if reason is Rejection.TOO_LARGE else 0)
