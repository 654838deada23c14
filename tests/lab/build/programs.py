"""Debian's programs on a router's disk: the same for every release but for what is left out."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.lab.build.debian import Sysroot
from wizard.practice.tree import Tree

GUEST = Path(__file__).parents[1] / "guest"

EXTENSIONS = "/usr/lib/x86_64-linux-gnu/xtables"

# What packages bring later: on a real box their libraries come with the C library, that is, they are there already.
LATER = ("/usr/sbin/pppd", "/usr/sbin/pptpd", "/usr/sbin/pptpctrl")

# The strings in Debian's dropbear that say which PATH a command gets; they are overwritten in place.
DEBIAN_PATHS = (
    b"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\0",
    b"/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games\0",
)

# Places that Debian's programs expect and routers do not have.
FOR_DEBIAN = {"/run": "/var/run"}


class Programs:
    """Puts programs into a tree and remembers them, for the libraries they need."""

    def __init__(self, tree: Tree, sysroot: Sysroot) -> None:
        self._tree, self._sysroot = tree, sysroot
        self._linked = {sysroot.path(name) for name in LATER}

    def add(self, place: str, source: str | None = None) -> None:
        """One of Debian's, from `source` if that is another path there."""
        name = source or place
        self._tree.file(place, self._sysroot.read(name), 0o755)
        self._linked.add(self._sysroot.path(name))

    def dropbear(self, path: str) -> None:
        """The SSH server, with the PATH that it gives to commands."""
        self.add("/usr/bin/dropbearkey")
        self.add("/usr/sbin/dropbear")
        self._tree.file("/usr/sbin/dropbear", with_path(self._tree.read("/usr/sbin/dropbear"), path), 0o755)

    def iptables(self, names: Iterable[str], extensions: Iterable[str]) -> None:
        """iptables of before nf_tables, under these names in /usr/sbin, with these extensions; without any, all."""
        self.add("/usr/sbin/xtables-legacy-multi")
        for name in names:
            self._tree.link(f"/usr/sbin/{name}", "xtables-legacy-multi")
        everything = (path.name for path in sorted(self._sysroot.path(EXTENSIONS).glob("lib*.so")))
        for name in [f"lib{word}.so" for word in extensions] or everything:
            path = self._sysroot.path(f"{EXTENSIONS}/{name}")  # several names may be one file
            self._tree.file(f"{EXTENSIONS}/{name}", path.read_bytes())
            self._linked.add(path)

    def need(self, paths: Iterable[Path]) -> None:
        """These files, which somebody else puts there, need libraries too."""
        self._linked.update(paths)

    def busybox(self, applets: Mapping[str, Iterable[str]]) -> None:
        """busybox under these names, folder by folder. Raises ValueError for one that it lacks.

        Where guest/applets has a script of that name it is put there instead.
        """
        self.add("/bin/busybox")
        known = set(applets_of(self._sysroot))
        for folder, names in applets.items():
            for name in names:
                script = GUEST / "applets" / name
                if script.exists():
                    self._tree.file(f"{folder}/{name}", script.read_bytes(), 0o755)
                elif name in known:
                    self._tree.link(f"{folder}/{name}", "/bin/busybox")
                else:
                    raise ValueError(f"this busybox has no {name}")

    def libraries(self) -> None:
        """All that the programs are linked to."""
        for path, data in self._sysroot.libraries(*sorted(self._linked)).items():
            self._tree.file(path, data, 0o755)


def applets_of(sysroot: Sysroot) -> list[str]:
    """The applets in Debian's busybox."""
    out = subprocess.run([sysroot.path("/bin/busybox"), "--list"], capture_output=True, text=True, check=True).stdout
    return out.split()


def with_path(dropbear: bytes, path: str) -> bytes:
    """The program with this PATH for commands. Raises ValueError if it has not the strings, or they are too short."""
    for known in DEBIAN_PATHS:
        new = path.encode().ljust(len(known), b"\0")
        if known not in dropbear or len(new) > len(known):
            raise ValueError(f"this dropbear has no room for {path!r} in {known!r}")
        dropbear = dropbear.replace(known, new)
    return dropbear
