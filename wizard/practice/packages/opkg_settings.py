"""/etc/opkg.conf and /etc/opkg/*.conf (opkg_conf.c), and the words of the command line (opkg-cl.c)."""

from __future__ import annotations

import os

from wizard.practice import root


class Feed:
    """A `src` or `src/gz` line."""

    def __init__(self, name: str, url: str, compressed: bool) -> None:
        self.name, self.url, self.compressed = name, url, compressed

    @property
    def index(self) -> str:
        return f"{self.url}/{'Packages.gz' if self.compressed else 'Packages'}"


class Settings:
    """What the files said. `complaints` are errors about lines that were passed over."""

    def __init__(self) -> None:
        self.feeds: dict[str, Feed] = {}
        self.dests: dict[str, str] = {}
        self.architectures: dict[str, str] = {}
        self.options: dict[str, str] = {}
        self.lists = ""
        self.complaints: list[str] = []

    def read(self, path: str) -> None:
        """Take over one file. Raises OSError when it cannot be read."""
        with open(root.path(path), encoding="utf-8", errors="surrogateescape") as file:
            for number, line in enumerate(file, 1):
                words = line.split()
                if words and not words[0].startswith("#") and not self._take(words):
                    self.complaints.append(f"{path}:{number}: Ignoring invalid line: `{line.rstrip()}'")

    def _take(self, words: list[str]) -> bool:
        kind, name, value = [*words, "", "", ""][:3]
        if kind in ("src", "src/gz"):
            if name in self.feeds:
                self.complaints.append(f"Duplicate src declaration ({name} {value}). Skipping.")
            self.feeds.setdefault(name, Feed(name, value, kind == "src/gz"))
        elif kind == "dest":
            self.dests.setdefault(name, value)
        elif kind == "arch":
            self.architectures[name] = value or "10"
        elif kind == "option":
            self.options.setdefault(name, value or "1")
        elif kind == "lists_dir":
            self.lists = value
        else:
            return False
        return True


def load(main: str) -> Settings:
    """All settings. Raises OSError, with the file's name, when the main file is missing."""
    settings = Settings()
    settings.read(main)
    folder = root.path("/etc/opkg")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.endswith(".conf"):
            settings.read(f"/etc/opkg/{name}")
    settings.dests = settings.dests or {"root": "/"}
    settings.lists = settings.lists or "/usr/lib/opkg/lists"
    return settings


FLAGS = """
    autoremove download-only force-checksum force-depends force-downgrade force-maintainer force-overwrite
    force-postinstall force-reinstall force-removal-of-dependent-packages force-removal-of-essential-packages
    force-remove force-signature force-space no-check-certificate noaction nocase nodeps query-all size strip-abi"""
VALUES = ["add-arch", "add-dest", "cache", "conf", "dest", "lists-dir", "tmp-dir", "verify-program"]
SHORT = {"A": "query-all", "d": "dest", "f": "conf", "i": "nocase", "l": "lists-dir", "t": "tmp-dir"}
SAME = {"conf-file": "conf", "recursive": "force-removal-of-dependent-packages", "test": "noaction"}


class UnknownOptionError(Exception):
    """An option that opkg does not have; the text is what getopt says."""


def arguments(argv: list[str]) -> tuple[dict[str, str], list[str]]:
    """The options and the other words, in any order, with one dash or two, `_` as good as `-`.

    Raises UnknownOptionError.
    """
    options: dict[str, str] = {}
    others: list[str] = []
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return options, others + rest
        if word.startswith("-") and word != "-":
            name, value = _option(word, rest)
            options[name] = value
        else:
            others.append(word)
    return options, others


def _option(word: str, rest: list[str]) -> tuple[str, str]:
    if word[:2] == "-V":
        return "verbosity", word[2:].lstrip("=") or "2"
    name, _, value = word.lstrip("-").partition("=")
    name = name.replace("_", "-")
    name = SHORT.get(name, SAME.get(name, name))
    if name == "verbosity":
        return name, value or "2"
    if name in ("version", "v"):
        return "version", "1"
    if name in VALUES:
        if not value and not rest:
            raise UnknownOptionError(f"opkg: option requires an argument: {word.lstrip('-')}")
        return name, value or rest.pop(0)
    if name not in FLAGS.split():
        raise UnknownOptionError(f"opkg: unrecognized option: {word.lstrip('-')}")
    return name, "1"
