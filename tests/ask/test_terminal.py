"""The questions in a real terminal of 80 columns and 24 lines."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pyte
import pytest

from tests.ask.desk import CTRL_C, DOWN, ENTER, ESCAPE

ROOT = Path(__file__).parents[2]
LINES, COLUMNS = 24, 80
TITLES = (
    "Which devices will dial in?",
    "What may they reach?",
    "Server's address in the tunnel",
    "Who may dial in?",
    "Is this right?",
)


class Window:
    """A terminal emulator with the program in it."""

    def __init__(self, *arguments: str, term: str = "xterm-256color") -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.Stream(self._screen)
        self.raw = ""
        self.program = pexpect.spawn(
            sys.executable,
            ["-m", "tests.ask.at_terminal", *arguments],
            cwd=ROOT,
            env={**os.environ, "TERM": term, "LC_ALL": "C.UTF-8"},
            dimensions=(LINES, COLUMNS),
            encoding="utf-8",
        )

    @property
    def lines(self) -> list[str]:
        """What can be seen."""
        return [line.rstrip() for line in self._screen.display]

    def wait_for(self, text: str, seconds: float = 60, *, then: str = "") -> list[str]:
        """What can be seen once a line begins with `text`, and that line or a later one holds `then`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            lines = self.lines
            found = [number for number, line in enumerate(lines) if line.lstrip().startswith(text)]
            if found and any(then in line for line in lines[found[-1] :]):
                return lines
            self._read()
        raise AssertionError(f"{text!r} with {then!r} did not come:\n" + "\n".join(self.lines))

    def end(self) -> None:
        """Read until the program has ended."""
        while self.program.isalive():
            self._read()
        self._read()

    def _read(self) -> None:
        try:
            text = self.program.read_nonblocking(65536, 0.2)
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            self.program.wait()
            return
        self.raw += text
        self._stream.feed(text)


@pytest.fixture
def window() -> Iterator[Window]:
    window = Window()
    yield window
    window.program.close(force=True)


def test_enter_all_the_way_in_80_by_24(window: Window) -> None:
    for title in TITLES:
        # the heading, the question and the whole of its list can be seen at once
        in_list = title != TITLES[2]
        lines = window.wait_for(f"{title} (" if in_list else f"{title}  (", then="← back" if in_list else "")
        asked = next(number for number, line in enumerate(lines) if line.lstrip().startswith(title) and "(" in line)
        assert any(line.startswith("Step ") for line in lines[:asked])
        window.program.send(ENTER)
    window.wait_for("RESULT Answers(")
    window.end()
    assert "\x1b[6n" not in window.raw, "a terminal is not asked for its cursor: it may answer too late or never"
    assert "WARNING" not in window.raw


def test_the_answers_stay_on_the_screen_and_the_lists_do_not(window: Window) -> None:
    window.wait_for(f"{TITLES[0]} (")
    window.program.send(ENTER)
    lines = window.wait_for(f"{TITLES[1]} (")
    assert f"{TITLES[0]} Windows computer" in lines
    assert not any("cannot dial" in line for line in lines)


def test_escape_goes_back_and_an_arrow_is_no_escape(window: Window) -> None:
    window.wait_for(f"{TITLES[0]} (")
    window.program.send(ENTER)
    window.wait_for(f"{TITLES[1]} (")
    window.program.send(DOWN)
    window.wait_for("» The home network, and the Internet")
    window.program.send(ESCAPE)
    window.wait_for("What may they reach? (back)", seconds=10)
    window.wait_for(f"{TITLES[0]} (")


def test_ctrl_c_ends_it(window: Window) -> None:
    window.wait_for(f"{TITLES[0]} (")
    window.program.send(CTRL_C)
    window.end()
    assert "KeyboardInterrupt" in window.raw


@pytest.mark.parametrize(("arguments", "term"), [(["--plain"], "xterm-256color"), ([], "dumb")])
def test_plain_and_dumb_terminals_see_no_movement(arguments: list[str], term: str) -> None:
    window = Window(*arguments, term=term)
    try:
        for place, title in enumerate(TITLES):
            window.wait_for("Text [172.16.1.1]:" if place == 2 else title)
            window.program.sendline("")
        window.wait_for("RESULT Answers(")
        window.end()
    finally:
        window.program.close(force=True)
    assert "\x1b" not in window.raw
