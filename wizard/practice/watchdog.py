"""Ends a practice router, whatever becomes of the program that started it: `python shim.py … ROOT FOLDER`, with a pipe.

It waits until nobody holds the other end of its standard input any more, then ends every process that runs in the
router's root, by its number, and takes the folder away.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time

from wizard.practice import root
from wizard.practice.kernel import processes

GROUPS = "/proc/practice/groups"
"""A folder with a file for each session of programs that was started there, by the number of its first."""
PATIENCE = 5.0


def note(group: int) -> None:
    """This session of programs belongs to the router."""
    os.makedirs(root.path(GROUPS), exist_ok=True)
    with open(root.path(f"{GROUPS}/{group}"), "w", encoding="utf-8"):
        pass


def main(argv: list[str]) -> int:
    """Wait, end them, clear up."""
    os.environ["IPKG_INSTROOT"] = argv[0]
    sys.stdin.buffer.read()
    end()
    shutil.rmtree(argv[1], ignore_errors=True)
    return 0


def end() -> None:
    """Ask all to end; insist after a while."""
    left = time.monotonic() + PATIENCE
    while pids := _running():
        insist = time.monotonic() > left
        for pid in pids:
            _signal(pid, signal.SIGKILL if insist else signal.SIGTERM)
        time.sleep(0.05)
        if insist:
            return


def _running() -> list[int]:
    """Numbers of daemons, and of sessions (below zero)."""
    folder = root.path(GROUPS)
    groups = [-int(name) for name in os.listdir(folder)] if os.path.isdir(folder) else []
    daemon = _number(root.path("/var/run/procd.pid"))
    found = [*groups, *(pid for pid, _ in processes.running()), *([daemon] if daemon else [])]
    return [pid for pid in found if _signal(pid, 0)]


def _number(path: str) -> int:
    try:
        with open(path, encoding="utf-8") as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0


def _signal(pid: int, number: int) -> bool:
    """Send it to a process or, below zero, to a session; False where that has ended."""
    try:
        if pid < 0:
            os.killpg(-pid, number)
        else:
            os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
