"""Sequence numbers of RFC 2637 §4.1: 32 bits, and 0 again after the last."""

from __future__ import annotations

_NUMBERS = 1 << 32


def following(number: int) -> int:
    """The number after this one."""
    return (number + 1) % _NUMBERS


def preceding(number: int) -> int:
    """The number before this one."""
    return (number - 1) % _NUMBERS


def ahead(base: int, number: int) -> int:
    """How far `number` is ahead of `base`, negative where it is behind: always the shorter way round (RFC 1982)."""
    half = _NUMBERS // 2
    return (number - base + half) % _NUMBERS - half
