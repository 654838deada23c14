"""A person with a keyboard: keys or lines in, what was shown and what was asked out."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import TypeVar

from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from wizard.ask.keys import QuestionaryPrompter
from wizard.ask.lines import PlainPrompter
from wizard.ask.prompter import Prompter
from wizard.model.answers import Answers
from wizard.screen import Screen

ENTER, ESCAPE, DOWN, UP, SPACE, CTRL_C, CTRL_D = "\r", "\x1b", "\x1b[B", "\x1b[A", " ", "\x03", "\x04"
CLEAR = "\x15"
"""Empties the line before the cursor."""

PATIENCE = 60
"""Seconds."""

Result = TypeVar("Result")


@dataclass
class Desk:
    """Who asks, and what could be seen and was remembered meanwhile."""

    prompter: Prompter
    screen: Screen
    paper: StringIO
    remembered: list[Answers] = field(default_factory=list)

    @property
    def seen(self) -> str:
        """Everything that the screen showed, less the prompts themselves."""
        return self.paper.getvalue()

    @property
    def steps(self) -> list[int]:
        """The numbers of the steps that were begun, in order."""
        return [int(line.split()[1]) for line in self.seen.splitlines() if line.startswith("Step ")]

    @property
    def words(self) -> str:
        """The same without the ends of lines."""
        return " ".join(self.seen.split())


@contextmanager
def typing(*keys: str) -> Iterator[Desk]:
    """A terminal at which these keys are pressed. Asking on when they have run out is a TimeoutError."""
    paper = StringIO()
    screen = Screen(plain=True, file=paper, width=80)
    with create_pipe_input() as pipe, _patience():
        pipe.send_text("".join(keys))
        yield Desk(QuestionaryPrompter(screen, pipe, DummyOutput()), screen, paper)


@contextmanager
def _patience() -> Iterator[None]:
    def out_of_keys(*_: object) -> None:
        raise TimeoutError("a question was asked, and no keys were left")

    before = signal.signal(signal.SIGALRM, out_of_keys)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def reading(*lines: str) -> Desk:
    """Lines on standard input; when they run out, it ends."""
    paper = StringIO()
    screen = Screen(plain=True, file=paper, width=80)
    return Desk(PlainPrompter(screen, StringIO("".join(f"{line}\n" for line in lines))), screen, paper)


def press(keys: str, question: Callable[[Prompter], Result]) -> Result:
    """What a question returns to these keys."""
    with typing(keys) as desk:
        return question(desk.prompter)
