"""What is known so far on the way through the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wizard.apply import Follower
from wizard.ask import Asked, Person
from wizard.changes import Aim
from wizard.model.answers import Answers
from wizard.model.archive import Archive
from wizard.model.changes import ChangeSet
from wizard.model.damage import Kind
from wizard.model.door import Target
from wizard.model.errors import ExitCode
from wizard.model.examined import Examined
from wizard.model.facts import RouterFacts, RouterFile
from wizard.model.options import Options
from wizard.model.plan import Plan
from wizard.model.report import ApplyReport, Rung
from wizard.model.secret import Secret
from wizard.router.script import Script
from wizard.router.session import Session
from wizard.screen import Screen
from wizard.verify import Way


@dataclass(slots=True)
class Outcome:
    """What may be said about the router whenever the program ends. The one value here that changes."""

    touched: bool = False
    report: ApplyReport = field(default_factory=ApplyReport)
    decided: bool = False
    """The router was told that the change stays, whether or not it was heard that it does."""
    left: int | None = None
    """Seconds until the router undoes it by itself, as far as we know."""

    @property
    def words(self) -> str:
        """The state of the router in a few sentences."""
        report = self.report
        if not self.touched:
            return "Nothing was changed on the router."
        if report.stuck:
            return "The router could not go back to what it was in every respect. It tries again at its next start."
        if report.undone:
            return "Everything that was begun was undone: the router is as it was before."
        if not report.confirmed and self.decided:
            return (
                "The router was told that the change stays, and its answer was not heard: pptp-wizard status tells "
                "how it ended."
            )
        if not report.confirmed:
            within = f" within {self.left} seconds" if self.left is not None else ""
            return (
                f"The change is not confirmed, so the router undoes all of it by itself{within}. Run the wizard again "
                "after that: it says what happened."
            )
        return self._done

    @property
    def _done(self) -> str:
        said = "No configuration file was replaced on the router."
        if self.report.changed:
            said = f"These files were replaced on the router: {', '.join(self.report.changed)}."
        if self.report.installed:
            said += f" These packages were installed on it: {', '.join(self.report.installed)}."
        return said


@dataclass(frozen=True, slots=True)
class Work:
    """A change on its way: the script that makes it, and who reads what it says."""

    changing: Script
    follower: Follower


@dataclass(frozen=True, slots=True)
class Trip:
    """What is known so far; each step adds to it."""

    options: Options
    screen: Screen
    outcome: Outcome
    person: Person
    way: Way = field(default_factory=Way)
    """How calls are made."""
    start: Answers | None = None
    """Answers from a file."""
    given: Mapping[str, Secret] = field(default_factory=dict)
    """Clients' passwords from a file."""
    folder: tuple[Archive, ...] = ()
    """Every package in the folder of `--packages`."""
    archives: tuple[Archive, ...] = ()
    """Those of them that are sent, in the order in which they are installed."""
    target: Target | None = None
    session: Session | None = None
    facts: RouterFacts | None = None
    mended: frozenset[Kind] = frozenset()
    """Kinds of damage that are mended on the way."""
    asked: Asked | None = None
    plan: Plan | None = None
    changes: ChangeSet | None = None
    aim: Aim | None = None
    """Where to go back to, for `undo` and `uninstall`."""
    now: Mapping[str, RouterFile] = field(default_factory=dict)
    """The files in question as they are, for the same."""
    seen: Examined | None = None
    """What the connection test's own look found."""
    rungs: tuple[Rung, ...] = ()
    """What the connection test found so far."""
    work: Work | None = None
    """The change that was made and waits to be confirmed."""
    looks: int = 1
    """How often the router was looked at before the change."""
    ended: ExitCode | None = None
    """Set by the step after which there is nothing more to do."""

    @property
    def unattended(self) -> bool:
        """Nobody is to be asked."""
        return self.options.yes or (self.options.dry_run and self.start is not None)


def left(trip: Trip) -> Trip:
    """The person leaves; what state the router is in is said."""
    trip.screen.say(trip.outcome.words)
    return replace(trip, ended=ExitCode.DONE)
