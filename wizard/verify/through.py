"""What goes through a tunnel that is up: echo requests of every size, and a question for a name."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from random import randint

from wizard.pptp import dns
from wizard.pptp.errors import RemoteProtocolError
from wizard.pptp.ip import ICMP, UDP, Datagram, Echo, Packet, TimeExceeded, Unreachable, decode_icmp
from wizard.pptp.ppp.events import IpPacket
from wizard.pptp.session import Event
from wizard.verify.exchange import Exchange

HEADERS = 28
"""Octets of IPv4 and ICMP that an echo request's payload comes on top of."""
SIZES = (1500, 1482, 1460, 1440, 1420, 1400, 1380, 1350, 1300, 1250, 1200, 1100, 1000, 800, 576)
"""Octets of the packets that are tried, headers included. Every host takes 576 (RFC 791)."""
NAME_PORT = 53


@dataclass(frozen=True, slots=True)
class Echoes:
    """How a number of echo requests went."""

    sent: int
    delays: tuple[float, ...]
    """Seconds, of those that came back."""
    said: str = ""
    """Who could not deliver one, and why."""

    @property
    def lost(self) -> int:
        return self.sent - len(self.delays)


class Through:
    """This computer's end of the tunnel, for a few questions."""

    def __init__(self, exchange: Exchange, own: IPv4Address, tell: Callable[[Event], None]) -> None:
        self._exchange = exchange
        self._own = own
        self._tell = tell
        self._identifier = randint(1, 0xFFFF)
        self._sequence = 0

    def echoes(self, to: IPv4Address, count: int, *, every: float = 0.0, seconds: float = 2.0) -> Echoes:
        """So many echo requests, one each `every` seconds, and what came back within `seconds` after the last."""
        pending: dict[int, float] = {}
        delays: list[float] = []
        refusals: list[str] = []
        for _ in range(count):
            pending[self._ask(to)] = time.monotonic()
            self._listen(every, lambda packet: self._heard(packet, to, pending, delays, refusals), lambda: False)
        self._listen(
            seconds,
            lambda packet: self._heard(packet, to, pending, delays, refusals),
            lambda: not pending or bool(refusals),
        )
        return Echoes(count, tuple(delays), refusals[0] if refusals else "")

    def largest(self, to: IPv4Address, sizes: Sequence[int] = SIZES, seconds: float = 2.0) -> int:
        """Octets of the largest packet of these sizes that came back; 0 where none did."""
        asked = {self._ask(to, size - HEADERS): size for size in sizes}
        came: list[int] = []

        def heard(packet: Packet) -> None:
            echo = self._echo(packet, to)
            if echo and echo.sequence in asked:
                came.append(asked[echo.sequence])

        self._listen(seconds, heard, lambda: max(sizes) in came)
        return max(came, default=0)

    def name(self, server: IPv4Address, name: str, seconds: float = 3.0) -> dns.Response | str:
        """What the name server says of this name, or why it said nothing: words, "" for silence."""
        port, identifier = randint(1024, 0xFFFF), randint(0, 0xFFFF)
        query = Datagram(port, NAME_PORT, dns.encode_query(identifier, name)).encode(self._own, server)
        answers: list[dns.Response] = []
        refusals: list[str] = []

        def heard(packet: Packet) -> None:
            if packet.protocol == ICMP:
                refusals.extend(_refusal(packet, server))
            elif packet.protocol == UDP and packet.source == server:
                answer = Datagram.decode(packet)
                if (answer.source_port, answer.destination_port) == (NAME_PORT, port):
                    answers.append(dns.decode_response(answer.payload))

        for _ in range(2):  # a packet may get lost
            self._send(server, UDP, query)
            self._listen(seconds / 2, heard, lambda: bool(answers or refusals))
            if answers or refusals:
                break
        return answers[0] if answers else refusals[0] if refusals else ""

    def _ask(self, to: IPv4Address, size: int = 56) -> int:
        self._sequence = self._sequence % 0xFFFF + 1
        self._send(to, ICMP, Echo(self._identifier, self._sequence, bytes(size)).encode())
        return self._sequence

    def _send(self, to: IPv4Address, protocol: int, payload: bytes) -> None:
        packet = Packet(self._own, to, protocol, payload, dont_fragment=True, identification=randint(0, 0xFFFF))
        self._exchange.call.send_ip(packet.encode())

    def _listen(self, seconds: float, heard: Callable[[Packet], None], enough: Callable[[], bool]) -> None:
        """Take in what comes, for so long or until it is enough. What nobody can read is let pass."""

        def told(event: Event) -> None:
            self._tell(event)
            if isinstance(event, IpPacket):
                try:
                    heard(Packet.decode(event.octets))
                except RemoteProtocolError:
                    return  # somebody else's, or damaged on its way: not an answer to us

        self._exchange.until(enough, seconds, told)

    def _heard(
        self, packet: Packet, to: IPv4Address, pending: dict[int, float], delays: list[float], refusals: list[str]
    ) -> None:
        echo = self._echo(packet, to)
        if echo and echo.sequence in pending:
            delays.append(time.monotonic() - pending.pop(echo.sequence))
        elif packet.protocol == ICMP:
            refusals.extend(_refusal(packet, to))

    def _echo(self, packet: Packet, sender: IPv4Address) -> Echo | None:
        if packet.protocol != ICMP or packet.source != sender:
            return None
        said = decode_icmp(packet.payload)
        return said if isinstance(said, Echo) and said.reply and said.identifier == self._identifier else None


def _refusal(packet: Packet, to: IPv4Address) -> list[str]:
    """Somebody could not deliver what went to that address, in words."""
    said = decode_icmp(packet.payload)
    if not isinstance(said, Unreachable | TimeExceeded) or said.packet.destination != to:
        return []
    words = getattr(said.code, "words", f"code {said.code}")
    return [f"{packet.source} says: {words}"]
