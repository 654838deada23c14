"""What is drawn, beside what was drawn when somebody last looked at it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from rich.console import Console

if TYPE_CHECKING:
    from rich.console import RenderableType

FOLDER = Path(__file__).parents[1] / "golden" / "preview"
REWRITE = "PPTP_WIZARD_REWRITE_GOLDEN"


def drawn(parts: Iterable[RenderableType], width: int, colours: Literal["standard"] | None = None) -> str:
    """As a terminal of that width shows it, without spaces at the ends of lines."""
    file = StringIO()
    console = Console(file=file, width=width, color_system=colours, force_terminal=bool(colours), _environ={})
    for part in parts:
        console.print(part, markup=False, highlight=False, emoji=False)
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())


def check(name: str, text: str) -> None:
    """Compare with the golden file, or rewrite it where the environment asks for that."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get(REWRITE) == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
