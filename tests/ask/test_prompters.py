"""Each kind of question, by keys and by lines."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest

from tests.ask.desk import CLEAR, CTRL_C, CTRL_D, DOWN, ENTER, ESCAPE, SPACE, UP, press, reading
from wizard import resources
from wizard.ask.keys import QuestionaryPrompter
from wizard.ask.lines import PlainPrompter
from wizard.ask.prompter import Choice, Prompter, Question, Way
from wizard.ask.terminal import open_prompter
from wizard.model.errors import ExitCode, WizardError
from wizard.model.secret import Secret
from wizard.screen import Screen

QUESTION = Question("Which?", "Because.", "A long story.")
CHOICES = (Choice("a", "First"), Choice("b", "Second"))


def choose(prompter: Prompter) -> object:
    return prompter.choose(QUESTION, CHOICES, "a")


def tick(prompter: Prompter) -> object:
    return prompter.tick(QUESTION, CHOICES, {"a"})


def text(prompter: Prompter) -> object:
    return prompter.text(QUESTION, "usual", lambda typed: "Not x." if "x" in typed else None)


def secret(prompter: Prompter) -> object:
    return prompter.secret(QUESTION, lambda typed: "Not x." if "x" in typed else None)


def confirm(prompter: Prompter) -> object:
    return prompter.confirm(QUESTION, default=False)


KINDS = [choose, tick, text, secret, confirm]
Ask = Callable[[Prompter], object]


@pytest.mark.parametrize(
    ("ask", "keys", "answer"),
    [
        (choose, ENTER, "a"),
        (choose, DOWN + ENTER, "b"),
        (choose, "?" + DOWN + ENTER, "b"),
        (choose, UP * 2 + ENTER + ENTER, "a"),
        (choose, UP + ENTER, Way.BACK),
        (choose, ESCAPE, Way.BACK),
        (tick, ENTER, frozenset("a")),
        (tick, SPACE + ENTER, frozenset()),
        (tick, DOWN + SPACE + ENTER, frozenset("ab")),
        (tick, "ai" + ENTER, frozenset("a")),
        (tick, "?" + ENTER, frozenset("a")),
        (tick, UP * 2 + ENTER + ENTER, frozenset("a")),
        (tick, UP + ENTER, Way.BACK),
        (tick, UP + SPACE, Way.BACK),
        (tick, ESCAPE, Way.BACK),
        (text, ENTER, "usual"),
        (text, "ly" + ENTER, "usually"),
        (text, CLEAR + "x" + ENTER + CLEAR + "y" + ENTER, "y"),
        (text, CLEAR + "?" + ENTER + ENTER, "usual"),
        (text, CLEAR + "<" + ENTER, "<"),
        (text, ESCAPE, Way.BACK),
        (secret, "p?" + ENTER, Secret("p?")),
        (secret, "x" + ENTER + "y" + ENTER, Secret("y")),
        (secret, "?" + ENTER + "y" + ENTER, Secret("y")),
        (secret, ESCAPE, Way.BACK),
        (confirm, ENTER, False),
        (confirm, UP + ENTER, True),
        (confirm, ESCAPE, Way.BACK),
    ],
)
def test_by_keys(ask: Ask, keys: str, answer: object) -> None:
    assert press(keys, ask) == answer


@pytest.mark.parametrize("ask", KINDS)
def test_ctrl_c_is_an_interruption(ask: Ask) -> None:
    with pytest.raises(KeyboardInterrupt):
        press(CTRL_C, ask)


@pytest.mark.parametrize("ask", [text, secret])
def test_the_end_of_input_at_a_terminal_names_the_flag(ask: Ask) -> None:
    keys = CLEAR + CTRL_D
    with pytest.raises(WizardError) as caught:
        press(keys, ask)
    assert caught.value.code == "no-answer"


@pytest.mark.parametrize(
    ("ask", "lines", "answer"),
    [
        (choose, [""], "a"),
        (choose, ["2"], "b"),
        (choose, ["?", "2"], "b"),
        (choose, ["3", "0", "-1", "b", "²", "1"], "a"),
        (choose, ["<"], Way.BACK),
        (tick, [""], frozenset("a")),
        (tick, ["0"], frozenset()),
        (tick, ["1,2"], frozenset("ab")),
        (tick, ["2, 1"], frozenset("ab")),
        (tick, ["3", "x", "1,,2", "2"], frozenset("b")),
        (tick, ["?", ""], frozenset("a")),
        (tick, ["<"], Way.BACK),
        (text, [""], "usual"),
        (text, ["y"], "y"),
        (text, [" y "], " y "),
        (text, ["x", "y"], "y"),
        (text, ["?", "y"], "y"),
        (text, ["<"], Way.BACK),
        (secret, ["y"], Secret("y")),
        (secret, ["x", "?", "y"], Secret("y")),
        (secret, ["<"], Way.BACK),
        (confirm, [""], False),
        (confirm, ["1"], True),
        (confirm, ["<"], Way.BACK),
    ],
)
def test_by_lines(ask: Ask, lines: list[str], answer: object) -> None:
    assert ask(reading(*lines).prompter) == answer


@pytest.mark.parametrize("ask", KINDS)
def test_the_end_of_lines_names_the_question_and_the_flag(ask: Ask) -> None:
    with pytest.raises(WizardError) as caught:
        ask(reading().prompter)
    assert caught.value.exit_code is ExitCode.USAGE
    page = resources.page(caught.value.code, **caught.value.data)
    assert "Which?" in page.body
    assert "--answers FILE --yes" in page.body


def test_lines_show_everything_without_moving_the_cursor() -> None:
    desk = reading("?", "2")
    desk.prompter.choose(QUESTION, CHOICES, "a")
    assert "\x1b" not in desk.seen
    assert "\r" not in desk.seen
    for words in ("Because.", "1. First", "2. Second", "?. more about this", "<. back", "[1]", "A long story."):
        assert words in desk.seen


def test_the_answer_stays_as_one_plain_line() -> None:
    desk = reading("2", "1,2", "abc", "hidden", "<")
    choose(desk.prompter)
    tick(desk.prompter)
    text(desk.prompter)
    secret(desk.prompter)
    choose(desk.prompter)
    lines = [line for line in desk.seen.splitlines() if line.startswith("Which? ")]
    assert [line.removeprefix("Which? ") for line in lines] == [
        "Second",
        "First, Second",
        "abc",
        "(typed, not shown)",
        "(back)",
    ]
    assert "hidden" not in desk.seen


class Terminal(StringIO):
    """Standard input or output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_password_by_lines_is_not_echoed_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.ask.lines.getpass", lambda prompt: f"typed{prompt}")
    screen = Screen(plain=True, file=StringIO(), width=80)
    assert PlainPrompter(screen, Terminal()).secret(QUESTION) == Secret("typed")


def test_an_end_of_input_there_names_the_flag_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("wizard.ask.lines.getpass", ended)
    with pytest.raises(WizardError) as caught:
        PlainPrompter(Screen(plain=True, file=StringIO(), width=80), Terminal()).secret(QUESTION)
    assert caught.value.code == "no-answer"


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """A screen that can move its cursor."""
    monkeypatch.setenv("TERM", "xterm")
    return Screen(file=Terminal(), width=80)


def test_a_terminal_gets_keys(at_terminal: Screen) -> None:
    assert isinstance(open_prompter(at_terminal, plain=False, source=Terminal()), QuestionaryPrompter)


def test_a_dumb_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    screen = Screen(file=Terminal(), width=80)
    assert isinstance(open_prompter(screen, plain=False, source=Terminal()), PlainPrompter)


def test_plain_gets_lines_from_a_pipe_too(at_terminal: Screen) -> None:
    assert isinstance(open_prompter(at_terminal, plain=True, source=StringIO()), PlainPrompter)


def test_without_a_terminal_nothing_waits(at_terminal: Screen) -> None:
    with pytest.raises(WizardError) as caught:
        open_prompter(at_terminal, plain=False, source=StringIO("\n\n\n\n"))
    assert caught.value.exit_code is ExitCode.USAGE
    page = resources.page(caught.value.code, **caught.value.data)
    assert "--answers FILE --yes" in page.body
    assert "Nothing was changed" in page.body
