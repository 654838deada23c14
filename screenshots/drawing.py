"""A terminal's screen as a picture: SVG that needs nothing from elsewhere, and all of them on one sheet (PNG)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import NamedTuple
from xml.sax.saxutils import escape

import pyte
from PIL import Image, ImageDraw, ImageFont

CELL, LINE, SIZE = 8.4, 18, 14
"""Pixels of a column, of a row, and of the letters."""
EDGE, BAR = 12, 30
"""Pixels around the screen, and of the bar above it."""
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
INK, PAPER, FRAME, FAINT = "#d8dee9", "#1b1f27", "#2b313c", "#98a2b3"
COLOURS = {
    "black": "#3b4252",
    "red": "#ff7b85",
    "green": "#8fd18f",
    "brown": "#e8c07d",
    "blue": "#7fb0ff",
    "magenta": "#d69be8",
    "cyan": "#78d5d7",
    "white": "#e5e9f0",
}
"""The terminal's own colours, as pyte names them; `bright…` are the same here."""
SHEET_COLUMNS, SHEET_GAP, LETTER = 2, 16, (6, 11)
"""Pictures beside each other on the sheet, pixels between them, and of a letter of Pillow's own bitmap font."""
PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "~", "→": ">", "←": "<",
                       "↑": "^", "↓": "v", "✓": "v", "✔": "v", "✘": "x", "✗": "x", "•": "·", "●": "o", "○": "o",
                       "▸": ">", "━": "─", "┃": "│", "╸": "─", "╺": "─"})  # fmt: skip
"""What that font has not, by what comes near."""
STROKES = {"─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu", "├": "rud", "┤": "lud", "┬": "lrd",
           "┴": "lru", "┼": "lrud", "╭": "rd", "╮": "ld", "╰": "ru", "╯": "lu"}  # fmt: skip
"""Lines and corners, by the ways they lead: left, right, up, down."""


class Look(NamedTuple):
    """How some letters look."""

    ink: str
    paper: str
    bold: bool


class Run(NamedTuple):
    """Letters of one look beside each other, from that column on."""

    column: int
    text: str
    look: Look


@dataclass(frozen=True)
class Picture:
    """One screen. `title` says what it shows; `rows` are the screen's, from the first to the last that is not empty."""

    name: str
    title: str
    columns: int
    rows: tuple[tuple[Run, ...], ...]

    @property
    def text(self) -> str:
        """What can be read on it."""
        return "\n".join(_line(row) for row in self.rows)


def picture(name: str, title: str, screen: pyte.Screen, steady: Sequence[tuple[str, str]] = ()) -> Picture:
    """What the screen shows now. `steady`: words that differ from run to run, and what stands for them."""
    rows = [tuple(_steadied(_runs(screen, number), steady)) for number in range(screen.lines)]
    while rows and not _line(rows[-1]).strip():
        rows.pop()
    return Picture(name, title, screen.columns, tuple(rows))


def _line(row: Sequence[Run]) -> str:
    line = ""
    for run in row:
        line = line.ljust(run.column) + run.text
    return line.rstrip()


def _runs(screen: pyte.Screen, number: int) -> Iterator[Run]:
    """The row's letters, by how they look; blanks that nobody sees are left out."""
    cells = [screen.buffer[number][column] for column in range(screen.columns)]
    column = 0
    for look, group in groupby(cells, _look):
        text = "".join(cell.data for cell in group)
        if text.strip() or look.paper != PAPER:
            yield Run(column, text, look)
        column += len(text)


def _steadied(row: Iterable[Run], steady: Sequence[tuple[str, str]]) -> Iterator[Run]:
    """The row with what is the same in every run."""
    for run in row:
        text = run.text
        for pattern, instead in steady:
            text = re.sub(pattern, instead, text)
        # blanks up to the edge are as many as there is room behind words that differ
        yield run._replace(text=text if run.look.paper != PAPER else text.rstrip())


def _look(cell: pyte.screens.Char) -> Look:
    ink, paper = _colour(cell.fg, INK), _colour(cell.bg, PAPER)
    return Look(paper, ink, cell.bold) if cell.reverse else Look(ink, paper, cell.bold)


def _colour(name: str, usual: str) -> str:
    if name == "default":
        return usual
    plain = name.removeprefix("bright")
    return COLOURS.get(plain) or COLOURS.get({"yellow": "brown"}.get(plain, ""), f"#{name}")


def svg(shown: Picture) -> str:
    """The picture as SVG. Every run is stretched to its columns, so that any fixed-width font comes out alike."""
    width = round(shown.columns * CELL + 2 * EDGE)
    height = BAR + len(shown.rows) * LINE + 2 * EDGE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{_attribute(shown.title)}">',
        f"<title>{escape(shown.title)}</title>",
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>',
        f'<path d="M0 {BAR}V8a8 8 0 0 1 8-8H{width - 8}a8 8 0 0 1 8 8V{BAR}Z" fill="{FRAME}"/>',
        f'<g font-family="{FONTS}" font-size="{SIZE}" xml:space="preserve">',
        f'<text x="{width / 2:g}" y="{BAR - 10}" fill="{FAINT}" text-anchor="middle">{escape(shown.title)}</text>',
        *(part for number, row in enumerate(shown.rows) for run in row for part in _drawn(run, number)),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def _drawn(run: Run, number: int) -> Iterator[str]:
    x, top = EDGE + run.column * CELL, BAR + EDGE + number * LINE
    width = len(run.text) * CELL
    if run.look.paper != PAPER:
        yield f'<rect x="{x:g}" y="{top}" width="{width:.1f}" height="{LINE}" fill="{run.look.paper}"/>'
    if run.text.strip():
        bold = ' font-weight="bold"' if run.look.bold else ""
        yield (
            f'<text x="{x:g}" y="{top + SIZE}" textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs" '
            f'fill="{run.look.ink}"{bold}>{escape(run.text)}</text>'
        )


def sheet(pictures: Sequence[Picture]) -> bytes:
    """All of them in one PNG, in rows of `SHEET_COLUMNS`, each with its title above."""
    wide = max(shown.columns for shown in pictures) * LETTER[0] + 2 * SHEET_GAP
    tall = (max(len(shown.rows) for shown in pictures) + 2) * LETTER[1] + 2 * SHEET_GAP
    rows = -(-len(pictures) // SHEET_COLUMNS)
    image = Image.new("RGB", (wide * SHEET_COLUMNS, tall * rows), FRAME)
    drawing = ImageDraw.Draw(image)
    for number, shown in enumerate(pictures):
        down, across = divmod(number, SHEET_COLUMNS)
        corner = (across * wide + SHEET_GAP // 2, down * tall + SHEET_GAP // 2)
        _place(drawing, shown, corner, (wide - SHEET_GAP, tall - SHEET_GAP))
    whole = BytesIO()
    image.quantize(64).save(whole, "PNG", optimize=True)
    return whole.getvalue()


def _place(drawing: ImageDraw.ImageDraw, shown: Picture, corner: tuple[int, int], size: tuple[int, int]) -> None:
    (left, top), (width, height) = corner, size
    font = ImageFont.load_default_imagefont()
    drawing.text((left + SHEET_GAP // 2, top), shown.title.translate(PLAIN), fill=FAINT, font=font)
    top += LETTER[1] + 4
    drawing.rectangle((left, top, left + width - 1, top + height - LETTER[1] - 5), fill=PAPER)
    for number, row in enumerate(shown.rows):
        for run in row:
            _letters(drawing, run, left + SHEET_GAP // 2, top + SHEET_GAP // 2 + number * LETTER[1], font)


def _letters(drawing: ImageDraw.ImageDraw, run: Run, left: int, top: int, font: ImageFont.ImageFont) -> None:
    wide, tall = LETTER
    for at, letter in enumerate(run.text.translate(PLAIN)):
        x = left + (run.column + at) * wide
        if run.look.paper != PAPER:
            drawing.rectangle((x, top, x + wide - 1, top + tall - 1), fill=run.look.paper)
        if letter in STROKES:
            _strokes(drawing, STROKES[letter], x, top, run.look.ink)
        elif letter != " ":
            drawing.text((x, top), letter if ord(letter) < 256 else "?", fill=run.look.ink, font=font)


def _strokes(drawing: ImageDraw.ImageDraw, ways: str, x: int, y: int, ink: str) -> None:
    wide, tall = LETTER
    middle = (x + wide // 2, y + tall // 2)
    ends = {"l": (x, middle[1]), "r": (x + wide - 1, middle[1]), "u": (middle[0], y), "d": (middle[0], y + tall - 1)}
    for way in ways:
        drawing.line((middle, ends[way]), fill=ink)
