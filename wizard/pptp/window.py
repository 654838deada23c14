"""How many packets may be on their way unacknowledged: the sliding window of RFC 2637 §4.2, its time-out of §4.4.

Nothing is ever sent again (§4.2.3). A time-out only says that what was on its way counts no more.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from wizard.pptp.sequence import ahead, following

ALPHA, BETA, CHI, DELTA = 1 / 8, 1 / 4, 4, 2
"""The gains that §4.4.1 and §4.4.2 suggest: of the average, the deviation, the time-out, and the back-off."""
LEAST_TIME_OUT = 1.0
"""Seconds. pptpd and pptp-linux wait half a second for a payload to acknowledge along with."""
MOST_TIME_OUT = 3.0
"""Seconds: MaxTimeOut, and no longer than PPP waits for an answer before it asks again."""


class _Sent(NamedTuple):
    sequence: int
    time: float


class SlidingWindow:
    """The sending side's memory. `largest` is in packets, as the far end announced it; 0 counts as 1."""

    def __init__(self, largest: int, first: int = 0) -> None:
        self.acknowledged = 0
        """Packets up to the last one that the far end acknowledged, those lost between included (§4.2.5)."""
        self._largest = max(1, largest)
        self.size = max(1, self._largest // 2)
        """Packets that may be on their way (§4.2.1)."""
        self._next = first
        self._unacknowledged = first
        self._on_their_way: deque[_Sent] = deque()
        self._filled = 0
        self._round_trip_time = LEAST_TIME_OUT
        self._deviation = 0.0

    @property
    def is_open(self) -> bool:
        """Whether one more packet may go out."""
        return len(self._on_their_way) < self.size

    @property
    def time_out(self) -> float:
        """Seconds until an acknowledgement counts as missing: the ATO of §4.4.1."""
        return min(max(self._round_trip_time + CHI * self._deviation, LEAST_TIME_OUT), MOST_TIME_OUT)

    @property
    def deadline(self) -> float | None:
        """When `expire` has something to do, None while nothing is on its way."""
        return self._on_their_way[0].time + self.time_out if self._on_their_way else None

    def take_number(self, now: float) -> int:
        """The sequence number for a packet that goes out now."""
        number = self._next
        self._next = following(number)
        self._on_their_way.append(_Sent(number, now))
        return number

    def acknowledge(self, number: int, now: float) -> None:
        """The far end has everything up to `number`. An old number, or one that was never used, says nothing."""
        acknowledged = ahead(self._unacknowledged, number) + 1
        if not 0 < acknowledged <= ahead(self._unacknowledged, self._next):
            return
        self.acknowledged += acknowledged
        self._unacknowledged = following(number)
        arrived = []
        while self._on_their_way and ahead(self._on_their_way[0].sequence, number) >= 0:
            arrived.append(self._on_their_way.popleft())
        if arrived:
            self._measure(now - arrived[-1].time)
            self._widen(len(arrived))

    def expire(self, now: float) -> None:
        """Where an acknowledgement is missing for too long: narrow the window, and begin anew with it (§4.2.2)."""
        if self.deadline is None or self.deadline > now:
            return
        self._on_their_way.clear()
        self.size = (self.size + 1) // 2
        self._filled = 0
        self._round_trip_time = min(DELTA * self._round_trip_time, MOST_TIME_OUT)

    def _measure(self, sample: float) -> None:
        difference = sample - self._round_trip_time
        self._deviation += BETA * (abs(difference) - self._deviation)
        self._round_trip_time += ALPHA * difference

    def _widen(self, arrived: int) -> None:
        """By one packet with every window's worth that arrived (§4.2.3)."""
        self._filled += arrived
        if self._filled >= self.size:
            self.size = min(self.size + 1, self._largest)
            self._filled = 0
