"""Puts the payloads of a tunnel back in order (RFC 2637 §4.3): PPP bears a loss, and never a wrong order."""

from __future__ import annotations

from typing import NamedTuple

from wizard.pptp.sequence import ahead, following, preceding

HOLD = 0.3
"""Seconds that a payload waits for those before it. Then they count as lost."""
CAPACITY = 64
"""Payloads that wait at most."""
FAR = 1024
"""A number so far ahead of all others is a mistake, unless the one after it comes too (as in RFC 3550 §A.1)."""


class _Held(NamedTuple):
    payload: bytes
    arrived: float


class Reordering:
    """The receiving side's memory. `first` is the number that the far end begins with, 0 by §4.1."""

    def __init__(self, first: int = 0) -> None:
        self.lost = 0
        """Payloads that did not come in time."""
        self.reordered = 0
        """Payloads that came after a later one and were put back in their place."""
        self.duplicates = 0
        """Payloads that came twice, or when their place was given up already; dropped."""
        self._begun = False
        self._next = first
        self._beyond = first
        """The number after the latest one that came."""
        self._suspect: int | None = None
        self._held: dict[int, _Held] = {}

    @property
    def last(self) -> int | None:
        """The number of the last payload that was delivered, None before the first."""
        return preceding(self._next) if self._begun else None

    @property
    def deadline(self) -> float | None:
        """When `release` has something to do, None while nothing waits."""
        return min(held.arrived for held in self._held.values()) + HOLD if self._held else None

    def take(self, sequence: int, payload: bytes, now: float) -> list[bytes]:
        """The payloads that may be delivered since this one is here, in order."""
        if ahead(self._next, sequence) < 0 or sequence in self._held:
            self.duplicates += 1
            return []
        if not self._believes(sequence):
            return []
        self._hold(sequence, _Held(payload, now))
        delivered = self._in_order()
        while len(self._held) > CAPACITY:
            delivered += self._skip()
        return delivered

    def release(self, now: float) -> list[bytes]:
        """The payloads that have waited for long enough, and those that follow on them."""
        delivered: list[bytes] = []
        while (deadline := self.deadline) is not None and deadline <= now:
            delivered += self._skip()
        return delivered

    def _believes(self, sequence: int) -> bool:
        """A single damaged number must not make everything after it look old."""
        if ahead(self._beyond, sequence) < FAR:
            return True
        awaited, self._suspect = self._suspect, following(sequence)
        return sequence == awaited

    def _hold(self, sequence: int, held: _Held) -> None:
        self._held[sequence] = held
        if ahead(self._beyond, sequence) < 0:
            self.reordered += 1
        else:
            self._beyond = following(sequence)

    def _in_order(self) -> list[bytes]:
        delivered = []
        while self._next in self._held:
            delivered.append(self._held.pop(self._next).payload)
            self._next = following(self._next)
            self._begun = True
        return delivered

    def _skip(self) -> list[bytes]:
        """Give up what is missing before the first that waits."""
        lowest = min(self._held, key=lambda sequence: ahead(self._next, sequence))
        missing = ahead(self._next, lowest)
        # pptp-linux and Linux itself begin with 1: the very first number may never have been sent
        self.lost += missing if self._begun else missing - 1
        self._next = lowest
        return self._in_order()
