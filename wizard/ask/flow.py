"""All questions about the tunnel, in order, and the way back through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from wizard.ask import words
from wizard.ask.clients import ask_clients
from wizard.ask.draft import Draft, begin
from wizard.ask.needs import Addresses, Names
from wizard.ask.prompter import Prompter
from wizard.ask.review import ask_review
from wizard.ask.steps import ask_devices, ask_reach, ask_server
from wizard.ask.talk import Direction, Step, Talk
from wizard.model.answers import Answers
from wizard.model.facts import RouterFacts
from wizard.model.secret import Secret
from wizard.screen import Screen


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants, with a password for every client."""

    answers: Answers
    passwords: Mapping[str, Secret]
    """Of the clients, by user name: given, the router's own, typed or new."""
    generated: frozenset[str]
    """Those whose password is new and was seen by nobody yet: to be shown once at the end."""
    devices: frozenset[str] = words.USUAL_DEVICES
    """Kinds of device that will dial in, by `words.DEVICES`; for the instructions at the end."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the questions, as the person counts them."""

    key: str
    title: str
    run: Step


STAGES = (
    Stage("devices", "Which devices", ask_devices),
    Stage("reach", "What they may reach", ask_reach),
    Stage("server", "The tunnel's address", ask_server),
    Stage("clients", "Clients", ask_clients),
    Stage("review", "Review", ask_review),
)
OF = len(STAGES) + 1
"""The preview is the last one, and not asked here."""


def forget(answers: Answers) -> None:
    """A `remember` that keeps nothing."""
    del answers


def ask(
    facts: RouterFacts,
    start: Answers | None,
    passwords: Mapping[str, Secret],
    prompter: Prompter,
    screen: Screen,
    *,
    addresses: Addresses,
    names: Names,
    at: str | None = None,
    devices: frozenset[str] = words.USUAL_DEVICES,
    generated: frozenset[str] = frozenset(),
    remember: Callable[[Answers], None] = forget,
) -> Asked | None:
    """Ask a person for everything; None where the person leaves instead, and nothing is changed then.

    It opens with `start`, else with the tunnel that is on the router, else with proposals, and at the question `at`
    (a key of `STAGES`), else at the first. `passwords` win over the router's own; a client without either gets a
    new one. `devices` and `generated` are those of an `Asked` that is asked anew. `remember` is told the answers
    whenever some have changed: Ctrl-C raises KeyboardInterrupt at once and loses none of them.
    """
    talk = Talk(facts, addresses, names, prompter, screen, remember)
    draft = begin(facts, start, passwords, addresses, devices=devices, generated=generated)
    place = [stage.key for stage in STAGES].index(at) if at else 0
    while place < len(STAGES):
        stage = STAGES[place]
        screen.heading(place + 1, OF, stage.title)
        draft, direction = stage.run(talk, draft)
        remember(draft.answers)
        if direction is Direction.LEAVE or (direction is Direction.BACK and place == 0 and _leaves(prompter)):
            return None
        place = max(0, place + (1 if direction is Direction.NEXT else -1))
    return finish(draft, names)


def finish(draft: Draft, names: Names) -> Asked:
    """The answers with a password for every client, made where there is none."""
    wanted = [client.name for client in draft.answers.clients]
    passwords = {name: draft.passwords.get(name) or names.generate_password() for name in wanted}
    generated = frozenset(name for name in wanted if name in draft.generated or name not in draft.passwords)
    return Asked(draft.answers, passwords, generated, draft.devices)


def unasked(facts: RouterFacts, answers: Answers, passwords: Mapping[str, Secret], *, names: Names) -> Asked:
    """The same from an answers file, without a question: `--answers FILE --yes`."""
    kept = facts.tunnel.passwords if facts.tunnel else {}
    return finish(Draft(frozenset(), answers, {**kept, **passwords}, frozenset()), names)


def _leaves(prompter: Prompter) -> bool:
    return prompter.confirm(words.ASK_LEAVE, default=False) is True
