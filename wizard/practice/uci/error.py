"""What goes wrong in uci, with the codes of libuci's `uci.h` and the words that the program prints."""

from __future__ import annotations

MEMORY, INVALID, NOT_FOUND, IO, PARSE, DUPLICATE = range(1, 7)

TEXTS = {
    MEMORY: "Out of memory",
    INVALID: "Invalid argument",
    NOT_FOUND: "Entry not found",
    IO: "I/O error",
    PARSE: "Parse error",
    DUPLICATE: "Duplicate entry",
}


class UciError(Exception):
    """Something that uci refuses: `.code` counts as libuci does, `.text` is what uci prints after its name."""

    def __init__(self, code: int, where: str = "") -> None:
        self.code = code
        self.where = where
        """Reason and place of a parse error, as in ` (invalid command) at line 3, byte 0`."""
        self.text = TEXTS[code] + where
        super().__init__(self.text)
