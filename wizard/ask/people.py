"""Everything that is ever asked, in one place: a person at a terminal, or flags where there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Protocol

from wizard.ask.door import Asking, Doorkeeper, Unattended, missing, pick_router
from wizard.ask.ending import Decision, ask_path, confirm_preview
from wizard.ask.flow import Asked, ask, forget
from wizard.ask.mending import ask_damage, ask_take_over
from wizard.ask.needs import Addresses, Names
from wizard.ask.prompter import Choice, Question, Way
from wizard.ask.terminal import open_prompter
from wizard.ask.words import DEVICES
from wizard.model.answers import Answers
from wizard.model.damage import Damage, Kind
from wizard.model.door import Door
from wizard.model.facts import ExistingTunnel, RouterFacts
from wizard.model.secret import Secret
from wizard.screen import Screen

ANSWERS_NAME = Path("pptp-answers.toml")
ASK_GO_ON = Question(
    "Go on all the same?",
    "Calls from outside will probably not work as long as this stands.",
    back="no",
)
ASK_RISK = Question(
    "Change the router all the same?",
    "If you are kept out, it goes back by itself after the time that is said above.",
    back="no",
)
ASK_LOSE = Question(
    "Put {path} back all the same?",
    "Somebody else has changed it since; the diff shows what would be lost.",
    back="no",
)
ASK_GO_BACK = Question(
    "Go back to this?",
    "The router undoes this too, unless a new connection confirms it.",
    back="no",
)
ASK_DEVICE = Question(
    "Which device will you dial with?",
    "It need not be the one that is to use the tunnel. You get the steps for it.",
    back="without",
)
ASK_OUTSIDE = Question(
    "Try a call from outside now?",
    "Only that shows the way from the Internet. A phone's hotspot will do.",
    back="no",
)


class Person(Doorkeeper, Protocol):
    """Who answers: at the door, about the tunnel, and at the end."""

    def pick_router(self, doors: Sequence[Door]) -> str | None:
        """Which router, as typed on the command line; None where the person leaves."""

    def go_on(self) -> bool:
        """Go on after a finding that has just been shown."""

    def risk(self) -> bool:
        """Go on though the change may keep out the very connection that it is made over."""

    def take_over(self, tunnel: ExistingTunnel) -> bool:
        """A server that the package's own service runs becomes ours; False leaves it alone."""

    def mend(self, found: Sequence[Damage]) -> frozenset[Kind] | None:
        """What is to be mended of this; None where the person leaves."""

    def ask(self, facts: RouterFacts, start: Answers | None, passwords: Mapping[str, Secret]) -> Asked | None:
        """All questions about the tunnel; None where the person leaves."""

    def ask_again(self, facts: RouterFacts, asked: Asked) -> Asked | None:
        """The review, with everything as it was asked."""

    def decide(self) -> Decision:
        """What to do with the preview."""

    def where_to_save(self) -> Path | None:
        """A file for the answers; None where the person goes back."""

    def lose(self, path: str) -> bool:
        """On the way back: a file of ours that somebody else has changed since goes with what was changed in it."""

    def go_back(self) -> bool:
        """The preview of a way back is right, and it shall be done."""

    def dial_from_outside(self) -> bool:
        """Somebody can dial in from another network now."""

    def pick_device(self) -> str:
        """The kind of device at hand, by `words.DEVICES`; "" for another one, or where nobody is asked."""


def person(
    screen: Screen,
    *,
    addresses: Addresses,
    names: Names,
    unattended: bool = False,
    plain: bool = False,
    remember: Callable[[Answers], None] = forget,
) -> Person:
    """Who will answer. The terminal is looked at when the first question comes, so flags may make it unnecessary."""
    return Flags() if unattended else AtTerminal(screen, addresses, names, plain, remember)


class AtTerminal(Asking):
    """A person. Every question raises what `open_prompter` does where nobody can answer."""

    def __init__(
        self, screen: Screen, addresses: Addresses, names: Names, plain: bool, remember: Callable[[Answers], None]
    ) -> None:
        super().__init__(cache(lambda: open_prompter(screen, plain=plain)), screen)
        self._addresses, self._names = addresses, names
        self._remember = remember

    def pick_router(self, doors: Sequence[Door]) -> str | None:
        """See `Person`."""
        return pick_router(doors, self._prompter(), self._screen)

    def go_on(self) -> bool:
        """See `Person`."""
        return self._prompter().confirm(ASK_GO_ON, default=True) is True

    def risk(self) -> bool:
        """See `Person`."""
        return self._prompter().confirm(ASK_RISK, default=False) is True

    def take_over(self, tunnel: ExistingTunnel) -> bool:
        """See `Person`."""
        return ask_take_over(tunnel, self._prompter(), self._screen)

    def mend(self, found: Sequence[Damage]) -> frozenset[Kind] | None:
        """See `Person`."""
        return ask_damage(found, self._prompter(), self._screen)

    def ask(self, facts: RouterFacts, start: Answers | None, passwords: Mapping[str, Secret]) -> Asked | None:
        """See `Person`. A file of answers opens at the review."""
        return self._ask(facts, start, passwords, at="review" if start else None)

    def ask_again(self, facts: RouterFacts, asked: Asked) -> Asked | None:
        """See `Person`."""
        return self._ask(facts, asked.answers, asked.passwords, at="review", before=asked)

    def decide(self) -> Decision:
        """See `Person`."""
        return confirm_preview(self._prompter())

    def where_to_save(self) -> Path | None:
        """See `Person`."""
        return ask_path(self._prompter(), ANSWERS_NAME)

    def lose(self, path: str) -> bool:
        """See `Person`."""
        question = replace(ASK_LOSE, title=ASK_LOSE.title.format(path=path))
        return self._prompter().confirm(question, default=False) is True

    def go_back(self) -> bool:
        """See `Person`."""
        return self._prompter().confirm(ASK_GO_BACK, default=False) is True

    def dial_from_outside(self) -> bool:
        """See `Person`."""
        return self._prompter().confirm(ASK_OUTSIDE, default=True) is True

    def pick_device(self) -> str:
        """See `Person`."""
        choices = [Choice(device.key, device.title) for device in DEVICES if device.can_dial]
        picked = self._prompter().choose(ASK_DEVICE, [*choices, Choice("", "Another one, or it is set up already")], "")
        return "" if picked is Way.BACK else picked

    def _ask(
        self,
        facts: RouterFacts,
        start: Answers | None,
        passwords: Mapping[str, Secret],
        at: str | None,
        before: Asked | None = None,
    ) -> Asked | None:
        known = {"devices": before.devices, "generated": before.generated} if before else {}
        return ask(
            facts,
            start,
            passwords,
            self._prompter(),
            self._screen,
            addresses=self._addresses,
            names=self._names,
            at=at,
            remember=self._remember,
            **known,
        )


class Flags(Unattended):
    """Nobody: `--yes`. What no flag has answered raises `WizardError("answer-missing", USAGE)`."""

    def pick_router(self, doors: Sequence[Door]) -> str | None:
        """See `Person`. Guessing which router to change is nothing to do unattended."""
        found = ", ".join(str(door.target) for door in doors) or "none answered by itself"
        missing(f"Which router? Found: {found}.", "its address, as in pptp-wizard 192.168.1.1 --answers FILE --yes")

    def go_on(self) -> bool:
        """See `Person`."""
        return True

    def risk(self) -> bool:
        """See `Person`. Without a yes it is a no."""
        return False

    def take_over(self, tunnel: ExistingTunnel) -> bool:
        """See `Person`. The answers file says who is taken over."""
        del tunnel
        return True

    def mend(self, found: Sequence[Damage]) -> frozenset[Kind] | None:
        """See `Person`. Nothing is mended that nobody asked for."""
        del found
        return frozenset()

    def ask(self, facts: RouterFacts, start: Answers | None, passwords: Mapping[str, Secret]) -> Asked | None:
        """See `Person`."""
        del facts, start, passwords
        missing("What shall the tunnel be like? There is none of pptp-wizard's on this router.", "--answers FILE")

    def ask_again(self, facts: RouterFacts, asked: Asked) -> Asked | None:
        """See `Person`."""
        del facts
        return asked

    def decide(self) -> Decision:
        """See `Person`."""
        return "apply"

    def where_to_save(self) -> Path | None:
        """See `Person`."""
        return None

    def lose(self, path: str) -> bool:
        """See `Person`. What is doubtful stays."""
        del path
        return False

    def go_back(self) -> bool:
        """See `Person`."""
        return True

    def dial_from_outside(self) -> bool:
        """See `Person`. `--outside` says so."""
        return False

    def pick_device(self) -> str:
        """See `Person`."""
        return ""
