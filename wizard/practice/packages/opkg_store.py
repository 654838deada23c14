"""opkg's database: which packages are installed, their files, and the lists of the feeds (pkg_hash.c, pkg_parse.c)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from wizard.practice import root
from wizard.practice.packages import stanzas
from wizard.practice.packages.opkg_settings import Settings
from wizard.practice.packages.stanzas import Stanza

STATUS_FIELDS = """
    Package ABIVersion Version Depends Recommends Suggests Provides Replaces Conflicts Status Essential Architecture
    Conffiles Installed-Time Auto-Installed Alternatives"""
INFO_FIELDS = """
    Package Version Depends Recommends Suggests Provides Replaces Conflicts Status Section Essential Architecture
    Maintainer MD5Sum Size Filename Conffiles Source Description Installed-Time Tags"""


class Package:
    """One version of a package, from a list, a file or the status file."""

    def __init__(self, stanza: Stanza, *, feed: str = "", dest: str = "") -> None:
        self.stanza, self.feed, self.dest = stanza, feed, dest
        self.name, self.version = stanza["Package"], stanza.get("Version", "")
        self.state = stanza["Status"].split()[-1] if dest and "Status" in stanza else ""
        """`installed`, `unpacked`, or empty for one that is not on the router."""
        self.archive = ""
        self.by_hand = False

    @property
    def there(self) -> bool:
        return self.state in ("installed", "unpacked")

    @property
    def provides(self) -> list[str]:
        words = self.stanza.get("Provides", "").split(",")
        return [self.name, *(word.strip() for word in words if word.strip())]

    @property
    def conffiles(self) -> dict[str, str]:
        """Path → sum of the file as packaged."""
        lines = (line.split() for line in self.stanza.get("Conffiles", "").splitlines())
        return {words[0]: words[1] for words in lines if len(words) == 2}


class Store:
    """What is on the router and, after `load_feeds`, what is on offer."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.packages: list[Package] = []
        self.owners: dict[str, str] = {}
        self.changed = False
        self._by_name: dict[str, list[Package]] = {}
        for dest in settings.dests:
            for stanza in _read(root.path(self.status_file(dest).replace("//", "/"))):
                if "Package" in stanza:
                    self.add(Package(stanza, dest=dest))

    def status_file(self, dest: str) -> str:
        return f"{self.settings.dests[dest]}/usr/lib/opkg/status"

    def info(self, dest: str, name: str) -> str:
        """A file of the database as opkg writes it in its messages."""
        return f"{self.settings.dests[dest]}/usr/lib/opkg/info/{name}"

    def add(self, package: Package) -> None:
        self.packages.append(package)
        for name in package.provides:
            self._by_name.setdefault(name, []).append(package)

    def drop(self, package: Package) -> None:
        """Forget a package, so that nobody finds it as one to be installed."""
        package.state = ""
        self.packages.remove(package)
        for name in package.provides:
            self._by_name[name].remove(package)

    def load_feeds(self) -> None:
        """Read every list that was fetched."""
        for feed in self.settings.feeds.values():
            for stanza in _read(root.path(f"{self.settings.lists}/{feed.name}")):
                if "Package" in stanza:
                    self.add(Package(stanza, feed=feed.name))

    def called(self, name: str) -> list[Package]:
        """Every package of that name, or that provides it."""
        return self._by_name.get(name, [])

    def installed(self) -> list[Package]:
        return sorted((package for package in self.packages if package.there), key=lambda package: package.name)

    def on_router(self, name: str) -> Package | None:
        return next((package for package in self.called(name) if package.name == name and package.there), None)

    def write(self) -> list[OSError]:
        """Write the status files anew, in place. Returns what went wrong, which changes nothing else."""
        errors = []
        for dest in self.settings.dests:
            try:
                self._write(dest)
            except OSError as error:
                errors.append(error)
        return errors

    def _write(self, dest: str) -> None:
        place = root.path(self.status_file(dest).replace("//", "/"))
        there = [package for package in self.packages if package.dest == dest and package.there]
        if not there and not os.path.isdir(os.path.dirname(place)):
            return
        with open(place, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.writelines(stanzas.render(package.stanza, STATUS_FIELDS.split()) + "\n" for package in there)

    def files(self, package: Package) -> list[str]:
        """The files of an installed package. Raises OSError when its list is missing."""
        return lines(root.path(self.info(package.dest, f"{package.name}.list").replace("//", "/")))


def lines(place: str) -> list[str]:
    """The lines of a file. Raises OSError."""
    with open(place, encoding="utf-8", errors="surrogateescape") as file:
        return [line for line in file.read().splitlines() if line]


def _read(place: str) -> Iterator[Stanza]:
    """The stanzas of a file, compressed or not; none where there is no file."""
    if not os.path.exists(place):
        return iter(())
    with open(place, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        import zlib

        data = zlib.decompress(data, 31)
    return stanzas.parse(data.decode("utf-8", "surrogateescape").splitlines())


def matching(packages: Iterable[Package], patterns: list[str], *, nocase: bool) -> Iterator[Package]:
    """The packages whose name fits one of the patterns; all of them when there is no pattern."""
    from fnmatch import fnmatchcase

    for package in packages:
        name = package.name.lower() if nocase else package.name
        if not patterns or any(fnmatchcase(name, pattern.lower() if nocase else pattern) for pattern in patterns):
            yield package
