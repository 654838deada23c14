"""What the stand-in kernel keeps: files below /proc, changed by rename, so that nobody ever reads half of one."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager

from wizard.practice import root

FOLDER = "/proc/practice"
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeVar

    Kept = TypeVar("Kept")


def read(name: str, otherwise: Kept) -> Kept:
    """What was kept under this name, or this before anything was."""
    try:
        with open(root.path(f"{FOLDER}/{name}.json"), encoding="utf-8") as file:
            found: Kept = json.load(file)
            return found
    except FileNotFoundError:
        return otherwise


def keep(name: str, value: object) -> None:
    """Keep this from now on."""
    write(f"{FOLDER}/{name}.json", json.dumps(value))


def write(path: str, text: str) -> None:
    """A file of the router's with this text, all at once."""
    place = root.path(path)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(f"{place}.{os.getpid()}", "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(f"{place}.{os.getpid()}", place)


@contextmanager
def locked() -> Iterator[None]:
    """One program at a time."""
    os.makedirs(root.path(FOLDER), exist_ok=True)
    with open(root.path(f"{FOLDER}/lock"), "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
