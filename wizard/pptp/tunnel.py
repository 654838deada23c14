"""The GRE tunnel of one call (RFC 2637 §4) as a machine without I/O, the same for both sides.

    tunnel = Tunnel(peers_call_id, own_call_id)
    tunnel.send(frame, clock())
    tunnel.receive(raw_socket.recv(65535), clock())
    while event := tunnel.next_event():
        …
    for packet in tunnel.packets_to_send(clock()):
        raw_socket.send(packet)

Times are seconds on any clock that never goes back. Take `packets_to_send` after everything else too: what arrives
may open the window, or has to be acknowledged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from wizard.pptp.errors import Fault, LocalProtocolError
from wizard.pptp.gre import LARGEST_PAYLOAD, Packet
from wizard.pptp.reorder import Reordering
from wizard.pptp.window import SlidingWindow

ACKNOWLEDGE_WITHIN = 0.2
"""Seconds that an acknowledgement waits for a payload to go along with."""
ACKNOWLEDGE_EVERY = 16
"""Payloads that are acknowledged at once, lest the far end's window fills up in the meantime."""
QUEUE = 256
"""Payloads that wait for the window at most."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A PPP frame from the far end. They come in order, and none twice; some may be missing."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Traffic:
    """What went through the tunnel so far, in packets."""

    sent: int = 0
    """All that went out, mere acknowledgements included."""
    received: int = 0
    """All of this call that came in, mere acknowledgements included. 0 beside `sent`: something blocks GRE."""
    lost: int = 0
    """Payloads of the far end that did not come, or not in time."""
    reordered: int = 0
    """Payloads of the far end that came late and were put back in their place."""
    duplicates: int = 0
    """Payloads of the far end that came twice, or too late."""
    foreign: int = 0
    """Packets with another call ID: of another call between these two, or of one that is over."""
    acknowledged: int = 0
    """Payloads of ours up to the last one that the far end acknowledged. 0: it may have heard nothing."""
    discarded: int = 0
    """Payloads of ours that found the queue full."""


class Tunnel:
    """One call's tunnel, seen from one side.

    `window` is the far end's, in packets, from its Outgoing-Call message (§2.7, §2.8). `first` is the sequence number
    that both sides begin with, 0 by §4.1.
    """

    def __init__(self, peers_call_id: int, own_call_id: int, *, window: int = 64, first: int = 0) -> None:
        self.peers_call_id = peers_call_id
        self.own_call_id = own_call_id
        self._window = SlidingWindow(window, first)
        self._order = Reordering(first)
        self._waiting: deque[bytes] = deque()
        self._outgoing: list[bytes] = []
        self._events: deque[Payload] = deque()
        self._acknowledge_by: float | None = None
        self._to_acknowledge = 0
        self._sent = self._received = self._foreign = self._discarded = 0

    def send(self, payload: bytes, now: float) -> None:
        """Send a PPP frame as soon as the window allows, and drop it where too many wait for that already.

        No acknowledgement is waited for longer than the time-out of §4.4. `LocalProtocolError` for a frame that is
        too long for GRE.
        """
        if len(payload) > LARGEST_PAYLOAD:
            raise LocalProtocolError(Fault.VALUE, f"GRE payload: {len(payload)} octets")
        if len(self._waiting) >= QUEUE:
            self._discarded += 1
            return
        self._waiting.append(payload)
        self._fill_window(now)

    def receive(self, octets: bytes, now: float) -> None:
        """Take in one GRE packet without its IP header.

        Another call's packet is only counted. `RemoteProtocolError` where it is none of PPTP; the tunnel goes on.
        """
        packet = Packet.decode(octets)
        if packet.call_id != self.own_call_id:
            self._foreign += 1
            return
        self._received += 1
        if packet.acknowledgement is not None:
            self._window.acknowledge(packet.acknowledgement, now)
        if packet.sequence is not None:
            self._deliver(self._order.take(packet.sequence, packet.payload, now), now)

    def next_event(self) -> Payload | None:
        """The next frame from the far end, None while there is none."""
        return self._events.popleft() if self._events else None

    def packets_to_send(self, now: float) -> list[bytes]:
        """The packets that are due, once each."""
        self.tick(now)
        packets, self._outgoing = self._outgoing, []
        return packets

    @property
    def deadline(self) -> float | None:
        """When `tick` is due at the latest, None for never."""
        deadlines = (self._window.deadline, self._order.deadline, self._acknowledge_by)
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def tick(self, now: float) -> None:
        """Let time pass: do without what is missing for too long, acknowledge what waited for long enough."""
        self._window.expire(now)
        self._deliver(self._order.release(now), now)
        self._fill_window(now)
        if self._acknowledge_by is not None and self._acknowledge_by <= now:
            self._put(Packet(self.peers_call_id, acknowledgement=self._acknowledgement()))

    @property
    def traffic(self) -> Traffic:
        """What went through so far."""
        return Traffic(
            sent=self._sent,
            received=self._received,
            lost=self._order.lost,
            reordered=self._order.reordered,
            duplicates=self._order.duplicates,
            foreign=self._foreign,
            acknowledged=self._window.acknowledged,
            discarded=self._discarded,
        )

    def _fill_window(self, now: float) -> None:
        while self._waiting and self._window.is_open:
            payload = self._waiting.popleft()
            sequence = self._window.take_number(now)
            self._put(Packet(self.peers_call_id, payload, sequence, self._acknowledgement()))

    def _put(self, packet: Packet) -> None:
        self._outgoing.append(packet.encode())
        self._sent += 1

    def _deliver(self, payloads: Iterable[bytes], now: float) -> None:
        for payload in payloads:
            self._events.append(Payload(payload))
            self._to_acknowledge += 1
            if self._acknowledge_by is None:
                self._acknowledge_by = now + ACKNOWLEDGE_WITHIN
        if self._to_acknowledge >= ACKNOWLEDGE_EVERY:
            self._acknowledge_by = now

    def _acknowledgement(self) -> int | None:
        """The number to acknowledge with the packet that goes out now, None where nothing new came."""
        if self._acknowledge_by is None:
            return None
        self._acknowledge_by = None
        self._to_acknowledge = 0
        return self._order.last
