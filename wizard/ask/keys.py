"""Questions by keys: arrows, Enter, Escape for back, `?` for more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import questionary
from prompt_toolkit.application import Application
from prompt_toolkit.filters import Condition
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.output.vt100 import Vt100_Output
from questionary.prompts.common import InquirerControl

from wizard.ask.lines import no_answer
from wizard.ask.prompter import Choice, Prompter, Question, Way
from wizard.model.secret import Secret
from wizard.screen import Screen

ESCAPE_WAIT = 0.1
"""Seconds after which an Escape is one, and not the beginning of an arrow key on its way through SSH."""
STYLE = questionary.Style(
    [
        ("question", "bold"),
        ("instruction", "fg:ansibrightblack"),
        ("pointer", "bold"),
        ("highlighted", "bold"),
        ("answer", ""),
    ]
)
"""Weights rather than colours: it has to be read on dark and on light."""


class QuestionaryPrompter(Prompter):
    """Asks at a terminal. `source` and `sink` are the terminal itself unless given."""

    def __init__(self, screen: Screen, source: Input | None = None, sink: Output | None = None) -> None:
        super().__init__(screen)
        self._terminal = {"input": source, "output": sink or _still_output()}

    def _pick(self, question: Question, choices: Sequence[Choice], default: str) -> str | Way:
        asked = questionary.select(
            question.title,
            _entries(question, choices),
            default=default,
            instruction=_instruction("Enter accepts", question),
            **self._look,
        )
        answer: str | Way = self._answer(question, asked, _ways_out(question, in_list=True))
        return answer

    def _mark(self, question: Question, choices: Sequence[Choice], ticked: Collection[str]) -> frozenset[str] | Way:
        asked = questionary.checkbox(
            question.title,
            _entries(question, choices, ticked),
            instruction=_instruction("Space ticks, Enter accepts", question),
            **self._look,
        )
        keys = _ways_out(question, in_list=True)
        _enter_entries(asked.application, keys)
        answer = self._answer(question, asked, keys)
        return answer if isinstance(answer, Way) else frozenset(answer)

    def _line(self, question: Question, default: str) -> str | Way:
        asked = questionary.text(question.title, default=default, instruction=_instruction("", question), **self._look)
        answer: str | Way = self._answer(question, asked, _ways_out(question))
        return Way.MORE if answer == "?" else answer

    def _hidden(self, question: Question) -> Secret | Way:
        # questionary.password has no instruction of its own
        asked = questionary.text(question.title, is_password=True, instruction=_instruction("", question), **self._look)
        answer = self._answer(question, asked, _ways_out(question))
        if answer == "?":
            return Way.MORE
        return answer if isinstance(answer, Way) else Secret(answer)

    @property
    def _look(self) -> dict[str, Any]:
        return {"qmark": "", "style": STYLE, **self._terminal}

    def _answer(self, question: Question, asked: questionary.Question, keys: KeyBindings) -> Any:  # noqa: ANN401 -- as questionary has it
        application = asked.application
        application.key_bindings = merge_key_bindings([application.key_bindings or KeyBindings(), keys])
        application.ttimeoutlen = ESCAPE_WAIT
        application.erase_when_done = True  # the record is written by the screen, in one form for every kind
        try:
            return asked.unsafe_ask()
        except EOFError:
            raise no_answer(question) from None


def _still_output() -> Output:
    """The terminal, never asked where its cursor is.

    That is for menus that pop up, and there are none; a terminal that does not answer costs a second per question,
    and one that answers late, over a slow line, types its answer into the next one.
    """
    output = create_output()
    if isinstance(output, Vt100_Output):
        output.enable_cpr = False
    return output


def _entries(question: Question, choices: Sequence[Choice], ticked: Collection[str] = ()) -> list[questionary.Choice]:
    entries = [questionary.Choice(each.title, each.value, checked=each.value in ticked) for each in choices]
    if question.more:
        entries.append(questionary.Choice("? more about this", Way.MORE))
    return [*entries, questionary.Choice(f"← {question.back}", Way.BACK)]


def _instruction(how: str, question: Question) -> str:
    keys = [how, f"Esc: {question.back}", "?: more" if question.more else ""]
    return f"({', '.join(filter(None, keys))})"


def _ways_out(question: Question, *, in_list: bool = False) -> KeyBindings:
    keys = KeyBindings()
    keys.add(Keys.Escape, eager=True)(_leave_with(lambda: Way.BACK))
    if in_list and question.more:
        keys.add("?", eager=True)(_leave_with(lambda: Way.MORE))
    return keys


def _leave_with(answer: Callable[[], Way]) -> Callable[[KeyPressEvent], None]:
    def leave(event: KeyPressEvent) -> None:
        event.app.exit(result=answer())

    return leave


def _enter_entries(application: Application[Any], keys: KeyBindings) -> None:
    """In a list with ticks the entries that are no choices answer at once, and keys that tick everything are off."""
    control = next(w.content for w in application.layout.find_all_windows() if isinstance(w.content, InquirerControl))

    def pointed() -> Way:
        way = control.get_pointed_at().value
        assert isinstance(way, Way)
        return way

    on_way = Condition(lambda: isinstance(control.get_pointed_at().value, Way))
    for key in (Keys.Enter, " "):
        keys.add(key, eager=True, filter=on_way)(_leave_with(pointed))
    for key in ("a", "i"):
        keys.add(key, eager=True)(_do_nothing)


def _do_nothing(_event: KeyPressEvent) -> None:
    pass
