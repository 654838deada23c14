"""Where uci keeps things: config files in flash, and changes to them that wait for `uci commit` in RAM.

After libuci's `file.c`, `delta.c` and `util.c`. That a full flash ends in an empty file and success is theirs too: the
new text is written without looking whether it could be, and renamed over the old.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator

from wizard.practice import root
from wizard.practice.uci import syntax
from wizard.practice.uci.config import LIST_ADD, LIST_DEL, NAME, PRINTABLE, REMOVE, RENAME, REORDER, Change, Package
from wizard.practice.uci.config import quoted as quoted
from wizard.practice.uci.error import INVALID, IO, NOT_FOUND, PARSE, UciError
from wizard.practice.uci.words import Words, lines_of

BLOCK = 4096


class Pointer:
    """What a word like `network.@route[0].target=10.0.0.0` points at. Raises UciError where it cannot be read."""

    __slots__ = ("extended", "option", "package", "section", "value")

    def __init__(self, word: str) -> None:
        place, equals, value = word.partition("=")
        parts: list[str | None] = [*place.split("."), None, None]
        self.value = value if equals else None
        self.package, self.section, self.option = place.split(".", 1)[0], parts[1], parts[2]
        self.extended = self.section is not None and not NAME.fullmatch(self.section)
        if len(parts) > 5 or not PRINTABLE.fullmatch(self.package) or not self._sound():
            raise UciError(PARSE)

    def _sound(self) -> bool:
        named = self.option is None or NAME.fullmatch(self.option) is not None
        return named and not any(sign < " " and sign not in "\t\n\r" for sign in self.value or "")


class Places:
    """The folders that uci reads and writes, and how it reads them."""

    def __init__(self) -> None:
        self.confdir = root.path("/etc/config")
        self.overrides: str | None = None
        """A folder whose files are read in place of those in `confdir`."""
        self.savedir = root.path("/tmp/.uci")
        self.deltas = [self.savedir]
        """Folders of pending changes, in the order in which they are applied."""
        self.complain: syntax.Complain | None = None

    def save_in(self, folder: str) -> None:
        """Write changes there from now on; they are applied last."""
        self.deltas = [*(other for other in self.deltas if other != folder), folder]
        self.savedir = folder

    def also_read(self, folder: str) -> None:
        """Apply the changes of a further folder, before those in the folder for new ones. Raises UciError."""
        if folder not in self.deltas:
            self.deltas.insert(len(self.deltas) - 1, folder)

    def configs(self, *, dots: bool = True) -> list[str]:
        """The names of all config files, sorted. Raises UciError."""
        try:
            entries = [entry for entry in os.scandir(self.confdir) if not entry.name.startswith(".")]
        except OSError:
            entries = []
        if not entries:
            raise UciError(NOT_FOUND)
        names = sorted(entry.name for entry in entries if not entry.is_dir())
        return [name for name in names if PRINTABLE.fullmatch(name) and (dots or "." not in name)]

    def load(self, name: str, *, deltas: bool = True) -> Package:
        """A package by its name, or by the path of a file outside of the folder. Raises UciError."""
        if name.startswith("/") or name.startswith("./"):
            package = self._read(root.path(name) if name[0] == "/" else name, os.path.basename(name))
        elif name.startswith("."):
            raise UciError(NOT_FOUND)
        else:
            package = self._read(self._path(name), name)
            package.has_delta = True
            if deltas:
                self.apply_deltas(package)
        return package

    def _path(self, name: str) -> str:
        if not PRINTABLE.fullmatch(name):
            raise UciError(INVALID)
        override = f"{self.overrides}/{name}"
        return override if self.overrides and os.path.exists(override) else f"{self.confdir}/{name}"

    def _read(self, path: str, name: str) -> Package:
        if not os.path.isfile(path):
            raise UciError(NOT_FOUND)
        package = self._parse(lines_of(locked_text(path)), name)
        package.path = path
        return package

    def _parse(self, lines: Iterator[str], name: str) -> Package:
        (package,) = syntax.read(lines, name, complain=self.complain)
        return package

    def apply_deltas(self, package: Package) -> int:
        """Do the changes that wait for a package. Returns how many could be read."""
        return sum(apply_lines(package, f"{folder}/{package.name}") for folder in self.deltas)

    def save(self, package: Package) -> None:
        """Write the changes that this program made to where they wait for a commit. Raises UciError."""
        if not package.has_delta:
            self.commit(package)
        elif package.pending:
            self._make_savedir()
            lines = "".join(delta_line(package.name, change) for change in package.pending)
            with Locked(f"{self.savedir}/{package.name}", mode=self._mode(package.name)) as file:
                os.lseek(file, 0, os.SEEK_END)
                write(file, lines)
            package.pending.clear()

    def _make_savedir(self) -> None:
        if not os.path.exists(self.savedir):
            there = os.path.isdir(self.confdir)
            os.mkdir(self.savedir, stat.S_IMODE(os.stat(self.confdir).st_mode) if there else 0o700)
        elif not os.path.isdir(self.savedir):
            raise UciError(IO)

    def _mode(self, name: str) -> int:
        """Files beside a config file get its permissions."""
        path = f"{self.confdir}/{name}"
        return stat.S_IMODE(os.stat(path).st_mode) if os.path.exists(path) else 0o600

    def commit(self, package: Package, *, overwrite: bool = False) -> None:
        """Write a package to its file: as it is, or the file's own text with all waiting changes. Raises UciError."""
        if package.path is None:
            package.path = self._path(package.name)
        with Locked(package.path, mode=self._mode(package.name)) as file:
            if package.has_delta and not overwrite:
                self.save(package)
                package = self._fresh(package.path, file, package.name)
                if not self._flush(package):
                    return
            assert package.path is not None
            self._replace(package.path, package)

    def _fresh(self, path: str, file: int, name: str) -> Package:
        """The package anew from its file: other programs may have changed it."""
        package = self._parse(lines_of(all_of(file)), name)
        package.path, package.has_delta = path, True
        return package

    def _flush(self, package: Package) -> bool:
        """Take over what waits in RAM, and empty the file it waits in."""
        changes = self.apply_deltas(package)
        path = f"{self.savedir}/{package.name}"
        if changes and os.path.exists(path):
            with Locked(path) as file:
                os.ftruncate(file, 0)
        return changes > 0

    def _replace(self, path: str, package: Package) -> None:
        temporary = f"{self.confdir}/.{package.name}.uci-{os.getpid():06d}"
        real = os.path.realpath(path)
        try:
            file = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            write(file, package.text())
            os.close(file)
            os.chmod(temporary, stat.S_IMODE(os.stat(real).st_mode))
            os.rename(temporary, real)
        except OSError as error:
            raise UciError(IO) from error

    def revert(self, package: Package, pointer: Pointer) -> None:
        """Forget the waiting changes to a package, to one section of it or to one option. Raises UciError."""
        path = f"{self.savedir}/{package.name}"
        if not os.path.exists(path):
            return
        with Locked(path) as file:
            kept = [change for change in changes_in(all_of(file), package.name) if not _about(change, pointer)]
            os.ftruncate(file, 0)
            os.lseek(file, 0, os.SEEK_SET)
            write(file, "".join(delta_line(package.name, change) for change in kept))


class Locked:
    """A file that is open for reading and writing, and locked against other users of libuci. Raises UciError."""

    def __init__(self, path: str, mode: int | None = None) -> None:
        self.path = path
        self.flags = os.O_RDWR | (os.O_CREAT if mode is not None else 0)
        self.mode = mode or 0

    def __enter__(self) -> int:
        try:
            self.file = os.open(self.path, self.flags, self.mode)
            fcntl.flock(self.file, fcntl.LOCK_EX)
        except OSError as error:
            raise UciError(IO) from error
        return self.file

    def __exit__(self, *_: object) -> None:
        os.close(self.file)


def locked_text(path: str) -> str:
    """What a file says while nobody writes it. Raises UciError."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError as error:
        raise UciError(IO) from error
    fcntl.flock(file, fcntl.LOCK_SH)
    text = all_of(file)
    os.close(file)
    return text


def all_of(file: int) -> str:
    """Everything in an open file."""
    size = os.fstat(file).st_size
    return os.pread(file, size, 0).decode("utf-8", "surrogateescape")


def write(file: int, text: str) -> None:
    """Write as C's stdio does with nobody looking at its errors: block by block, as far as there is room."""
    data = text.encode("utf-8", "surrogateescape")
    for start in range(0, len(data), BLOCK):
        try:
            os.write(file, data[start : start + BLOCK])
        except OSError:
            return


def delta_line(package: str, change: Change) -> str:
    """A change as it waits in /tmp/.uci."""
    option = f".{change.option}" if change.option is not None else ""
    value = f"={quoted(change.value)}" if change.value is not None else ""
    return f"{change.action}{package}.{change.section}{option}{value}\n"


def apply_lines(package: Package, path: str) -> int:
    """Do the changes of a file; lines that say nothing possible are passed over. Returns how many were done."""
    if not os.path.isfile(path):
        return 0
    done = 0
    for change in changes_in(locked_text(path), package.name):
        package.saved.append(change)
        try:
            package.apply(change)
            done += 1
        except UciError:
            continue
    return done


def changes_in(text: str, package: str) -> Iterator[Change]:
    """The changes that a file of /tmp/.uci holds."""
    words = Words(lines_of(text))
    while words.next_line():
        try:
            change = _change(words, package)
        except UciError:
            continue
        if change:
            yield change


def _change(words: Words, package: str) -> Change | None:
    word = words.word()
    if words.rest:
        return None
    action = word[:1] if word[:1] in (REMOVE, RENAME, REORDER, LIST_ADD, LIST_DEL, "+") else ""
    pointer = Pointer(word[len(action) :])
    if pointer.package != package or pointer.section is None or pointer.extended:
        return None
    change = Change(action, pointer.section, pointer.option, pointer.value)
    return change if _possible(change) else None


def _possible(change: Change) -> bool:
    if change.value is None:
        return change.action == REMOVE
    if change.action == REORDER:
        return change.option is None
    if change.action == RENAME:
        return NAME.fullmatch(change.value) is not None
    return change.action not in (LIST_ADD, LIST_DEL) or change.option is not None


def _about(change: Change, pointer: Pointer) -> bool:
    here = pointer.section in (None, change.section)
    return here and pointer.option in (None, change.option)
