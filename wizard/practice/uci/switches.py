"""The switches of `uci`, which stand before its command."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

from wizard.practice.uci import age
from wizard.practice.uci.files import Places, rooted

_WITH_VALUE = "cCdfpPt"
_ALONE = "LmnNqsSX"
_FLAGS = {
    "s": ("strict", True),
    "S": ("strict", False),
    "m": ("merge", True),
    "q": ("quiet", True),
    "X": ("numbered", False),
}
"""What the switches without a value set. -L is taken, and does nothing but show the usage."""


class Options:
    """What the switches say."""

    def __init__(self) -> None:
        self.places = Places()
        self.delimiter = " "
        self.merge = False
        self.quiet = False
        self.strict = True
        self.commits = True
        """Not with -P: its folder holds state, which nobody commits."""
        self.numbered = True
        """Whether `show` numbers anonymous sections."""
        self.input: Iterator[str] = _lines(0)
        self._other_input = False

    def switch(self, letter: str, value: str) -> None:
        """Do what one switch says. Raises UsageError."""
        match letter:
            case "c":
                self.places.confdir = rooted(value)
            case "C":
                self.places.overrides = rooted(value)
            case "d":
                self.delimiter = value
            case "f":
                self._read_from(value)
            case "p":
                self.places.also_read(rooted(value))
            case "P" | "t":
                self.places.save_in(rooted(value))
                self.commits &= letter == "t"
            case "n" | "N":
                self.places.named = letter == "n"
            case _:
                setattr(self, *_flag(letter))

    def _read_from(self, name: str) -> None:
        if self._other_input:
            raise InputError("Too many input files.\n")
        self._other_input = True
        try:
            self.input = _lines(os.open(rooted(name), os.O_RDONLY))
        except OSError as error:
            raise InputError(f"uci: {os.strerror(error.errno or errno.EIO)}") from error


class UsageError(Exception):
    """No such switch, or one without its value."""


class InputError(Exception):
    """No input, and what is said about it."""


def _flag(letter: str) -> tuple[str, bool]:
    if letter not in _FLAGS:
        raise UsageError
    return _FLAGS[letter]


def parse(arguments: list[str], options: Options) -> list[str]:
    """Take the switches off, as musl's getopt does. Returns the command. Raises UsageError or InputError."""
    words = list(arguments)
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word == "--":
            break
        _switches(word[1:], words, options)
    return words


def _switches(letters: str, words: list[str], options: Options) -> None:
    while letters:
        letter, letters = letters[0], letters[1:]
        if letter in _allowed(_ALONE):
            options.switch(letter, "")
        elif letter in _allowed(_WITH_VALUE) and (letters or words):
            options.switch(letter, letters or words.pop(0))
            return
        else:
            raise UsageError


def _allowed(letters: str) -> str:
    newer = {"C": age.OVERRIDES, "t": age.SAVE_PATH}
    return "".join(letter for letter in letters if age.since(newer.get(letter, "")))


def _lines(file: int) -> Iterator[str]:
    with open(file, "rb", closefd=False) as stream:
        for line in iter(stream.readline, b""):
            yield line.decode("utf-8", "surrogateescape")
