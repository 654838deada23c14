"""The way back: one step (`undo`), or all of it (`uninstall`). Both are changes like any other, confirmed or undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wizard import changes, inspect, preview
from wizard.inspect import memory
from wizard.journey.arrive import facts_of
from wizard.journey.line import decide, fresh_line
from wizard.journey.trip import Trip, left
from wizard.model.changes import What
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import RouterFile
from wizard.model.kept import State
from wizard.model.options import Command
from wizard.model.report import Check, Verdict
from wizard.router import script
from wizard.router.session import Session


def recall(trip: Trip) -> Trip:
    """What the router keeps to go back to.

    Raises `WizardError`: "nothing-kept" where there is none, and what `inspect.memory` raises for what is not whole.
    """
    assert trip.session and trip.facts
    entries = trip.facts.journal.entries
    undoing = trip.options.command is Command.UNDO
    if not trip.facts.journal.ours or (undoing and not entries):
        raise WizardError("nothing-kept", ExitCode.NOT_TRIED, undoing=undoing, ours=trip.facts.journal.ours)
    entry = entries[-1] if undoing else ""
    with trip.screen.progress("Reading what the router keeps"):
        states, now = _read(trip.session, entry)
    state = states.get(entry) if undoing else memory.original(states)
    if state is None:
        raise WizardError("history-broken", ExitCode.NOT_TRIED, entry=entry or "original", reason="it is not there")
    return replace(trip, aim=changes.Aim(What.UNDO if undoing else What.UNINSTALL, state, entry), now=now)


def _read(session: Session, entry: str) -> tuple[Mapping[str, State], Mapping[str, RouterFile]]:
    reading = script.render("history", entry=entry)
    sections = script.split(session.run(reading.text).out, reading.nonce)
    return memory.states(sections), memory.files_now(sections)


def show(trip: Trip) -> Trip:
    """What going back changes, with a question for each doubtful thing, and then whether to do it."""
    assert trip.aim and trip.facts
    aim, facts = trip.aim, trip.facts
    trip.screen.section("What will change")
    trip = _sought(trip, aim)
    assert trip.changes
    if trip.changes.empty and trip.options.command is Command.UNDO:
        trip.screen.say("The router is that way already.")
    for part in preview.going_back(trip.changes):
        trip.screen.show(part)
    if trip.options.dry_run:
        trip.screen.say("Nothing was changed on the router (--dry-run).")
        return replace(trip, ended=ExitCode.PENDING)
    unsure = changes.doubtful(aim, trip.now, facts)
    spared = frozenset(path for path in unsure if not trip.person.lose(path))
    trip = _sought(trip, replace(aim, spared=spared))
    for path in sorted(spared):
        trip.screen.warn(f"{path} stays as it is: somebody else has changed it since.")
    return trip if trip.person.go_back() else left(trip)


def _sought(trip: Trip, aim: changes.Aim) -> Trip:
    assert trip.facts
    return replace(trip, aim=aim, changes=changes.going_back(aim, trip.now, trip.facts, inspect.entries))


def check(trip: Trip) -> Trip:
    """Over a new connection: is everything as it was. If so, it stays; if not, the router undoes the way back too."""
    assert trip.session and trip.aim and trip.facts
    with trip.screen.progress("Checking over a new connection") as progress, fresh_line(trip, progress) as fresh:
        facts = facts_of(fresh, feeds=False)
        _, now = _read(fresh, trip.aim.entry)
        left_over = changes.going_back(trip.aim, now, facts, inspect.entries)
        files = [file.path for file in left_over.files if file.changed]
        serves = trip.aim.state.daemon != "-"
        right = facts.daemon.listening == serves or not (trip.changes and trip.changes.service.stop)
        well = right and not files
        decide(trip, fresh, progress, keep=well)
    service = "the PPTP server waits for calls as before" if serves else "no PPTP server waits for calls any more"
    for found in (
        Check("files", Verdict.BROKEN if files else Verdict.OK, ", ".join(files)),
        Check(service, Verdict.OK if right else Verdict.BROKEN),
    ):
        trip.screen.step(found.name, found.verdict, found.detail)
    if well:
        return trip
    trip.screen.say(f"Not everything is as it was: see FAILED above. {trip.outcome.words}")
    return replace(trip, ended=ExitCode.FAILED)


def part(trip: Trip) -> Trip:
    """The last word."""
    assert trip.aim
    if staying := trip.outcome.report.staying:
        trip.screen.warn(f"These packages stay, since other software needs them: {', '.join(staying)}.")
    if trip.aim.what is What.UNINSTALL:
        trip.screen.good("Everything that this program had put on the router is gone.")
    else:
        when = f" of {trip.aim.state.at}" if trip.aim.state.at[:4] > "2003" else ""
        trip.screen.good(f"The router is back at what was there before the change{when}.")
    return replace(trip, ended=ExitCode.DONE)
