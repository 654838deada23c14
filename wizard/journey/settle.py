"""From facts to a decision: the answers, and the preview with what the person makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from wizard import ask, preview, resources
from wizard.changes import change
from wizard.journey.trip import Trip, left
from wizard.model.answers import Answers
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import RouterFacts
from wizard.model.secret import Secret
from wizard.plan import addresses, again, answersfile, names
from wizard.plan.build import plan
from wizard.screen import Screen


def ask_all(trip: Trip) -> Trip:
    """The answers: from the file, or the same again, where nobody is to be asked; otherwise from the person.

    A file gives the person defaults. A tunnel of ours whose packages are gone comes back without a question, as far as
    it still fits the router: at the preview everything can be changed.
    """
    assert trip.facts
    ours = trip.facts.tunnel.answers if trip.facts.tunnel and trip.facts.tunnel.ours else None
    start = trip.start or (ours if trip.options.yes else None)
    if start and trip.unattended:
        return replace(trip, asked=_as_written(start, trip.given, trip.facts, trip.screen, written=bool(trip.start)))
    if ours and trip.start is None and again.gone(trip.facts):
        return _come_back(trip, ours)
    asked = trip.person.ask(trip.facts, trip.start, trip.given)
    return replace(trip, asked=asked) if asked else left(trip)


def _come_back(trip: Trip, ours: Answers) -> Trip:
    """After a firmware upgrade."""
    assert trip.facts
    page = resources.page("after-upgrade", packages=again.gone(trip.facts))
    trip.screen.page(page.headline, page.body)
    try:
        return replace(trip, asked=_as_written(ours, trip.given, trip.facts, trip.screen, written=False))
    except WizardError as error:  # another LAN than before, say: the review tells what does not fit, and mends it
        trip.screen.record(f"asked after all: {error.code} {error.data}")
        asked = trip.person.ask(trip.facts, ours, trip.given)
        return replace(trip, asked=asked) if asked else left(trip)


def read_files(trip: Trip) -> Trip:
    """The files that were named, before anything is looked for: a slip in one of them costs no login."""
    start = answersfile.load_answers(trip.options.answers) if trip.options.answers else None
    return replace(trip, start=start, given=_given(trip.options.secrets, trip.screen))


def _given(path: Path | None, screen: Screen) -> Mapping[str, Secret]:
    if path is None:
        return {}
    if caution := answersfile.secrets_caution():
        screen.warn(caution)
    return answersfile.load_secrets(path)


def _strangers(given: Mapping[str, Secret], asked: ask.Asked) -> list[str]:
    """Names in the secrets file that are no clients, while a client has no password: a slip of the pen, probably."""
    return [
        f"The secrets file has a password for {name}, who is no client. Is {near} meant?"
        for name in sorted(given.keys() - asked.passwords.keys())
        for near in get_close_matches(name, asked.generated, 1, 0.0)
    ]


def _as_written(
    answers: Answers, given: Mapping[str, Secret], facts: RouterFacts, screen: Screen, *, written: bool = True
) -> ask.Asked:
    """Answers that nobody looks over again: everything wrong with them on this router is said at once.

    `written`: they are from a file, and not the router's own.
    """
    asked = ask.unasked(facts, answers, given, names=names)
    problems = addresses.problems(answers, facts)
    fatal = [problem.text for problem in problems if problem.fatal]
    fatal += _strangers(given, asked)
    for name, password in asked.passwords.items():
        if fault := names.password_problem(password.reveal()):
            fatal.append(f"The password of {name} cannot log in. {fault}")
    if fatal:
        raise WizardError("answers-unfit" if written else "tunnel-unfit", ExitCode.USAGE, problems=fatal)
    for problem in problems:
        screen.warn(problem.text)
    for name in _not_taken_over(answers, facts):
        screen.warn(f"User {name} of the package's own set-up is not in the answers, and cannot log in any more.")
    return asked


def _not_taken_over(answers: Answers, facts: RouterFacts) -> list[str]:
    if facts.tunnel is None or not facts.tunnel.in_uci:
        return []
    staying = {client.name for client in answers.clients}
    return [client.name for client in facts.tunnel.answers.clients if client.name not in staying]


def show(trip: Trip) -> Trip:
    """The preview, as often as something is changed in it: the last of the questions."""
    trip = planned(trip)
    if trip.options.yes:
        trip.screen.section("What will change")
    else:
        trip.screen.heading(ask.OF, ask.OF, "What will change")
    assert trip.changes and trip.plan and trip.facts
    if trip.changes.empty:
        for part in preview.preview(trip.changes, trip.plan, trip.facts, plain=True, width=trip.screen.width):
            trip.screen.show(part)
        return replace(trip, ended=ExitCode.DONE) if trip.options.dry_run else trip
    if not trip.screen.plain:
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
    mended = [damage for damage in trip.facts.damage if damage.code in trip.mended]
    return replace(trip, plan=planned, changes=change(planned, trip.facts, mended, trip.archives))


def _ask_again(trip: Trip) -> Trip:
    assert trip.facts and trip.asked
    asked = trip.person.ask_again(trip.facts, trip.asked)
    return show(replace(trip, asked=asked)) if asked else left(trip)


def _save(trip: Trip) -> Trip:
    assert trip.asked
    path = trip.person.where_to_save()
    if path and _saved(path, trip):
        trip.screen.good(f"Saved in {path}, without passwords.")
        trip.screen.note(f"The same again, without questions: pptp-wizard {trip.target} --answers {path} --yes")
    return _CHOICES[trip.person.decide()](trip)


def _saved(path: Path, trip: Trip) -> bool:
    """The answers are in the file. A file that cannot be written is no reason to lose them."""
    assert trip.asked
    try:
        answersfile.save_answers(path, trip.asked.answers)
    except WizardError as error:
        page = resources.page(error.code, **error.data)
        trip.screen.page(page.headline, page.body)
        return False
    return True


_CHOICES: Mapping[Literal["apply", "change", "save", "leave"], Callable[[Trip], Trip]] = {
    "apply": lambda trip: trip,
    "change": _ask_again,
    "save": _save,
    "leave": left,
}
