"""Our part of a file that others write to as well: the lines between two marks. The rest is never touched."""

from __future__ import annotations

import re

BEGIN, END = "# >>> pptp-wizard", "# <<< pptp-wizard"

_BLOCK = re.compile(rf"^{BEGIN}[^\n]*\n(?:.*\n)*?{END}[^\n]*\n?", re.MULTILINE)


def block(text: str) -> str:
    """Our part of `text`, marks included; "" where there is none."""
    found = _BLOCK.search(text)
    return found[0] if found else ""


def without_block(text: str) -> str:
    """`text` less every part of ours."""
    return _BLOCK.sub("", text)
