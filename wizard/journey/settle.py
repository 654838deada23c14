"""From facts to a decision: the answers, and the preview with what the person makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from wizard import ask, preview
from wizard.changes import change
from wizard.journey.trip import Trip, left
from wizard.model.answers import Answers
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import RouterFacts
from wizard.model.secret import Secret
from wizard.plan import addresses, answersfile, names
from wizard.plan.build import plan
from wizard.screen import Screen


def ask_all(trip: Trip) -> Trip:
    """The answers: from the file with `--yes` or `--dry-run`, otherwise from the person, with the file as defaults."""
    assert trip.facts
    start = answersfile.load_answers(trip.options.answers) if trip.options.answers else None
    given = _given(trip.options.secrets, trip.screen)
    if start and (trip.options.yes or trip.options.dry_run):
        return replace(trip, asked=_as_written(start, given, trip.facts, trip.screen))
    asked = trip.person.ask(trip.facts, start, given)
    return replace(trip, asked=asked) if asked else left(trip)


def _given(path: Path | None, screen: Screen) -> Mapping[str, Secret]:
    if path is None:
        return {}
    if caution := answersfile.secrets_caution():
        screen.warn(caution)
    return answersfile.load_secrets(path)


def _as_written(answers: Answers, given: Mapping[str, Secret], facts: RouterFacts, screen: Screen) -> ask.Asked:
    """Answers that nobody looks over again: everything wrong with them on this router is said at once."""
    asked = ask.unasked(facts, answers, given, names=names)
    problems = addresses.problems(answers, facts)
    fatal = [problem.text for problem in problems if problem.fatal]
    for name, password in asked.passwords.items():
        if fault := names.password_problem(password.reveal()):
            fatal.append(f"The password of {name} cannot log in. {fault}")
    if fatal:
        raise WizardError("answers-unfit", ExitCode.USAGE, problems=fatal)
    for problem in problems:
        screen.warn(problem.text)
    return asked


def show(trip: Trip) -> Trip:
    """The preview, as often as something is changed in it: the last of the questions."""
    trip = planned(trip)
    if trip.options.yes:
        trip.screen.section("What will change")
    else:
        trip.screen.heading(ask.OF, ask.OF, "What will change")
    assert trip.changes and trip.plan and trip.facts
    if trip.changes.empty:
        trip.screen.show(preview.nothing_to_change(trip.changes))
        return trip
    trip.screen.show(preview.network_picture(trip.plan, trip.facts, trip.screen.width))
    for part in preview.preview(trip.changes, trip.plan, trip.facts, plain=trip.screen.plain, width=trip.screen.width):
        trip.screen.show(part)
    if trip.options.dry_run:
        trip.screen.say("Nothing was changed on the router (--dry-run).")
        return replace(trip, ended=ExitCode.PENDING)
    return _CHOICES[trip.person.decide()](trip)


def planned(trip: Trip) -> Trip:
    """The plan for these facts and answers, and what separates the router from it."""
    assert trip.facts and trip.asked
    planned = plan(trip.facts, trip.asked.answers, trip.asked.passwords)
    return replace(trip, plan=planned, changes=change(planned, trip.facts))


def _ask_again(trip: Trip) -> Trip:
    assert trip.facts and trip.asked
    asked = trip.person.ask_again(trip.facts, trip.asked)
    return show(replace(trip, asked=asked)) if asked else left(trip)


def _save(trip: Trip) -> Trip:
    assert trip.asked
    path = trip.person.where_to_save()
    if path:
        answersfile.save_answers(path, trip.asked.answers)
        trip.screen.good(f"Saved in {path}, without passwords.")
        trip.screen.note(f"The same again, without questions: pptp-wizard {trip.target} --answers {path} --yes")
    return _CHOICES[trip.person.decide()](trip)


_CHOICES: Mapping[Literal["apply", "change", "save", "leave"], Callable[[Trip], Trip]] = {
    "apply": lambda trip: trip,
    "change": _ask_again,
    "save": _save,
    "leave": left,
}
