"""Folders built once and kept outside the checkout, each under a name that changes with what it was built from."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path

Build = Callable[[Path], None]

FORGOTTEN_SECONDS = 4 * 3600


def home() -> Path:
    """Where everything built lies: $XDG_CACHE_HOME/pptp-wizard-lab, or the same under ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(base) / "pptp-wizard-lab"


def digest(files: Iterable[Path], *more: str) -> str:
    """Twelve hex digits that change with any file's place, mode or content, and with any of the words."""
    whole = hashlib.sha256("\0".join(more).encode())
    for path in sorted(files):
        place = "/".join(path.parts[-4:])
        whole.update(f"\0{place}\0{path.stat().st_mode:o}\0".encode() + path.read_bytes())
    return whole.hexdigest()[:12]


def folder(name: str, build: Build) -> Path:
    """The finished folder of that name; `build` fills it first if it is not there.

    Whoever comes second, in another process, waits for the first. A build that fails or is killed leaves nothing.
    """
    place = home() / name
    if place.is_dir():
        os.utime(place)
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():
            unfinished = place.with_name(name + ".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            build(unfinished)
            unfinished.rename(place)
            _forget_unused(name.rpartition("-")[0])
    return place


def _forget_unused(kind: str) -> None:
    """Remove the folders of this kind that nobody has asked for in hours, so that the cache does not grow for ever."""
    for place in home().glob(f"{kind}-*"):
        if place.stat().st_mtime < time.time() - FORGOTTEN_SECONDS:
            shutil.rmtree(place) if place.is_dir() else place.unlink()
