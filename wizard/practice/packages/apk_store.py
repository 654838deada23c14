"""apk's databases: what is installed (/lib/apk/db), what is wanted (/etc/apk/world), what the repositories offer."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from wizard.practice import root
from wizard.practice.packages import versions

INSTALLED, WORLD, SCRIPTS = "/lib/apk/db/installed", "/etc/apk/world", "/lib/apk/db/scripts"
CACHE = "/var/cache/apk"

_NEED = re.compile(r"(!?)([^<>=~!@ ]+)(?:@\S+?)?([<>=~]*)(.*)")


class Need:
    """One dependency, of a package or of the world: `name`, `name=1.0-r1`, `name>=1`, `name><Q1…`, `!name`."""

    def __init__(self, text: str) -> None:
        found = _NEED.fullmatch(text)
        self.text = text
        self.against, self.name, self.operator, self.version = found.groups() if found else ("", text, "", "")

    def met_by(self, package: Package) -> bool:
        """Whether this version of the package, or what it provides under that name, will do."""
        if self.operator == "><":
            return package.checksum == self.version
        version = package.provided(self.name)
        if not self.operator or not version:
            return not self.operator
        if self.operator in ("~", "=~", "~="):
            return version.startswith(self.version)
        strict = {"<": "<<", ">": ">>"}.get(self.operator, self.operator)
        return versions.satisfies(version, strict, self.version)


class Package:
    """A package in a database: the fields of its stanza by their letters, and its files with their sums."""

    def __init__(self, fields: dict[str, str], files: dict[str, str] | None = None) -> None:
        self.fields = fields
        self.files = files or {}
        self.there = False
        self.repository: Repository | None = None
        self.archive = ""

    @property
    def name(self) -> str:
        return self.fields.get("P", "")

    @property
    def version(self) -> str:
        return self.fields.get("V", "")

    @property
    def checksum(self) -> str:
        return self.fields.get("C", "")

    @property
    def size(self) -> int:
        """How much room its files take."""
        return int(self.fields.get("I", "0"))

    @property
    def needs(self) -> list[Need]:
        return [Need(word) for word in self.fields.get("D", "").split()]

    def provided(self, name: str) -> str:
        """The version that it has under this name; empty for one without."""
        if name == self.name:
            return self.version
        return next((need.version for need in map(Need, self.fields.get("p", "").split()) if need.name == name), "")

    @property
    def names(self) -> list[str]:
        return [self.name, *(Need(word).name for word in self.fields.get("p", "").split())]

    def __str__(self) -> str:
        return f"{self.name}-{self.version}"


class Repository:
    """The address of an index, and where it is kept."""

    def __init__(self, url: str) -> None:
        import hashlib

        self.url = url
        self.base = url.rpartition("/")[0]
        self.kept = f"{CACHE}/APKINDEX.{hashlib.sha256(url.encode()).hexdigest()[:8]}.tar.gz"
        self.available = False


def repositories() -> list[Repository]:
    """Those of /etc/apk/repositories and /etc/apk/repositories.d/*.list."""
    folder = root.path("/etc/apk/repositories.d")
    lists = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    files = [root.path("/etc/apk/repositories"), *(f"{folder}/{name}" for name in lists if name.endswith(".list"))]
    urls = [line.split()[-1] for file in files for line in _lines(file) if line.strip() and not line.startswith("#")]
    return [Repository(url) for url in dict.fromkeys(urls)]


def _lines(place: str) -> list[str]:
    if not os.path.exists(place):
        return []
    with open(place, encoding="utf-8", errors="surrogateescape") as file:
        return file.read().splitlines()


def read_installed() -> list[Package]:
    """The installed packages, in the order of the database."""
    packages = list(parse(_lines(root.path(INSTALLED))))
    for package in packages:
        package.there = True
    return packages


def parse(lines: list[str]) -> Iterator[Package]:
    """Stanzas of `letter:value` lines; F, R and Z are a folder, a file in it, and the file's sum."""
    fields: dict[str, str] = {}
    files: dict[str, str] = {}
    folder = path = ""
    for line in [*lines, ""]:
        letter, _, value = line.partition(":")
        if not line:
            if fields:
                yield Package(fields, files)
            fields, files = {}, {}
        elif letter == "F":
            folder = value
        elif letter == "R":
            path = f"{folder}/{value}"
            files[path] = ""
        elif letter == "Z":
            files[path] = value
        elif letter not in "Ma":
            fields[letter] = value


def write_installed(packages: list[Package]) -> None:
    """Write the database beside the old one and put it in its place. Raises OSError."""
    _replace(INSTALLED, "".join(_stanza(package) for package in packages))


def _stanza(package: Package) -> str:
    lines = [f"{letter}:{package.fields[letter]}" for letter in "CPVASITUoLDp" if package.fields.get(letter)]
    for path, total in package.files.items():
        folder, _, name = path.rpartition("/")
        lines += [f"F:{folder}", f"R:{name}", f"Z:{total}"]
    return "".join(f"{line}\n" for line in [*lines, ""])


def read_world() -> list[Need]:
    return [Need(word) for line in _lines(root.path(WORLD)) for word in line.split()]


def write_world(world: list[Need]) -> None:
    """Write what is wanted, in the order of the names. Raises OSError."""
    _replace(WORLD, "".join(f"{need.text}\n" for need in sorted(world, key=lambda need: need.name)))


def _replace(path: str, text: str) -> None:
    place = root.path(path)
    with open(f"{place}.new", "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    os.replace(f"{place}.new", place)
