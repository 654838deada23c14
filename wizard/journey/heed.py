"""What is on the router already: a server of the package's own, and damage that can be mended."""

from __future__ import annotations

from dataclasses import replace

from wizard import ask, resources
from wizard.journey.trip import Trip, left
from wizard.model.damage import Damage, Kind
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import RouterFacts
from wizard.plan import again


def take_over(trip: Trip) -> Trip:
    """A server that the package's own service runs: taken over, or left entirely alone."""
    assert trip.facts
    tunnel = trip.facts.tunnel
    if tunnel is None or not tunnel.in_uci or trip.unattended:
        return trip
    if trip.person.take_over(tunnel):
        return trip
    page = resources.page("left-alone")
    trip.screen.page(page.headline, page.body)
    return replace(trip, ended=ExitCode.DONE)


def mend(trip: Trip) -> Trip:
    """What shall be mended on the way, and what is said about the rest.

    Raises `WizardError` with the page of a damage that was to stay and leaves no way to a tunnel.
    """
    assert trip.facts
    kinds = _wanted(trip, trip.facts)
    if kinds is None:
        return left(trip)
    staying = [damage for damage in trip.facts.damage if damage.code not in kinds]
    for damage in staying:
        if damage.blocks and (_refused(trip) or not damage.anyway):
            raise WizardError(damage.blocks, ExitCode.NOT_TRIED, path=damage.path, **damage.data)
    _tell(trip, staying)
    return replace(trip, mended=kinds, facts=_quiet(trip.facts) if Kind.DEBUG in kinds else trip.facts)


def _wanted(trip: Trip, facts: RouterFacts) -> frozenset[Kind] | None:
    """By the flag, else by the person; where nobody is to be asked, only about what is in the way."""
    if trip.options.mend is not None:
        return trip.options.mend
    if trip.unattended:
        return frozenset()
    found = facts.damage
    if again.gone(facts):
        found = tuple(damage for damage in found if damage.blocks)
    if not found:
        return frozenset()
    trip.screen.section("What is not right there")
    return trip.person.mend(found)


def _refused(trip: Trip) -> bool:
    """Somebody said no, rather than nobody said anything."""
    return not trip.options.mend if trip.options.mend is not None else not trip.unattended


def _tell(trip: Trip, staying: list[Damage]) -> None:
    """What goes all the same, and what stays as it is."""
    for kind in dict.fromkeys(damage.code for damage in staying):
        found = [damage for damage in staying if damage.code is kind]
        said = "; ".join(ask.listed(found))
        if words := ask.anyway(kind) if found[0].anyway else "":
            trip.screen.note(f"{said}. {words}")
        elif trip.unattended and not all(damage.anyway for damage in found):
            trip.screen.warn(f"Left as it is: {said}. The flag --mend {kind} mends it.")


def _quiet(facts: RouterFacts) -> RouterFacts:
    """The log in detail is no wish of the owner's to begin with."""
    if facts.tunnel is None:
        return facts
    daemon = replace(facts.tunnel.answers.daemon, debug=False)
    return replace(facts, tunnel=replace(facts.tunnel, answers=replace(facts.tunnel.answers, daemon=daemon)))
