"""What happened, and what a check found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Verdict(Enum):
    """How a check came out."""

    OK = "ok"
    BROKEN = "broken"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    """What was checked, in words."""
    verdict: Verdict
    detail: str = ""
    """What was seen."""
    who: str = ""
    """Who has to act where it is broken: "router", "network", "this computer", "client"."""
    code: str = ""
    """What is broken, in one word; "" where there is none for it."""
    page: str = ""
    """The page that explains it, "" where it is called as the code."""
    seconds: float | None = None
    """How long it took, None where nothing was waited for."""
    data: Mapping[str, object] = field(default_factory=dict)
    """What that page is filled in with."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One part of the connection test, with what can be seen from there."""

    name: str
    """Where from, in words."""
    checks: tuple[Check, ...]

    @property
    def broken(self) -> Check | None:
        """The first thing that is wrong."""
        return next((check for check in self.checks if check.verdict is Verdict.BROKEN), None)


@dataclass(frozen=True, slots=True)
class ApplyStep:
    """One step that the apply script reported."""

    name: str
    code: int
    """0: done."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ApplyReport:
    """The whole of one change, as far as it was heard of."""

    steps: tuple[ApplyStep, ...] = ()
    error: str = ""
    """Code of the advice page, "" where all went well."""
    detail: str = ""
    """What the router said, for that page."""
    changed: tuple[str, ...] = ()
    """Paths that were replaced before it ended."""
    installed: tuple[str, ...] = ()
    """Packages that came before it ended."""
    said: str = ""
    """Everything the router said in the step that failed."""
    waiting: bool = False
    """All is done, and waits for a confirmation."""
    undone: str = ""
    """Why all of it was undone, "" while it was not: "timer", "boot", "asked", "hung", "broken-off", "failed …"."""
    stuck: str = ""
    """Steps of going back that failed twice; the router tries them again at its next start."""
    confirmed: bool = False
    """It stays."""
    forgotten: bool = False
    """There was no room to keep the state before it, so `undo` cannot go back to that."""
    staying: tuple[str, ...] = ()
    """Packages that were to go and are still there."""

    @property
    def over(self) -> bool:
        """The router does nothing more about it."""
        return bool(self.undone or self.stuck or self.confirmed)
