"""A PPTP server in this process: the server's side of `wizard.pptp` on real sockets, one call at a time.

It stands in for pptpd and pppd where neither can run. What is behind it is a small network of its own: its address in
the tunnel and those in `neighbours` answer echo requests, and its address answers questions for names.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from ipaddress import IPv4Address
from random import SystemRandom

from wizard.pptp.errors import RemoteProtocolError
from wizard.pptp.ip import ICMP, UDP, Datagram, Echo, Packet, decode_icmp
from wizard.pptp.ppp.events import IpPacket
from wizard.pptp.ppp.settings import ServerSettings
from wizard.pptp.session import Call, Ended, Event
from wizard.pptp.transitions import Role
from wizard.verify.carrier import Carrier
from wizard.verify.exchange import Exchange

LOOK = 0.2
"""Seconds between two looks whether it is to end."""
NAME_PORT = 53
_RESPONSE, _NAME_ERROR = 0x8180, 0x0003


class PptpServer:
    """Answers on a TCP port from its making until `close`. `events` are what its calls told.

    `settings` may be made anew for each call. `tell` hears who calls (None), and what then happens.
    """

    def __init__(
        self,
        settings: ServerSettings | Callable[[], ServerSettings],
        open_carrier: Callable[[str], Carrier],
        *,
        address: str = "127.0.0.1",
        port: int = 0,
        neighbours: Collection[IPv4Address] = (),
        tell: Callable[[str, Event | None], None] | None = None,
    ) -> None:
        self.events: list[Event] = []
        self._settings = settings if callable(settings) else lambda: settings
        self._tell = tell or (lambda *_: None)
        self._open_carrier = open_carrier
        self._neighbours = {*neighbours}
        self._ending = threading.Event()
        self._listener = socket.create_server((address, port))
        self._listener.settimeout(LOOK)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it, and the call that stands."""
        self._ending.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._ending.is_set():
            with suppress(TimeoutError):
                connection, (peer, _) = self._listener.accept()
                with connection, self._open_carrier(peer) as carrier:
                    self._answer(connection, carrier, peer)

    def _answer(self, connection: socket.socket, carrier: Carrier, peer: str) -> None:
        settings = self._settings()
        self._tell(peer, None)
        call = Call(Role.SERVER, settings, now=time.monotonic(), random=SystemRandom())
        exchange = Exchange(call, connection, carrier)
        answering = {settings.address, *self._neighbours}
        over: list[Event] = []

        def tell(event: Event) -> None:
            self.events.append(event)
            self._tell(peer, event)
            if isinstance(event, Ended):
                over.append(event)
            elif isinstance(event, IpPacket):
                self._reply(call, event.octets, answering)

        exchange.until(lambda: bool(over) or self._ending.is_set(), float("inf"), tell)
        call.hang_up(time.monotonic())
        exchange.until(lambda: False, LOOK, self.events.append)

    def _reply(self, call: Call, octets: bytes, answering: Collection[IPv4Address]) -> None:
        """As the hosts behind it would. What is damaged, or for nobody here, gets no answer."""
        with suppress(RemoteProtocolError):
            packet = Packet.decode(octets)
            answer = self._answer_to(packet) if packet.destination in answering else None
            if answer is not None:
                call.send_ip(Packet(packet.destination, packet.source, packet.protocol, answer).encode())

    def _answer_to(self, packet: Packet) -> bytes | None:
        if packet.protocol == ICMP:
            asked = decode_icmp(packet.payload)
            if isinstance(asked, Echo) and not asked.reply:
                return Echo(asked.identifier, asked.sequence, asked.payload, reply=True).encode()
        if packet.protocol == UDP:
            asked_for = Datagram.decode(packet)
            if asked_for.destination_port == NAME_PORT and len(asked_for.payload) > 4:
                return self._no_such_name(packet, asked_for)
        return None

    def _no_such_name(self, packet: Packet, query: Datagram) -> bytes:
        """There are no names here, which is an answer too (RFC 1035 §4.1.1)."""
        flags = (_RESPONSE | _NAME_ERROR).to_bytes(2, "big")
        said = query.payload[:2] + flags + query.payload[4:]
        return Datagram(NAME_PORT, query.source_port, said).encode(packet.destination, packet.source)
