"""Which uci this router has: the day of its source. Every change that shows is told by the day on which it came.

The days are those of the commits in OpenWrt's uci repository. A release names its own in its data, and the router that
is built from it has it in a file; without the file it is the newest.
"""

from __future__ import annotations

from wizard.practice import root

PLACE = "/lib/practice/uci"
NEWEST = "9999"

EMPTY_VALUE_DELETES = "2009-08-18"
"""`set x.y.z=` removes; before it was an error (83300a9)."""
REORDER = "2009-05-23"
"""The command `reorder` (defdac4)."""
BAD_COMMAND_FAILS = "2011-04-02"
"""An unknown command exits with 255; before with 0 (14bdf86)."""
NAMED_BY_TYPE = "2011-10-21"
"""Made-up names tell the type alone; before, those from a file told the options too (9d7dd37)."""
PLAIN_NAMES = "2012-02-24"
"""Only values and section names are quoted in files; before types and option names too (bddae56, d372238)."""
COMMIT_FAILS = "2012-03-28"
"""A failed commit exits with 1; before with 0 (af26658). `show` of what is missing then says so and shows the rest."""
DEL_LIST = "2012-11-09"
"""The command `del_list`, and `delete` of one item (ec8cbbb, e81961b)."""
TILDE = "2013-04-22"
"""An item taken off a list waits as `~`; before as `_` (ef12e67)."""
WHOLE_FILES = "2013-10-10"
"""A commit writes a new file and renames it; before it emptied the old one and wrote into it (4242921)."""
QUOTED_SHOW = "2014-12-16"
"""`show` and `changes` put values in single quotes, and /tmp/.uci holds them so (ec302c6, 8aaed0d). No value went over
the end of a line before (f8f9dec, 69d1b47 and their neighbours)."""
DASHED_PACKAGES = "2014-12-18"
"""A `package` line may name one with a `-` (e66c206)."""
STRICT_SHOW = "2015-01-24"
"""`show` of what is missing shows nothing (3e26ec5)."""
QUIET_BATCH = "2015-05-25"
"""`-q` silences `Unknown command` too (a6a884b)."""
TYPES_STAY = "2015-11-05"
"""A second section of the same name and another type is an error (593e6c9)."""
ALL_COUNT = "2016-02-02"
"""`show` counts named sections too where it numbers anonymous ones (d4e42a9)."""
COUNTED_ONCE = "2018-01-02"
"""An anonymous section counts once in made-up names; before twice (25fd142, which 17.01's own branch lacks)."""
MOVES_ONLY = "2018-03-16"
"""A `reorder` that moves nothing is not recorded (3b3d63e)."""
ERRORS_PILE_UP = "2019-12-07"
"""Each error message ends with one more newline than the one before (cca6f10)."""
SAVE_PATH = "2021-04-12"
"""The switch -t (4b3db11)."""
OPTIONS_STAY = "2022-11-20"
"""An option with a new value keeps its place; before it went to the end of its section (b7ceda9, b2f3417).
The same day: a section's type set to what it is does not wait for a commit; before it did (ae61e1c)."""
NO_DOTS = "2024-11-26"
"""Files with a dot in their names are no config files (10f7996)."""
OVERRIDES = "2025-01-17"
"""Files in /var/run/uci are read in place of those in /etc/config (fb3c234)."""

_known: dict[str, str] = {}


def since(day: str) -> bool:
    """Whether this router's uci has what came on that day."""
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
