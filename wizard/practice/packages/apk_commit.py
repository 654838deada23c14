"""Carrying out what was decided (commit.c): packages in and out, one after the other, and the databases afterwards."""

from __future__ import annotations

import os
import subprocess
import tarfile

from wizard.practice import root
from wizard.practice.packages import apk_store, versions
from wizard.practice.packages.apk_archive import ApkArchive, checksum
from wizard.practice.packages.apk_download import download
from wizard.practice.packages.apk_session import Session
from wizard.practice.packages.apk_solve import Solution
from wizard.practice.packages.apk_store import CACHE, SCRIPTS, Need, Package
from wizard.practice.packages.archives import BadArchiveError

PROTECTED, UNPROTECTED = ("etc/",), ("etc/apk/", "etc/init.d/")
"""Where changed files are kept: /etc, but for apk's own and for start scripts."""

Change = tuple[Package | None, Package | None]
"""What was and what will be."""


class NotInstalledError(Exception):
    """A package did not get onto the router; the text says why."""


def changes(session: Session, solution: Solution) -> list[Change]:
    """What differs between the router and the solution: arrivals in their order, then departures."""
    there = {package.name: package for package in session.installed}
    wanted = {package.name for package in solution.order}
    arrivals = [(there.get(package.name), package) for package in solution.order if not package.there]
    departures = [(package, None) for package in reversed(session.installed) if package.name not in wanted]
    return [*arrivals, *departures]


def commit(session: Session, todo: list[Change], world: list[Need]) -> int:
    """Do it. Returns the number of errors."""
    errors = 0
    for number, (old, new) in enumerate(todo, 1):
        session.say(f"({number:{len(str(len(todo)))}}/{len(todo)}) {_what(old, new)}")
        if session.on("simulate"):
            continue
        try:
            _change(session, old, new)
        except NotInstalledError as error:
            session.error(f"{new}: {error}")
            errors += 1
    if not session.on("simulate"):
        errors += _save(session, world)
    _conclude(session, errors)
    return errors


def _what(old: Package | None, new: Package | None) -> str:
    if old is None or new is None:
        one = new or old
        return f"{'Installing' if new else 'Purging'} {one.name} ({one.version})" if one else ""
    order = versions.compare(new.version, old.version)
    if order == 0:
        return f"Reinstalling {new.name} ({new.version})"
    return f"{'Upgrading' if order > 0 else 'Downgrading'} {new.name} ({old.version} -> {new.version})"


def _save(session: Session, world: list[Need]) -> int:
    try:
        apk_store.write_installed(session.installed)
        apk_store.write_world(world)
    except OSError as error:
        session.error(f"System state may be inconsistent: failed to write database: {error.strerror}")
        return 1
    return 0


def _conclude(session: Session, errors: int) -> None:
    word = f"{errors} error{'s' if errors > 1 else ''};" if errors else "OK:"
    size = human(sum(package.size for package in session.installed))
    session.say(f"{word} {size} in {len(session.installed)} packages")


def human(size: int) -> str:
    """A size as apk prints it: whole KiB until 10,000, then one decimal."""
    units, value, unit = ["B", "KiB", "MiB", "GiB"], float(size), 0
    while value >= 10000 and unit < len(units) - 1:
        value, unit = value / 1024, unit + 1
    return f"{int(value)} {units[unit]}" if unit < 2 else f"{value:.1f} {units[unit]}"


def _change(session: Session, old: Package | None, new: Package | None) -> None:
    if new is None:
        if old is not None:
            _purge(session, old)
        return
    archive = _archive(session, new)
    if old is not None:
        session.installed.remove(old)
    _unpack(session, archive, old, new)
    session.installed.append(new)
    new.there = True
    _store_scripts(new, archive)
    _script(session, new, ".post-upgrade" if old else ".post-install")


def _archive(session: Session, package: Package) -> ApkArchive:
    """Fetch and open. Raises NotInstalledError."""
    place = package.archive
    if not place and package.repository is not None:
        os.makedirs(root.path(CACHE), exist_ok=True)
        place = root.path(f"{CACHE}/{package}.apk.part")
        complaint = download(session, f"{package.repository.base}/{package}.apk", place)
        if complaint:
            raise NotInstalledError(complaint)
    with open(place, "rb") as file:
        data = file.read()
    if not package.archive:
        os.unlink(place)
    try:
        archive = ApkArchive(data)
    except BadArchiveError as error:
        raise NotInstalledError("v2 package format error") from error
    if package.checksum != archive.checksum:
        raise NotInstalledError("v2 package integrity error")
    return archive


def _unpack(session: Session, archive: ApkArchive, old: Package | None, new: Package) -> None:
    owners = {path: package for package in session.installed for path in package.files}
    before = old.files if old else {}
    for member in archive.members:
        owner = owners.get(member.name)
        if owner and not session.on("force-overwrite"):
            raise NotInstalledError(f"trying to overwrite {member.name} owned by {owner}.")
    for member in archive.members:
        try:
            _write(session, archive, member, before)
        except OSError as error:
            raise NotInstalledError(f"failed to extract {member.name}: {error.strerror}") from error
        if not member.isdir():
            new.files[member.name] = checksum(archive.content(member))
    for path in set(before) - set(new.files):
        _delete(session, path, before[path])


def protected(path: str) -> bool:
    return path.startswith(PROTECTED) and not path.startswith(UNPROTECTED)


def _write(session: Session, archive: ApkArchive, member: tarfile.TarInfo, before: dict[str, str]) -> None:
    """One member in its place; beside it as `.apk-new` where somebody's own file is there."""
    place, data = root.path(f"/{member.name}"), archive.content(member)
    if member.isdir():
        os.makedirs(place, exist_ok=True)
        return
    if (
        protected(member.name)
        and os.path.lexists(place)
        and _sum(place) not in (checksum(data), before.get(member.name))
    ):
        session.say(f"  Installing file to {member.name}.apk-new")
        place += ".apk-new"
    os.makedirs(os.path.dirname(place), exist_ok=True)
    new = f"{place}.apk-tmp"
    if member.issym():
        os.symlink(member.linkname, new)
    else:
        with open(new, "wb") as file:
            file.write(data)
        os.chmod(new, member.mode)
    os.replace(new, place)


def _sum(place: str) -> str:
    if os.path.islink(place):
        return checksum(os.readlink(place).encode())
    with open(place, "rb") as file:
        return checksum(file.read())


def _delete(session: Session, path: str, was: str) -> None:
    place = root.path(f"/{path}")
    if os.path.lexists(place) and (session.on("purge") or not protected(path) or _sum(place) == was):
        os.unlink(place)
    if os.path.exists(f"{place}.apk-new"):
        os.unlink(f"{place}.apk-new")


def _purge(session: Session, package: Package) -> None:
    _script(session, package, ".pre-deinstall")
    for path, was in package.files.items():
        _delete(session, path, was)
    session.installed.remove(package)
    package.there = False
    for name in os.listdir(root.path(SCRIPTS)) if os.path.isdir(root.path(SCRIPTS)) else []:
        if name.startswith(f"{package.name}."):
            os.unlink(root.path(f"{SCRIPTS}/{name}"))


def _store_scripts(package: Package, archive: ApkArchive) -> None:
    os.makedirs(root.path(SCRIPTS), exist_ok=True)
    for name, data in archive.scripts.items():
        place = root.path(f"{SCRIPTS}/{package.name}{name}")
        with open(place, "wb") as file:
            file.write(data)
        os.chmod(place, 0o755)


def _script(session: Session, package: Package, name: str) -> None:
    """Run a script of the package; what it says is shown below its name, a failure is an error but stops nothing."""
    place = root.path(f"{SCRIPTS}/{package.name}{name}")
    if session.on("no-scripts") or not os.path.exists(place):
        return
    shell = root.path("/bin/sh")
    words = [shell if os.path.exists(shell) else "/bin/sh", place, package.version]
    environment = {**os.environ, "pkgname": package.name}
    done = subprocess.run(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.stdout:
        session.say(f"  Executing script {package}{name.replace('.', '.', 1)}")
        session.say("\n".join(f"  * {line}" for line in done.stdout.splitlines()))
    if done.returncode:
        session.error(f"{package}{name}: exited with error {done.returncode}")
