"""The questions to apk that change nothing: info, list, query and search (app_info.c, app_list.c, query.c)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from wizard.practice.packages.apk_commit import human
from wizard.practice.packages.apk_session import Session
from wizard.practice.packages.apk_store import Need, Package


def _print(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _named(packages: Iterable[Package], patterns: list[str]) -> list[Package]:
    found = [package for package in packages if not patterns or any(fnmatchcase(package.name, one) for one in patterns)]
    return sorted(found, key=lambda package: (package.name, package.version))


def info(session: Session, words: list[str]) -> int:
    if session.on("exists"):
        return _exists(session, words)
    if session.on("who-owns"):
        return _who_owns(session, words)
    if not words:
        _print(_short(session, package) for package in _named(session.installed, []))
        return 0
    session.open_repositories()
    for package in _named(session.everything(), words):
        _describe(session, package)
    return len([word for word in words if not _named(session.everything(), [word])])


def _short(session: Session, package: Package) -> str:
    return str(package) if session.verbosity > 1 else package.name


def _exists(session: Session, words: list[str]) -> int:
    """The number of those that are not installed, or not as asked for."""
    missing = 0
    for need in map(Need, words):
        found = next((package for package in session.installed if need.name in package.names), None)
        if found and need.met_by(found):
            if session.verbosity >= 1:
                _print([_short(session, found)])
        else:
            missing += 1
    return missing


def _who_owns(session: Session, words: list[str]) -> int:
    errors = 0
    for word in words:
        path = word if word.startswith("/") else os.path.abspath(word)
        owner = next((package for package in session.installed if path.lstrip("/") in package.files), None)
        if owner:
            _print([f"{path} is owned by {owner}"])
        else:
            session.error(f"{path}: Could not find owner package")
            errors += 1
    return errors


def _describe(session: Session, package: Package) -> None:
    parts = {
        "description": ("description", [package.fields.get("T", "")]),
        "webpage": ("webpage", [package.fields.get("U", "")]),
        "size": ("installed size", [human(package.size)]),
        "depends": ("depends on", [need.text for need in package.needs]),
        "provides": ("provides", package.fields.get("p", "").split()),
        "rdepends": ("is required by", [str(other) for other in session.installed if _needs(other, package)]),
        "contents": ("contains", list(package.files)),
        "license": ("license", [package.fields.get("L", "")]),
    }
    asked = [name for name in parts if session.on(name) or session.on("all")]
    for name in asked or ["description", "webpage", "size"]:
        title, lines = parts[name]
        if package.there or name not in ("contents", "rdepends"):
            _print([f"{package} {title}:", *lines, ""])


def _needs(other: Package, package: Package) -> bool:
    return any(need.name in package.names for need in other.needs)


def list_(session: Session, words: list[str]) -> int:
    if not session.on("installed"):
        session.open_repositories()
    packages = session.installed if session.on("installed") else session.everything()
    if session.on("available") and not session.on("installed"):
        packages = [package for package in packages if not package.there or _is_offered(session, package)]
    for package in _named(packages, words):
        _print([_line(session, package)])
    return 0


def _is_offered(session: Session, package: Package) -> bool:
    return any(str(other) == str(package) for other in session.offered)


def _line(session: Session, package: Package) -> str:
    if session.on("manifest"):
        return f"{package.name} {package.version}"
    if session.verbosity < 1:
        return package.name
    fields = package.fields
    text = f"{package} {fields.get('A', 'noarch')} {{{fields.get('o') or package.name}}} ({fields.get('L', '')})"
    return text + (" [installed]" if package.there else "")


def search(session: Session, words: list[str]) -> int:
    session.open_repositories()
    patterns = words if session.on("exact") else [f"*{word}*" for word in words]
    for package in _named(session.offered, patterns):
        _print([package.name if session.verbosity < 1 else str(package)])
    return 0


QUERY_FIELDS: dict[str, tuple[str, Callable[[Package], str]]] = {
    "package": ("Package", str),
    "name": ("Name", lambda package: package.name),
    "version": ("Version", lambda package: package.version),
    "description": ("Description", lambda package: package.fields.get("T", "")),
    "arch": ("Arch", lambda package: package.fields.get("A", "")),
    "license": ("License", lambda package: package.fields.get("L", "")),
    "installed-size": ("Installed-Size", lambda package: human(package.size)),
    "file-size": ("File-Size", lambda package: human(int(package.fields.get("S", "0")))),
    "depends": ("Depends", lambda package: " ".join(need.text for need in package.needs)),
    "status": ("Status", lambda package: "installed" if package.there else ""),
    "contents": ("Contents", lambda package: "\n  ".join(package.files)),
}


JSON_FIELDS: dict[str, Callable[[Package], object]] = {
    "installed-size": lambda package: package.size,
    "file-size": lambda package: int(package.fields.get("S", "0")),
    "depends": lambda package: [need.text for need in package.needs],
    "status": lambda package: ["installed"] if package.there else [],
    "contents": lambda package: package.files,
}
"""Fields that are no text there."""


def query(session: Session, words: list[str]) -> int:
    """Packages by name: one line for each field, an empty one after each package; or a list in JSON."""
    if not session.on("installed"):
        session.open_repositories()
    packages = session.installed if session.on("installed") else session.everything()
    if session.on("available"):
        packages = session.offered
    asked = session.options.get("fields", "name,version,description,arch,license,installed-size").split(",")
    for name in asked:
        if name not in QUERY_FIELDS and name != "all":
            session.error(f"command line: invalid argument for option 'fields': '{name}'")
            return 1
    fields = list(QUERY_FIELDS) if "all" in asked else asked
    if session.options.get("format") == "json":
        _json(_named(packages, words), fields)
        return 0
    for package in _named(packages, words):
        values = ((QUERY_FIELDS[name][0], QUERY_FIELDS[name][1](package)) for name in fields)
        _print([*(f"{title}: {value}" for title, value in values if value), ""])
    return 0


def _json(packages: list[Package], fields: list[str]) -> None:
    """Fields in the order of QUERY_FIELDS, each on a line (serialize_json.c)."""
    import json

    ordered = [name for name in QUERY_FIELDS if name in fields]
    rows = [{name: JSON_FIELDS.get(name, QUERY_FIELDS[name][1])(package) for name in ordered} for package in packages]
    _print([json.dumps(rows, indent=2, ensure_ascii=False)])
