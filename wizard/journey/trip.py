"""What is known so far on the way through the steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from wizard.ask import Asked, Person
from wizard.model.answers import Answers
from wizard.model.archive import Archive
from wizard.model.changes import ChangeSet
from wizard.model.damage import Kind
from wizard.model.door import Target
from wizard.model.errors import ExitCode
from wizard.model.facts import RouterFacts
from wizard.model.options import Options
from wizard.model.plan import Plan
from wizard.model.secret import Secret
from wizard.router.session import Session
from wizard.screen import Screen


@dataclass(slots=True)
class Outcome:
    """What may be said about the router whenever the program ends. The one value here that changes."""

    touched: bool = False
    changed: tuple[str, ...] = ()
    installed: tuple[str, ...] = ()
    """Packages that came."""
    running: bool = False
    """The router was at work on it when we last heard of it, and goes on without us."""

    @property
    def words(self) -> str:
        """The state of the router in a few sentences."""
        if not self.touched:
            return "Nothing was changed on the router."
        said = "No configuration file was replaced on the router."
        if self.changed:
            said = f"These files were replaced on the router: {', '.join(self.changed)}."
        if self.installed:
            said += f" These packages were installed on it: {', '.join(self.installed)}."
        if self.running:
            said += " It goes on by itself with what it has begun. Run the wizard again to see what is there then."
        return said


@dataclass(frozen=True, slots=True)
class Trip:
    """What is known so far; each step adds to it."""

    options: Options
    screen: Screen
    outcome: Outcome
    person: Person
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
