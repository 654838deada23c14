"""A root folder with a small opkg router in it, a feed beside it, and a `wget` that copies from the feed."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from wizard.practice.feed import Package
from wizard.practice.tree import Tree

URL = "http://203.0.113.254/"

WGET = """#!/bin/sh
# wget -q -O FILE URL: what the feed has; 8 as for an HTTP error when it has none, or what WGET_CODE says.
[ -z "$WGET_CODE" ] || exit "$WGET_CODE"
cp "$FEED/${4##*/}" "$3" 2>/dev/null || exit 8
"""


@dataclass(frozen=True)
class Said:
    """What a program said, and its exit code."""

    code: int
    out: str
    err: str


@dataclass
class Box:
    """The router and its feed. `run` calls the program as its shim would."""

    root: Path
    feed: Path
    program: Callable[[list[str]], int]
    capture: pytest.CaptureFixture[str]
    offered: list[Package] = field(default_factory=list)

    def file(self, path: str) -> Path:
        return self.root / path.lstrip("/")

    def run(self, *words: str) -> Said:
        self.capture.readouterr()
        code = self.program(list(words))
        said = self.capture.readouterr()
        return Said(code, said.out, said.err)

    def offer(self, *packages: Package) -> None:
        """Put these packages into the feed, besides what is there."""
        self.offered += packages
        stanzas = []
        for package in self.offered:
            archive = package.archive()
            name = f"{package.name}_{package.version}_all.ipk"
            (self.feed / name).write_bytes(archive)
            sums = f"Size: {len(archive)}\nSHA256sum: {hashlib.sha256(archive).hexdigest()}\n"
            stanzas.append(f"{package.control}Filename: {name}\n{sums}")
        (self.feed / "Packages.gz").write_bytes(gzip.compress("\n".join(stanzas).encode()))


def package(
    name: str,
    version: str = "1.0-r1",
    *,
    depends: str = "",
    size: int = 1000,
    files: dict[str, str] | None = None,
    conffiles: tuple[str, ...] = (),
    scripts: dict[str, str] | None = None,
) -> Package:
    """A small package with text files."""
    control = f"Package: {name}\nVersion: {version}\n" + (f"Depends: {depends}\n" if depends else "")
    control += f"Architecture: all\nInstalled-Size: {size}\nDescription: A package for tests\n"
    data = Tree()
    for path, text in (files or {}).items():
        data.file(path, text)
    return Package(name, control, "".join(f"{path}\n" for path in conffiles), data, scripts or {})


def installed(opkg: str, **versions: str) -> str:
    """A status file: opkg itself, which tells how old it is, and others."""
    names = {"opkg": opkg, "kernel": "6.6.119~2f5a-r1", **versions}
    return "".join(
        f"Package: {name}\nVersion: {version}\nStatus: install ok installed\nArchitecture: all\n\n"
        for name, version in names.items()
    )


def opkg_box(
    folder: Path,
    program: Callable[[list[str]], int],
    capture: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    opkg: str = "2024.10.16~38eccbb1-r1",
) -> Box:
    """A router whose opkg has that version. PATH begins with the `wget` of the test."""
    box = Box(folder / "root", folder / "feed", program, capture)
    for path in ("etc/opkg", "usr/lib/opkg/info", "var/lock", "tmp", "overlay"):
        (box.root / path).mkdir(parents=True)
    box.feed.mkdir()
    (folder / "bin").mkdir()
    (folder / "bin/wget").write_text(WGET)
    (folder / "bin/wget").chmod(0o755)
    box.file("/etc/opkg.conf").write_text(
        "dest root /\ndest ram /tmp\nlists_dir ext /var/opkg-lists\noption overlay_root /overlay\n"
    )
    box.file("/etc/opkg/distfeeds.conf").write_text(f"src/gz openwrt_core {URL}\n")
    box.file("/usr/lib/opkg/status").write_text(installed(opkg))
    for name in ("opkg", "kernel"):
        box.file(f"/usr/lib/opkg/info/{name}.list").write_text("")
    monkeypatch.setenv("IPKG_INSTROOT", str(box.root))
    monkeypatch.setenv("FEED", str(box.feed))
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")
    monkeypatch.delenv("WGET_CODE", raising=False)
    return box
