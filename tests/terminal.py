"""A person at a terminal of 80 columns and 24 lines: reads the screen, types keys."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pexpect
import pyte

COLUMNS, LINES = 80, 24
ENTER, ESCAPE, DOWN, CTRL_C = "\r", "\x1b", "\x1b[B", "\x03"


class Terminal:
    """A program in a pseudo-terminal, and what its screen shows."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], home: Path) -> None:
        self._screen = pyte.HistoryScreen(COLUMNS, LINES, history=4000)
        self._stream = pyte.Stream(self._screen)
        self._program = pexpect.spawn(
            command[0],
            list(command[1:]),
            env=dict(environment),
            cwd=str(home),
            dimensions=(LINES, COLUMNS),
            encoding="utf-8",
        )

    @property
    def screen(self) -> str:
        """What is visible now."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def scrollback(self) -> str:
        """Everything that can still be scrolled to, and what is visible."""
        above = ("".join(line[column].data for column in range(COLUMNS)).rstrip() for line in self._screen.history.top)
        return "\n".join([*above, self.screen])

    def wait_for(self, pattern: str, seconds: float = 60) -> str:
        """Read on until the screen matches; the screen then. Raises AssertionError with the screen otherwise."""
        until = time.monotonic() + seconds
        while not re.search(pattern, self.screen):
            assert time.monotonic() < until, f"no {pattern!r} within {seconds} s on\n{self.screen}"
            assert self._read(), f"it ended without {pattern!r} on\n{self.screen}"
        return self.screen

    def type(self, keys: str) -> None:
        """Press these keys."""
        self._program.send(keys)

    def answer(self, question: str, keys: str = ENTER) -> str:
        """Wait for the prompt of a question, press keys, and wait until it has gone; the screen with the question."""
        prompt = rf"{re.escape(question)}\s+\(.*(Enter accepts|Esc: )"
        shown = self.wait_for(prompt)
        self.type(keys)
        return shown

    def end(self, seconds: float = 120) -> int:
        """Read to the end of the program; its exit code."""
        until = time.monotonic() + seconds
        while self._read():
            assert time.monotonic() < until, f"still running after {seconds} s:\n{self.screen}"
        self._program.close()
        assert self._program.exitstatus is not None, f"ended by signal {self._program.signalstatus}"
        return int(self._program.exitstatus)

    def close(self) -> None:
        """End the program if it still runs."""
        self._program.close(force=True)

    def _read(self) -> bool:
        """Take in what comes within a moment; False once the program has ended."""
        try:
            self._stream.feed(self._program.read_nonblocking(65536, timeout=0.2))
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True
