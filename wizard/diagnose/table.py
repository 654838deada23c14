"""What a line of a call's log says: the patterns and the causes of `templates/diagnose/calls.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from wizard import resources

TABLE = "diagnose/calls.toml"
Words = tuple[re.Pattern[str], ...]


class Stage(Enum):
    """The six boxes that a call has to pass, in this order."""

    PORT = "TCP 1723"
    GRE = "GRE"
    LCP = "LCP"
    LOGIN = "login"
    ENCRYPTION = "encryption"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a call, and who has to put it right."""

    code: str
    """"none" where nothing is, or nothing can be named."""
    who: str
    """"router", "client" (the device that called, or its user), "network" (what is between), or "none"."""
    said: str = ""
    """What told so: a line of the log, or words about several. Never a hash or a password."""
    page: str = ""
    """The page of advice: the code, but for "port-closed", which is a page about SSH."""


NOTHING = Finding("none", "none")
"""All is well, or nothing can be named."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One way for a call to fail; the table says what each of these is."""

    code: str
    who: str
    stage: Stage
    words: Words
    say: str
    page: str
    side: str
    unless: Words
    before: Stage | None
    after: Stage | None
    times: int
    whole: bool
    nat: bool


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one line says."""

    reached: frozenset[Stage]
    marks: frozenset[str]
    facts: Mapping[str, str]
    causes: tuple[Cause, ...]
    """Those that it has words of."""
    denied: tuple[Cause, ...]
    """Those that it speaks against."""

    @property
    def speaks(self) -> bool:
        """It says anything at all about a call."""
        return bool(self.reached or self.facts or self.causes or self.marks)

    @property
    def begins(self) -> bool:
        """A call may begin with it, also where the beginning was cut off."""
        known = self.reached or self.facts or self.causes or "begun" in self.marks
        return bool(known) and "passing" not in self.marks


def interpret(text: str) -> Meaning:
    """What a line says, by the table."""
    return Meaning(
        frozenset(stage for stage, words in _reached().items() if _fits(words, text)),
        frozenset(mark for mark, words in _marks().items() if _fits(words, text)),
        {name: value for name, words in _facts().items() if (value := _first(words, text))},
        tuple(cause for cause in causes() if _fits(cause.words, text)),
        tuple(cause for cause in causes() if _fits(cause.unless, text)),
    )


def blame(code: str) -> str:
    """Who has to put it right: "router", "client" or "network". A code that is not in the table is a bug: KeyError."""
    for cause in causes():
        if cause.code == code:
            return cause.who
    raise KeyError(code)


@cache
def causes() -> tuple[Cause, ...]:
    """All that is known, what is certain before what may only come of it."""
    return tuple(_cause(entry) for entry in _table()["cause"])


def _cause(entry: Mapping[str, Any]) -> Cause:
    return Cause(
        code=entry["code"],
        who=entry["who"],
        stage=Stage(entry["stage"]),
        words=_patterns(entry.get("words", ())),
        say=entry.get("say", ""),
        page=entry.get("page", entry["code"]),
        side=entry.get("side", ""),
        unless=_patterns(filter(None, [entry.get("unless")])),
        before=Stage(entry["before"]) if "before" in entry else None,
        after=Stage(entry["after"]) if "after" in entry else None,
        times=entry.get("times", 1),
        whole=entry.get("whole", False),
        nat=entry.get("nat", False),
    )


@cache
def _reached() -> Mapping[Stage, Words]:
    return {Stage(name): _patterns(words) for name, words in _table()["reached"].items()}


@cache
def _marks() -> Mapping[str, Words]:
    return {name: _patterns(words) for name, words in _table()["marks"].items()}


@cache
def _facts() -> Mapping[str, Words]:
    return {name: _patterns(words) for name, words in _table()["facts"].items()}


def _patterns(words: Iterator[str] | tuple[str, ...]) -> Words:
    return tuple(map(re.compile, words))


def _fits(words: Words, text: str) -> bool:
    return any(pattern.search(text) for pattern in words)


def _first(words: Words, text: str) -> str:
    return next((found[1] for pattern in words if (found := pattern.search(text))), "")


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(resources.text(TABLE))
