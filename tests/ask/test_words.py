"""The words fit: one line of why, and every entry on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

import pytest

from wizard.ask import door, ending, people, words
from wizard.ask.clients import ADD, RIGHT
from wizard.ask.keys import _instruction
from wizard.ask.prompter import Choice, Question

COLUMNS = 80
MODULES = (words, door, ending, people)


def constants(module: ModuleType) -> Iterator[object]:
    for value in vars(module).values():
        yield from value if isinstance(value, tuple) else (value,)


QUESTIONS = [value for module in MODULES for value in constants(module) if isinstance(value, Question)]
CHOICES = [ADD, RIGHT, *(value for module in MODULES for value in constants(module) if isinstance(value, Choice))]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_a_question_fits(question: Question) -> None:
    assert question.why, "every question says why it is asked"
    assert len(question.why) <= COLUMNS
    assert len(f" {question.title} {_instruction('Enter accepts', question)}") <= COLUMNS
    assert all(len(line) <= COLUMNS for line in question.more.splitlines() if "\n" in question.more)


def test_there_are_questions_and_choices_to_look_at() -> None:
    assert len(QUESTIONS) > 25
    assert len(CHOICES) > 20


@pytest.mark.parametrize("text", [*(c.title for c in CHOICES), *(d.title for d in words.DEVICES)])
def test_an_entry_fits(text: str) -> None:
    assert len(text) <= COLUMNS - len("   ● ")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_no_blame_and_no_shouting(question: Question) -> None:
    said = f"{question.title} {question.why} {question.more}"
    assert "!" not in said.replace("!#%", "")
    assert "you must" not in said.lower()
