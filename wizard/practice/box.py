"""A practice router as a folder: the files of a release, and the programs that its scripts call.

Programs of OpenWrt and the kernel are stand-ins of this package, started by the interpreter that runs now; applets are
this computer's own where they do what busybox's do, and else stand-ins too.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from wizard.practice import feed, firmware, stock
from wizard.practice.feed import Package
from wizard.practice.release import PRACTICE, Release
from wizard.practice.tree import Link, Tree

SHIM = PRACTICE / "shim.py"
ORDINARY = "/usr/bin:/bin:/usr/sbin:/sbin"
"""Where this computer's own programs are."""
STAND_INS = {
    "brctl": "applets:devices",
    "chgrp": "applets:chown",
    "chown": "applets:chown",
    "df": "applets:df",
    "id": "applets:id_",
    "ifconfig": "kernel.ifconfig",
    "insmod": "applets:insmod",
    "ip": "kernel.ip",
    "lsmod": "applets:lsmod",
    "logger": "applets:logger",
    "md5sum": "applets:md5sum",
    "modprobe": "applets:insmod",
    "pidof": "applets:pidof",
    "ps": "applets:ps",
    "route": "kernel.route",
    "sysctl": "applets:sysctl",
    "uclient-fetch": "applets:wget",
    "wget": "applets:wget",
}
"""Applets that would say something about this computer, or that it may not have."""
HARMLESS = """
    [ awk basename bunzip2 bzcat cat chmod clear cmp cp cut date dd dirname du echo egrep env expr false fgrep find
    grep gunzip gzip head hexdump kill ln ls mkdir mkfifo mktemp mv printf pwd readlink rm rmdir sed seq sha256sum sleep
    sort strings sync tail tar tee test touch tr true uname uniq wc which xargs yes zcat"""
"""Applets that this computer's own may do: they change nothing but files that they are named."""
KERNEL_TOOLS = {
    "fw4": {"/usr/sbin/nft": "kernel.nft"},
    "fw3": {
        "/usr/sbin/iptables": "kernel.iptables",
        "/usr/sbin/iptables-save": "kernel.iptables:save",
        "/usr/sbin/iptables-restore": "kernel.iptables:restore",
        "/usr/sbin/ip6tables": "kernel.iptables:main6",
        "/usr/sbin/ip6tables-save": "kernel.iptables:save6",
        "/usr/sbin/ip6tables-restore": "kernel.iptables:restore6",
    },
}
DAEMONS = ("/usr/sbin/dnsmasq", "/usr/sbin/dropbear")
PACKAGED = {"ppp": {"/usr/sbin/pppd": "pppd"}, "pptpd": {"/usr/sbin/pptpd": "pptpd"}}
"""Programs that packages bring."""
SHELLS = ("dash", "sh")


def build(release: Release, place: Path) -> None:
    """Write a factory-fresh router of this release into an empty folder. Raises OSError, ValueError."""
    tree = firmware.files(release)
    for path, what in release.programs.items():
        if ":" not in what:
            tree.file(path, program(what), 0o755)
    for path, module in KERNEL_TOOLS.get(release.firewall, {}).items():
        tree.file(path, program(f"wizard.practice.{module}"), 0o755)
    for path in DAEMONS:
        tree.file(path, program("wizard.practice.applets:daemon", path), 0o755)
    if "/bin/uclient-fetch" in tree:
        tree.file("/bin/uclient-fetch", program("wizard.practice.applets:wget"), 0o755)
    tree.file("/sbin/kmodloader", program("wizard.practice.applets:kmodloader"), 0o755)
    tree.file("/lib/practice/mppe", f"{release.mppe}\n")
    tree.file("/dev/ppp", "")
    firmware.settle(tree, release)
    packages = packages_of(release)
    _as_in_the_factory(tree, release, packages)
    for path, entry in tree.entries.items():
        if isinstance(entry, Link) and entry.target.startswith("/"):
            tree.link(path, os.path.relpath(entry.target, os.path.dirname(path)))
    _applets(tree, release)
    tree.write(place)
    feeds = stock.feeds(release.name)
    feed.write(packages.values(), place / "lib/practice/internet" / feeds.host, feeds)


def _applets(tree: Tree, release: Release) -> None:
    shell = next(found for name in SHELLS if (found := shutil.which(name, path=ORDINARY)))
    for folder, names in release.applets.items():
        for name in names:
            if f"{folder}/{name}" in tree:
                continue
            if name in STAND_INS:
                tree.file(f"{folder}/{name}", program(f"wizard.practice.{STAND_INS[name]}"), 0o755)
            elif name in ("ash", "sh"):
                tree.link(f"{folder}/{name}", shell)
            elif name in HARMLESS.split() and (own := shutil.which(name, path=ORDINARY)):
                tree.link(f"{folder}/{name}", own)


def program(name: str, *before: str) -> str:
    """A script that starts a stand-in, `MODULE` or `MODULE:FUNCTION`; these words come before its own."""
    words = [sys.executable, "-B", str(SHIM), name, *before]
    return f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n'


def packages_of(release: Release) -> dict[str, Package]:
    """The packages that its feeds have, with stand-ins for programs and empty modules."""
    feeds = stock.feeds(release.name)
    return {
        name: feed.assemble(entry, feeds, _brought(name, entry.modules))
        for name, entry in stock.entries(release.name).items()
    }


def _brought(name: str, modules: object) -> Tree:
    tree = Tree()
    for path, module in PACKAGED.get(name, {}).items():
        tree.file(path, program(f"wizard.practice.{module}"), 0o755)
    assert isinstance(modules, dict)
    for module in modules:
        tree.file(f"/lib/modules/practice/{module}.ko", "")
    return tree


def _as_in_the_factory(tree: Tree, release: Release, packages: dict[str, Package]) -> None:
    """What of these packages every router of the release has: their files. They are in its database already."""
    for name in needed(release, packages):
        for path, entry in packages[name].data.entries.items():
            tree.entries.setdefault(path, entry)


def needed(release: Release, packages: dict[str, Package]) -> Iterator[str]:
    """Those that the release lists as installed."""
    return (name for name in release.installed if name in packages)
