"""What is in the pictures: real runs of the wizard in a pseudo-terminal, in front of a practice router."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pexpect
import pyte

from screenshots.drawing import Picture, picture

COLUMNS, LINES = 80, 32
WIDE = 120
"""Columns where lines have figures in them that differ: folded, they would break elsewhere each time."""
DEMO = ["-m", "wizard", "demo"]
ENTER, DOWN = "\r", "\x1b[B"
PATIENCE = 90.0
STEADY = (
    (r"SHA256:[A-Za-z0-9+/]{43}", "SHA256:MadeUpMadeUpMadeUpMadeUpMadeUpMadeUpMadeUp1"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:22022"),
    (r"TCP port \d{5}", "TCP port 22023"),
    (r":? \(\d+\.\d s\)", ""),
    (r"\d+\.\d ms", "0.5 ms"),
    (r"\d+\.\d to", "0.4 to"),
    (r", \d+\.\d in\b", ", 0.5 in"),
    (r"\b[a-z0-9]{4}(-[a-z0-9]{4}){4}\b", "made-up-for-this-picture"),
)
"""What differs from run to run, and what stands for it."""
SET_UP = (
    ("host-key", "Is this your router?", "Is it the right router?"),
    ("devices", "Which devices will dial in?", "Which devices will dial in"),
    ("reach", "What may they reach?", "What they may reach"),
    ("server", "Server's address in the tunnel", "The server's address in the tunnel"),
    ("clients", "Who may dial in?", "Who may dial in"),
    ("review", "Is this right?", "The review, from which every line can be changed"),
    ("preview", "What now?", "What would change on the router"),
    ("end", "What next, on the practice router?", "The end: what to do now"),
)
"""Name, question and title of the screens that Enter leads through."""


class Stage:
    """A program in a terminal, and what its screen shows."""

    def __init__(self, *arguments: str, columns: int = COLUMNS) -> None:
        self.screen = pyte.Screen(columns, LINES)
        self._stream = pyte.Stream(self.screen)
        self._program = pexpect.spawn(
            sys.executable,
            [*DEMO, *arguments],
            env=_surroundings(),
            dimensions=(LINES, columns),
            encoding="utf-8",
        )

    def wait_for(self, pattern: str) -> None:
        """Read on until the screen matches, and until nothing more comes for a moment."""
        end = time.monotonic() + PATIENCE
        while self._read() or not re.search(pattern, "\n".join(self.screen.display)):
            if time.monotonic() > end:
                raise TimeoutError("\n".join([f"no {pattern!r} on", *self.screen.display]))

    def press(self, keys: str) -> None:
        self._program.send(keys)

    def close(self) -> None:
        self._program.close(force=True)

    def _read(self) -> bool:
        """Take in what comes within a moment; whether something did."""
        try:
            self._stream.feed(self._program.read_nonblocking(65536, timeout=0.4))
        except pexpect.TIMEOUT:
            return False
        except pexpect.EOF:
            return False
        return True


def _surroundings() -> Mapping[str, str]:
    return {
        "HOME": "/nonexistent",
        "LANG": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "TERM": "xterm-256color",
        "TMPDIR": tempfile.gettempdir(),
    }


def take() -> list[Picture]:
    """All pictures, in the order of their numbers."""
    return [*_set_up(), *_test(), *_fault()]


def _set_up() -> Iterator[Picture]:
    stage = Stage()
    try:
        for name, question, title in SET_UP:
            stage.wait_for(_prompt(question))
            yield picture(name, title, stage.screen, STEADY)
            stage.press(ENTER)
    finally:
        stage.close()


def _test() -> Iterator[Picture]:
    stage = Stage(columns=WIDE)
    try:
        for _, question, _ in SET_UP:
            stage.wait_for(_prompt(question))
            stage.press(ENTER if question != SET_UP[-1][1] else DOWN + ENTER)
        stage.wait_for("Nothing wrong was found")
        stage.wait_for(_prompt(SET_UP[-1][1]))
        yield picture("test", "The connection test", stage.screen, STEADY)
    finally:
        stage.close()


def _fault() -> Iterator[Picture]:
    stage = Stage("--trouble", "gre-dropped", columns=WIDE)
    try:
        stage.wait_for("Who has to act")
        yield picture("fault", "A fault that the test has found", stage.screen, STEADY)
    finally:
        stage.close()


def _prompt(question: str) -> str:
    return re.escape(question) + r"\s+\(.*(Enter accepts|Esc: )"
