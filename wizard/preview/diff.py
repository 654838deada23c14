"""What differs between two texts, line by line, without giving a secret away."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from wizard.preview.lines import Line, Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wizard.model.changes import Content

CONTEXT = 3
"""Lines around a change that are shown with it."""
LONGEST = 400
"""Characters of such a line that are shown."""
STYLES = {"+": "green", "-": "red", "@": "cyan", "\\": "dim"}

_Opcode = tuple[str, int, int, int, int]


class _Side(NamedTuple):
    """A line of one side with what tells it apart from another that looks like it."""

    shown: str
    raw: bytes
    ended: bool


@dataclass(frozen=True, slots=True)
class Diff:
    """A unified diff."""

    lines: Lines
    """Each marked by its sign: `+`, `-`, a space, `@` or `\\`."""
    hidden: bool
    """Some lines differ in what is masked alone, so they look the same."""


def diff(before: Content | None, after: Content) -> Diff:
    """Compare what is there with what shall be. Lines that differ in a masked secret alone count as different."""
    old, new = _lines(before), _lines(after)
    groups = SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT)
    lines = [line for group in groups for line in _hunk(group, old, new)]
    return Diff(Lines(tuple(lines)), _hides(set(old), set(new)) or (not lines and _raw(before) != after.raw))


def _lines(content: Content | None) -> list[_Side]:
    if content is None:
        return []
    shown, raw = content.shown.split("\n"), content.raw.split(b"\n")
    if len(raw) != len(shown):  # masked across lines: they cannot be told apart one by one
        raw = [b""] * len(shown)
    last = len(shown) - 1
    lines = [_Side(*pair, ended=number < last) for number, pair in enumerate(zip(shown, raw, strict=True))]
    return lines if lines[-1].shown else lines[:-1]


def _raw(content: Content | None) -> bytes | None:
    return None if content is None else content.raw


def _hides(old: set[_Side], new: set[_Side]) -> bool:
    gone, come = old - new, new - old
    looks = {(line.shown, line.ended) for line in gone}
    return any((line.shown, line.ended) in looks for line in come)


def _hunk(group: Sequence[_Opcode], old: list[_Side], new: list[_Side]) -> list[Line]:
    first, last = group[0], group[-1]
    lines = [_line("@", f"@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@")]
    for tag, old_from, old_to, new_from, new_to in group:
        if tag == "equal":
            lines += _signed(" ", old[old_from:old_to])
        else:
            lines += _signed("-", old[old_from:old_to]) + _signed("+", new[new_from:new_to])
    return lines


def _signed(sign: str, lines: list[_Side]) -> list[Line]:
    signed = [_line(sign, _short(line.shown) if sign == " " else line.shown) for line in lines]
    return signed if not lines or lines[-1].ended else [*signed, _line("\\", " No newline at end of file")]


def _short(text: str) -> str:
    """A line that stays as it is, which tells where a change is: it need not be whole for that."""
    left = len(text) - LONGEST
    return text if left <= 0 else f"{text[:LONGEST]}… ({left:,} characters more)"


def _line(sign: str, text: str) -> Line:
    return Line(sign, text, STYLES.get(sign, ""))


def _range(start: int, stop: int) -> str:
    """Lines as POSIX diff -u counts them: from 1, and an empty range is at the line before it."""
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
