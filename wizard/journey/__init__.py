"""The steps in their order, as data. Only this package knows the order, and only it joins the steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wizard import ask
from wizard.journey import back, status, test, watch
from wizard.journey.act import advise, apply_changes, check, hand_over_passwords
from wizard.journey.arrive import find, log_in, look, pass_gate
from wizard.journey.heed import mend, take_over
from wizard.journey.lockout import keep_a_way_in
from wizard.journey.past import heed_past
from wizard.journey.settle import ask_all, read_files, show
from wizard.journey.supply import gather, read_packages
from wizard.journey.trip import Outcome, Trip
from wizard.model.errors import ExitCode
from wizard.model.options import Command, Options
from wizard.plan import addresses, names
from wizard.screen import Screen
from wizard.verify import Way

__all__ = ["STEPS", "Outcome", "run"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called on the screen ("" for one that has no title of its own), and what it does."""

    title: str
    take: Callable[[Trip], Trip] = field(repr=False)


STEPS = (
    Step("", read_files),
    Step("", read_packages),
    Step("", find),
    Step("", log_in),
    Step("Your router", look),
    Step("", heed_past),
    Step("", pass_gate),
    Step("", gather),
    Step("", take_over),
    Step("", mend),
    Step("", ask_all),
    Step("", show),
    Step("", keep_a_way_in),
    Step("", apply_changes),
    Step("Is everything in place", check),
    Step("What to do now", advise),
)
"""The order, once."""
BACK = (
    Step("", find),
    Step("", log_in),
    Step("Your router", look),
    Step("", heed_past),
    Step("", back.recall),
    Step("", back.show),
    Step("", keep_a_way_in),
    Step("", apply_changes),
    Step("Is everything as it was", back.check),
    Step("", back.part),
)
"""The way back, by one step or altogether."""
STATUS = (
    Step("", find),
    Step("", log_in),
    Step("", status.look),
    Step("", status.tell),
)
"""Looking only."""
TEST = (
    Step("", find),
    Step("", log_in),
    Step("Your router", test.look),
    Step("", test.on_router),
    Step("", test.from_here),
    Step("", test.whole_call),
    Step("", test.outside),
    Step("", test.tell),
)
"""The connection test: each rung a step."""
WATCH = (
    Step("", find),
    Step("", log_in),
    Step("", status.look),
    Step("Calls", watch.watch),
)
"""Calls as they come."""
COMMANDS: Mapping[Command, tuple[Step, ...]] = {
    Command.SET_UP: STEPS,
    Command.STATUS: STATUS,
    Command.TEST: TEST,
    Command.WATCH: WATCH,
    Command.UNDO: BACK,
    Command.UNINSTALL: BACK,
}
"""What each command of the command line does."""
USUAL = Way()
"""To the port of the protocol, with raw GRE."""


def run(options: Options, screen: Screen, outcome: Outcome, way: Way = USUAL) -> ExitCode:
    """Take all steps, one after the other, with calls made that way.

    Raises WizardError and KeyboardInterrupt for others to explain.
    """
    person = ask.person(
        screen, addresses=addresses, names=names, unattended=options.yes or options.json, plain=options.plain
    )
    trip = Trip(options, screen, outcome, person, way)
    try:
        for step in COMMANDS[options.command]:
            if step.title:
                screen.section(step.title)
            trip = step.take(trip)
            if trip.ended is not None:
                return trip.ended
        return ExitCode.DONE
    finally:
        hand_over_passwords(trip)
        if trip.session:
            trip.session.close()
