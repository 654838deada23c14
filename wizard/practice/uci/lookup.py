"""What words like `network.@route[0].target=10.0.0.0` point at."""

from __future__ import annotations

import re

from wizard.practice.uci.config import NAME, PRINTABLE, Package, Section, Value
from wizard.practice.uci.error import PARSE, UciError

TYPE_CHECKING = False  # typing itself is slow to import
if TYPE_CHECKING:
    from wizard.practice.uci.files import Places


class Pointer:
    """The parts of such a word. Raises UciError where it cannot be read."""

    __slots__ = ("extended", "option", "package", "section", "value")

    def __init__(self, word: str) -> None:
        place, equals, value = word.partition("=")
        parts = place.split(".")
        self.value = value if equals else None
        self.package = parts[0]
        self.section = parts[1] if len(parts) > 1 else None
        self.option = parts[2] if len(parts) > 2 else None
        self.extended = self.section is not None and not NAME.fullmatch(self.section)
        if len(parts) > 3 or not PRINTABLE.fullmatch(self.package) or not self._sound():
            raise UciError(PARSE)

    def _sound(self) -> bool:
        named = self.option is None or NAME.fullmatch(self.option) is not None
        return named and not any(sign < " " and sign not in "\t\n\r" for sign in self.value or "")


class Found:
    """What is there: the package, and the section and the option as far as they exist."""

    __slots__ = ("complete", "given", "name", "option", "package", "section", "value")

    def __init__(self, pointer: Pointer, package: Package, section: Section | None) -> None:
        self.package = package
        self.section = section
        self.name = section.name if section else pointer.section
        """The section's name: its own where it was counted out, else as it was given."""
        self.option = pointer.option
        self.given = pointer.value
        """What stands behind the `=`."""
        self.value: Value | None = section.options.get(pointer.option) if section and pointer.option else None
        missing = (pointer.section and not section) or (pointer.option and self.value is None)
        self.complete = not missing


def look_up(places: Places, word: str) -> Found:
    """Load the package that a word names, and find the rest in it. Raises UciError."""
    pointer = Pointer(word)
    package = places.load(pointer.package)
    if pointer.section is None:
        return Found(pointer, package, None)
    find = package.nth if pointer.extended else package.section
    return Found(pointer, package, find(pointer.section))


def leading_number(value: str) -> int | None:
    """The number that a text begins with, as C's scanf reads it. None where it begins with none."""
    match = re.match(r"[ \t\n\v\f\r]*([+-]?[0-9]+)", value)
    return int(match[1]) if match else None
