"""The feed of an apk release: packages and an index in the layout of apk 2, which the router's stand-in reads.

A package is a gzip stream with a piece of tar (`.PKGINFO` and scripts), then one with the rest of that tar (the files);
an index is a .tar.gz with the text `APKINDEX`, after a stream that signs it. apk 3 has one binary format for all of it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.practice import stock
from wizard.practice.tree import Entry, File, Folder, Link, Tree

if TYPE_CHECKING:
    from wizard.practice.feed import Package

KEY = stock.FOLDER.parent / "rom/feeds-25.12/etc/apk/keys/openwrt-25.12.pem"
SCRIPTS = {"postinst": ".post-install", "prerm": ".pre-deinstall"}
INDEX = "packages.adb"


def archive(package: Package) -> bytes:
    """The .apk file."""
    return _control(package) + gzip.compress(_tar(_files(package)) + bytes(1024), mtime=0)


def _control(package: Package) -> bytes:
    """The first stream; its sum stands in the index."""
    members = {".PKGINFO": File(_info(package).encode())}
    members |= {SCRIPTS[name]: File(text.encode(), 0o755) for name, text in package.scripts.items() if name in SCRIPTS}
    return gzip.compress(_tar(members), mtime=0)


def _info(package: Package) -> str:
    fields = {
        "pkgname": package.name,
        "pkgver": package.version,
        "pkgdesc": package.value("Description").strip(),
        "arch": package.value("Architecture"),
        "size": package.value("Installed-Size"),
        "license": "made up",
    }
    depends = "".join(f"depend = {need}\n" for need in needs(package))
    return "".join(f"{name} = {value}\n" for name, value in fields.items()) + depends


def needs(package: Package) -> list[str]:
    """What it depends on, as apk writes it: `kernel=6.12.94~93e5-r1`."""
    words = (word.strip() for word in package.value("Depends").split(",") if word.strip())
    return [word.replace(" (", "").replace(")", "").replace("= ", "=") for word in words]


def _files(package: Package) -> dict[str, Entry]:
    """The files, with those that OpenWrt puts beside them: their list, and the sums of the configuration files."""
    data = Tree(dict(package.data.entries))
    place = f"/lib/apk/packages/{package.name}"
    there = [path for path in package.conffiles.split() if path in data]
    listed = sorted(path for path, entry in data.entries.items() if not isinstance(entry, Folder))
    data.file(f"{place}.list", "".join(f"{path}\n" for path in listed))
    if package.conffiles:
        sums = (f"{path} {hashlib.sha256(data.read(path)).hexdigest()}\n" for path in there)
        data.file(f"{place}.conffiles", package.conffiles)
        data.file(f"{place}.conffiles_static", "".join(sums))
    return {path.lstrip("/"): entry for path, entry in data.complete()}


def _tar(members: Mapping[str, Entry]) -> bytes:
    """A piece of tar without the end mark."""
    return b"".join(_member(name, entry) for name, entry in members.items())


def _member(name: str, entry: Entry) -> bytes:
    member, data = tarfile.TarInfo(name), b""
    match entry:
        case Folder(mode):
            member.type, member.mode = tarfile.DIRTYPE, mode
        case Link(target):
            member.type, member.linkname = tarfile.SYMTYPE, target
        case File(data, mode):
            member.size, member.mode = len(data), mode
    return member.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % 512)


def write(packages: Iterable[Package], folder: Path) -> None:
    """Write packages and their index into a folder, which may be there."""
    folder.mkdir(parents=True, exist_ok=True)
    stanzas = []
    for package in packages:
        data = archive(package)
        (folder / f"{package.name}-{package.version}.apk").write_bytes(data)
        stanzas.append("".join(f"{line}\n" for line in _stanza(package, len(data))))
    text = "\n".join(stanzas).encode()
    index = gzip.compress(_tar({"DESCRIPTION": File(b"made up\n"), "APKINDEX": File(text)}) + bytes(1024), mtime=0)
    (folder / INDEX).write_bytes(_signature(index) + index)


def _signature(index: bytes) -> bytes:
    """The stream that the stand-in takes for a signature by the key that its release trusts."""
    digest = hashlib.sha256(KEY.read_bytes() + index).hexdigest()
    return gzip.compress(_tar({f".SIGN.{KEY.name}": File(digest.encode())}), mtime=0)


def _stanza(package: Package, size: int) -> Iterator[str]:
    yield f"C:Q1{base64.b64encode(hashlib.sha1(_control(package), usedforsecurity=False).digest()).decode()}"
    yield from _fields(package)
    yield f"S:{size}"


def _fields(package: Package) -> Iterator[str]:
    yield f"P:{package.name}"
    yield f"V:{package.version}"
    yield f"A:{package.value('Architecture')}"
    yield f"I:{package.value('Installed-Size')}"
    yield f"T:{package.value('Description').strip()}"
    yield "L:made up"
    if depends := needs(package):
        yield f"D:{' '.join(depends)}"


def register(tree: Tree, package: Package) -> None:
    """Put a package that lies on a disk into its database, in place of an entry that is there; the world lists it."""
    files = _files(package)
    for path, entry in files.items():
        if path.startswith("lib/apk/packages/"):
            tree.entries[f"/{path}"] = entry
    others = tree.read("/lib/apk/db/installed").decode().split("\n\n")
    kept = [text.strip("\n") for text in others if text.strip() and f"P:{package.name}" not in text.splitlines()]
    stanza = "\n".join([*_fields(package), *_listing(files)])
    tree.file("/lib/apk/db/installed", "".join(f"{text}\n\n" for text in [*kept, stanza]))
    world = set(tree.read("/etc/apk/world").decode().split()) | {package.name}
    tree.file("/etc/apk/world", "".join(f"{name}\n" for name in sorted(world)))
    for name, script in package.scripts.items():
        if name in SCRIPTS:
            tree.file(f"/lib/apk/db/scripts/{package.name}{SCRIPTS[name]}", script, 0o755)


def _listing(files: dict[str, Entry]) -> Iterator[str]:
    """The lines `F:`, `R:` and `Z:` for each folder, file and sum."""
    for path in sorted((path for path, entry in files.items() if not isinstance(entry, Folder)), key=_by_folder):
        entry, (folder, _, name) = files[path], path.rpartition("/")
        data = entry.data if isinstance(entry, File) else entry.target.encode() if isinstance(entry, Link) else b""
        yield f"F:{folder}"
        yield f"R:{name}"
        yield f"Z:Q1{base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()}"


def _by_folder(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name
