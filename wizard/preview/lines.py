"""Lines of a file as they are, each with a mark before it, folded so that nothing of them is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from wizard.resources import visible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

HANGING = 4
"""Columns by which the rest of a folded line is set in, so that it does not look like a line of its own."""
NARROWEST = 8
TAB = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a mark, its text and a style for both."""

    mark: str
    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines below each other, drawn to the width that there is."""

    lines: tuple[Line, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        for line in self.lines:
            room = options.max_width - len(line.mark)
            text = Text(visible(line.text).expandtabs(TAB), line.style)
            first, *rest = [text] if text.cell_len <= room else _folded(text, room, console)
            yield Text(line.mark, line.style, no_wrap=True) + first
            for more in rest:
                yield Text(" " * len(line.mark), no_wrap=True) + more


def numbered(lines: tuple[str, ...]) -> Lines:
    """The lines of a script, counted from 1."""
    width = len(str(len(lines)))
    return Lines(tuple(Line(f"{number:{width}}  ", text) for number, text in enumerate(lines, 1)))


def _folded(text: Text, room: int, console: Console) -> list[Text]:
    """The text in lines of at most `room` columns, the later ones set in deeper than it begins itself."""
    words = text.plain.lstrip(" ")
    own = len(text.plain) - len(words)
    margin = min(own + HANGING, max(room - NARROWEST, 0))
    first, *rest = Text(words, text.style).wrap(console, room - margin, overflow="fold")
    return [Text(" " * min(own, margin)) + first, *(Text(" " * margin) + line for line in rest)]
