"""How a call's GRE packets travel: as they are to a router, or within UDP to a practice router on this computer."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address
from types import TracebackType
from typing import Protocol, Self

from wizard.verify.datagram import LARGEST, DatagramCarrier, Rejected, Rejection
from wizard.verify.raw import MissingRight, NoRightError, RawCarrier, missing_right

__all__ = [
    "Carrier",
    "LoopbackCarrier",
    "MissingRight",
    "NoRightError",
    "RawCarrier",
    "Rejected",
    "Rejection",
    "missing_right",
    "open_carrier",
]

LOOPBACK = IPv4Address("127.0.0.1")


class Carrier(Protocol):
    """Takes GRE packets, without IP header, to one far end and back. Never blocks."""

    name: str
    """How, for the person."""

    def send(self, packet: bytes) -> None:
        """Send a packet; it may get lost."""

    def receive(self) -> bytes | None:
        """A packet from the far end, None while there is none."""

    def next_rejection(self) -> Rejected | None:
        """What the network said about packets that did not get there, None while it says nothing."""

    def fileno(self) -> int:
        """Readable when `receive` or `next_rejection` has something."""

    def close(self) -> None:
        """End it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


class LoopbackCarrier(DatagramCarrier):
    """GRE packets as UDP datagrams on this computer, which takes no rights. Each end is a port.

    Without `peers_port` it is the end that is called: whoever sends to it first is its peer, and until then what it
    sends is lost. `port` is its own, any free one unless told. `ValueError` for any address outside 127.0.0.0/8,
    `OSError` where the port is taken.
    """

    def __init__(self, peers_port: int | None = None, *, port: int = 0, address: IPv4Address | str = LOOPBACK) -> None:
        self._address = str(_loopback(address))
        self._peers_port = peers_port
        connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            connection.bind((self._address, port))
            if peers_port is not None:
                connection.connect((self._address, peers_port))
        except OSError:
            connection.close()
            raise
        self.port: int = connection.getsockname()[1]
        super().__init__(connection, f"GRE within UDP on this computer ({self._address}, port {self.port})")

    @classmethod
    def pair(cls) -> tuple[Self, Self]:
        """Two ends of one wire."""
        one = cls()
        other = cls(one.port)
        one._connect(other.port)
        return one, other

    def _connect(self, port: int) -> None:
        self._socket.connect((self._address, port))
        self._peers_port = port

    def _take(self) -> bytes | None:
        packet, (_, port) = self._socket.recvfrom(LARGEST)
        if self._peers_port is None:
            self._connect(port)
        # somebody else may have sent before the socket was connected
        return packet if port == self._peers_port else None


def open_carrier(address: IPv4Address | str, *, practice_port: int | None = None) -> Carrier:
    """The carrier to a router; with `practice_port`, to the practice router that has this UDP port for it.

    `NoRightError` where only a raw socket would do and the system allows none, `ValueError` for a practice router
    that is not on this computer, `OSError` where the system knows no way to the address.
    """
    if practice_port is None:
        return RawCarrier(address)
    return LoopbackCarrier(practice_port, address=address)


def _loopback(address: IPv4Address | str) -> IPv4Address:
    known = IPv4Address(address)
    if not known.is_loopback:
        raise ValueError(f"{known} is not this computer")
    return known
