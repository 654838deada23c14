"""Holding on to a change that runs on the router, over one connection or over as many as it takes, and ending it."""

from __future__ import annotations

import getpass
import platform
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from wizard import apply
from wizard.journey.trip import Outcome, Trip, Work
from wizard.model.errors import WizardError
from wizard.model.report import ApplyReport, ApplyStep
from wizard.router import script
from wizard.router.session import Session, reconnect
from wizard.screen import Progress

SILENCE = 20.0
"""Seconds without a word on a connection until another one is tried: the router sends a beat every few."""
GRACE = 45.0
"""Seconds beyond the countdown in which the router goes back and lets people in again."""
BEFORE_THE_COUNTDOWN = 600.0
"""Seconds to go on trying where no countdown has begun: packages may take their time."""
RETRY = 1.0
WHY = {
    "timer": "nobody had confirmed it in time",
    "boot": "the router was restarted before it was confirmed",
    "hung": "nothing moved on the router any more",
    "broken-off": "the work on the router was broken off",
    "asked": "something was not as planned",
    "failed": "a step failed",
}
"""Why a change was undone, by the first word that the router has for it."""


def begin(trip: Trip, folder: str, on_step: Callable[[str, ApplyStep | None], None]) -> Work:
    """The script that makes the change, and who reads what it says."""
    assert trip.changes and trip.facts
    changing = script.render(
        "apply",
        **apply.script_data(
            trip.changes,
            trip.facts.dialect,
            folder,
            owner=owner(),
            window=trip.options.confirm_within,
            break_lock=trip.options.break_lock,
        ),
    )
    return Work(changing, apply.Follower(changing.nonce, on_step, trip.changes.what))


def owner() -> str:
    """Who we are, for another wizard that finds us at work: user and computer, in plain letters."""
    return re.sub(r"[^A-Za-z0-9@._-]", "", f"{_user()}@{platform.node()}")[:60]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a name for its user
        return "somebody"


def carry_out(trip: Trip, work: Work, progress: Progress) -> Session:
    """Run it to its end, or to the point where it waits for us. The session is the one that still stands then.

    Raises WizardError where the connection was lost before anything had begun, or did not come back in time.
    """
    assert trip.session
    _count_down(progress, work.follower)
    with _told(trip.outcome, work.follower):
        try:
            trip.session.run(work.changing.text, on_line=work.follower.line, timeout=SILENCE)
        except WizardError as error:
            return _follow_on(trip.session, work.follower, error, progress)
    return trip.session


@contextmanager
def _told(outcome: Outcome, follower: apply.Follower) -> Iterator[None]:
    """What has happened is known for the last word, also when the person interrupts."""
    outcome.touched = True
    try:
        yield
    finally:
        outcome.report, outcome.left = follower.report, follower.left
        outcome.touched = follower.touched


def _follow_on(session: Session, follower: apply.Follower, lost: WizardError, progress: Progress) -> Session:
    """Over new connections, until one stays to the end."""
    session.close()
    end = time.monotonic() + (BEFORE_THE_COUNTDOWN if follower.left is None else follower.left + GRACE)
    while time.monotonic() < end:
        progress.update("the connection broke, trying again")
        try:
            fresh = reconnect(session.way_in)
            following = script.about(follower.nonce, "follow", shown=follower.lines)
            fresh.run(following.text, on_line=follower.line, timeout=SILENCE)
        except WizardError as error:
            lost = error
            time.sleep(RETRY)
            continue
        if not follower.begun:
            raise lost
        return fresh
    raise lost


def _count_down(progress: Progress, follower: apply.Follower) -> None:
    progress.clock = lambda: countdown(follower)


def countdown(follower: apply.Follower) -> str:
    """How long the router still waits, in words, "" while it does not."""
    return "" if follower.left is None or follower.report.over else f" (undone in {follower.left} s unless confirmed)"


@contextmanager
def fresh_line(trip: Trip, progress: Progress, *, beside: bool = False) -> Iterator[Session]:
    """A new connection that logs in as before: what nobody else could confirm. The old one is never trusted.

    `beside`: the old one stays open for what comes later. Where a change waits for it, it is tried until the router has
    gone back by itself. Raises WizardError: "locked-out" then, or why there is no connection.
    """
    assert trip.session
    if not beside:
        trip.session.close()
    if trip.work:
        _count_down(progress, trip.work.follower)
    with _in_time(trip, trip.session, progress) as fresh:
        yield fresh


def _in_time(trip: Trip, old: Session, progress: Progress) -> Session:
    end = time.monotonic() + ((trip.work.follower.left or 0) if trip.work else 0)
    while True:
        progress.update("a new connection")
        try:
            return reconnect(old.way_in)
        except WizardError as error:
            if time.monotonic() > end:
                raise _locked_out(trip, old, error, progress) from error
            time.sleep(RETRY)


def _locked_out(trip: Trip, old: Session, error: WizardError, progress: Progress) -> WizardError:
    """What became of the change, once the router lets us in again."""
    if trip.work is None:
        return error
    with _told(trip.outcome, trip.work.follower):
        _follow_on(old, trip.work.follower, error, progress).close()
    return WizardError("locked-out", target=old.target, state=trip.outcome.words)


def decide(trip: Trip, fresh: Session, progress: Progress, *, keep: bool) -> None:
    """Say over this connection that what was done stays, or that all of it is undone now, and see it happen.

    Raises WizardError("undone-meanwhile") where the router had gone back before it heard of it.
    """
    work = trip.work
    if work is None:
        return
    ending = script.about(work.follower.nonce, "confirm", keep=keep, why="asked", shown=work.follower.lines)
    trip.outcome.decided = keep
    with _told(trip.outcome, work.follower):
        try:
            fresh.run(ending.text, on_line=work.follower.line, timeout=SILENCE)
        except WizardError as error:
            _follow_on(fresh, work.follower, error, progress).close()
    if keep and not work.follower.report.confirmed:
        raise WizardError("undone-meanwhile", state=trip.outcome.words, why=why(work.follower.report))


def why(report: ApplyReport) -> str:
    """Why it was undone, in words."""
    return because(report.undone)


def because(said: str) -> str:
    """The router's word for why a change was undone, as words for people."""
    return WHY.get(said.partition(" ")[0], said)
