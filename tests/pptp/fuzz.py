"""Octets that no honest peer sends: random ones, and honest ones spoilt.

for octets in islice(inputs(2637, samples), COUNT):
    …
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Sequence
from random import Random

COUNT = 1_000_000 if os.environ.get("PPTP_FUZZ") == "whole" else 3000
"""Inputs for each machine; a million where the environment variable PPTP_FUZZ is `whole`."""
LONGEST = 4096
"""Octets that an input has at most, if no sample is longer."""


def inputs(seed: int, samples: Sequence[bytes]) -> Iterator[bytes]:
    """Inputs without end, the same for the same seed and samples.

    One in eight is random octets, one in eight an honest sample, and the rest are samples with one to three faults.
    """
    random = Random(seed)
    limit = max([LONGEST, *map(len, samples)])
    while True:
        match random.randrange(8):
            case 0:
                yield random.randbytes(_short(random))
            case 1:
                yield random.choice(samples)
            case _:
                yield _spoilt(random, samples)[:limit]


def weight(machine: object) -> int:
    """How much a machine holds, in octets: it may not grow with what it is fed."""
    return len(pickle.dumps(machine))


def _short(random: Random) -> int:
    """A length, short ones more often."""
    return random.randrange(1 << random.randrange(1, 9))


def _spoilt(random: Random, samples: Sequence[bytes]) -> bytes:
    octets = random.choice(samples)
    for _ in range(random.randint(1, 3)):
        spoil = random.choice(_FAULTS)
        octets = spoil(random, octets, samples)
    return octets


def _flipped(random: Random, octets: bytes, samples: Sequence[bytes]) -> bytes:
    spoilt = bytearray(octets)
    for _ in range(random.randint(1, 8) if spoilt else 0):
        spoilt[_place(random, spoilt)] ^= 1 << random.randrange(8)
    return bytes(spoilt)


def _cut(random: Random, octets: bytes, samples: Sequence[bytes]) -> bytes:
    """A piece lost: the end, the beginning, or one between."""
    start, end = sorted((random.randint(0, len(octets)), random.randint(0, len(octets))))
    return random.choice((octets[:start], octets[end:], octets[:start] + octets[end:]))


def _inserted(random: Random, octets: bytes, samples: Sequence[bytes]) -> bytes:
    place = random.randint(0, len(octets))
    return octets[:place] + random.randbytes(_short(random)) + octets[place:]


def _mismeasured(random: Random, octets: bytes, samples: Sequence[bytes]) -> bytes:
    """One or two octets replaced by a number that a length field dislikes, or by those of another place."""
    spoilt = bytearray(octets)
    size = random.randint(1, 2)
    place, other = _place(random, octets), _place(random, octets)
    number = random.choice((0, 1, 3, 4, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, len(octets), len(octets) + 1))
    spoilt[place : place + size] = random.choice(
        (octets[other : other + size], (number % (1 << 8 * size)).to_bytes(size, "big"))
    )
    return bytes(spoilt)


def _joined(random: Random, octets: bytes, samples: Sequence[bytes]) -> bytes:
    return octets + random.choice(samples)


def _place(random: Random, octets: Sequence[int]) -> int:
    """Where to spoil: half of the time in the first 24 octets, where headers are."""
    end = min(len(octets), random.choice((24, len(octets))))
    return random.randrange(max(1, end))


_FAULTS = (_flipped, _cut, _inserted, _mismeasured, _joined)
