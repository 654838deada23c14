"""What opkg looks at before it unpacks a package: rivals, room, the archive itself and its sums (opkg_install.c)."""

from __future__ import annotations

import os

from wizard.practice import root
from wizard.practice.packages import versions
from wizard.practice.packages.opkg_download import fetch_package, verified, whole
from wizard.practice.packages.opkg_session import Session
from wizard.practice.packages.opkg_store import Package

# What r4564 returns from install, by what went wrong (opkg_cmd.h and opkg_install.h of that revision).
DOWNLOAD, CLASH, NO_CANDIDATE, DEPENDENCIES, NO_SPACE, BAD_SIGNATURE, BAD_SUM, UNKNOWN = 2, 3, 4, 5, 7, 8, 9, 11


def conflicts(session: Session, package: Package) -> int:
    """Whether something on the router cannot be beside it."""
    rivals = [need[0] for part in versions.needs(package.stanza.get("Conflicts", "")) for need in part]
    there = [name for name in rivals if session.store.on_router(name)]
    if not there or session.on("force-depends"):
        return 0
    session.error("check_conflicts_for", f"The following packages conflict with {package.name}:")
    for name in there:
        session.error("check_conflicts_for", f"\t{name}")
    return CLASH


def room(session: Session, package: Package) -> int:
    """Only where the package says how much it takes; what its dependencies take is not counted."""
    size = int(package.stanza.get("Installed-Size", "0") or 0)
    if not size or session.on("force-space"):
        return 0
    folder = session.settings.dests[package.dest]
    overlay = session.settings.options.get("overlay_root", "")
    if overlay and package.dest == "root" and os.path.isdir(root.path(overlay)):
        folder = overlay
    have = os.statvfs(root.path(folder))
    free, need = have.f_bavail * have.f_frsize // 1024, (size + 1023) // 1024
    if need < free:
        return 0
    words = f"Only have {free}kb available on filesystem {folder}, pkg {package.name} needs {need}"
    if session.age.first:
        words = f"Only have {free} available blocks on filesystem {folder}, pkg {package.name} needs {need}"
    session.error("verify_pkg_installable", words)
    return NO_SPACE


def bring(session: Session, package: Package) -> int:
    """Fetch the archive, if it is not there already."""
    if package.archive:
        return 0
    folder = "." if session.on("download-only") else session.work
    if fetch_package(session, package, folder):
        return 0
    text = f"Failed to download {package.name}. Perhaps you need to run 'opkg update'?"
    session.error("opkg_install_pkg", text)
    return DOWNLOAD


def check(session: Session, package: Package) -> int:
    """The signature of the list it stands in, where signatures are asked for, then size and sums."""
    if package.feed and "check_signature" in session.settings.options and not _signed(session, package):
        return BAD_SIGNATURE
    if whole(package, package.archive) or session.on("force-checksum"):
        return 0
    text = f"Package {package.name} md5sum mismatch."
    if session.age.says_integrity:
        text = f"Checksum or size mismatch for package {package.name}."
    text += " Either the opkg or the package index are corrupt. Try 'opkg update'."
    session.error("opkg_install_pkg", text)
    return BAD_SUM


def _signed(session: Session, package: Package) -> bool:
    name = f"{session.settings.lists}/{package.feed}"
    if not os.path.exists(root.path(f"{name}.sig")):
        text = f"Signature file is missing for {package.name}. Perhaps you need to run 'opkg update'?"
    elif verified(session, name):
        return True
    else:
        text = f"Failed to verify the signature of {name}."
    session.error("opkg_install_pkg", text)
    return session.on("force-signature")
