"""A stand-in for `uci`, the command: made after libuci's `cli.c`, and tested against recordings of the real one."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

from wizard.practice.uci import age, show, switches, syntax
from wizard.practice.uci.config import LIST_ADD, LIST_DEL, REMOVE, RENAME, REORDER, SET, Change, Package
from wizard.practice.uci.error import INVALID, NOT_FOUND, PARSE, UciError
from wizard.practice.uci.lookup import Found, leading_number, look_up
from wizard.practice.uci.words import Words

USAGE = 255
EXIT = 254
MOST_WORDS = 3
"""Words of a line in batch mode; one more and the line is refused."""


class RefusalError(Exception):
    """A command ends with this code and no message but those that were printed."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


class Uci:
    """One run of the program."""

    def __init__(self, options: switches.Options) -> None:
        self.options = options
        self.places = options.places
        self.words: Words | None = None
        self.trail = ""
        """What the last error message ended with, after its text."""
        if not options.strict:
            self.places.complain = lambda error: self.complain(error, "")

    def complain(self, error: UciError, prefix: str = "uci: ") -> None:
        """Print an error as uci_perror() does: what it says of a place in a text sticks, and newlines pile up."""
        if not age.since(age.ERRORS_PILE_UP):
            self.trail = ""
        self.trail = (error.where or self.trail) + "\n"
        say(prefix + error.text.removesuffix(error.where) + self.trail)

    def run(self, words: list[str]) -> int:
        """Do one command. Returns the exit code: 255 where the command is none."""
        name = _ALIASES.get(words[0].lower(), words[0].lower())
        command, first = _COMMANDS.get(name, (None, ""))
        if command is None or not age.since(first):
            return USAGE
        try:
            command(self, words[1:])
        except RefusalError as refused:
            return refused.code
        except UciError as error:
            if not self.options.quiet:
                self.complain(error)
            return error.code if name == "add" else 1
        return 0

    def batch(self, _words: list[str]) -> None:
        """Commands from the input, one a line, until it ends or says `exit`. What fails is said and passed over."""
        if self.words is not None:
            raise RefusalError(USAGE)
        self.words = Words(self.options.input)
        while self.words.next_line():
            reads = self.places.reads
            code = self._batch_line(self.words)
            if code == EXIT:
                break
            if code == USAGE and not (self.options.quiet and age.since(age.QUIET_BATCH)):
                say("Unknown command\n")
            if self.places.reads != reads:
                self.words = Words(self.options.input)

    def _batch_line(self, line: Words) -> int:
        try:
            words = list(iter(line.word, ""))
        except UciError as error:
            if not self.options.quiet:
                self.complain(error)
            return 0
        if len(words) > MOST_WORDS:
            if not (self.options.quiet and age.since(age.QUIET_BATCH)):
                say("Too many arguments\n")
            return 1
        if words and words[0].lower() == "exit":
            return EXIT
        return self.run(words) if words else 0

    def _look_up(self, word: str) -> Found:
        try:
            return look_up(self.places, word)
        except UciError as error:
            if error.code == PARSE and not error.where and self.words is not None:
                error.where = f" (unknown) at line {self.words.line}, byte 0"
                error.text += error.where
            raise

    def _each(self, words: list[str], command: Callable[[Uci, Found], None]) -> None:
        """Do something with the package that is named, or with all of them whatever becomes of each."""
        if len(words) > 1:
            raise RefusalError(USAGE)
        if words:
            command(self, self._look_up(words[0]))
            return
        for name in self.places.configs():
            try:
                command(self, self._look_up(name))
            except RefusalError:
                continue
            except UciError as error:
                if not self.options.quiet:
                    self.complain(error)

    def show(self, words: list[str]) -> None:
        self._each(words, Uci._show)

    def _show(self, found: Found) -> None:
        options = self.options
        if found.complete:
            out(show.shown(found, options.delimiter, numbered=options.numbered))
            return
        if age.since(age.STRICT_SHOW) or not age.since(age.COMMIT_FAILS):
            raise UciError(NOT_FOUND)
        if not options.quiet:
            self.complain(UciError(NOT_FOUND))
        out(show.shown(found, options.delimiter, numbered=options.numbered))
        raise RefusalError(1)

    def changes(self, words: list[str]) -> None:
        self._each(words, lambda _, found: out(show.changes(found.package)))

    def export(self, words: list[str]) -> None:
        self._each(words, lambda _, found: out(found.package.text(header=True, named=self.places.named)))

    def commit(self, words: list[str]) -> None:
        self._each(words, Uci._commit)

    def _commit(self, found: Found) -> None:
        if not self.options.commits:
            return
        try:
            self.places.commit(found.package)
        except UciError as error:
            if not self.options.quiet:
                self.complain(error)
            raise RefusalError(1 if age.since(age.COMMIT_FAILS) else 0) from error

    def get(self, words: list[str]) -> None:
        found = self._one(words)
        if not found.complete:
            raise UciError(NOT_FOUND)
        if found.value is not None:
            out(show.value(found.value, self.options.delimiter, quote=False) + "\n")
        elif found.section:
            out(f"{found.section.type}\n")

    def _one(self, words: list[str], *, value: bool = False) -> Found:
        if len(words) != 1:
            raise RefusalError(USAGE)
        found = self._look_up(words[0])
        if found.given is not None and not value:
            raise RefusalError(1)
        return found

    def _change(self, words: list[str], action: str) -> None:
        """Do one change and let it wait for a commit."""
        found = self._one(words, value=action != REMOVE or age.since(age.DEL_LIST))
        if action == REORDER and (found.section is None or found.given is None):
            raise UciError(NOT_FOUND)
        if action == REMOVE and found.given and leading_number(found.given) is None:
            raise RefusalError(1)
        if found.name is None:
            raise UciError(INVALID)
        self._do(found.package, Change(action, found.name, found.option, found.given))

    def _do(self, package: Package, change: Change) -> None:
        done = package.apply(change)
        if done:
            package.pending.append(done)
        if done or not package.has_delta:
            self.places.save(package)

    def set(self, words: list[str]) -> None:
        self._change(words, SET)

    def add_list(self, words: list[str]) -> None:
        self._change(words, LIST_ADD)

    def del_list(self, words: list[str]) -> None:
        self._change(words, LIST_DEL)

    def delete(self, words: list[str]) -> None:
        self._change(words, REMOVE)

    def rename(self, words: list[str]) -> None:
        self._change(words, RENAME)

    def reorder(self, words: list[str]) -> None:
        self._change(words, REORDER)

    def revert(self, words: list[str]) -> None:
        found = self._one(words)
        self.places.revert(found.package, found.name, found.option)

    def add(self, words: list[str]) -> None:
        if len(words) != 2:
            raise RefusalError(USAGE)
        package = self.places.load(words[0])
        section = package.add(words[1])
        package.pending.append(Change("+", section.name, None, words[1]))
        self.places.save(package)
        out(f"{section.name}\n")

    def import_(self, words: list[str]) -> None:
        if len(words) > 1 or (self.options.merge and not words):
            raise RefusalError(USAGE)
        name = words[0] if words else None
        if name and self.options.merge and self._merged(name):
            return
        for package in self.places.parse(self.options.input, name):
            self.places.commit(package, overwrite=True)

    def _merged(self, name: str) -> bool:
        try:
            package = self.places.load(name)
        except UciError:
            return False
        syntax.merge(self.options.input, package, complain=self.places.complain)
        self.places.save(package)
        return True

    def help(self, _words: list[str]) -> None:
        say(show.usage())


_ALIASES = {"ren": "rename", "del": "delete"}
_COMMANDS: dict[str, tuple[Callable[[Uci, list[str]], None], str]] = {
    "batch": (Uci.batch, ""),
    "export": (Uci.export, ""),
    "import": (Uci.import_, ""),
    "changes": (Uci.changes, ""),
    "commit": (Uci.commit, ""),
    "add": (Uci.add, ""),
    "add_list": (Uci.add_list, ""),
    "del_list": (Uci.del_list, age.DEL_LIST),
    "show": (Uci.show, ""),
    "get": (Uci.get, ""),
    "set": (Uci.set, ""),
    "delete": (Uci.delete, ""),
    "rename": (Uci.rename, ""),
    "revert": (Uci.revert, ""),
    "reorder": (Uci.reorder, age.REORDER),
    "help": (Uci.help, ""),
}
"""Every command, and the day since when it is one."""


def out(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))


def say(text: str) -> None:
    sys.stderr.write(text)


def main(argv: list[str]) -> int:
    """Run `uci` with these arguments."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    options = switches.Options()
    try:
        words = switches.parse(argv, options)
    except switches.UsageError:
        words = []
    except switches.InputError as error:
        if not options.quiet:
            say(str(error))
        return 1
    if not words:
        say(show.usage())
        return 0
    return _ended(Uci(options).run(words))


def _ended(code: int) -> int:
    if code != USAGE:
        return code
    say(show.usage())
    return USAGE if age.since(age.BAD_COMMAND_FAILS) else 0
