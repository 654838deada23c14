"""One way of asking for everything: a question, its help, its way back, and the line that stays in the record."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, Literal, TypeVar

from wizard.model.secret import Secret
from wizard.screen import Screen


class Way(Enum):
    """What a person can do instead of answering."""

    BACK = "back"
    MORE = "more"


Back = Literal[Way.BACK]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Question:
    """The words of a question."""

    title: str
    why: str = ""
    """One line: why it is asked, or what the default is good for."""
    more: str = ""
    """What `?` shows."""
    back: str = "back"
    """What going back means here."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list."""

    value: str
    title: str


YES, NO = Choice("yes", "Yes"), Choice("no", "No")


def accept(text: str) -> str | None:
    """A check that lets everything pass."""
    del text
    return None


class Prompter(ABC):
    """Asks a person; every method returns the answer or `Way.BACK`, and Ctrl-C raises KeyboardInterrupt at once.

    How keys or lines are read is for the subclasses. They return `Way.MORE` when more is wanted to be known.
    """

    edits_in_place: ClassVar[bool] = True
    """A text that was refused comes back to be mended; where it cannot be edited the default does."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def choose(self, question: Question, choices: Sequence[Choice], default: str) -> str | Back:
        """The value of one of `choices`."""
        titles = {choice.value: choice.title for choice in choices}
        return self._ask(question, lambda: self._pick(question, choices, default), lambda value: titles[value])

    def tick(self, question: Question, choices: Sequence[Choice], ticked: Collection[str]) -> frozenset[str] | Back:
        """The values of any number of `choices`; `ticked` are those to begin with."""
        return self._ask(
            question,
            lambda: self._mark(question, choices, ticked),
            lambda values: ", ".join(choice.title for choice in choices if choice.value in values) or "none",
        )

    def text(self, question: Question, default: str, check: Callable[[str], str | None] = accept) -> str | Back:
        """A line of text that `check` has nothing against; `default` can be edited in place."""
        drafts = [default]

        def read() -> str | Way:
            text = self._line(question, drafts[-1])
            if isinstance(text, str) and self.edits_in_place:
                drafts.append(text)
            return text

        return self._ask(question, read, str, check)

    def secret(self, question: Question, check: Callable[[str], str | None] = accept) -> Secret | Back:
        """A line that does not show up anywhere, and that `check` has nothing against."""

        def check_secret(secret: Secret) -> str | None:
            return check(secret.reveal())

        return self._ask(question, lambda: self._hidden(question), lambda _: "(typed, not shown)", check_secret)

    def confirm(self, question: Question, default: bool) -> bool | Back:
        """Yes or no."""
        answer = self.choose(question, (YES, NO), YES.value if default else NO.value)
        return answer if answer is Way.BACK else answer == YES.value

    def _ask(
        self,
        question: Question,
        read: Callable[[], Answer | Way],
        shown: Callable[[Answer], str],
        check: Callable[[Answer], str | None] | None = None,
    ) -> Answer | Back:
        if question.why:
            self._screen.note(question.why)
        while True:
            answer = read()
            if answer is Way.MORE:
                self._screen.say(question.more or "There is no more to say about this one.")
                continue
            if answer is Way.BACK:
                self._screen.note(f"{_begun(question)} ({question.back})")
                return Way.BACK
            problem = check(answer) if check else None
            if problem is None:
                self._screen.say(f"{_begun(question)} {shown(answer)}")
                return answer
            self._screen.warn(problem)

    @abstractmethod
    def _pick(self, question: Question, choices: Sequence[Choice], default: str) -> str | Way: ...

    @abstractmethod
    def _mark(self, question: Question, choices: Sequence[Choice], ticked: Collection[str]) -> frozenset[str] | Way: ...

    @abstractmethod
    def _line(self, question: Question, default: str) -> str | Way: ...

    @abstractmethod
    def _hidden(self, question: Question) -> Secret | Way: ...


def _begun(question: Question) -> str:
    """The title as the beginning of the line that its answer ends."""
    return question.title if question.title.endswith("?") else f"{question.title}:"
