"""Configuration files: what somebody changed is kept through reinstalling and removing (opkg_install.c)."""

from __future__ import annotations

import os

from wizard.practice.packages.archives import Archive
from wizard.practice.packages.opkg_session import Session
from wizard.practice.packages.opkg_store import Package

BACKUP = "-opkg.backup"


def modified(place: str, digest: str) -> bool:
    """Whether a file is not as packaged; the length of the sum says which kind it is."""
    return sum_of(place, "sha256" if len(digest) > 33 else "md5") != digest


def sum_of(place: str, kind: str) -> str:
    import hashlib

    with open(place, "rb") as file:
        return hashlib.new(kind, file.read(), usedforsecurity=False).hexdigest()


def put_aside(archive: Archive, old: Package | None, root: str) -> list[str]:
    """Copy aside what is in the way of a new package's configuration files. Returns the paths."""
    import shutil

    before = old.conffiles if old else {}
    kept = []
    for path in archive.conffiles:
        place = root + path
        if os.path.isfile(place) and (path not in before or modified(place, before[path])):
            shutil.copy2(place, place + BACKUP)
            kept.append(path)
    return kept


def resolve(session: Session, package: Package, archive: Archive, kept: list[str], root: str) -> None:
    """Note the sums of the new files, and put what was there back beside them where it differs."""
    sums = []
    for path in archive.conffiles:
        if os.path.isfile(root + path):
            sums.append(f"\n {path} {sum_of(root + path, session.age.digest)}")
    if sums:
        package.stanza["Conffiles"] = "".join(sums)
    for path in kept:
        _decide(session, path, root + path)


def _decide(session: Session, path: str, place: str) -> None:
    backup = place + BACKUP
    if sum_of(place, "md5") == sum_of(backup, "md5"):
        os.unlink(backup)
    elif session.on("force-maintainer"):
        session.say(f"Conffile {path}{BACKUP} using maintainer's setting.")
        os.unlink(backup)
    else:
        text = f"Existing conffile {path} is different from the conffile in the new package."
        session.error("resolve_conffiles", f"{text} The new conffile will be placed at {path}-opkg.")
        os.rename(place, f"{place}-opkg")
        os.rename(backup, place)
