"""The last look before a change: could it keep out the connection that it is made over?"""

from __future__ import annotations

from wizard import changes, resources
from wizard.journey.trip import Trip, left
from wizard.model.errors import ExitCode, WizardError

PAGE = "would-lock-out"


def keep_a_way_in(trip: Trip) -> Trip:
    """Nobody is locked out without having said yes to that.

    Raises `WizardError("would-lock-out")` where nobody is to be asked and `--even-if-locked-out` was not given.
    """
    found = _threats(trip)
    if not found:
        return trip
    data = {"found": found, "within": trip.options.confirm_within, "unattended": trip.options.yes}
    if trip.options.yes and not trip.options.even_if_locked_out:
        raise WizardError(PAGE, ExitCode.NOT_TRIED, **data)
    page = resources.page(PAGE, **data)
    trip.screen.page(page.headline, page.body)
    return trip if trip.options.even_if_locked_out or trip.person.risk() else left(trip)


def _threats(trip: Trip) -> tuple[changes.Threat, ...]:
    assert trip.changes and trip.session and trip.facts
    if trip.changes.empty:
        return ()
    session = trip.session
    line = changes.connection(session.own_address, session.peer_address, session.peer_port)
    after = changes.expected(trip.plan, trip.facts) if trip.plan else ()
    mended = [damage for damage in trip.facts.damage if damage.code in trip.mended]
    return changes.threats(line, trip.changes, trip.facts, after, mended)
