"""What every step of the questions has at hand, and where it can lead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address

from wizard.ask.draft import Draft
from wizard.ask.needs import Addresses, Names, Problem
from wizard.ask.prompter import Prompter
from wizard.model.answers import Answers
from wizard.model.facts import RouterFacts
from wizard.screen import Screen


class Direction(Enum):
    """Where a step leads."""

    NEXT = "next"
    BACK = "back"
    LEAVE = "leave"


Outcome = tuple[Draft, Direction]
"""The answers after a step, whichever way it was left: going back loses none."""


@dataclass(frozen=True, slots=True)
class Talk:
    """The router that is talked about, and the person who is talked to."""

    facts: RouterFacts
    addresses: Addresses
    names: Names
    prompter: Prompter
    screen: Screen
    remember: Callable[[Answers], None]
    """Told the answers whenever some have changed, so that an interruption loses none."""


Step = Callable[[Talk, Draft], Outcome]


def parse_address(text: str) -> IPv4Address | None:
    """The address in a line of text, None where there is none."""
    try:
        return IPv4Address(text.strip())
    except ValueError:
        return None


def not_an_address(text: str) -> str:
    """What is said about a text that is no address."""
    return f"“{text.strip()}” is not an address: write four numbers from 0 to 255 with dots, as 172.16.1.1."


def refusal(problem: Problem | None) -> str | None:
    """The words of a problem that is fatal."""
    return problem.text if problem and problem.fatal else None


def warn(talk: Talk, problem: Problem | None) -> None:
    """Say what is no more than a warning."""
    if problem and not problem.fatal:
        talk.screen.warn(problem.text)


def listed(values: Sequence[object]) -> str:
    """A list as a person would type it."""
    return ", ".join(map(str, values))


def split_list(text: str) -> list[str]:
    """The parts of such a list."""
    return text.replace(",", " ").split()
