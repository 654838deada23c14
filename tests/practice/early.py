"""The early releases' files in a folder, and a shell in them: a mount and network namespace, busybox, real iptables.

The shell sees nothing but the release's own files, the applets that it had, and the stand-ins of its programs; the host
is below /host for libraries and for Python.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.practice import release

CHECKOUT = Path(__file__).parents[2]
ROM = CHECKOUT / "wizard/practice/rom"
IPTABLES = Path("/usr/sbin/xtables-legacy-multi")
HOST = "/host"
FOLDERS = "bin dev etc/rc.d host lib proc run sbin tmp usr/bin usr/lib usr/sbin var/lock var/log var/run var/state"

# br-lan, eth1 and others are there before the shell is.
DEVICES = """
    ip link set lo up
    ip link add br-lan type bridge && ip addr add 192.168.1.1/24 dev br-lan && ip link set br-lan up
    ip link add eth1 type veth peer name far && ip addr add 203.0.113.1/24 dev eth1 && ip link set eth1 up
    ip link add guest type bridge
    ip link add ppp0 type bridge
"""


def _namespaces(script: str) -> list[str]:
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *user, "--net", "--mount", "--uts", "sh", "-c", script]


def unavailable() -> str:
    """Why the shell cannot be had here; empty if it can."""
    for program in ("unshare", "ip", "busybox"):
        if shutil.which(program) is None:
            return f"no {program} here"
    if not IPTABLES.exists():
        return f"no {IPTABLES} here"
    done = subprocess.run(_namespaces("ip link add x type bridge"), capture_output=True, text=True, check=False)
    return done.stderr.strip()


WHY_NOT = unavailable()
needs_namespaces = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


class Box:
    """A router of this release as a folder; each `run` has a network of its own and leaves its files behind."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.release = folder, release.load(name)
        for layer in self.release.layers:
            shutil.copytree(ROM / layer, folder, dirs_exist_ok=True, symlinks=True)
        for place in (*FOLDERS.split(), *self.release.folders):
            (folder / place.lstrip("/")).mkdir(parents=True, exist_ok=True)
        self._programs()
        self._links()

    def _programs(self) -> None:
        for place, names in self.release.applets.items():
            for name in names:
                self._link(f"{place}/{name}", f"{HOST}{shutil.which('busybox')}")
        self._link("/bin/busybox", f"{HOST}{shutil.which('busybox')}")
        self._link("/usr/sbin/iptables", f"{HOST}{IPTABLES}")
        for place, what in self.release.programs.items():
            if what.startswith("wizard."):
                self.write(place, _shim(what), 0o755)
        for name, text in self.release.practice.items():
            self.write(f"/lib/practice/{name}", text + "\n")

    def _links(self) -> None:
        for place, target in self.release.links.items():
            if place != "/var":
                self._link(place, target)
        for folder in ("lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"):
            self._link(f"/{folder}", f"{HOST}/{folder}")
            self._link(f"/usr/{folder}", f"{HOST}/usr/{folder}")

    def _link(self, place: str, target: str) -> None:
        path = self.folder / place.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    def write(self, place: str, text: str, mode: int = 0o644) -> None:
        path = self.folder / place.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def read(self, place: str) -> str:
        return (self.folder / place.lstrip("/")).read_text()

    def append(self, place: str, text: str) -> None:
        self.write(place, self.read(place) + text)

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run commands in ash, as the router has it. Devices are as DEVICES makes them; nothing is up for uci."""
        root = shlex.quote(str(self.folder))
        inside = f"""{DEVICES}
            mount --bind / {root}{HOST} && mount --rbind /proc {root}/proc && mount --rbind /dev {root}/dev || exit 99
            exec chroot {root} /bin/ash -c {shlex.quote(script)}"""
        return subprocess.run(
            _namespaces(inside),
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "/bin:/sbin:/usr/bin:/usr/sbin", "HOME": "/root"},
        )

    def out(self, script: str) -> str:
        """What commands print, when all goes well and nothing is complained about."""
        done = self.run(script)
        assert (done.returncode, done.stderr) == (0, ""), f"{done.returncode}: {done.stderr}"
        return done.stdout


def _shim(module: str) -> str:
    return (
        f"#!{HOST}{os.path.realpath(sys.executable)} -IS\n"
        f"import sys\nsys.path.insert(0, {HOST + str(CHECKOUT)!r})\n"
        f"from {module} import main\nsys.exit(main(sys.argv[1:]))\n"
    )
