"""How numbers, lists and permissions are said."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from wizard.resources import visible

BYTES_PER_KB = 1000


def heading(title: str) -> Text:
    """The title of a part, with an empty line above it."""
    return Text(f"\n{visible(title)}", "bold")


def sentence(words: str, style: str = "") -> Text:
    """Text that folds at words. What a router sent comes out harmless, and brackets literal."""
    return Text(visible(words), style)


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; nothing for none."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def kilobytes(size: int, *, up: bool) -> str:
    """Bytes as kB of 1000 bytes: `up` for what is taken, down for what is free, so that no sum looks too good."""
    return f"{-(-size // BYTES_PER_KB) if up else size // BYTES_PER_KB:,} kB"


def access(mode: str) -> str:
    """Octal permissions, as `0600`, in words."""
    bits = int(mode, 8)
    read, change = _who(bits >> 2), _who(bits >> 1)
    words = f"{read} can read and change it" if read == change else f"{read} can read it, {change} can change it"
    return f"{words}, and it can be run" if bits & 0o111 else words


def _who(bits: int) -> str:
    if bits & 0o001:
        return "everyone on the router"
    return "its group" if bits & 0o010 else "only root"
