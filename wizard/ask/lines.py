"""Questions by lines, for `--plain`, screen readers and pipes: numbers instead of arrows, nothing moves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from getpass import getpass
from typing import TextIO

from wizard.ask.prompter import Choice, Prompter, Question, Way
from wizard.model.errors import ExitCode, WizardError
from wizard.model.secret import Secret
from wizard.screen import Screen

WAYS = {"?": Way.MORE, "<": Way.BACK}
NONE = "0"


def no_answer(question: Question) -> WizardError:
    """The input ended before this question was answered."""
    return WizardError("no-answer", ExitCode.USAGE, question=question.title, flag="--answers FILE --yes")


class PlainPrompter(Prompter):
    """Asks line by line. Where `source` is not a terminal, passwords are read from it like everything else."""

    edits_in_place = False

    def __init__(self, screen: Screen, source: TextIO | None = None) -> None:
        super().__init__(screen)
        self._source = source or sys.stdin

    def _pick(self, question: Question, choices: Sequence[Choice], default: str) -> str | Way:
        values = [choice.value for choice in choices]
        number = str(values.index(default) + 1)
        self._show(question, [choice.title for choice in choices])
        while True:
            answer = self._read(question, f"Number [{number}]:") or number
            if answer in WAYS:
                return WAYS[answer]
            if answer in _numbers(choices):
                return values[int(answer) - 1]
            self._screen.warn(f"Type a number from 1 to {len(choices)}, or < to go back.")

    def _mark(self, question: Question, choices: Sequence[Choice], ticked: Collection[str]) -> frozenset[str] | Way:
        numbers = dict(zip(_numbers(choices), choices, strict=True))
        usual = ",".join(number for number, choice in numbers.items() if choice.value in ticked) or NONE
        self._show(question, [choice.title for choice in choices])
        while True:
            answer = self._read(question, f"Numbers with commas between them, {NONE} for none [{usual}]:") or usual
            if answer in WAYS:
                return WAYS[answer]
            parts = [part.strip() for part in answer.split(",") if part.strip() != NONE]
            if all(part in numbers for part in parts):
                return frozenset(numbers[part].value for part in parts)
            self._screen.warn(f"Type numbers from 1 to {len(choices)}, as 1,3, or < to go back.")

    def _line(self, question: Question, default: str) -> str | Way:
        self._show(question, ())
        answer = self._read(question, f"Text [{default}]:" if default else "Text:") or default
        return WAYS.get(answer, answer)

    def _hidden(self, question: Question) -> Secret | Way:
        self._show(question, ())
        answer = self._read(question, "Type it (it is not shown):", self._read_hidden)
        return WAYS.get(answer) or Secret(answer)

    def _show(self, question: Question, titles: Sequence[str]) -> None:
        self._screen.say(question.title)
        for number, title in enumerate(titles, 1):
            self._screen.say(f"  {number}. {title}")
        if question.more:
            self._screen.say("  ?. more about this")
        self._screen.say(f"  <. {question.back}")

    def _read(self, question: Question, ask: str, read: Callable[[], str] | None = None) -> str:
        self._screen.say(ask)
        try:
            line = (read or self._source.readline)()
        except EOFError:
            raise no_answer(question) from None
        if not line:
            raise no_answer(question)
        return line.rstrip("\r\n")

    def _read_hidden(self) -> str:
        if not self._source.isatty():
            return self._source.readline()
        return f"{getpass('')}\n"


def _numbers(choices: Sequence[Choice]) -> list[str]:
    return [str(number) for number in range(1, len(choices) + 1)]
