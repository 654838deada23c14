"""What the connection test says at its end, for a person and for a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wizard import resources
from wizard.journey.document import VERDICTS
from wizard.model.errors import ExitCode
from wizard.model.report import Check, Rung, Verdict
from wizard.screen import Screen

DOCUMENT = 1
"""`format` of the document."""


def first_broken(rungs: Sequence[Rung]) -> Check | None:
    """The first thing that is wrong, from the router outwards: what comes after it may only follow from it."""
    return next((rung.broken for rung in rungs if rung.broken), None)


def code(rungs: Sequence[Rung]) -> ExitCode:
    """Broken where anything is; not tried where no call could be made, which is what matters."""
    if first_broken(rungs):
        return ExitCode.FAILED
    called = rungs and any(check.verdict is Verdict.OK for check in rungs[-1].checks)
    return ExitCode.DONE if called else ExitCode.NOT_TRIED


def show(rung: Rung, screen: Screen) -> None:
    """One rung, check by check."""
    screen.section(rung.name)
    for check in rung.checks:
        took = "" if check.seconds is None or check.seconds < 0.1 else f" ({check.seconds:.1f} s)"
        screen.step(check.name, check.verdict, f"{check.detail}{took}".strip())


def conclude(rungs: Sequence[Rung], screen: Screen) -> None:
    """The last word: the first thing that is wrong, who has to act, and the page about it."""
    broken = first_broken(rungs)
    screen.section("What this comes to")
    if broken is None and code(rungs) is ExitCode.DONE:
        screen.good("Nothing wrong was found.")
    if broken is None and code(rungs) is not ExitCode.DONE:
        screen.say("Nothing wrong was seen so far, but no whole call could be tried: see NOT TRIED above.")
    if broken is None:
        return
    screen.say(f"The first thing that is wrong: {broken.name}. {broken.detail}")
    screen.say(f"Who has to act: {broken.who}.")
    if broken.code:
        page = resources.page(broken.page or broken.code, **broken.data)
        screen.page(page.headline, page.body)


def document(rungs: Sequence[Rung], target: str) -> Mapping[str, object]:
    """`test --json`. Keys are added and never change their meaning while `format` stays the same."""
    broken = first_broken(rungs)
    return {
        "format": DOCUMENT,
        "router": target,
        "exit_code": int(code(rungs)),
        "finding": _check(broken) if broken else None,
        "rungs": [{"name": rung.name, "checks": [_check(check) for check in rung.checks]} for rung in rungs],
    }


def _check(check: Check) -> Mapping[str, object]:
    return {
        "name": check.name,
        "verdict": VERDICTS[check.verdict],
        "detail": check.detail,
        "who": check.who or None,
        "code": check.code or None,
        "seconds": None if check.seconds is None else round(check.seconds, 3),
    }
