"""Where uci keeps things: config files in flash, and changes to them that wait for `uci commit` in RAM.

After libuci's `file.c`, `delta.c` and `util.c`. That a full flash ends in an empty file and success is theirs too: the
new text is written without looking whether it could be, and takes the old one's place all the same.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator

from wizard.practice import root
from wizard.practice.uci import age, changes, syntax
from wizard.practice.uci.config import PRINTABLE, Package
from wizard.practice.uci.error import INVALID, IO, NOT_FOUND, UciError
from wizard.practice.uci.words import lines_of

BLOCK = 4096
"""What C's stdio writes at a time."""


def rooted(path: str) -> str:
    """The place of a file that was named on the command line: it may say already where the root is."""
    place = root.path("/")
    return path if not path.startswith("/") or path.startswith(place) else root.path(path)


class Places:
    """The folders that uci reads and writes, and how it reads them."""

    def __init__(self) -> None:
        self.confdir = root.path("/etc/config")
        self.overrides = root.path("/var/run/uci") if age.since(age.OVERRIDES) else ""
        """A folder whose files are read in place of those in `confdir`."""
        self.savedir = root.path("/tmp/.uci")
        self.deltas = [self.savedir]
        """Folders of waiting changes, in the order in which they are applied."""
        self.named = False
        """Whether anonymous sections are written with their names."""
        self.complain: syntax.Complain | None = None
        self.reads = 0
        """How many texts were read so far."""

    def save_in(self, folder: str) -> None:
        """Write changes there from now on; they are applied last."""
        self.deltas = [*(other for other in self.deltas if other != folder), folder]
        self.savedir = folder

    def also_read(self, folder: str) -> None:
        """Apply the changes of a further folder, before those in the folder for new ones."""
        if folder not in self.deltas:
            self.deltas.insert(len(self.deltas) - 1, folder)

    def configs(self) -> list[str]:
        """The names of all config files, sorted. Raises UciError."""
        try:
            entries = [entry for entry in os.scandir(self.confdir) if not entry.name.startswith(".")]
        except OSError:
            entries = []
        if not entries:
            raise UciError(NOT_FOUND)
        names = sorted(entry.name for entry in entries if not entry.is_dir())
        return [name for name in names if PRINTABLE.fullmatch(name) and not ("." in name and age.since(age.NO_DOTS))]

    def load(self, name: str, *, deltas: bool = True) -> Package:
        """A package by its name, or by the path of a file outside of the folder. Raises UciError."""
        if name.startswith(("/", "./")):
            return self._read(rooted(name), os.path.basename(name))
        if name.startswith("."):
            raise UciError(NOT_FOUND)
        package = self._read(self._path(name), name)
        package.has_delta = True
        if deltas:
            self.apply_waiting(package)
        return package

    def _path(self, name: str) -> str:
        if not PRINTABLE.fullmatch(name):
            raise UciError(INVALID)
        override = f"{self.overrides}/{name}"
        return override if self.overrides and os.path.exists(override) else f"{self.confdir}/{name}"

    def _read(self, path: str, name: str) -> Package:
        if not os.path.isfile(path):
            raise UciError(NOT_FOUND)
        (package,) = self.parse(lines_of(locked_text(path)), name)
        package.path = path
        return package

    def parse(self, lines: Iterator[str], name: str | None) -> list[Package]:
        """The packages in a text: one where a name is given. Raises UciError."""
        if name is not None and not PRINTABLE.fullmatch(name):
            raise UciError(INVALID)
        self.reads += 1
        return syntax.read(lines, name, complain=self.complain)

    def apply_waiting(self, package: Package) -> int:
        """Do the changes that wait for a package. Returns how many could be done."""
        return sum(_apply_file(package, f"{folder}/{package.name}") for folder in self.deltas)

    def save(self, package: Package) -> None:
        """Write this program's changes to where they wait, or into a file outside of the folder. Raises UciError."""
        if not package.has_delta:
            self.commit(package)
        elif package.pending:
            self._make_savedir()
            lines = "".join(changes.line(package.name, change) for change in package.pending)
            with Locked(f"{self.savedir}/{package.name}", mode=self._mode(package.name)) as file:
                os.lseek(file, 0, os.SEEK_END)
                write(file, lines)
            package.pending.clear()

    def _make_savedir(self) -> None:
        try:
            if not stat.S_ISDIR(os.stat(self.savedir).st_mode):
                raise UciError(IO)
        except FileNotFoundError:
            there = os.path.isdir(self.confdir)
            mode = stat.S_IMODE(os.stat(self.confdir).st_mode) if there else 0o700
            try:
                os.mkdir(self.savedir, mode)
            except OSError as error:
                raise UciError(IO) from error

    def _mode(self, name: str) -> int:
        """Files beside a config file get its permissions."""
        try:
            return stat.S_IMODE(os.stat(f"{self.confdir}/{name}").st_mode)
        except FileNotFoundError:
            return 0o600

    def commit(self, package: Package, *, overwrite: bool = False) -> None:
        """Write a package as it is, or rather what its file says by now with all waiting changes. Raises UciError."""
        path = package.path or self._path(package.name)
        with Locked(path, mode=self._mode(package.name)) as file:
            if package.has_delta and not overwrite:
                self.save(package)
                (package,) = self.parse(lines_of(all_of(file)), package.name)
                if not self._take_over(package):
                    return
            if age.since(age.WHOLE_FILES):
                self._replace(path, package)
            else:
                rewrite(file, package.text(named=self.named))

    def _take_over(self, package: Package) -> bool:
        """Apply what waits in RAM, and empty the file it waits in."""
        done = self.apply_waiting(package)
        path = f"{self.savedir}/{package.name}"
        if done and os.path.exists(path):
            with Locked(path) as file:
                os.ftruncate(file, 0)
        return done > 0

    def _replace(self, path: str, package: Package) -> None:
        temporary = f"{self.confdir}/.{package.name}.uci-{os.getpid():06d}"
        real = os.path.realpath(path)
        try:
            file = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            write(file, package.text(named=self.named))
            settle(file)
            os.close(file)
            os.chmod(temporary, stat.S_IMODE(os.stat(real).st_mode))
            os.rename(temporary, real)
        except OSError as error:
            raise UciError(IO) from error

    def revert(self, package: Package, section: str | None, option: str | None) -> None:
        """Forget the changes that wait for a package, for a section of it or for one option. Raises UciError."""
        path = f"{self.savedir}/{package.name}"
        if not os.path.exists(path):
            return
        with Locked(path) as file:
            try:
                waiting = changes.read_all(all_of(file), package.name)
            except UciError:
                return  # and nothing is said
            kept = [one for one in waiting if section not in (None, one.section) or option not in (None, one.option)]
            rewrite(file, "".join(changes.line(package.name, change) for change in kept))


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
    return os.pread(file, os.fstat(file).st_size, 0).decode("utf-8", "surrogateescape")


def rewrite(file: int, text: str) -> None:
    """Empty an open file and write into it."""
    os.ftruncate(file, 0)
    os.lseek(file, 0, os.SEEK_SET)
    write(file, text)


def write(file: int, text: str) -> None:
    """Write as C's stdio does with nobody looking at its errors: block by block, as far as there is room."""
    data = text.encode("utf-8", "surrogateescape")
    for start in range(0, len(data), BLOCK):
        try:
            os.write(file, data[start : start + BLOCK])
        except OSError:
            return


def settle(file: int) -> None:
    """Have the flash take what was written, again without looking whether it did."""
    try:
        os.fsync(file)
    except OSError:
        return


def _apply_file(package: Package, path: str) -> int:
    if not os.path.isfile(path):
        return 0
    done = 0
    for change in changes.read(locked_text(path), package.name):
        package.saved.append(change)
        try:
            package.apply(change)
        except UciError:
            continue
        done += 1
    return done
