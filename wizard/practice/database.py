"""The database of installed packages, as the package manager of a release keeps it."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.practice.release import Packages, Release
from wizard.practice.tree import Tree

ARCHITECTURE = "x86_64"
"""What packages are made for, where a release's data do not say it under `architecture`."""

STATUS = {"ipkg": "/usr/lib/ipkg/status", "opkg": "/usr/lib/opkg/status"}
INSTALLED = "/lib/apk/db/installed"


def architecture(release: Release) -> str:
    return str(release.more.get("architecture", ARCHITECTURE))


def database(release: Release) -> Tree:
    """A database that lists the release's packages, which have no files of their own in it."""
    if release.packages == "apk":
        return _apk(release.installed, architecture(release))
    return _status(release.packages, release.installed, architecture(release))


def _status(kind: Packages, installed: Mapping[str, str], architecture: str) -> Tree:
    tree = Tree()
    how = "ok" if kind == "ipkg" else "user"
    stanzas = (
        f"Package: {name}\nVersion: {version}\nStatus: install {how} installed\nArchitecture: {architecture}\n\n"
        for name, version in sorted(installed.items())
    )
    tree.file(STATUS[kind], "".join(stanzas))
    tree.folder(STATUS[kind].replace("status", "info"))
    for name in installed:
        tree.file(f"/usr/lib/{kind}/info/{name}.list", "")
    return tree


def _apk(installed: Mapping[str, str], architecture: str) -> Tree:
    tree = Tree()
    stanzas = (f"P:{name}\nV:{version}\nA:{architecture}\n\n" for name, version in sorted(installed.items()))
    tree.file(INSTALLED, "".join(stanzas))
    tree.file("/etc/apk/world", "".join(f"{name}\n" for name in sorted(installed)))
    tree.file("/etc/apk/arch", f"{architecture}\n")
    for name in installed:
        tree.file(f"/lib/apk/packages/{name}.list", "")
    return tree
