"""A call on real sockets: the TCP connection and the carrier of its GRE packets, driven until something happens."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable

from wizard.pptp.session import Call, Event
from wizard.verify.carrier import Carrier

TURN = 0.5
"""Seconds at most between two looks at the machine's own clock."""


class Exchange:
    """Moves octets between a `Call` and its sockets. Nothing of the protocol is known here."""

    def __init__(self, call: Call, connection: socket.socket, carrier: Carrier) -> None:
        self.call = call
        self.carrier = carrier
        self._connection = connection
        self._open = True
        connection.setblocking(False)

    def until(self, enough: Callable[[], bool], seconds: float, tell: Callable[[Event], None]) -> bool:
        """Go on until it is enough, or for so long; whether it was. Every event is told."""
        end = time.monotonic() + seconds
        self._take(tell)
        while not enough():
            if (left := end - time.monotonic()) <= 0:
                return False
            self.turn(left)
            self._take(tell)
        return True

    def turn(self, seconds: float) -> None:
        """Send what is due, wait for something to arrive for so long at most, and take it in."""
        self._send()
        due = self.call.deadline
        wait = min(seconds, TURN if due is None else max(0.0, due - time.monotonic()))
        watched: list[Carrier | socket.socket] = [self.carrier, *([self._connection] if self._open else [])]
        ready, _, _ = select.select(watched, [], [], wait)
        if self._connection in ready:
            self._receive_control()
        while packet := self.carrier.receive():
            self.call.receive_packet(packet, time.monotonic())
        self.call.tick(time.monotonic())
        self._send()

    def _take(self, tell: Callable[[Event], None]) -> None:
        while event := self.call.next_event():
            tell(event)

    def _send(self) -> None:
        octets = self.call.control_to_send()
        if octets and self._open:
            try:
                self._connection.sendall(octets)
            except OSError:  # the far end has gone, which reading tells better
                self._open = self._still_readable()
        for packet in self.call.packets_to_send(time.monotonic()):
            self.carrier.send(packet)

    def _still_readable(self) -> bool:
        return self._connection.fileno() >= 0

    def _receive_control(self) -> None:
        try:
            octets = self._connection.recv(4096)
        except BlockingIOError:
            return
        except OSError:  # reset: as good as closed
            octets = b""
        self._open = bool(octets)
        self.call.receive_control(octets, time.monotonic())
