"""How old an opkg is, read from the version of the package `opkg`, and what it does differently for that.

Each date is that of a change in the sources of opkg (svn of OpenMoko and Google Code) or opkg-lede (git).
"""

from __future__ import annotations

_REVISIONS = {"4564": "2008-08-04", "513": "2010-01-20", "9c97d5ecd795709c8584e972bfdf3aee3a5b846d": "2013-05-14"}


class Age:
    """What an opkg of that day does. Newest when the version is unknown."""

    def __init__(self, version: str) -> None:
        day = _day(version)
        self.first = day < "2009-12-09"
        """r4564 of Kamikaze 8.09: no names of functions before errors, exit codes of its own, no `list-installed`."""
        self.errors_to_stdout = day < "2010-07-01"
        """OpenWrt's patch 014 sends the collected errors to stderr."""
        self.says_unknown = day >= "2010-04-29"
        self.lede = day >= "2017-02-10"
        """Lists stay compressed, no full stops after addresses."""
        self.counts_unresolved_once = day >= "2018-10-30"
        self.says_integrity = day >= "2020-08-25"
        self.checks_ahead = day >= "2020-11-02"
        self.says_unresolved = day >= "2021-05-02"

    @property
    def stop(self) -> str:
        """What ends a message about an address or a file."""
        return "" if self.lede or self.first else "."

    @property
    def lock(self) -> str:
        return "/usr/lib/opkg/lock" if self.first else "/var/lock/opkg.lock"

    @property
    def digest(self) -> str:
        """The sum that stands behind a configuration file in the status file."""
        return "sha256" if self.lede else "md5"


def _day(version: str) -> str:
    """The day of the source: `2024.10.16~38eccbb1-r1`, `2019-01-18-7708a01a-1`, `618-3`."""
    revision = version.partition("-")[0]
    if revision in _REVISIONS:
        return _REVISIONS[revision]
    if revision.isdigit() and len(revision) == 3:
        return "2011-04-11"
    return version[:10].replace(".", "-") if version[:2] == "20" else "9999"
