"""Words of pppd's files, split exactly as pppd splits them (`getword` in pppd/options.c, 2.4.3 to 2.4.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "s": " ", "t": "\t"}
SPACE = " \t\n\r\v\f"


@dataclass(frozen=True, slots=True)
class Word:
    """One word, and where it stands in the text (for masking it there)."""

    text: str = field(repr=False)
    start: int
    end: int


def lines_of_words(text: str) -> Iterator[list[Word]]:
    """The words of each line that has any.

    White space separates; `#` starts a comment even inside an unquoted word; a word that begins with a quote goes to
    the next such quote, across line ends; a backslash escapes as in C (octal and hex too).
    """
    line: list[Word] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "#":
            at = _end_of_line(text, at)
        elif char == "\n":
            if line:
                yield line
            line, at = [], at + 1
        elif char in SPACE:
            at += 1
        elif text.startswith("\\\n", at):
            at += 2
        else:
            word = _word(text, at)
            line.append(word)
            at = word.end
    if line:
        yield line


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _word(text: str, start: int) -> Word:
    quote = text[start] if text[start] in "\"'" else ""
    at = start + len(quote)
    letters: list[str] = []
    while at < len(text):
        char = text[at]
        if char == "\\":
            letter, at = _escape(text, at + 1)
            letters.append(letter)
            continue
        if quote and char == quote:
            return Word("".join(letters), start, at + 1)
        if not quote and (char in SPACE or char == "#"):
            break
        letters.append(char)
        at += 1
    return Word("".join(letters), start, at)


def _escape(text: str, at: int) -> tuple[str, int]:
    """The letter after a backslash and where reading goes on; a backslash before a line end is no letter at all."""
    if at >= len(text):
        return "", at
    char = text[at]
    if char == "\n":
        return "", at + 1
    if char in "01234567":
        return _number(text, at, 3, "01234567", 8)
    if char == "x":
        return _number(text, at + 1, 2, "0123456789abcdefABCDEF", 16)
    return ESCAPES.get(char, char), at + 1


def _number(text: str, at: int, longest: int, digits: str, base: int) -> tuple[str, int]:
    end = at
    while end < len(text) and end - at < longest and text[end] in digits:
        end += 1
    return chr(int(text[at:end] or "0", base) & 0xFF), end
