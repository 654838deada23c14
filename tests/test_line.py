"""Holding on to a change over connections that break."""

from __future__ import annotations

import getpass
import platform
from collections.abc import Callable, Sequence
from io import StringIO
from typing import cast

import pytest

from wizard import apply, ask
from wizard.journey import line
from wizard.journey.trip import Outcome, Trip, Work
from wizard.model.errors import WizardError
from wizard.model.options import Options
from wizard.plan import addresses, names
from wizard.router.script import Script
from wizard.router.session import Session
from wizard.screen import Progress, Screen

NONCE = "0123456789abcdef"
LOST = WizardError("connection-lost")


class Line:
    """A connection that says these lines, and then breaks or does not."""

    way_in = None

    def __init__(self, said: Sequence[str], breaks: bool = False) -> None:
        self.said, self.breaks = said, breaks
        self.asked = ""

    def run(self, text: str, *, on_line: Callable[[str], None], timeout: float) -> None:
        assert timeout
        self.asked = text
        for words in self.said:
            on_line(f"{NONCE} {words}")
        if self.breaks:
            raise LOST

    def close(self) -> None:
        """Nothing to hang up."""


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "RETRY", 0.0)
    monkeypatch.setattr(line, "GRACE", 0.2)


def carried_out(monkeypatch: pytest.MonkeyPatch, first: Line, *later: Line | WizardError) -> tuple[Outcome, Work]:
    """The change over the first connection, and over these where it breaks; the last of them goes on for ever."""
    waiting = list(later)

    def reconnected(way_in: object) -> Line:
        assert way_in is None
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(found, WizardError):
            raise found
        return found

    monkeypatch.setattr(line, "reconnect", reconnected)
    screen = Screen(plain=True, file=StringIO())
    person = ask.person(screen, addresses=addresses, names=names, unattended=True)
    trip = Trip(Options(), screen, Outcome(), person, session=cast("Session", first))
    work = Work(Script("true", NONCE), apply.Follower(NONCE, lambda name, step: None))
    try:
        line.carry_out(trip, work, Progress("", lambda text: None))
    finally:
        monkeypatch.undo()
    return trip.outcome, work


ALL = ("start files", "done files", "complete")


def test_over_one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, _ = carried_out(monkeypatch, Line(ALL))
    assert outcome.report.waiting
    assert "not confirmed" in outcome.words


def test_a_new_connection_reads_on_where_the_old_one_broke(monkeypatch: pytest.MonkeyPatch) -> None:
    second = Line(ALL[1:])
    outcome, work = carried_out(monkeypatch, Line(ALL[:1], breaks=True), LOST, second)
    assert outcome.report.waiting
    assert [(step.name, step.code) for step in outcome.report.steps] == [("files", 0)]
    assert "follow 1" in second.asked
    assert work.follower.lines == len(ALL)


def test_what_never_began_is_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WizardError) as caught:
        carried_out(monkeypatch, Line((), breaks=True), Line(("gone",)))
    assert caught.value.code == "connection-lost"


def test_where_no_connection_comes_about_any_more_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WizardError) as caught:
        carried_out(monkeypatch, Line(("start files", "countdown 0"), breaks=True), WizardError("no-route"))
    assert caught.value.code == "no-route"


def test_what_the_router_undid_meanwhile_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    undone = Line(("undo timer", "undone timer"))
    outcome, _ = carried_out(monkeypatch, Line(ALL, breaks=True), undone)
    assert "as it was before" in outcome.words
    assert line.why(outcome.report) == "nobody had confirmed it in time"


@pytest.mark.parametrize(
    "said",
    [
        ("start turn", "failed turn busy"),
        ("start turn", "done turn", "start stage", "failed stage changed-meanwhile", "undone failed stage"),
    ],
)
def test_who_was_turned_away_has_changed_nothing(monkeypatch: pytest.MonkeyPatch, said: tuple[str, ...]) -> None:
    outcome, _ = carried_out(monkeypatch, Line(said))
    assert outcome.words == "Nothing was changed on the router."


def test_the_countdown_is_told_until_it_is_over() -> None:
    follower = apply.Follower(NONCE, lambda name, step: None)
    assert line.countdown(follower) == ""
    follower.line(f"{NONCE} countdown 90")
    assert line.countdown(follower) in {f" (undone in {left} s unless confirmed)" for left in (89, 90)}
    follower.line(f"{NONCE} confirmed")
    assert line.countdown(follower) == ""


def test_who_we_are_is_said_in_plain_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "a'b; $(reboot)\n.example")
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    assert line.owner() == "ann@abreboot.example"
