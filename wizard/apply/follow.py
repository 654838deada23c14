"""The marks of a change that runs on the router, as they come, over one connection or over several."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from wizard.model.changes import What
from wizard.model.journal import Last, last
from wizard.model.report import ApplyReport, ApplyStep

CUT = "apply-cut"
"""The report's error until the script has said how it ended."""


LOOKING = {"turn", "stage"}
"""Steps that leave nothing behind."""


class Follower:
    """Reads the script's lines one by one and tells `on_step` when a step starts and how it ended.

    `on_step(name, None)` is a start, `on_step(name, step)` an end. `report` is what happened, at any time; a log that
    just stops is `CUT`: the script runs on by itself on the router. `lines` of its log were read so far.
    """

    def __init__(self, nonce: str, on_step: Callable[[str, ApplyStep | None], None], what: What = What.APPLY) -> None:
        self.nonce = nonce
        self._what = what
        self.lines = 0
        self._on_step = on_step
        self._steps: list[ApplyStep] = []
        self._lists: dict[str, list[str]] = {"changed": [], "installed": [], "stays": []}
        self._ends: dict[str, str] = {}
        self._said: list[str] = []
        self._detail = self._whole = ""
        self._error = CUT
        self._until: float | None = None
        self._gone: list[str] | None = None
        self._started: set[str] = set()

    def line(self, text: str) -> None:
        """Take in one line of the router's."""
        mark, _, rest = text.partition(" ")
        if mark == self.nonce and rest == "beat":
            return
        self.lines += 1
        if mark == self.nonce:
            self._mark(*rest.split(" ", 1))
        elif self._gone is not None:
            self._gone.append(text)
        else:
            self._said.append(text)

    def _mark(self, word: str, rest: str = "") -> None:
        if word == "start":
            self._said = []
            self._started.add(rest)
            self._on_step(rest, None)
        elif word in ("done", "failed"):
            name, _, why = rest.partition(" ")
            self._end(name, why if word == "failed" else "")
        elif word in self._lists:
            self._lists[word].append(rest)
        elif word == "countdown":
            self._until = monotonic() + int(rest)
        elif word == "gone":
            self._gone = []
        else:
            self._ends[word] = rest
            if word == "complete":
                self._error = ""

    def _end(self, name: str, why: str) -> None:
        step = ApplyStep(name, int(bool(why)), "\n".join(self._said[-12:]))
        self._steps.append(step)
        if why and self._error == CUT:  # the first failure is the one to explain
            self._error, self._detail = why, step.detail
            self._whole = "\n".join(self._said)
        self._on_step(name, step)

    @property
    def left(self) -> int | None:
        """Seconds until the router undoes it by itself, None before that counts."""
        return None if self._until is None else max(0, round(self._until - monotonic()))

    @property
    def begun(self) -> bool:
        """Anything was heard of it."""
        return bool(self._started)

    @property
    def touched(self) -> bool:
        """It came to a step that changes something, however it went on from there."""
        return bool(self._started - LOOKING) or self._may_go_on

    @property
    def _may_go_on(self) -> bool:
        """The log just stops, and with it nothing need have."""
        never_there = self._gone is not None and not self._started
        return self._error == CUT and not self._how_it_ended() and not never_there

    @property
    def report(self) -> ApplyReport:
        """What happened so far."""
        how = self._how_it_ended()
        return ApplyReport(
            tuple(self._steps),
            self._error,
            self._detail,
            tuple(self._lists["changed"]),
            tuple(self._lists["installed"]),
            self._whole,
            waiting="complete" in self._ends and not how,
            undone=how.get("undone", ""),
            stuck=how.get("stuck", ""),
            confirmed="confirmed" in how,
            forgotten="forgotten" in self._ends,
            staying=tuple(self._lists["stays"]),
        )

    def _how_it_ended(self) -> dict[str, str]:
        """By its own marks, or by what the router has written down where its log is gone (a restart)."""
        ends = {word: why for word, why in self._ends.items() if word in ("undone", "stuck", "confirmed")}
        if ends or self._gone is None:
            return ends
        written = last("\n".join(self._gone))
        if written is None and self._what is What.UNINSTALL and self._started:
            return {"confirmed": ""}  # not even the note on how the last change ended is there any more
        return _as_mark(written) if written and written.id == self.nonce else {"undone": "boot"}


def _as_mark(written: Last) -> dict[str, str]:
    word = {"undone": "undone", "confirmed": "confirmed", "unfinished": "stuck"}.get(written.result, "stuck")
    return {word: written.why}
