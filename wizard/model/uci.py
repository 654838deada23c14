"""UCI configuration files as text: read with the place of everything, so that one thing can be changed and no other.

The format is libuci's (`file.c`): lines of words; `config TYPE [NAME]` begins a section, `option KEY VALUE` and
`list KEY VALUE` belong to it; words may be quoted, a quoted one may go on over line ends, `#` begins a comment. A text
is decoded as latin-1, so that offsets are bytes and every byte survives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

OURS = "pptp_wizard_"
"""What the name of every section of ours begins with."""

_SPACE = " \t\r\v\f"


class UciSyntaxError(ValueError):
    """A file that uci itself would refuse."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One `option` or `list` line."""

    key: str
    value: str
    span: tuple[int, int]
    """From the beginning of its line to the end of its line feed."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a file."""

    type: str
    name: str
    """"" for one without a name."""
    entries: tuple[Entry, ...]
    span: tuple[int, int]
    """From the beginning of its `config` line to the end of its last line that says anything."""

    def values(self, key: str) -> tuple[str, ...]:
        """Every word of an option or a list, since OpenWrt's programs take both forms for most."""
        return tuple(word for entry in self.entries if entry.key == key for word in entry.value.split())

    def value(self, key: str, default: str = "") -> str:
        """The value of an option; the last one said counts."""
        return next((entry.value for entry in reversed(self.entries) if entry.key == key), default)

    @property
    def ours(self) -> bool:
        """pptp-wizard wrote it."""
        return self.name.startswith(OURS)


@dataclass(slots=True)
class _Open:
    """A section while its lines come in."""

    type: str
    name: str
    start: int
    end: int
    entries: list[Entry] = field(default_factory=list)

    def closed(self) -> Section:
        return Section(self.type, self.name, tuple(self.entries), (self.start, self.end))


def sections(text: str) -> tuple[Section, ...]:
    """The sections of a file in order. Raises UciSyntaxError where uci would say "Parse error"."""
    found: list[_Open] = []
    for words, span in _lines(text):
        match words:
            case ["config", type_]:
                found.append(_Open(type_, "", *span))
            case ["config", type_, name]:
                found.append(_Open(type_, name, *span))
            case ["option" | "list", key, *rest] if found and len(rest) <= 1:
                found[-1].entries.append(Entry(key, rest[0] if rest else "", span))
                found[-1].end = span[1]
            case ["package", *_]:
                continue
            case _:
                raise UciSyntaxError(" ".join(words))
    return tuple(section.closed() for section in found)


def of_type(found: Sequence[Section], type_: str) -> tuple[Section, ...]:
    """Those of one type."""
    return tuple(section for section in found if section.type == type_)


def named(found: Sequence[Section], name: str) -> Section | None:
    """The section of that name; the last one counts, as its options win in uci too."""
    return next((section for section in reversed(found) if section.name == name), None)


def without(text: str, unwanted: Callable[[Section], bool]) -> str:
    """The text less some sections, each with one empty line before it: more would be the owner's own."""
    for section in reversed(sections(text)):
        if unwanted(section):
            start, end = section.span
            blank = text[:start].endswith("\n\n")
            text = text[: start - blank] + text[end:]
    return text


def with_blanks(text: str, section: Section) -> tuple[int, int]:
    """Where a section stands, with the empty lines before it."""
    start = len(text[: section.span[0]].rstrip("\n"))
    return text.find("\n", start) + 1 if start else 0, section.span[1]


def with_sections(text: str, ours: str) -> str:
    """The text with our sections at its end, and an empty line before them."""
    if text and not text.endswith("\n"):
        text += "\n"
    return f"{text}\n{ours}" if text else ours


def with_option(text: str, section: Section, key: str, value: str) -> str:
    """The text with this option of a section set: in its place, or at the section's end."""
    line = f"\toption {key} {quoted(value)}\n"
    old = [entry for entry in section.entries if entry.key == key]
    if not old:
        head = text[: section.span[1]]
        return head + ("" if head.endswith("\n") else "\n") + line + text[section.span[1] :]
    for entry in reversed(old[1:]):
        text = text[: entry.span[0]] + text[entry.span[1] :]
    start, end = old[0].span
    return text[:start] + line + text[end:]


def without_value(text: str, section: Section, key: str, value: str) -> str:
    """The text with one word taken out of a list, or out of an option that holds several."""
    for entry in reversed([entry for entry in section.entries if entry.key == key and value in entry.value.split()]):
        start, end = entry.span
        text = text[:start] + less(entry, [value]) + text[end:]
    return text


def less(entry: Entry, unwanted: Collection[str]) -> str:
    """The line of an option or a list without some of its words, "" where none is left."""
    rest = [word for word in entry.value.split() if word not in unwanted]
    return f"\toption {entry.key} {quoted(' '.join(rest))}\n" if rest else ""


def quoted(value: str) -> str:
    """A word as uci writes it: in single quotes, one of them inside as `'\\''`."""
    return "'" + value.replace("'", "'\\''") + "'"


def same(some: Sequence[Section], others: Sequence[Section]) -> bool:
    """They say the same in the same order, however it is written."""
    said = [[(section.type, section.name, options(section)) for section in sections] for sections in (some, others)]
    return said[0] == said[1]


def options(section: Section) -> Mapping[str, tuple[str, ...]]:
    """Everything a section says, for comparing two."""
    keys = dict.fromkeys(entry.key for entry in section.entries)
    return {key: section.values(key) for key in keys}


def _lines(text: str) -> Iterator[tuple[list[str], tuple[int, int]]]:
    """The words of each line that has any, and where the line begins and ends."""
    at = 0
    while at < len(text):
        start, words = at, []
        while at < len(text) and text[at] != "\n":
            if text[at] in _SPACE:
                at += 1
            elif text[at] == "#":
                at = _line_end(text, at)
            else:
                word, at = _word(text, at)
                words.append(word)
        at = min(at + 1, len(text))
        if words:
            yield words, (start, at)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _word(text: str, at: int) -> tuple[str, int]:
    """One word, quoted in parts or not at all, and where reading goes on."""
    letters: list[str] = []
    while at < len(text) and text[at] not in _SPACE + "\n":
        if text[at] in "'\"":
            part, at = _quoted_part(text, at)
            letters.append(part)
        elif text[at] == "\\":
            letters.append(text[at + 1 : at + 2])
            at += 2
        elif text[at] == "#":
            break
        else:
            letters.append(text[at])
            at += 1
    return "".join(letters), at


def _quoted_part(text: str, at: int) -> tuple[str, int]:
    """What stands between two quotes. In double quotes a backslash takes the next sign as it is."""
    quote, letters = text[at], []
    at += 1
    while at < len(text) and text[at] != quote:
        if quote == '"' and text[at] == "\\":
            at += 1
        letters.append(text[at : at + 1])
        at += 1
    if at >= len(text):
        raise UciSyntaxError("unterminated quote")
    return "".join(letters), at + 1
