"""From nothing to facts: find the router, log in, look at it, and say what can never work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from wizard import discover, inspect, resources
from wizard.changes import WANTED
from wizard.diagnose import packages as manager
from wizard.journey.trip import Trip, left
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import Firewall, Packages, RouterFacts, Service
from wizard.model.secret import Secret
from wizard.plan import answersfile, gate
from wizard.router import script
from wizard.router.session import Credentials, Session, connect
from wizard.screen import Screen


def find(trip: Trip) -> Trip:
    """The router that was named, or one that is found and picked."""
    if trip.options.router:
        return replace(trip, target=discover.parse_target(trip.options.router))
    with trip.screen.progress("Looking for your router"):
        doors = discover.find()
    picked = trip.person.pick_router(doors)
    return replace(trip, target=discover.parse_target(picked)) if picked else left(trip)


def log_in(trip: Trip) -> Trip:
    """A connection on which root is logged in."""
    assert trip.target
    options = trip.options
    credentials = Credentials(options.identity, _router_password(options.password_file), options.old_ssh)
    session = connect(trip.target, credentials, trip.person)
    trip.screen.good(f"Logged in to {trip.target} as root.")
    return replace(trip, session=session)


def _router_password(path: Path | None) -> Secret | None:
    return None if path is None else answersfile.load_password(path)


def look(trip: Trip) -> Trip:
    """Everything that the questions and the plan need to know, in one pass."""
    assert trip.session
    with trip.screen.progress("Looking at the router"):
        # Whoever brings the packages along has no feed that is worth waiting for.
        facts = facts_of(trip.session, feeds=not trip.options.packages)
    _introduce(trip.screen, facts)
    return replace(trip, facts=facts)


def facts_of(session: Session, *, feeds: bool = True) -> RouterFacts:
    """Everything one look finds, in one round trip. The router's feeds are read only where asked for and needed."""
    looking = looking_script(feeds=feeds)
    return inspect.read(script.split(session.run(looking.text).out, looking.nonce))


def looking_script(*, feeds: bool = True) -> script.Script:
    """What looks at a router, for all that this program knows of routers."""
    return script.render(
        "inspect",
        wanted=inspect.WANTED_PACKAGES if feeds else (),
        needed=WANTED,
        packages=[member.value for member in Packages],
        firewall=[member.value for member in Firewall],
        service=[member.value for member in Service],
    )


def _introduce(screen: Screen, facts: RouterFacts) -> None:
    wan = facts.wan.interface.ip if facts.wan.interface else "no address now"
    screen.say(f"{facts.release}")
    screen.say(f"Home network (LAN): {facts.lan.interface.network}, this router is {facts.lan.interface.ip}")
    screen.say(f"Internet (WAN): {wan} on {facts.wan.device or 'no device'}")
    if facts.tunnel:
        users = len(facts.tunnel.answers.clients)
        screen.say(f"There is a PPTP server on it already, with {users} user{'' if users == 1 else 's'}.")


def pass_gate(trip: Trip) -> Trip:
    """What can never work is said before the first question."""
    assert trip.facts
    words = manager.words(trip.facts.dialect.packages)
    for finding in gate.findings(trip.facts):
        if finding.stops:
            raise WizardError(finding.code, ExitCode.NOT_TRIED, **finding.data, **words)
        page = resources.page(finding.code, **finding.data, **words)
        trip.screen.page(page.headline, page.body)
        if not trip.options.dry_run and not trip.person.go_on():
            return left(trip)
    return trip
