"""The options of a section: read by a table of what each may be, complained about in fw4's words."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from wizard.practice.firewall.nft.values import Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wizard.practice.uci.config import Package, Section

PLAIN, REQUIRED, DEPRECATED, UNSUPPORTED, BEYOND = range(5)


class NotReproducedError(Exception):
    """The configuration asks for something that the real fw4 can do and this stand-in cannot."""


class Option:
    """How the value of an option is read, what it is when it is not set, and whether fw4 still heeds it."""

    __slots__ = ("default", "invertible", "many", "read", "status")

    def __init__(
        self,
        read: Callable[[str], object],
        default: str | None = None,
        status: int = PLAIN,
        *,
        many: bool = False,
        invertible: bool = True,
    ) -> None:
        self.read, self.default, self.status, self.many, self.invertible = read, default, status, many, invertible


class InvalidError(Exception):
    """A value that makes fw4 skip the section. The text is what fw4 says about it."""


class Notices:
    """Where fw4's complaints go: standard error, in yellow on a terminal, nowhere with `-q`."""

    def __init__(self, package: Package | None) -> None:
        self.sections: Sequence[Section] = package.sections if package else ()
        self.quiet = bool(os.environ.get("QUIET"))
        self.colour = bool(os.environ.get("TTY"))

    def say(self, text: str) -> None:
        """One complaint."""
        if not self.quiet:
            sys.stderr.write(f"\033[33m{text}\033[m\n" if self.colour else f"[!] {text}\n")

    def plain(self, text: str) -> None:
        """A complaint that `-q` does not silence."""
        sys.stderr.write(f"{text}\n")

    def about(self, section: Section, text: str) -> None:
        """One complaint about a section, by its name in the configuration and the name it gives itself."""
        own = section.options.get("name")
        self.say(f"Section {self.title(section)}{f' ({own})' if own else ''} {text}")

    def title(self, section: Section) -> str:
        """The section's name; `@rule[3]` where it has none."""
        if not section.anonymous:
            return section.name
        alike = [each for each in self.sections if each.type == section.type]
        return f"@{section.type}[{alike.index(section)}]"


def parse(section: Section, spec: dict[str, Option], notices: Notices) -> dict[str, Any] | None:
    """The options that are set or have a default. None, after a complaint, where one cannot be read."""
    read: dict[str, Any] = {}
    for name, option in spec.items():
        try:
            value = _value(section, name, option)
        except InvalidError as problem:
            notices.about(section, str(problem))
            return None
        if value is not None and _heeded(section, name, option, notices):
            read[name] = value
    for name in section.options:
        if name not in spec and name != "type":
            notices.about(section, f"specifies unknown option '{name}'")
    return read


def _heeded(section: Section, name: str, option: Option, notices: Notices) -> bool:
    if option.status == BEYOND:
        raise NotReproducedError(f"option '{name}' of section {notices.title(section)}")
    if option.status == DEPRECATED:
        notices.about(section, f"option '{name}' is deprecated by fw4")
    if option.status == UNSUPPORTED:
        notices.about(section, f"option '{name}' is not supported by fw4")
    return option.status in (PLAIN, REQUIRED)


def _value(section: Section, name: str, option: Option) -> object:
    given = section.options.get(name)
    if given is None and option.status == REQUIRED:
        raise InvalidError(f"option '{name}' is mandatory but not set")
    given = option.default if given is None else given
    if given is None:
        return None
    if option.many:
        return _list(name, option, given.split() if isinstance(given, str) else given) or None
    if isinstance(given, list):
        raise InvalidError(f"option '{name}' must not be a list")
    return _single(name, option, given)


def _list(name: str, option: Option, given: list[str]) -> list[object]:
    read = (_single(name, option, each) for each in given)
    return [each for found in read for each in (found if isinstance(found, list) else [found])]


def _single(name: str, option: Option, given: str) -> object:
    found = option.read(given)
    if found is None:
        raise InvalidError(f"option '{name}' specifies invalid value '{given}'")
    if not option.invertible and not option.many and isinstance(found, Word) and found.invert:
        raise InvalidError(f"option '{name}' must not be negated")
    return found
