"""Our part of a file that others write to as well: the lines between two marks. The rest is never touched."""

from __future__ import annotations

import re

BEGIN, END = "# >>> pptp-wizard", "# <<< pptp-wizard"

# A beginning without its end must not reach to the end of another part: what is between belongs to somebody else.
_BLOCK = re.compile(rf"^{BEGIN}[^\n]*\n(?:(?!{BEGIN}).*\n)*?{END}[^\n]*\n?", re.MULTILINE)
_EXIT = re.compile(r"^exit\b", re.MULTILINE)
_MARK = re.compile(rf"^(?:{BEGIN}|{END})", re.MULTILINE)


def block(text: str) -> str:
    """Our part of `text`, marks included; "" where there is none."""
    found = _BLOCK.search(text)
    return found[0] if found else ""


def without_block(text: str) -> str:
    """`text` less every part of ours."""
    return _BLOCK.sub("", text)


def stray_mark(text: str) -> bool:
    """A mark of ours without its other half, in what is left without our parts."""
    return _MARK.search(text) is not None


def with_block(text: str, ours: str) -> str:
    """`text` with our part in it once: where it is now, else at the end, or before a line that leaves the script."""
    old, rest = block(text), without_block(text)
    at = text.index(old) if old else _end(rest)
    head = rest[:at]
    joint = "" if not head or head.endswith("\n") else "\n"
    return head + joint + ours + rest[at:]


def _end(text: str) -> int:
    leave = _EXIT.search(text)
    return leave.start() if leave else len(text)
