"""The package feeds of a release: archives of the stock files and of what programs there are, and their lists."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from wizard.practice import apk, stock
from wizard.practice.stock import Entry, Feeds
from wizard.practice.tree import File, Tree

OLD_PLACE = "/whiterussian/packages"
SCRIPTS = stock.FOLDER / "scripts"
KEY = stock.FOLDER.parent / "rom/opkg-signed/etc/opkg/keys/0123456789abcdef"


@dataclass(frozen=True)
class Package:
    name: str
    control: str
    conffiles: str
    data: Tree
    scripts: dict[str, str] = field(default_factory=dict)
    """postinst, prerm, …: what the package programs run."""
    place: str = OLD_PLACE
    """The folder on the host where it is offered."""

    @property
    def version(self) -> str:
        return self.value("Version")

    def value(self, name: str) -> str:
        """A field of the control file; empty where there is none."""
        return next((line.partition(": ")[2] for line in self.control.splitlines() if line.startswith(f"{name}:")), "")

    def archive(self) -> bytes:
        """The .ipk file."""
        control = Tree()
        control.file("/control", self.control)
        if self.conffiles:
            control.file("/conffiles", self.conffiles)
        for name, script in self.scripts.items():
            control.file(f"/{name}", script, 0o755)
        whole = Tree()
        whole.file("/debian-binary", "2.0\n")
        whole.file("/control.tar.gz", control.tar_gz())
        whole.file("/data.tar.gz", self.data.tar_gz())
        return whole.tar_gz()


def assemble(entry: Entry, feeds: Feeds, programs: Tree) -> Package:
    """A package of a release: its own files, and these programs and modules."""
    data = files(entry)
    data.update(programs)
    return Package(
        name=entry.name,
        control=_control(entry, feeds, data),
        conffiles="".join(f"{path}\n" for path in entry.conffiles),
        data=data,
        scripts=_scripts(entry, feeds),
        place=entry.feed,
    )


def files(entry: Entry) -> Tree:
    """What the package brings but for programs and modules."""
    data = Tree()
    for path, source in entry.files().items():
        mode = 0o600 if path in entry.secret else 0o755 if source.stat().st_mode & 0o100 else 0o644
        data.file(path, source.read_bytes(), mode)
    for path, target in entry.links.items():
        data.link(path, target)
    if entry.load:
        data.file(f"/etc/modules.d/{entry.load['file']}", "".join(f"{name}\n" for name in entry.load["modules"]))
    return data


def _control(entry: Entry, feeds: Feeds, data: Tree) -> str:
    size = sum(len(content.data) for content in data.entries.values() if isinstance(content, File))
    fields = {
        "Package": entry.name,
        "Version": entry.version,
        "Depends": entry.depends,
        "Section": "kernel" if entry.name.startswith("kmod-") else "net",
        "Architecture": feeds.architecture,
        "Installed-Size": str(size),
        "Description": entry.description,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def _scripts(entry: Entry, feeds: Feeds) -> dict[str, str]:
    """What runs: the base system's functions from 15.05.1 on, before that only what loads modules."""
    if not feeds.scripts:
        return {"postinst": loader(entry.load["file"])} if entry.load else {}
    return {name: (SCRIPTS / name).read_text() for name in ("postinst", "prerm")}


def loader(file: str) -> str:
    """A postinst of before 15.05.1: it loads what a file of /etc/modules.d names, on a router that runs."""
    return (SCRIPTS / "load-modules").read_text().replace("FILE", file)


def write(feed: Iterable[Package], folder: Path, feeds: Feeds) -> None:
    """Write the archives and their lists where a web server with this root offers them; empty feeds are empty lists."""
    known = list(feed)
    for place in feeds.places.values():
        here = [package for package in known if package.place == place]
        if feeds.format == "apk":
            apk.write(here, folder / place.lstrip("/"))
        else:
            write_list(here, folder, place, signed=feeds.signed)


def write_list(feed: list[Package], folder: Path, place: str, *, signed: bool) -> None:
    """One feed of ipkg or opkg."""
    folder = folder / place.lstrip("/")
    folder.mkdir(parents=True)
    stanzas = []
    for package in feed:
        archive = package.archive()
        name = f"{package.name}_{package.version}_{package.value('Architecture')}.ipk"
        (folder / name).write_bytes(archive)
        sums = f"MD5Sum: {_md5(archive)}\nSHA256sum: {hashlib.sha256(archive).hexdigest()}\n"
        stanzas.append(f"{package.control}Filename: {name}\nSize: {len(archive)}\n{sums}")
    text = "\n".join(stanzas).encode()
    (folder / "Packages").write_bytes(text)
    (folder / "Packages.gz").write_bytes(gzip.compress(text, mtime=0))
    if signed:
        (folder / "Packages.sig").write_text(signature(text))


def signature(text: bytes) -> str:
    """What the router's `opkg-key`, which stands in for the real one, takes for a signature of this list."""
    return f"untrusted comment: stands in for a signature\n{_md5(KEY.read_bytes() + text)}\n"


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
