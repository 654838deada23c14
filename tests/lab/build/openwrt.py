"""The disk of any release in `wizard/practice/releases`: layers of stock files, stand-ins, and programs from Debian.

It is only read: what a router writes lies on a second disk, laid over it by the kernel as on a real box.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.lab.build import python
from tests.lab.build.database import database
from tests.lab.build.debian import Sysroot
from tests.lab.build.programs import FOR_DEBIAN, GUEST, Programs
from tests.lab.build.tree import File, Tree
from wizard.practice.release import PRACTICE, Release

FOLDERS = """
    /dev /etc/config /etc/crontabs /etc/dropbear /etc/modules.d /etc/ppp /etc/rc.d /etc/uci-defaults /lib/modules /mnt
    /overlay /proc /rom /root /sys /tmp /usr/lib /www"""

IPTABLES = "iptables iptables-restore iptables-save ip6tables ip6tables-restore ip6tables-save"
OLD_IPTABLES = "iptables iptables-restore iptables-save"

LAST = "/etc/rc.d/S99zz-lab"
"""The start script that comes after all others; the lab waits for it."""

STARTED_BY_INIT = re.compile(rb"^#!/bin/sh /etc/rc\.common\b")
PLACE_IN_ORDER = re.compile(rb"^(START|STOP)=['\"]?(\d+)", re.MULTILINE)

OVERLAY_ROOM = Tree()
"""What the second disk holds when a router is new."""
for _folder in ("/upper", "/work"):
    OVERLAY_ROOM.folder(_folder)


def disk(sysroot: Sysroot, release: Release, keys: Mapping[str, bytes]) -> Tree:
    """The whole disk of a factory-fresh router, whose host keys are these. Raises ValueError, KeyError, OSError."""
    tree = Tree()
    for folder in [*FOLDERS.split(), release.writable, *release.folders]:
        tree.folder(folder)
    programs = Programs(tree, sysroot)
    _debian(programs, release)
    tree.update(database(release))
    for layer in release.layers:
        tree.below(_layer(layer))
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


def stock(release: Release, path: str) -> bytes | None:
    """A file of the release's layers as the factory made it, or None."""
    places = [_layer(layer) / path.lstrip("/") for layer in reversed(release.layers)]
    return next((place.read_bytes() for place in places if place.is_file()), None)


def _layer(name: str) -> Path:
    place = PRACTICE / "rom" / name
    if not place.is_dir():
        raise ValueError(f"there is no layer {name} in wizard/practice/rom")
    return place


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
    """What stands on the files that are there: links, permissions, the order of the start scripts."""
    links = {"/var": "/tmp", "/root/.ssh": "/etc/dropbear", LAST: "/lib/lab/booted"} | FOR_DEBIAN | dict(release.links)
    if "/etc/resolv.conf" not in tree:
        links = {"/etc/resolv.conf": "/tmp/resolv.conf"} | links
    for place, target in [*links.items(), *_order(tree, release)]:
        tree.link(place, target)
    for name, text in release.practice.items():
        tree.file(f"/lib/practice/{name}", f"{text}\n")
    for place, mode in release.modes.items():
        tree.file(place, tree.read(place), mode)
    if release.ssh.blank:
        tree.file("/lib/lab/dropbear", tree.read("/usr/sbin/dropbear"), 0o755)
        tree.file("/usr/sbin/dropbear", '#!/bin/sh\nexec /lib/lab/dropbear -B "$@"\n', 0o755)


def _order(tree: Tree, release: Release) -> Iterator[tuple[str, str]]:
    """The links in /etc/rc.d, as the build of an image makes them: one per START and STOP of a script."""
    for path, entry in tree.entries.items():
        folder, _, name = path.rpartition("/")
        if folder != "/etc/init.d" or name in release.disabled or not isinstance(entry, File):
            continue
        if STARTED_BY_INIT.match(entry.data):
            for kind, number in PLACE_IN_ORDER.findall(entry.data):
                letter = "K" if kind == b"STOP" else "S"
                yield f"/etc/rc.d/{letter}{number.decode()}{name}", f"../init.d/{name}"
