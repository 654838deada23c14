"""The disk of any release in `wizard/practice/releases`: layers of stock files, stand-ins, and programs from Debian.

It is only read: what a router writes lies on a second disk, laid over it by the kernel as on a real box.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.lab.build import python
from tests.lab.build.debian import Sysroot
from tests.lab.build.programs import FOR_DEBIAN, GUEST, Programs
from wizard.practice import firmware
from wizard.practice.release import PRACTICE, Release
from wizard.practice.tree import Tree

IPTABLES = "iptables iptables-restore iptables-save ip6tables ip6tables-restore ip6tables-save"
OLD_IPTABLES = "iptables iptables-restore iptables-save"

LAST = "/etc/rc.d/S99zz-lab"
"""The start script that comes after all others; the lab waits for it."""

OVERLAY_ROOM = Tree()
"""What the second disk holds when a router is new."""
for _folder in ("/upper", "/work"):
    OVERLAY_ROOM.folder(_folder)


def disk(sysroot: Sysroot, release: Release, keys: Mapping[str, bytes]) -> Tree:
    """The whole disk of a factory-fresh router, whose host keys are these. Raises ValueError, KeyError, OSError."""
    tree = Tree()
    programs = Programs(tree, sysroot)
    _debian(programs, release)
    tree.update(firmware.files(release))
    _stand_ins(tree, programs, sysroot, release)
    for kind, key in keys.items():
        tree.file(f"/etc/dropbear/dropbear_{kind}_host_key", key, 0o600)
    tree.below(GUEST / "openwrt")
    tree.file("/lib/lab/writable", f"{release.writable}\n")
    for index in ("modules.dep", "modules.alias"):
        place = f"/lib/modules/{sysroot.modules.name}/{index}"
        tree.file(place, (sysroot.modules / index).read_bytes())
    _finish(tree, release)
    programs.libraries()
    return tree


def _debian(programs: Programs, release: Release) -> None:
    """The real programs that every router of its kind has."""
    programs.busybox({"/sbin": ["init"]})
    programs.busybox(release.applets)
    programs.dropbear(release.ssh.path)
    programs.add("/usr/sbin/dnsmasq")
    if release.firewall == "fw4":
        programs.add("/usr/sbin/nft")
    else:
        names = IPTABLES if release.firewall == "fw3" else OLD_IPTABLES
        programs.iptables(names.split(), release.extensions)


def _stand_ins(tree: Tree, programs: Programs, sysroot: Sysroot, release: Release) -> None:
    tree.update(python.runtime(sysroot))
    programs.need([sysroot.path("/usr/bin/python3.11"), *python.extensions(sysroot)])
    tree.update(python.stand_ins(sysroot))
    for place, what in release.programs.items():
        kind, _, source = what.rpartition(":")
        match kind:
            case "":
                tree.file(place, python.shim(source), 0o755)
            case "sh":
                tree.file(place, (PRACTICE / source).read_bytes(), 0o755)
            case "debian":
                programs.add(place, source)
            case _:
                raise ValueError(f"{place} = {what!r} says neither a module nor sh: nor debian:")


def _finish(tree: Tree, release: Release) -> None:
    """Links and permissions, and what the lab has beside."""
    for place, target in {LAST: "/lib/lab/booted", **FOR_DEBIAN}.items():
        tree.link(place, target)
    firmware.settle(tree, release)
    if release.ssh.blank:
        tree.file("/lib/lab/dropbear", tree.read("/usr/sbin/dropbear"), 0o755)
        tree.file("/usr/sbin/dropbear", '#!/bin/sh\nexec /lib/lab/dropbear -B "$@"\n', 0o755)
