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
    action = "_" if change.action == LIST_DEL and not age.since(age.TILDE) else change.action
    return f"{action}{package}.{change.section}{option}{_value(change.value)}\n"


def _value(value: str | None) -> str:
    if value is None:
        return ""
    return f"={quoted(value)}" if age.since(age.QUOTED_SHOW) else f"={value}"


def read(text: str, package: str) -> Iterator[Change]:
    """The changes that such a file holds. Lines that say nothing possible are passed over."""
    for word in _words(text):
        try:
            yield _change(word, package)
        except UciError:
            continue


def read_all(text: str, package: str) -> list[Change]:
    """The same, of a file that has to be in order. Raises UciError."""
    return [_change(word, package) for word in _words(text)]


def _words(text: str) -> Iterator[str]:
    """What the lines say, their quotes taken off; nothing for a line that cannot be read or goes on behind its word."""
    if not age.since(age.QUOTED_SHOW):
        yield from filter(None, text.split("\n"))
        return
    words = Words(lines_of(text))
    while words.next_line():
        try:
            word = words.word()
        except UciError:
            word = ""
        yield "" if words.rest else word


def _change(word: str, package: str) -> Change:
    sign = word[:1] if word[:1] in ACTIONS or (word[:1] == "_" and not age.since(age.TILDE)) else ""
    action = LIST_DEL if sign == "_" else sign
    pointer = Pointer(word[len(sign) :])
    if pointer.package != package or pointer.section is None or pointer.extended:
        raise UciError(INVALID)
    change = Change(action, pointer.section, pointer.option, pointer.value)
    if not _possible(change):
        raise UciError(INVALID)
    return change


def _possible(change: Change) -> bool:
    if change.value is None:
        return change.action == REMOVE
    if change.action == REORDER:
        return change.option is None
    if change.action == RENAME:
        return NAME.fullmatch(change.value) is not None
    return change.action not in (LIST_ADD, LIST_DEL) or change.option is not None
