"""A file tree in memory: what a disk image or a package holds, before it is written anywhere."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class File:
    data: bytes
    mode: int = 0o644


@dataclass(frozen=True)
class Link:
    target: str


@dataclass(frozen=True)
class Folder:
    mode: int = 0o755


Entry = File | Link | Folder


@dataclass
class Tree:
    """Absolute path → entry. Everything belongs to root."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def __contains__(self, path: str) -> bool:
        return path in self.entries

    def file(self, path: str, data: bytes | str, mode: int = 0o644) -> None:
        self.entries[path] = File(data.encode() if isinstance(data, str) else data, mode)

    def link(self, path: str, target: str) -> None:
        self.entries[path] = Link(target)

    def folder(self, path: str, mode: int = 0o755) -> None:
        self.entries[path] = Folder(mode)

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises KeyError, also where something else is."""
        entry = self.entries[path]
        if not isinstance(entry, File):
            raise KeyError(path)
        return entry.data

    def update(self, other: Tree) -> None:
        self.entries.update(other.entries)

    def below(self, source: Path, prefix: str = "") -> None:
        """Take over every file and link under `source`; whatever is executable there is executable here."""
        for path in sorted(source.rglob("*")):
            name = f"{prefix}/{path.relative_to(source).as_posix()}"
            if path.is_symlink():
                self.link(name, str(path.readlink()))
            elif path.is_file():
                self.file(name, path.read_bytes(), 0o755 if path.stat().st_mode & 0o100 else 0o644)

    def complete(self) -> Iterator[tuple[str, Entry]]:
        """All entries with their parent folders first, in the order of their names."""
        whole = dict(self.entries)
        for path in self.entries:
            for parent in PurePosixPath(path).parents:
                if str(parent) != "/":
                    whole.setdefault(str(parent), Folder())
        return iter(sorted(whole.items()))

    def write(self, root: Path) -> None:
        """Write everything below the folder `root`, which must be empty."""
        for path, entry in self.complete():
            place = root / path.lstrip("/")
            match entry:
                case Folder(mode):
                    place.mkdir()
                    place.chmod(mode)
                case Link(target):
                    place.symlink_to(target)
                case File(data, mode):
                    place.write_bytes(data)
                    place.chmod(mode)

    def tar_gz(self) -> bytes:
        """The tree as a .tar.gz with `./` names, the same bytes each time."""
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for path, entry in self.complete():
                _add(archive, path, entry)
        return gzip.compress(plain.getvalue(), 6, mtime=0)


def _add(archive: tarfile.TarFile, path: str, entry: Entry) -> None:
    member = tarfile.TarInfo("." + path)
    match entry:
        case Folder(mode):
            member.type, member.mode = tarfile.DIRTYPE, mode
            archive.addfile(member)
        case Link(target):
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
        case File(data, mode):
            member.size, member.mode = len(data), mode
            archive.addfile(member, io.BytesIO(data))
