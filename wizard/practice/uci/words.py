"""Words of uci's text: quotes, backslashes, comments and `;`, with every quirk of libuci's `file.c` that shows.

A buffer holds one line, and grows by another where a quote or a backslash runs over its end. Places in it are counted
in bytes from the start of the first line, lines by the newlines read: both appear in the messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from wizard.practice.uci import age
from wizard.practice.uci.error import PARSE, UciError

SPACE = " \t\n\v\f\r"
"""What isspace() takes for a blank in the C locale."""

_BLANKS = re.compile(r"[ \t\n\v\f\r]*")
_PLAIN = re.compile(r"[^ \t\n\v\f\r'\"\\#;]+")
_IN_DOUBLE = re.compile(r'[^"\\]+')
_COMMAND = re.compile(r"[ \t]*([^ \t]+)")
_COMMAND_AND_BLANK = re.compile(r"[ \t]*[^ \t]+[ \t]")
_LINE_END = re.compile(r"\r?\n\Z|\Z")


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text with their newlines; nothing but a newline ends one."""
    return iter(re.findall(r"[^\n]*\n|[^\n]+", text))


class Words:
    """Reads a stream line by line and word by word."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.buffer = ""
        self.position = 0
        self.line = 0

    def next_line(self) -> bool:
        """Forget the line so far and begin the next one. False at the end."""
        self.buffer, self.position = "", 0
        return self._more()

    def _more(self) -> bool:
        """Put the next line behind the current position, over what was there."""
        self.buffer = self.buffer[: self.position]
        line = next(self.lines, "")
        self.line += line.endswith("\n")
        self.buffer += line
        return line != ""

    def error(self, reason: str) -> UciError:
        """A parse error at the current place."""
        return UciError(PARSE, self.where(reason))

    def where(self, reason: str) -> str:
        size = len(self.buffer[: self.position].encode("utf-8", "surrogateescape"))
        return f" ({reason}) at line {self.line}, byte {size}"

    @property
    def current(self) -> str:
        """The character at the position, nothing at the end."""
        return self.buffer[self.position : self.position + 1]

    @property
    def rest(self) -> str:
        return self.buffer[self.position :]

    def skip_blanks(self) -> None:
        match = _BLANKS.match(self.buffer, self.position)
        assert match is not None
        self.position = match.end()

    def word(self) -> str:
        """The next word of the line, its quotes taken off. Empty at the end of the line or at a `;`."""
        self.skip_blanks()
        if self.current == ";":
            self.position += 1
            return ""
        start, parts = self.position, list(self._parts())
        word = "".join(parts)
        if self.current == ";":
            self._end_at_semicolon(start + len(word))
        elif self.current:
            self.position += 1
        return word

    def _end_at_semicolon(self, written: int) -> None:
        """libuci ends a word in place: one without quotes overwrites the `;` behind it, and the rest of the line."""
        if written == self.position:
            self.buffer = self.buffer[:written]

    def _parts(self) -> Iterator[str]:
        """Quoted and plain pieces that make one word."""
        while self.current and self.current not in SPACE:
            match self.current:
                case "'":
                    yield from self._single_quoted()
                case '"':
                    yield from self._double_quoted()
                case "\\":
                    yield self._escaped()
                case "#":
                    self.buffer = self.buffer[: self.position]
                case ";":
                    return
                case _:
                    yield self._run(_PLAIN)

    def _run(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.buffer, self.position)
        assert found is not None
        self.position = found.end()
        return found.group()

    def _single_quoted(self) -> Iterator[str]:
        self.position += 1
        while (end := self.buffer.find("'", self.position)) < 0:
            yield self._run_to_end("'")
        yield self.buffer[self.position : end]
        self.position = end + 1

    def _run_to_end(self, quote: str) -> str:
        """The rest of the line of a quote that goes on in the next one; in old uci none did."""
        if not age.since(age.QUOTED_SHOW):
            self.position = len(self.buffer.removesuffix("\n"))
            raise self.error(f"unterminated {quote}")
        piece = self.rest
        self.position = len(self.buffer)
        if not self._more():
            raise self.error(f"EOF with unterminated {quote}")
        return piece

    def _double_quoted(self) -> Iterator[str]:
        self.position += 1
        while self.current != '"':
            if self.current == "\\":
                yield self._escaped()
            elif not self.current:
                yield self._run_to_end('"')
            else:
                yield self._run(_IN_DOUBLE)
        self.position += 1

    def _escaped(self) -> str:
        """The character behind a backslash as it is; a backslash at the end of a line joins it to the next."""
        self.position += 1
        if _LINE_END.match(self.buffer, self.position):
            self._more()
            return ""
        self.position += 1
        return self.buffer[self.position - 1]

    def command(self) -> str | None:
        """The first word of a command: it ends at a blank or tab only. None at the end of the line."""
        found = _COMMAND.match(self.buffer, self.position)
        return found.group(1) if found else None

    def pass_command(self) -> bool:
        """Go behind the command's word. False where the buffer ends with it."""
        found = _COMMAND_AND_BLANK.match(self.buffer, self.position)
        if found:
            self.position = found.end()
        return found is not None
