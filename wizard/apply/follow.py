"""The marks of a running apply script, as they come."""

from __future__ import annotations

from collections.abc import Callable

from wizard.model.report import ApplyReport, ApplyStep


class Follower:
    """Reads the script's lines one by one and tells `on_step` when a step starts and how it ended.

    `on_step(name, None)` is a start, `on_step(name, step)` an end. `report` is what happened, at any time; a log that
    just stops is "apply-cut": the script runs on by itself on the router.
    """

    def __init__(self, nonce: str, on_step: Callable[[str, ApplyStep | None], None]) -> None:
        self._nonce = nonce
        self._on_step = on_step
        self._steps: list[ApplyStep] = []
        self._changed: list[str] = []
        self._said: list[str] = []
        self._error = "apply-cut"

    def line(self, text: str) -> None:
        """Take in one line of the router's."""
        mark, _, rest = text.partition(" ")
        if mark != self._nonce:
            self._said.append(text)
            return
        word, _, rest = rest.partition(" ")
        name, _, why = rest.partition(" ")
        if word == "start":
            self._said = []
            self._on_step(name, None)
        elif word in ("done", "failed"):
            self._end(name, why if word == "failed" else "")
        elif word == "changed":
            self._changed.append(rest)
        elif word == "complete":
            self._error = ""

    def _end(self, name: str, why: str) -> None:
        step = ApplyStep(name, int(bool(why)), "\n".join(self._said[-12:]))
        self._steps.append(step)
        if why:
            self._error = why
        self._on_step(name, step)

    @property
    def report(self) -> ApplyReport:
        """What happened so far."""
        detail = self._steps[-1].detail if self._steps and self._error else ""
        return ApplyReport(tuple(self._steps), self._error, detail, tuple(self._changed))
