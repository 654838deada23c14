"""What a router remembers of the changes made to it: the last one's end, who is at it, and what it can go back to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FORMAT = 1
"""Of what we keep under /etc/pptp-wizard. A higher one was written by a newer version of this program."""


@dataclass(frozen=True, slots=True)
class Last:
    """How the last change ended."""

    id: str
    what: str
    """"apply", "undo" or "uninstall"."""
    by: str
    """Who ran the wizard, as user@computer."""
    at: str
    """When it began, by the router's clock, which may not have been set."""
    result: str
    """"confirmed", "undone", or "unfinished": the way back is not complete and is tried again at the next start."""
    why: str
    """Why it was undone: "timer", "boot", "asked", "hung", "broken-off", "failed STEP PAGE"."""
    version: str = ""

    @property
    def clock_was_set(self) -> bool:
        """The time can be believed: no OpenWrt router was set up before 2004."""
        return self.at[:4].isdigit() and int(self.at[:4]) >= 2004


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is changing the router right now."""

    words: str
    """Who, and since when."""
    alive: bool
    """Still at work; otherwise it was broken off and the next wizard takes over."""


@dataclass(frozen=True, slots=True)
class Journal:
    """All of it."""

    last: Last | None = None
    holder: Holder | None = None
    pending: str = ""
    """A change that is neither confirmed nor undone: "armed", "confirmed" or "undone" while tidying up, "" for none."""
    entries: tuple[str, ...] = ()
    """Names of the states that it can go back to, the oldest first."""
    applied: Mapping[str, str] = field(default_factory=dict)
    """Path → MD5 of what we wrote there last."""
    packages: tuple[str, ...] = ()
    """Packages that were installed for us."""
    format: int = FORMAT
    """The highest format number of what is there."""
    ours: bool = False
    """There is a state from before our first change."""


def last(text: str) -> Last | None:
    """Read /etc/pptp-wizard/last. None where it is empty or not whole."""
    said = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
    try:
        needed = {key: said[key] for key in ("id", "what", "by", "at", "result", "why")}
    except KeyError:
        return None
    return Last(**needed, version=said.get("version", ""))
