"""Debian's packages, downloaded and unpacked into a folder of the cache; nothing is installed on this computer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PACKAGES = (
    "bridge-utils",
    "busybox",
    "dnsmasq-base",
    "dropbear-bin",
    "iproute2",
    "iptables",
    "libpython3.11-stdlib",
    "nftables",
    "ppp",
    "ppp-dev",
    "pppoe",
    "pptp-linux",
    "pptpd",
    "python3.11-minimal",
)

LIBRARY_FOLDERS = ("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib64", "usr/lib64")

# Documentation and translations are most of the files and nothing here reads them.
UNWANTED = ("./usr/share/doc", "./usr/share/man", "./usr/share/locale", "./usr/share/info")


class DownloadError(Exception):
    """apt-get could not fetch the packages; the text is its own."""


def download(into: Path) -> None:
    """Fetch PACKAGES and all they depend on, and unpack them below `into`. Raises DownloadError."""
    archives = into.with_name(into.name + ".debs")
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    status = archives / "status"
    status.write_text("")  # an empty list of installed packages makes apt-get fetch every dependency
    options = {
        "Dir::State::status": status,
        "Dir::Cache::archives": archives,
        "APT::Sandbox::User": "root",
        "Debug::NoLocking": "1",
    }
    settings = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    if os.geteuid() == 0:
        subprocess.run(["apt-get", "-qq", "update"], check=False, capture_output=True, stdin=subprocess.DEVNULL)
    done = subprocess.run(
        ["apt-get", "-y", *settings, "--no-install-recommends", "--download-only", "install", *PACKAGES],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise DownloadError(done.stdout[-2000:] + done.stderr[-2000:])
    into.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda archive: unpack(archive, into), sorted(archives.glob("*.deb"))))
    shutil.rmtree(archives)


def unpack(archive: Path, into: Path) -> None:
    """Unpack a Debian package below `into`, without what nothing here reads. Raises CalledProcessError."""
    # Not `dpkg -x`: in a user namespace most groups do not exist, and it insists on them.
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE) as contents:
        subprocess.run(
            ["tar", "-x", "--no-same-owner", "-C", into, *(f"--exclude={name}" for name in UNWANTED)],
            stdin=contents.stdout,
            check=True,
        )


@dataclass(frozen=True)
class Sysroot:
    """The folder with the unpacked packages, looked at as if it were the root; beside it the modules of our kernel."""

    folder: Path
    modules: Path

    def path(self, name: str) -> Path:
        """Where the file of that absolute name lies, symbolic links followed inside the folder."""
        place = self.folder / name.lstrip("/")
        while place.is_symlink():
            target = os.readlink(place)  # noqa: PTH115 - Path.readlink would drop nothing, but absolute ones are ours
            place = self.folder / target.lstrip("/") if target.startswith("/") else place.parent / target
        return Path(os.path.normpath(place))

    def read(self, name: str) -> bytes:
        return self.path(name).read_bytes()

    @property
    def library_path(self) -> str:
        """Where the packages' programs find their libraries on this computer: for LD_LIBRARY_PATH."""
        return ":".join(str(self.folder / folder) for folder in LIBRARY_FOLDERS)

    def libraries(self, *programs: Path) -> dict[str, bytes]:
        """Absolute path → bytes of every shared library the programs need, the loader included."""
        found: dict[str, Path] = {}
        todo = list(programs)
        while todo:
            fresh = {name: self._library(name) for name in _needed(todo) if name not in found}
            found.update(fresh)
            todo = list(fresh.values())
        return {_library_place(name): place.read_bytes() for name, place in found.items()}

    def _library(self, name: str) -> Path:
        for folder in LIBRARY_FOLDERS:
            if (self.folder / folder / name).exists() or (self.folder / folder / name).is_symlink():
                return self.path(f"/{folder}/{name}")
        raise FileNotFoundError(name)

    def kernel_modules(self) -> Path:
        """The folder of the kernel's modules, named for its release."""
        return self.modules


def _library_place(name: str) -> str:
    return f"/lib64/{name}" if name.startswith("ld-") else f"/lib/x86_64-linux-gnu/{name}"


def _needed(programs: list[Path]) -> set[str]:
    out = subprocess.run(["readelf", "-dl", *programs], capture_output=True, text=True, check=True).stdout
    loaders = re.findall(r"interpreter: \S*/([^/\s\]]+)\]", out)
    return {*re.findall(r"\(NEEDED\).*\[(.+)\]", out), *loaders}
