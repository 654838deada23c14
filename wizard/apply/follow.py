"""The marks of a running apply script, as they come."""

from __future__ import annotations

from collections.abc import Callable

from wizard.model.report import ApplyReport, ApplyStep

CUT = "apply-cut"
"""The report's error until the script has said how it ended."""


class Follower:
    """Reads the script's lines one by one and tells `on_step` when a step starts and how it ended.

    `on_step(name, None)` is a start, `on_step(name, step)` an end. `report` is what happened, at any time; a log that
    just stops is `CUT`: the script runs on by itself on the router.
    """

    def __init__(self, nonce: str, on_step: Callable[[str, ApplyStep | None], None]) -> None:
        self._nonce = nonce
        self._on_step = on_step
        self._steps: list[ApplyStep] = []
        self._changed: list[str] = []
        self._installed: list[str] = []
        self._said: list[str] = []
        self._detail = self._whole = ""
        self._error = CUT

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
        elif word == "installed":
            self._installed.append(rest)
        elif word == "complete":
            self._error = ""

    def _end(self, name: str, why: str) -> None:
        step = ApplyStep(name, int(bool(why)), "\n".join(self._said[-12:]))
        self._steps.append(step)
        if why and self._error == CUT:  # the first failure is the one to explain
            self._error, self._detail = why, step.detail
            self._whole = "\n".join(self._said)
        self._on_step(name, step)

    @property
    def report(self) -> ApplyReport:
        """What happened so far."""
        changed, installed = tuple(self._changed), tuple(self._installed)
        return ApplyReport(tuple(self._steps), self._error, self._detail, changed, installed, self._whole)
