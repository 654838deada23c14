"""Everything a lab needs from the cache, built on first use: disks, feeds, the kernel and its preloaded library."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.lab.build import cache, client, debian, disk, feed, linux, openwrt, python, white_russian
from tests.lab.build.debian import Sysroot
from tests.lab.build.pppd import Dialect, compile_library
from tests.lab.build.programs import GUEST
from wizard.practice.feed import Package
from wizard.practice.release import FOLDER, PRACTICE, Release

# Without PPP; with the package `ppp` from the factory; with `pptpd` and all it needs, installed later and not set up.
Stage = Literal["plain", "ppp", "pptpd"]

DIALECTS: tuple[Dialect, ...] = ("old", "new")
BUILDERS = Path(__file__).parent
KEYS = ("rsa", "ed25519")

MEBIBYTES = 64
FLASH_MEBIBYTES = 16
"""What a router of a release may write, less a journal of four."""


@dataclass(frozen=True)
class Images:
    """Where the built things lie; those of a router are built when it is asked for."""

    folder: Path
    sysroot: Sysroot
    kernel: Path

    @property
    def preload(self) -> Path:
        return self.folder / "lab_host.so"

    @property
    def client_disk(self) -> Path:
        return self.folder / "client.ext4"

    @property
    def flash(self) -> Path:
        """The second disk of a new router of a release: room for what it writes."""
        return self.folder / "flash.ext4"

    def keys(self, release: Release) -> dict[str, bytes]:
        """Kind → host key of every router of that release; today's dropbear makes no other kinds."""
        return {kind: (self.folder / f"host_key_{kind}").read_bytes() for kind in release.ssh.keys if kind in KEYS}

    def router_disk(self, stage: Stage, dialect: Dialect) -> Path:
        """The disk of a White Russian so far along; the dialect is that of the pppd on it, if there is one."""
        name = f"router-{stage}.ext4" if stage == "plain" else f"router-{stage}-{dialect}.ext4"
        return self._white_russian() / name

    def feed(self, dialect: Dialect) -> Path:
        """The root folder for a web server: White Russian's packages lie in whiterussian/packages."""
        return self._white_russian() / f"feed-{dialect}"

    def _white_russian(self) -> Path:
        sources = [PRACTICE / "white_russian", PRACTICE / "bin", GUEST / "white_russian", GUEST / "applets"]
        return _folder("whiterussian", sources, lambda place: self._build_white_russian(place))

    def _build_white_russian(self, folder: Path) -> None:
        plain = white_russian.disk(self.sysroot, (self.folder / "host_key_rsa").read_bytes())
        disks = {folder / "router-plain.ext4": plain}
        for dialect in DIALECTS:
            packages = feed.packages(feed.WHITE_RUSSIAN, self.sysroot, dialect)
            feed.write(packages, folder / f"feed-{dialect}", feed.WHITE_RUSSIAN)
            factory = feed.with_packages(plain, [packages[name] for name in ("kmod-ppp", "ppp")], rom=True)
            disks[folder / f"router-ppp-{dialect}.ext4"] = factory
            installed = feed.with_packages(plain, packages.values(), rom=False)
            disks[folder / f"router-pptpd-{dialect}.ext4"] = installed
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda item: disk.make(item[1], item[0], MEBIBYTES), disks.items()))

    def openwrt(self, release: Release, packages: Collection[str] = ()) -> Path:
        """The disk of that release's routers, which is only read, with these packages and all they need installed."""
        kind = "+".join([f"openwrt_{release.name}", *sorted(packages)])
        return _folder(kind, _sources(release), lambda place: self._build(place, release, packages)) / "disk"

    def _build(self, folder: Path, release: Release, packages: Collection[str]) -> None:
        offered = self._packages(release)
        tree = openwrt.disk(self.sysroot, release, self.keys(release))
        factory = feed.factory(release.name, offered)
        tree = feed.with_packages(tree, factory, rom=True, release=release.name)
        later = [package for package in feed.needed(packages, offered) if package not in factory]
        disk.make(feed.with_packages(tree, later, rom=False, release=release.name), folder / "disk", MEBIBYTES)

    def release_feed(self, release: Release) -> Path:
        """The root folder for a web server: that release's packages, at their documented places."""

        def build(place: Path) -> None:
            feed.write(self._packages(release), place, release.name)

        return _folder(f"feed_{release.name}", [PRACTICE / "stock", FOLDER / f"{release.name}.toml"], build)

    def _packages(self, release: Release) -> dict[str, Package]:
        return feed.packages(release.name, self.sysroot, release.mppe)


def _sources(release: Release) -> list[Path]:
    """All that a release's disk is made of, but for the builders."""
    layers = [PRACTICE / "rom" / layer for layer in release.layers]
    scripts = [PRACTICE / what.partition(":")[2] for what in release.programs.values() if what.startswith("sh:")]
    guest = [GUEST / "openwrt", GUEST / "applets"]
    data = [FOLDER / f"{release.name}.toml", PRACTICE / "stock"]
    return [*data, *layers, *scripts, *guest, *python.stand_in_sources()]


def _folder(kind: str, sources: Iterable[Path], build: cache.Build) -> Path:
    """A folder of the cache that is built anew when any of the sources, or anything of the builders, has changed."""
    files = [path for source in [BUILDERS, *sources] for path in _files(source)]
    return cache.folder(f"{kind}-{cache.digest(files, *debian.PACKAGES)}", build)


def _files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    return [path for path in source.rglob("*") if path.is_file() and path.suffix != ".pyc"]


def sysroot() -> Sysroot:
    """Debian's packages and our kernel, downloaded and built now if they are not in the cache.

    Raises DownloadError, and CalledProcessError with the compiler's words.
    """
    name = f"debian-{cache.digest([], *debian.PACKAGES)}"
    packages = cache.folder(name, lambda place: debian.download(place / "root"))
    return Sysroot(packages / "root", linux.kernel().modules)


def images() -> Images:
    """The images, but for those of routers: seconds, after the download and the kernel.

    Raises DownloadError, and CalledProcessError when a tool fails.
    """
    root = sysroot()
    place = _folder("images", [GUEST / "client"], lambda place: _build_common(place, root))
    return Images(place, root, linux.kernel().program)


def _build_common(folder: Path, sysroot: Sysroot) -> None:
    compile_library("host", folder)
    for kind in KEYS:
        _host_key(kind, folder / f"host_key_{kind}", sysroot)
    key = (folder / "host_key_rsa").read_bytes()
    disk.make(client.disk(sysroot, key), folder / "client.ext4", MEBIBYTES)
    disk.make(openwrt.OVERLAY_ROOM, folder / "flash.ext4", FLASH_MEBIBYTES)


def _host_key(kind: str, place: Path, sysroot: Sysroot) -> None:
    size = ["-s", "2048"] if kind == "rsa" else []
    subprocess.run(
        [sysroot.path("/usr/bin/dropbearkey"), "-t", kind, *size, "-f", place],
        check=True,
        capture_output=True,
        env={"LD_LIBRARY_PATH": sysroot.library_path},
    )
