"""`opkg remove` (opkg_remove.c) and the scripts that packages bring (pkg.c: pkg_run_script)."""

from __future__ import annotations

import os

from wizard.practice import root
from wizard.practice.packages import versions
from wizard.practice.packages.opkg_conffiles import modified
from wizard.practice.packages.opkg_download import run
from wizard.practice.packages.opkg_session import Session
from wizard.practice.packages.opkg_store import Package, matching


def own(session: Session) -> None:
    """Learn which file is whose. A missing list is an error for the end and nothing more."""
    for package in session.store.packages:
        if package.there:
            try:
                session.store.owners.update(dict.fromkeys(session.store.files(package), package.name))
            except OSError as error:
                name = session.store.info(package.dest, f"{package.name}.list")
                session.error("pkg_get_installed_files", f"Failed to open {name}: {error.strerror}.")


def remove(session: Session, patterns: list[str]) -> bool:
    """Remove what the patterns name. False when something refused to go."""
    good, done = True, False
    for pattern in patterns:
        for package in list(matching(session.store.installed(), [pattern], nocase=session.on("nocase"))):
            removed = not package.there or remove_package(session, package)
            good &= removed
            done |= removed
    if not done:
        session.say("No packages removed.")
    return good


def users(session: Session, package: Package) -> list[Package]:
    """The installed packages that need this one, by name or by what it provides."""
    return [other for other in session.store.installed() if other is not package and _needs(other, package)]


def _needs(other: Package, package: Package) -> bool:
    asked = {need[0] for part in versions.needs(other.stanza.get("Depends", "")) for need in part}
    return bool(asked & set(package.provides))


def remove_package(session: Session, package: Package) -> bool:
    """Remove one package, unless others need it. False when it stays."""
    others = [] if session.on("force-depends") else users(session, package)
    if others and not session.on("force-removal-of-dependent-packages"):
        _refuse(session, package, others)
        return False
    if not all(remove_package(session, other) for other in others if other.there):
        return False
    session.say(f"Removing package {package.name} from {package.dest}...")
    if script(session, package, "prerm", "remove") and not session.on("force-remove"):
        session.error("opkg_remove_pkg", f'not removing package "{package.name}", prerm script failed')
        session.say("You can force removal of packages with failed prerm scripts with the option: \n\t--force-remove")
        return False
    session.store.changed = True
    remove_files(session, package)
    code = script(session, package, "postrm", "remove")
    if not session.on("noaction"):
        _forget(session, package)
    session.store.drop(package)
    return _orphans(session, package) and code == 0


def _refuse(session: Session, package: Package, others: list[Package]) -> None:
    function = "print_dependents_warning"
    session.error(function, f"Package {package.name} is depended upon by packages:")
    for other in others:
        session.error(function, f"\t{other.name}")
    session.error(function, f"These might cease to work if package {package.name} is removed.\n")
    session.error(function, "Force removal of this package with --force-depends.")
    session.error(function, "Force removal of this package and its dependents")
    session.error(function, "with --force-removal-of-dependent-packages.")


def _orphans(session: Session, package: Package) -> bool:
    """With --autoremove: what came along only for this package goes too."""
    good = True
    if session.on("autoremove"):
        for part in versions.needs(package.stanza.get("Depends", "")):
            need = session.store.on_router(part[0][0])
            if need and need.stanza.get("Auto-Installed") == "yes" and not users(session, need):
                session.say(f"{need.name} was autoinstalled and is now orphaned, removing.")
                good &= remove_package(session, need)
    return good


def remove_files(session: Session, package: Package, spare: set[str] | None = None) -> None:
    """Delete the files that are this package's, but for `spare` and for changed configuration files."""
    try:
        paths = session.store.files(package)
    except OSError:
        return
    place, sums = session.place(package), package.conffiles
    for path in paths:
        if session.store.owners.get(path, package.name) != package.name or path in (spare or ()):
            continue
        if path in sums and os.path.isfile(place + path) and modified(place + path, sums[path]):
            session.say(f"Not deleting modified conffile {path}.")
            continue
        session.store.owners.pop(path, None)
        if not session.on("noaction") and os.path.lexists(place + path):
            session.say(f"Deleting {path}.", level=2)
            os.unlink(place + path)


def _forget(session: Session, package: Package) -> None:
    folder = root.path(session.store.info(package.dest, "").replace("//", "/"))
    for name in os.listdir(folder):
        if name.startswith(f"{package.name}."):
            os.unlink(folder + name)


def script(session: Session, package: Package, name: str, words: str) -> int:
    """Run a maintainer script of an unpacked package: its exit code, 0 where there is none."""
    path = session.store.info(package.dest, f"{package.name}.{name}").replace("//", "/")
    if session.on("noaction") or not os.path.exists(root.path(path)):
        return 0
    os.environ["PKG_ROOT"] = session.settings.dests[package.dest]
    os.environ["PKG_UPGRADE"] = "0"
    shell = root.path("/bin/sh")
    code = run([shell if os.path.exists(shell) else "/bin/sh", "-c", f"{root.path(path)} {words}"])
    if code:
        session.error("pkg_run_script", f'package "{package.name}" {name} script returned status {code}.')
    return code
