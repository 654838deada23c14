"""The screen in a real terminal of 80×24 characters."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pexpect
import pyte
import pytest

RUN = """
from time import sleep
from wizard.screen import Screen
screen = Screen(plain={plain})
with screen.progress("Looking for the router") as work:
    work.update("192.168.1.1, " + "a long name " * 9, 1, 2)
    sleep(0.35)
    work.update("gateway", 2, 2)
    sleep(0.25)
screen.say("Found.")
"""
ROOT = Path(__file__).parents[2]


def bytes_of(plain: bool, columns: int = 80, **environment: str) -> str:
    """All that the program sends to a terminal."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    child = pexpect.spawn(
        sys.executable,
        ["-c", RUN.format(plain=plain)],
        env={**kept, "TERM": "xterm", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), **environment},
        dimensions=(24, columns),
        encoding="utf-8",
        timeout=20,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    return str(child.before)


def test_one_line_moves_and_leaves_one_line_behind() -> None:
    sent = bytes_of(plain=False)
    terminal = pyte.Screen(80, 24)
    pyte.Stream(terminal).feed(sent)
    shown = [line.rstrip() for line in terminal.display if line.strip()]
    assert len(shown) == 2
    assert shown[0].startswith("Looking for the router: done (0.")
    assert shown[1] == "Found."
    assert "gateway, 2 of 2 (0." in sent
    assert not terminal.cursor.hidden
    assert sent.count("\n") <= 4, "the moving line never grows into a second one"


@pytest.mark.parametrize(("plain", "term"), [(True, "xterm"), (False, "dumb")])
def test_plain_sends_nothing_but_text(plain: bool, term: str) -> None:
    sent = bytes_of(plain, columns=40, TERM=term)
    assert "\x1b" not in sent
    assert "\r" not in sent.replace("\r\n", "\n")
    lines = sent.replace("\r\n", "\n").splitlines()
    assert all(len(line) <= 40 for line in lines), "it knows how wide the window is"
    assert lines[0] == "Looking for the router …"
    assert lines[-1] == "Found."


def test_ascii_frames_without_utf_8() -> None:
    sent = bytes_of(plain=False, PYTHONIOENCODING="ascii")
    assert sent.isascii()
    assert "/ Looking for the router" in sent or "- Looking for the router" in sent
