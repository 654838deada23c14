"""Something that is only tried on the router: it is undone afterwards, by us or, where we are gone, by the router."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from wizard.journey.act import STEP_NAMES, failure
from wizard.journey.line import begin, carry_out, decide, fresh_line
from wizard.journey.trip import Outcome, Trip
from wizard.model.changes import ChangeSet
from wizard.model.errors import WizardError


@contextmanager
def held(trip: Trip, changes: ChangeSet, window: int) -> Iterator[Trip]:
    """The change is in force inside of this, and for `window` seconds at most where nobody ends it.

    The trip inside has the change's own work and outcome, so that the run as a whole has changed nothing. Raises
    WizardError where it could not be made, or could not be taken back for certain (`still-tried`).
    """
    mine = replace(
        trip, changes=changes, outcome=Outcome(), options=replace(trip.options, confirm_within=window, break_lock=False)
    )
    try:
        mine = _made(mine)
        try:
            yield mine
        finally:
            _take_back(mine)
    finally:
        if not mine.outcome.report.undone:
            trip.outcome.touched, trip.outcome.left = mine.outcome.touched, mine.outcome.left
            trip.outcome.report = mine.outcome.report


def _made(trip: Trip) -> Trip:
    assert trip.facts
    with trip.screen.progress("Preparing the router for the test") as progress:
        work = begin(trip, "", lambda name, step: progress.update(STEP_NAMES[name]) if step is None else None)
        session = carry_out(trip, work, progress)
    report = work.follower.report
    if report.error:
        raise failure(report, trip.outcome, trip.facts)
    return replace(trip, session=session, work=work)


def _take_back(trip: Trip) -> None:
    """Over a new connection: the one that it was made over may be gone by now."""
    with trip.screen.progress("Taking back what was only for the test") as progress:
        try:
            with fresh_line(trip, progress, beside=True) as fresh:
                decide(trip, fresh, progress, keep=False)
        except WizardError as error:
            raise WizardError("still-tried", state=trip.outcome.words, why=error.code) from error
    if not trip.outcome.report.undone:
        raise WizardError("still-tried", state=trip.outcome.words, why="it could not go back in every respect")
