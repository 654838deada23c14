"""`apk add`, `apk del` and `apk fetch` (app_add.c, app_del.c, app_fetch.c)."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase

from wizard.practice import root
from wizard.practice.packages.apk_archive import ApkArchive
from wizard.practice.packages.apk_commit import changes, commit
from wizard.practice.packages.apk_download import download
from wizard.practice.packages.apk_session import Session
from wizard.practice.packages.apk_solve import Solution
from wizard.practice.packages.apk_store import Need, Package
from wizard.practice.packages.archives import BadArchiveError


class RefusedError(Exception):
    """A word of the command line that cannot be used; the text says why."""


def add(session: Session, words: list[str]) -> int:
    """Put names and files into the world and make the router so."""
    session.open_repositories(anew=session.on("update-cache"))
    world = list(session.world)
    try:
        wanted = [_need(session, word) for word in words]
    except RefusedError as error:
        session.error(str(error))
        return -1
    for need in wanted:
        world = [other for other in world if other.name != need.name] + [need]
    fresh = {need.name for need in wanted} if session.on("upgrade") or session.on("latest") else set()
    solution = Solution(session, world, fresh)
    if solution.errors and not session.on("force-broken-world"):
        solution.complain()
        return solution.errors
    return commit(session, changes(session, solution), world)


def _need(session: Session, word: str) -> Need:
    """What goes into the world for a word: a name with or without a version, or a file's package and its sum."""
    place = root.path(word) if word.startswith("/") else word
    if "." in word and os.path.exists(place):
        package = _from_file(session, word, place)
        return Need(f"{package.name}><{package.checksum}")
    need = Need(word)
    if not need.name or (need.operator and not need.version):
        form = "name(@tag)([<>~=]version)"
        raise RefusedError(f"'{word}' is not a valid world dependency, format is {form}")
    return need


def _from_file(session: Session, word: str, place: str) -> Package:
    """A file is nobody's whom the router knows. Raises RefusedError."""
    try:
        with open(place, "rb") as file:
            archive = ApkArchive(file.read())
    except BadArchiveError as error:
        raise RefusedError(f"{word}: file format is invalid or inconsistent") from error
    except OSError as error:
        raise RefusedError(f"{word}: {error.strerror}") from error
    if not session.on("allow-untrusted"):
        raise RefusedError(f"{word}: UNTRUSTED signature")
    package = Package(_fields(archive))
    package.archive = place
    there = next((other for other in session.installed if other.checksum == package.checksum), None)
    if there is None:
        session.offered.append(package)
    return there or package


def _fields(archive: ApkArchive) -> dict[str, str]:
    letters = {"P": "pkgname", "V": "pkgver", "A": "arch", "I": "size", "T": "pkgdesc", "L": "license"}
    fields = {letter: archive.info[name][0] for letter, name in letters.items() if name in archive.info}
    return {**fields, "C": archive.checksum, "D": " ".join(archive.info.get("depend", []))}


def delete(session: Session, words: list[str]) -> int:
    """Take names out of the world; what nobody needs then goes."""
    errors = 0
    world = list(session.world)
    for word in words:
        names = {name for package in session.installed for name in package.names if fnmatchcase(name, word)}
        names |= {need.name for need in world if fnmatchcase(need.name, word)}
        if not names:
            session.error(f"No such package: {word}")
            errors += 1
        gone = names | (_users(session, names) if session.on("rdepends") else set())
        world = [need for need in world if need.name not in gone]
    if errors:
        return errors
    solution = Solution(session, world, set())
    if solution.errors:
        solution.complain()
        return solution.errors
    _tell_of_those_that_stay(session, words, solution, world)
    return commit(session, changes(session, solution), world)


def _users(session: Session, names: set[str]) -> set[str]:
    """The installed packages that need one of these, and those that need them."""
    found: set[str] = set()
    while True:
        more = {
            package.name for package in session.installed if {need.name for need in package.needs} & (names | found)
        }
        if more <= found:
            return found
        found |= more


def _tell_of_those_that_stay(session: Session, words: list[str], solution: Solution, world: list[Need]) -> None:
    wanted = {need.name for need in world}
    lines = []
    for package in sorted(solution.order, key=lambda package: package.name):
        if any(fnmatchcase(package.name, word) for word in words):
            reasons = sorted((_users(session, {package.name}) | {package.name}) & wanted)
            lines.append(f"  {package.name}: {' '.join(reasons)}")
    if lines:
        session.say("World updated, but the following packages are not removed due to:")
        session.say("\n".join(lines) + "\n")


def fetch(session: Session, words: list[str]) -> int:
    """Download archives into a folder, with --recursive those that they need too."""
    session.open_repositories()
    offered = {package.name: package for package in session.offered}
    wanted = {Need(word).name for word in words}
    if session.on("recursive"):
        solution = Solution(session, [Need(word) for word in words], set())
        wanted |= {package.name for package in solution.order if package.name in offered}
    errors = 0
    for name in sorted(wanted):
        errors += _fetch_one(session, name, offered.get(name))
    return errors


def _fetch_one(session: Session, name: str, package: Package | None) -> int:
    if package is None or package.repository is None:
        session.error(f"unable to select packages:\n  {name} (no such package):\n    required by: world[{name}]")
        return 1
    session.say(f"Downloading {package}")
    folder = root.path(session.options["output"]) if session.on("output") else "."
    complaint = download(session, f"{package.repository.base}/{package}.apk", f"{folder}/{package}.apk")
    if complaint:
        session.error(f"{package}: {complaint}")
    return 1 if complaint else 0
