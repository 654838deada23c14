"""The pictures are what the program shows; after a change of what it says `make screenshots` takes them anew."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pyte
import pytest

from screenshots.drawing import picture, sheet, svg
from screenshots.scenes import STEADY, take

FOLDER = Path(__file__).parents[1] / "screenshots"


@pytest.mark.skipif(sys.platform != "linux", reason="they were taken on Linux")
def test_the_pictures_are_what_the_program_shows() -> None:
    taken = {f"{number:02}-{shown.name}.svg": svg(shown) for number, shown in enumerate(take(), 1)}
    assert {path.name for path in FOLDER.glob("*.svg")} == set(taken)
    for name, drawn in taken.items():
        assert (FOLDER / name).read_text("utf-8") == drawn, f"{name} is stale: make screenshots"


def screen(text: str) -> pyte.Screen:
    shown = pyte.Screen(40, 5)
    pyte.Stream(shown).feed(text)
    return shown


def test_a_picture_has_the_words_and_the_colours_of_the_screen() -> None:
    shown = picture("x", "A <title>", screen("\x1b[1;31mred\x1b[0m & \x1b[7mturned\x1b[0m\r\nplain"))
    assert shown.text == "red & turned\nplain"
    drawn = svg(shown)
    assert 'fill="#ff7b85" font-weight="bold">red<' in drawn
    assert "A &lt;title&gt;" in drawn and "&amp;" in drawn
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", drawn)


def test_what_differs_from_run_to_run_is_not_in_a_picture() -> None:
    said = "port 127.0.0.1:34567 done (12.3 s)\r\nvpnuser: ab3d-ef6h-jk9m-np2r-st5v"
    assert picture("x", "", screen(said), STEADY).text == "port 127.0.0.1:22022 done\nvpnuser: made-up-for-this-picture"


def test_the_sheet_is_the_same_each_time() -> None:
    shown = picture("x", "A title", screen("╭─┬─╮\r\n│ok│→“x”✔"))
    assert sheet([shown, shown, shown]) == sheet([shown, shown, shown])
