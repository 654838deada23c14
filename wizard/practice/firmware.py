"""The files of a factory-fresh router: layers of stock files, the database of packages, and what stands on both.

Programs are not among them: they come from whoever builds a router of these files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from wizard.practice.database import database
from wizard.practice.release import PRACTICE, Release
from wizard.practice.tree import File, Tree

FOLDERS = """
    /dev /etc/config /etc/crontabs /etc/dropbear /etc/modules.d /etc/ppp /etc/rc.d /etc/uci-defaults /lib/modules /mnt
    /overlay /proc /rom /root /sys /tmp /usr/lib /www"""
LINKS = {"/var": "/tmp", "/root/.ssh": "/etc/dropbear"}

STARTED_BY_INIT = re.compile(rb"^#!/bin/sh /etc/rc\.common\b")
PLACE_IN_ORDER = re.compile(rb"^(START|STOP)=['\"]?(\d+)", re.MULTILINE)


def files(release: Release) -> Tree:
    """Folders, settings, scripts and the package database. Raises ValueError for a layer that there is not."""
    tree = Tree()
    for folder in [*FOLDERS.split(), release.writable, *release.folders]:
        tree.folder(folder)
    tree.update(database(release))
    for layer in release.layers:
        tree.below(layer_folder(layer))
    return tree


def settle(tree: Tree, release: Release) -> None:
    """What stands on the files that are there: links, permissions, the order of the start scripts."""
    links = LINKS | dict(release.links)
    if "/etc/resolv.conf" not in tree:
        links = {"/etc/resolv.conf": "/tmp/resolv.conf"} | links
    for place, target in [*links.items(), *start_order(tree, release)]:
        tree.link(place, target)
    for name, text in release.practice.items():
        tree.file(f"/lib/practice/{name}", f"{text}\n")
    for place, mode in release.modes.items():
        tree.file(place, tree.read(place), mode)


def stock(release: Release, path: str) -> bytes | None:
    """A file of the release's layers as the factory made it, or None."""
    places = [layer_folder(layer) / path.lstrip("/") for layer in reversed(release.layers)]
    return next((place.read_bytes() for place in places if place.is_file()), None)


def layer_folder(name: str) -> Path:
    """Where a layer's files lie. Raises ValueError where there is none of that name."""
    place = PRACTICE / "rom" / name
    if not place.is_dir():
        raise ValueError(f"there is no layer {name} in wizard/practice/rom")
    return place


def start_order(tree: Tree, release: Release) -> Iterator[tuple[str, str]]:
    """The links in /etc/rc.d, as the build of an image makes them: one per START and STOP of a script."""
    for path, entry in tree.entries.items():
        folder, _, name = path.rpartition("/")
        if folder != "/etc/init.d" or name in release.disabled or not isinstance(entry, File):
            continue
        if STARTED_BY_INIT.match(entry.data):
            for kind, number in PLACE_IN_ORDER.findall(entry.data):
                letter = "K" if kind == b"STOP" else "S"
                yield f"/etc/rc.d/{letter}{number.decode()}{name}", f"../init.d/{name}"
