"""Small files that the daemon keeps: pid files, name server lists, digests of what a service was given."""

from __future__ import annotations

import hashlib
import os


def write(path: str, text: str) -> None:
    """Replace the file, with its folder if need be."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)


def read(path: str) -> str:
    """What is in the file, or nothing where there is none."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def remove(path: str) -> None:
    if os.path.lexists(path):
        os.unlink(path)


def digest(path: str) -> str | None:
    try:
        with open(path, "rb") as file:
            return hashlib.md5(file.read(), usedforsecurity=False).hexdigest()
    except OSError:
        return None
