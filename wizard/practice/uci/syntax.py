"""Reads the text of config files: `package`, `config`, `option` and `list`, as libuci's `file.c` does."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from wizard.practice.uci import age
from wizard.practice.uci.config import (
    LIST_ADD,
    NAME,
    PACKAGE_NAME,
    PRINTABLE,
    SET,
    Change,
    Package,
    Section,
    name_by_content,
)
from wizard.practice.uci.error import DUPLICATE, PARSE, UciError
from wizard.practice.uci.words import Words

Complain = Callable[[UciError], None]
"""What to do about an error that does not end the reading. None where every error ends it."""


def read(lines: Iterator[str], name: str | None, *, complain: Complain | None = None) -> list[Package]:
    """The packages that a stream holds: with a name that one alone, else those that its `package` lines name."""
    reading = _Reading(lines, name)
    reading.all_lines(complain)
    if reading.package is None and name:
        reading.package = Package(name)
    return reading.finish()


def merge(lines: Iterator[str], package: Package, *, complain: Complain | None = None) -> None:
    """Read a stream into a package that is there; what that changes is recorded as pending."""
    reading = _Reading(lines, package.name)
    reading.package, reading.record = package, package.pending.append
    reading.all_lines(complain)


class _Reading:
    def __init__(self, lines: Iterator[str], name: str | None) -> None:
        self.words = Words(lines)
        self.name = name
        self.single = name is not None
        self.done: list[Package] = []
        self.package: Package | None = None
        self.section: Section | None = None
        self.record: Callable[[Change], None] | None = None
        self.strict = True

    def all_lines(self, complain: Complain | None) -> None:
        self.strict = complain is None
        while self.words.next_line():
            try:
                self._line()
            except UciError as error:
                if complain is None or error.code != PARSE:
                    raise
                complain(error)

    def finish(self) -> list[Package]:
        self._end_section()
        if self.package is not None:
            self.done.append(self.package)
        return self.done

    def _end_section(self) -> None:
        if self.section and self.section.anonymous and not age.since(age.NAMED_BY_TYPE):
            name_by_content(self.section)
        self.section = None

    def _line(self) -> None:
        """One line; a `;` behind a quoted word begins the next command in it."""
        self.words.skip_blanks()
        while word := self.words.command():
            if word.startswith("#"):
                return
            command = _COMMANDS.get(word)
            if command is None:
                raise self.words.error("invalid command")
            command(self)

    def _arguments(self, command: str) -> None:
        if not self.words.pass_command():
            raise self.words.error(f"{command} without name")

    def _required(self) -> str:
        word = self.words.word()
        if not word:
            raise self.words.error("insufficient arguments")
        return word

    def _name(self, word: str) -> str:
        if word and not NAME.fullmatch(word):
            raise self.words.error("invalid character in name field")
        return word

    def _end(self) -> None:
        if self.words.word() and self.strict:
            raise self.words.error("too many arguments")

    def package_line(self) -> None:
        self._arguments("package")
        name = self._required()
        if not (PACKAGE_NAME if age.since(age.DASHED_PACKAGES) else NAME).fullmatch(name):
            raise self.words.error("invalid character in name field")
        self._end()
        if not self.single:
            self.name = name
            self._begin_package()

    def _begin_package(self) -> None:
        self.finish()
        self.package = None
        if any(package.name == self.name for package in self.done):
            raise UciError(DUPLICATE)
        assert self.name is not None
        self.package = Package(self.name)

    def config_line(self) -> None:
        self._end_section()
        if self.package is None:
            if self.name is None:
                raise self.words.error("attempting to import a file without a package name")
            self._begin_package()
        assert self.package is not None
        self._arguments("config")
        kind = self._required()
        if not PRINTABLE.fullmatch(kind):
            raise self.words.error("invalid character in type field")
        name = self._name(self.words.word())
        self._end()
        self.section = self._named(self.package, kind, name) if name else self._anonymous(self.package, kind)

    def _anonymous(self, package: Package, kind: str) -> Section:
        section = package.add(kind)
        if self.record:
            self.record(Change("+", section.name, None, kind))
        return section

    def _named(self, package: Package, kind: str, name: str) -> Section:
        old = package.section(name)
        if old and old.type != kind and self.strict and age.since(age.TYPES_STAY):
            raise self.words.error("section of different type overwrites prior section with same name")
        self._apply(package, Change(SET, name, None, kind))
        section = package.section(name)
        assert section is not None
        return section

    def _apply(self, package: Package, change: Change) -> None:
        done = package.apply(change)
        if done and self.record:
            self.record(done)

    def option_line(self) -> None:
        self._value_line(SET)

    def list_line(self) -> None:
        self._value_line(LIST_ADD)

    def _value_line(self, action: str) -> None:
        if self.section is None or self.package is None:
            raise self.words.error("option/list command found before the first section")
        self._arguments("option")
        name = self._name(self._required())
        value = self.words.word()
        self._end()
        if value or action == LIST_ADD or not age.since(age.EMPTY_VALUE_DELETES):
            self._apply(self.package, Change(action, self.section.name, name, value))


_COMMANDS = {
    sys.intern(word): command
    for letter, rest, command in (
        ("p", "ackage", _Reading.package_line),
        ("c", "onfig", _Reading.config_line),
        ("o", "ption", _Reading.option_line),
        ("l", "ist", _Reading.list_line),
    )
    for word in (letter, letter + rest)
}
"""A command may be one letter."""
