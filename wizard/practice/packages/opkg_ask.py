"""The questions to opkg that change nothing (opkg_cmd.c)."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from wizard.practice import root
from wizard.practice.packages import stanzas
from wizard.practice.packages.opkg_session import Session
from wizard.practice.packages.opkg_store import INFO_FIELDS, Package, matching


def _line(session: Session, package: Package) -> str:
    size = f" - {package.stanza.get('Size', '0')}" if session.on("size") else ""
    description = package.stanza.get("Description", "").strip()
    return f"{package.name} - {package.version}{size}" + (f" - {description}" if description else "")


def _print(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def list_all(session: Session, words: list[str]) -> int:
    """What is on offer, and what is installed without being on offer."""
    seen: set[str] = set()
    shown = []
    session.store.load_feeds()
    on_offer = [package for package in session.store.packages if package.feed]
    for package in [*on_offer, *session.store.installed()]:
        if package.there and package.name in seen:
            continue
        seen.add(package.name)
        shown.append(package)
    wanted = matching(shown, words[:1], nocase=session.on("nocase"))
    _print(_line(session, package) for package in sorted(wanted, key=lambda package: package.name))
    return 0


def find(session: Session, words: list[str]) -> int:
    """As `list`, for a pattern that may also fit the description."""
    from fnmatch import fnmatchcase

    session.store.load_feeds()
    packages = {package.name: package for package in [*session.store.installed(), *session.store.packages]}
    for name in sorted(packages):
        texts = (name, packages[name].stanza.get("Description", "").strip())
        if any(fnmatchcase(text, words[0]) for text in texts):
            _print([_line(session, packages[name])])
    return 0


def list_installed(session: Session, words: list[str]) -> int:
    wanted = matching(session.store.installed(), words[:1], nocase=session.on("nocase"))
    _print(_line(session, package) for package in wanted)
    return 0


def list_upgradable(session: Session, _: list[str]) -> int:
    from wizard.practice.packages import versions
    from wizard.practice.packages.opkg_plan import Planner

    session.store.load_feeds()
    planner = Planner(session)
    for package in session.store.installed():
        new = planner.by_name(package.name)
        if new and versions.compare(new.version, package.version) > 0:
            _print([f"{package.name} - {package.version} - {new.version}"])
    return 0


def list_changed_conffiles(session: Session, words: list[str]) -> int:
    from wizard.practice.packages.opkg_conffiles import modified

    for package in matching(session.store.installed(), words[:1], nocase=session.on("nocase")):
        for path, digest in package.conffiles.items():
            try:
                changed = modified(root.path(path), digest)
            except OSError:
                changed = False
            if changed:
                _print([path])
    return 0


def info(session: Session, words: list[str]) -> int:
    session.store.load_feeds()
    return _describe(session, session.store.packages, words)


def status(session: Session, words: list[str]) -> int:
    return _describe(session, session.store.installed(), words)


def _describe(session: Session, packages: list[Package], words: list[str]) -> int:
    for package in matching(packages, words[:1], nocase=session.on("nocase")):
        package.stanza.setdefault("Status", "unknown ok not-installed")
        _print([stanzas.render(package.stanza, INFO_FIELDS.split())])
    return 0


def files(session: Session, words: list[str]) -> int:
    package = session.store.on_router(words[0])
    if package is None:
        session.error("opkg_files_cmd", f"Package {words[0]} not installed.")
        return 0
    _print([f"Package {package.name} ({package.version}) is installed on {package.dest} and has the following files:"])
    try:
        _print(session.store.files(package))
    except OSError as error:
        name = session.store.info(package.dest, f"{package.name}.list")
        session.error("pkg_get_installed_files", f"Failed to open {name}: {error.strerror}.")
    return 0


def search(session: Session, words: list[str]) -> int:
    from fnmatch import fnmatchcase

    for package in session.store.installed():
        try:
            paths = session.store.files(package)
        except OSError as error:
            name = session.store.info(package.dest, f"{package.name}.list")
            session.error("pkg_get_installed_files", f"Failed to open {name}: {error.strerror}.")
            continue
        _print(_line(session, package) for path in paths if fnmatchcase(path, words[0]))
    return 0


def print_architecture(session: Session, _: list[str]) -> int:
    """The architectures of the settings; without any, `all`, `noarch` and what the installed packages say."""
    known = session.settings.architectures
    own = {package.stanza.get("Architecture", "all") for package in session.store.installed()} - {"all", "noarch"}
    known = known or {"all": "1", "noarch": "1", **dict.fromkeys(sorted(own), "10")}
    _print(f"arch {name} {priority}" for name, priority in known.items())
    return 0


def depends(session: Session, words: list[str]) -> int:
    from wizard.practice.packages import versions

    for package in matching(_scope(session), words, nocase=session.on("nocase")):
        _print([f"{package.name} depends on:"])
        _print(f"\t{versions.spelled(part)}" for part in versions.needs(package.stanza.get("Depends", "")))
    return 0


def what_depends(session: Session, words: list[str]) -> int:
    packages = _scope(session)
    marked = {name for package in matching(packages, words, nocase=False) for name in package.provides}
    _print(["Root set:"])
    _print(f"  {package.name}" for package in packages if package.name in marked)
    _print(["What depends on root set"])
    for package in packages:
        if package.name not in marked:
            _print(_why(package, marked))
    return 0


def _why(package: Package, marked: set[str]) -> list[str]:
    from wizard.practice.packages import versions

    for part in versions.needs(package.stanza.get("Depends", "")):
        for name, operator, version in part:
            if name in marked:
                demand = f" ({operator} {version})" if operator else ""
                return [f"\t{package.name} {package.version}\tdepends on {name}{demand}"]
    return []


def _scope(session: Session) -> list[Package]:
    if not session.on("query-all"):
        return session.store.installed()
    session.store.load_feeds()
    return session.store.packages
