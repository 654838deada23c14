"""What the real programs of OpenWrt printed, read where it lies: beside the checkout, and never copied into it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "shared/recordings"


@dataclass(frozen=True)
class Recording:
    """One run of a program: what it was called with, what it said, and its exit code."""

    command: str
    code: int
    out: str
    err: str


def folder(release: str) -> Path:
    """The recordings of a release. Skips the test where there are none, and fails it under CI."""
    place = FOLDER / release
    if not place.is_dir():
        reason = f"no recordings of OpenWrt {release} beside the checkout ({FOLDER.name})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return place


def recording(release: str, name: str) -> Recording:
    """The recording of that name, as `INDEX.tsv` lists it. Raises KeyError."""
    place = folder(release)
    for line in (place / "INDEX.tsv").read_text("utf-8").splitlines():
        listed, code, command = line.split("\t", 2)
        if listed == name:
            return Recording(command, int(code), _text(place / f"{name}.txt"), _text(place / f"{name}.stderr"))
    raise KeyError(name)


def _text(path: Path) -> str:
    return path.read_text("utf-8", "surrogateescape") if path.exists() else ""
