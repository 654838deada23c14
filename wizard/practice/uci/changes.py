"""The files in /tmp/.uci: one line for every change that waits for `uci commit` (libuci's `delta.c`)."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.practice.uci import age
from wizard.practice.uci.config import ADD, LIST_ADD, LIST_DEL, NAME, REMOVE, RENAME, REORDER, Change, quoted
from wizard.practice.uci.error import INVALID, UciError
from wizard.practice.uci.lookup import Pointer
from wizard.practice.uci.words import Words, lines_of

ACTIONS = (ADD, REMOVE, RENAME, REORDER, LIST_ADD, LIST_DEL)


def line(package: str, change: Change) -> str:
    """A change as it waits."""
    option = f".{change.option}" if change.option is not None else ""
    return f"{change.action}{package}.{change.section}{option}{_value(change.value)}\n"


def _value(value: str | None) -> str:
    if value is None:
        return ""
    return f"={quoted(value)}" if age.since(age.QUOTED_SHOW) else f"={value}"


def read(text: str, package: str) -> Iterator[Change]:
    """The changes that such a file holds. Lines that say nothing possible are passed over."""
    for word in _quoted_lines(text) if age.since(age.QUOTED_SHOW) else text.split("\n"):
        try:
            change = _change(word, package)
        except UciError:
            continue
        if _possible(change):
            yield change


def _quoted_lines(text: str) -> Iterator[str]:
    words = Words(lines_of(text))
    while words.next_line():
        try:
            word = words.word()
        except UciError:
            continue
        if not words.rest:
            yield word


def _change(word: str, package: str) -> Change:
    action = word[:1] if word[:1] in ACTIONS else ""
    pointer = Pointer(word[len(action) :])
    if pointer.package != package or pointer.section is None or pointer.extended:
        raise UciError(INVALID)
    return Change(action, pointer.section, pointer.option, pointer.value)


def _possible(change: Change) -> bool:
    if change.value is None:
        return change.action == REMOVE
    if change.action == REORDER:
        return change.option is None
    if change.action == RENAME:
        return NAME.fullmatch(change.value) is not None
    return change.action not in (LIST_ADD, LIST_DEL) or change.option is not None
