"""A stand-in for libuci: packages, their sections, and what a change does to them.

Made after libuci's `list.c`, and tested against recordings of the real program. `load()` is what other stand-ins
call: it sees pending changes in /tmp/.uci as every user of libuci does.
"""

from __future__ import annotations

import re

from wizard.practice.uci import age
from wizard.practice.uci.error import INVALID, NOT_FOUND, UciError

__all__ = ["Change", "Package", "Section", "UciError", "load"]

Value = str | list[str]

NAME = re.compile(r"[A-Za-z0-9_]+")
"""Names of sections and options."""
PACKAGE_NAME = re.compile(r"[A-Za-z0-9_-]+")
"""A package's name where a file states it."""
PRINTABLE = re.compile(r"[!-~]+")
"""A section's type, and a package's name on the command line."""

SET, ADD, REMOVE, RENAME, REORDER, LIST_ADD, LIST_DEL = "", "+", "-", "@", "^", "|", "~"
"""What a change does, as the first character of its line in /tmp/.uci says."""


class Change:
    """One line of a file in /tmp/.uci."""

    __slots__ = ("action", "option", "section", "value")

    def __init__(self, action: str, section: str, option: str | None = None, value: str | None = None) -> None:
        self.action = action
        self.section = section
        self.option = option
        self.value = value

    def removal(self) -> Change:
        """The change that removes what this one is about."""
        return Change(REMOVE, self.section, self.option)


class Section:
    """A section with its options in their order. An anonymous one has a made-up name (`cfg` and digits)."""

    __slots__ = ("anonymous", "name", "options", "type")

    def __init__(self, kind: str, name: str, anonymous: bool) -> None:
        self.type = kind
        self.name = name
        self.anonymous = anonymous
        self.options: dict[str, Value] = {}


class Package:
    """A file of /etc/config, in memory."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sections: list[Section] = []
        self.path: str | None = None
        """Where it was read."""
        self.has_delta = False
        """Whether changes to it wait in /tmp/.uci. A file outside of /etc/config is changed where it lies."""
        self.pending: list[Change] = []
        """Changes by this program, not written anywhere yet."""
        self.saved: list[Change] = []
        """Changes that wait in /tmp/.uci."""
        self._made = 0

    def section(self, name: str) -> Section | None:
        """The section of that name."""
        return next((section for section in self.sections if section.name == name), None)

    def of_type(self, kind: str) -> list[Section]:
        """All sections of a type, in their order."""
        return [section for section in self.sections if section.type == kind]

    def nth(self, reference: str) -> Section | None:
        """What `@rule[2]` or `@rule[-1]` names; without a type (`@[0]`) all sections count. Raises UciError."""
        match = re.fullmatch(r"@([^\[]*)\[[ \t\n\v\f\r]*([+-]?\d+|)\]", reference)
        if match is None or not (match[1] == "" or PRINTABLE.fullmatch(match[1])):
            raise UciError(INVALID)
        number = int(match[2] or 0)
        among = self.of_type(match[1]) if match[1] else self.sections
        if number < 0:
            number += len(among)
        return among[number] if 0 <= number < len(among) else None

    def add(self, kind: str) -> Section:
        """Append an anonymous section. Its name tells its place and its type (`uci_fixup_section` of libuci)."""
        self._made += not age.since(age.COUNTED_ONCE)
        section = self._append(kind, "", anonymous=True)
        section.name = f"cfg{self._made:02x}{_hash([kind]):04x}"
        return section

    def _append(self, kind: str, name: str, *, anonymous: bool) -> Section:
        self._made += 1
        section = Section(kind, name, anonymous)
        self.sections.append(section)
        return section

    def apply(self, change: Change) -> Change | None:
        """Do a change. Returns it as it is to be recorded: None where nothing changed. Raises UciError."""
        match change.action:
            case "" | "+":
                return self._set(change)
            case "-":
                return self._remove(change)
            case "@":
                return self._rename(change)
            case "^":
                return self._reorder(change)
            case "|":
                return self._list_add(change)
            case _:
                return self._list_del(change)

    def _set(self, change: Change) -> Change | None:
        section = self.section(change.section)
        if change.option is None:
            return self._set_type(change, section)
        if section is None:
            raise UciError(INVALID)
        old = section.options.get(change.option)
        value = _given(change.value)
        if not value and age.since(age.EMPTY_VALUE_DELETES):
            return self._remove(change.removal()) if old is not None else None
        if old == value:
            return None
        _put(section, change.option, value)
        return change

    def _set_type(self, change: Change, section: Section | None) -> Change | None:
        kind = _given(change.value)
        if not kind and age.since(age.EMPTY_VALUE_DELETES):
            return self._remove(change.removal()) if section else None
        if not PRINTABLE.fullmatch(kind):
            raise UciError(INVALID)
        changed = section is None or section.type != kind or not age.since(age.OPTIONS_STAY)
        if section is None:
            section = self._append(kind, change.section, anonymous=False)
        section.type = kind
        section.anonymous |= change.action == ADD
        return change if changed else None

    def _place(self, change: Change) -> Section:
        """The section that a change is about; the option must be there too. Raises UciError."""
        section = self.section(change.section)
        if section is None or not (change.option is None or change.option in section.options):
            raise UciError(NOT_FOUND)
        return section

    def _remove(self, change: Change) -> Change | None:
        section = self._place(change)
        if change.option is None:
            self.sections.remove(section)
            return change.removal()
        old = section.options[change.option]
        if not isinstance(old, list) or not change.value:
            del section.options[change.option]
            return change.removal()
        number = int(_leading_number(change.value))
        if 0 <= number < len(old):
            del old[number]
            return change
        return None

    def _rename(self, change: Change) -> Change:
        section, name = self._place(change), _given(change.value)
        if change.option is None:
            section.name, section.anonymous = name, False
        else:
            section.options = {name if key == change.option else key: item for key, item in section.options.items()}
        return change

    def _reorder(self, change: Change) -> Change | None:
        section = self._place(Change(REORDER, change.section))
        before = self.sections.index(section)
        position = int(_leading_number(_given(change.value)))
        self.sections.remove(section)
        self.sections.insert(max(0, position), section)
        moved = self.sections.index(section) != before or not age.since(age.MOVES_ONLY)
        return Change(REORDER, change.section, None, str(position)) if moved else None

    def _list_add(self, change: Change) -> Change:
        section, value = self.section(change.section), _given(change.value)
        if section is None:
            raise UciError(INVALID)
        if change.option is None:
            return change  # libuci adds to a list without a name, which is in no file
        old = section.options.get(change.option, [])
        if isinstance(old, list):
            section.options[change.option] = [*old, value]
        else:
            _put(section, change.option, [old, value])
        return change

    def _list_del(self, change: Change) -> Change | None:
        section, value = self.section(change.section), _given(change.value)
        if section is None:
            raise UciError(INVALID)
        old = section.options.get(change.option or "")
        if not isinstance(old, list):
            return None
        old[:] = [item for item in old if item != value]
        return change

    def text(self, *, header: bool = False, named: bool = False) -> str:
        """The file that says all this, as `uci export` and `uci commit` write it."""
        lines = [f"package {_word(self.name)}\n"] if header else []
        for section in self.sections:
            name = "" if section.anonymous and not named else f" {quoted(section.name)}"
            lines.append(f"\nconfig {_word(section.type)}{name}\n")
            lines.extend(_option(_word(option), value) for option, value in section.options.items())
        return "".join([*lines, "\n"])


def load(name: str, confdir: str | None = None, *, deltas: bool = True) -> Package:
    """The package of that name as it is with pending changes, or without them as it lies in flash. Raises UciError."""
    from wizard.practice.uci.files import Places

    places = Places()
    if confdir is not None:
        places.confdir = confdir
    return places.load(name, deltas=deltas)


def _put(section: Section, option: str, value: Value) -> None:
    """Give an option another value. Old uci made a new option of it, behind all others."""
    if not age.since(age.OPTIONS_STAY):
        section.options.pop(option, None)
    section.options[option] = value


def quoted(value: str) -> str:
    """A value in single quotes, as every part of uci writes it."""
    return f"'{_escaped(value)}'"


def _escaped(value: str) -> str:
    return value.replace("'", "'\\''")


def _word(text: str) -> str:
    """A word that is no value."""
    return _escaped(text) if age.since(age.PLAIN_NAMES) else quoted(text)


def _option(name: str, value: Value) -> str:
    if isinstance(value, str):
        return f"\toption {name} {quoted(value)}\n"
    return "".join(f"\tlist {name} {quoted(item)}\n" for item in value)


def _given(value: str | None) -> str:
    if value is None:
        raise UciError(INVALID)
    return value


def _leading_number(value: str) -> str:
    """What C's scanf and strtoul make of a text: the number that it begins with, else none."""
    match = re.match(r"[ \t\n\v\f\r]*([+-]?\d+)", value)
    return match[1] if match else "0"


def name_by_content(section: Section) -> None:
    """Name an anonymous section as old uci did when it had read all of it: after its type and its options."""
    texts = [section.type]
    for option, value in section.options.items():
        texts += [option, value] if isinstance(value, str) else [option]
    section.name = f"{section.name[:-4]}{_hash(texts):04x}"


def _hash(texts: list[str]) -> int:
    """Bernstein's hash (times 33, plus the next character, from 5381): 31 bits of it for each text, 16 in the end."""
    value = 5381
    for text in texts:
        for byte in text.encode("utf-8", "surrogateescape"):
            value = (value * 33 + (byte if byte < 128 else byte - 256)) & 0xFFFFFFFF
        value &= 0x7FFFFFFF
    return value % 65536
