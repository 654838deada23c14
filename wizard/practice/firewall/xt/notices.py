"""What fw3 says on standard error, and the options of a section, read with its complaints."""

from __future__ import annotations

import sys
from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wizard.practice.uci.config import Package, Section


class NotReproducedError(Exception):
    """The configuration asks for something that the real fw3 can do and this stand-in cannot."""


class Option:
    """How the value of an option is read, and whether it is a list of such values."""

    __slots__ = ("beyond", "many", "read")

    def __init__(self, read: Callable[[str], object], *, many: bool = False, beyond: bool = False) -> None:
        self.read, self.many, self.beyond = read, many, beyond


def warn(text: str) -> None:
    """Something is wrong."""
    sys.stderr.write(f"Warning: {text}\n")


def info(text: str) -> None:
    """What is being done."""
    sys.stderr.write(f"{text}\n")


def about(package: Package, section: Section, text: str) -> None:
    """Something is wrong with a section."""
    name = section.options.get("name")
    own = f" ({name})" if section.anonymous and isinstance(name, str) else ""
    warn(f"Section {title(package, section)}{own} {text}")


def title(package: Package, section: Section) -> str:
    """The section's name in quotes; `@rule[3]` where it has none."""
    if not section.anonymous:
        return f"'{section.name}'"
    return f"@{section.type}[{package.of_type(section.type).index(section)}]"


def parse(package: Package, section: Section, spec: dict[str, Option]) -> tuple[dict[str, Any], bool]:
    """The options that could be read, and whether all could. What is unknown is only complained about."""
    read: dict[str, Any] = {}
    valid = True
    for name, given in section.options.items():
        option = spec.get(name)
        label = f"Option {title(package, section)}.{name}"
        if option is None:
            warn(f"{label} is unknown")
        elif option.beyond:
            raise NotReproducedError(f"option '{name}' of section {title(package, section)}")
        elif isinstance(given, list) and not option.many:
            warn(f"{label} must not be a list")
            valid = False
        else:
            valid &= _read(read, name, option, given, label)
    return read, valid


def _read(read: dict[str, Any], name: str, option: Option, given: str | list[str], label: str) -> bool:
    valid = True
    for value in _values(option, given):
        found = option.read(value)
        if found is None:
            warn(f"{label} has invalid value '{value}'")
            valid = False
        elif option.many:
            read.setdefault(name, []).extend(found if isinstance(found, list) else [found])
        else:
            read[name] = found
    return valid


def _values(option: Option, given: str | list[str]) -> list[str]:
    """A string is a list too, at its blanks; a `!` alone belongs to what follows."""
    if isinstance(given, list):
        return given
    if not option.many:
        return [given]
    words: list[str] = []
    negated = ""
    for word in given.split():
        if word == "!":
            negated = "!"
        else:
            words.append(negated + word)
            negated = ""
    return words + ([negated] if negated else [])
