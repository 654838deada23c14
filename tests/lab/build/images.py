"""Everything a lab needs from the cache, built on first use: disks, feeds, the kernel and its preloaded library."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.lab.build import cache, client, debian, disk, feed, linux, router
from tests.lab.build.debian import Sysroot
from tests.lab.build.pppd import Dialect, compile_library

# Without PPP; with the package `ppp` from the factory; with `pptpd` and all it needs, installed later and not set up.
Stage = Literal["plain", "ppp", "pptpd"]

DIALECTS: tuple[Dialect, ...] = ("old", "new")
SOURCES = (Path(__file__).parent, router.PRACTICE, Path(__file__).parents[1] / "guest")


@dataclass(frozen=True)
class Images:
    """Where the built things lie."""

    folder: Path
    sysroot: Sysroot
    kernel: Path

    @property
    def preload(self) -> Path:
        return self.folder / "lab_host.so"

    @property
    def client_disk(self) -> Path:
        return self.folder / "client.ext4"

    def router_disk(self, stage: Stage, dialect: Dialect) -> Path:
        """The disk of a router so far along; the dialect is that of the pppd on it, if there is one."""
        return self.folder / (f"router-{stage}.ext4" if stage == "plain" else f"router-{stage}-{dialect}.ext4")

    def feed(self, dialect: Dialect) -> Path:
        """The root folder for a web server: the packages lie in whiterussian/packages."""
        return self.folder / f"feed-{dialect}"


def sysroot() -> Sysroot:
    """Debian's packages and our kernel, downloaded and built now if they are not in the cache.

    Raises DownloadError, and CalledProcessError with the compiler's words.
    """
    name = f"debian-{cache.digest([], *debian.PACKAGES)}"
    packages = cache.folder(name, lambda place: debian.download(place / "root"))
    return Sysroot(packages / "root", linux.kernel().modules)


def images() -> Images:
    """The images, built now if they are not in the cache: seconds, after the download.

    Raises DownloadError, and CalledProcessError when a tool fails.
    """
    root = sysroot()
    sources = [path for source in SOURCES for path in source.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    name = f"images-{cache.digest(sources, *debian.PACKAGES)}"
    return Images(cache.folder(name, lambda place: _build(place, root)), root, linux.kernel().program)


def _build(folder: Path, sysroot: Sysroot) -> None:
    compile_library("host", folder)
    key = _host_key(folder / "host_key", sysroot)
    disks = {folder / "client.ext4": client.disk(sysroot, key)}
    plain = router.disk(sysroot, key)
    disks[folder / "router-plain.ext4"] = plain
    for dialect in DIALECTS:
        packages = feed.packages(sysroot, dialect)
        feed.write(packages, folder / f"feed-{dialect}")
        factory = feed.with_packages(plain, [packages[name] for name in ("kmod-ppp", "ppp")], rom=True)
        disks[folder / f"router-ppp-{dialect}.ext4"] = factory
        installed = feed.with_packages(plain, packages.values(), rom=False)
        disks[folder / f"router-pptpd-{dialect}.ext4"] = installed
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda item: disk.make(item[1], item[0], 64), disks.items()))


def _host_key(place: Path, sysroot: Sysroot) -> bytes:
    subprocess.run(
        [sysroot.path("/usr/bin/dropbearkey"), "-t", "rsa", "-s", "2048", "-f", place],
        check=True,
        capture_output=True,
        env={"LD_LIBRARY_PATH": f"{sysroot.folder}/usr/lib/x86_64-linux-gnu:{sysroot.folder}/lib/x86_64-linux-gnu"},
    )
    return place.read_bytes()
