"""Which fw3 this router has: the day of its source. Every change that shows is told by the day on which it came.

The days are those of the commits in OpenWrt's firewall3 repository. A release names its own in its data, and the router
that is built from it has it in a file; without the file it is that of 21.02. Only 19.07 (2019-11-22) and 21.02
(2021-03-23) were recorded; what is older is by the source alone.
"""

from __future__ import annotations

from wizard.practice import root

PLACE = "/lib/practice/fw3"
NEWEST = "9999"

NO_DELEGATES = "2016-01-24"
"""Rules stand in the built-in chains, with a tag; before in `delegate_…`, `mssfix`, `fwmark` (410cff5, 786b15f)."""
NEW_ONLY = "2016-08-08"
"""What a zone accepts from its devices is new or untracked; before anything (6009904, 6818f75)."""
LEAKAGE = "2017-04-09"
"""Untracked packets do not leave by a masquerading zone (e751cde)."""
WORDED = "2018-03-13"
"""Comments of fw3's own rules are sentences (d5923f1)."""
CLAMP_BOTH_WAYS = "2018-08-13"
"""Segments are clamped on the way in too (e9b90df of 2020, which 18.06 and 19.07 have as a patch)."""
WHOLE_WORD = "2020-03-03"
"""A rule without zones is said to be an `output rule`; before an `output r` (fe9602c)."""
KEEPS_USED_CHAINS = "2020-06-02"
"""A reload makes missing user chains and removes unused ones; before it left both as they were (23cc543)."""
ONE_DEFAULTS = "2020-10-18"
"""A second section of defaults is ignored; before it changed those of the first (00f27ab)."""
SHORT_NAMES = "2020-08-31"
"""Zone names have at most 11 characters; before 14 (8c2f9fa)."""
DISTINCT_DEVICES = "2021-03-21"
"""Two networks on one device count once in a zone (7b844f4)."""

_known: dict[str, str] = {}


def since(day: str) -> bool:
    """Whether this router's fw3 has what came on that day."""
    place = root.path(PLACE)
    if place not in _known:
        _known[place] = _read(place)
    return _known[place] >= day


def _read(place: str) -> str:
    try:
        with open(place, encoding="ascii") as file:
            return file.read().strip() or NEWEST
    except FileNotFoundError:
        return NEWEST
