"""What `templates/router/apply.sh` is filled in with: candidates, checksums, and which steps there are."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wizard import __version__
from wizard.model.archive import Archive
from wizard.model.changes import ChangeSet, FileChange, What
from wizard.model.errors import WizardError
from wizard.model.facts import Dialect

OPTIONS, COMMON_OPTIONS = "options.pptpd", "/etc/ppp/options"
WINDOW = 90
"""Seconds that a confirmation has, where nothing else is asked for."""
SECRETS = "/etc/ppp/chap-secrets"
BROUGHT = ("/etc/pptpd.conf", "/etc/ppp/options.pptpd", SECRETS, COMMON_OPTIONS, "/etc/config/pptpd")
"""Files that the packages bring and that somebody may have had before."""
OWN_NOTES = ("/etc/pptp-wizard/applied", "/etc/pptp-wizard/packages")
ASKING = (What.APPLY, What.TRY)
"""Ways on which the router's pppd is asked for the options file; what lay there before is not asked about again."""
PRINTABLE = set(range(0x20, 0x7F)) | {0x09, 0x0A}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file on its way: under which name it is staged, the shell that writes it there, its checksum."""

    name: str
    writer: str = field(repr=False)
    md5: str


@dataclass(frozen=True, slots=True)
class Target:
    """A file as the script has to treat it."""

    name: str
    path: str
    mode: str
    changed: bool
    md5_before: str
    """"-" where it is not there."""
    gone: bool
    link_after: str
    check: str
    """Who has to accept it before it goes live: "pppd", "firewall", "uci", "shell" or "" for nobody."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A package that is on the router already: its file there and its checksum."""

    name: str
    md5: str


def script_data(
    changes: ChangeSet,
    dialect: Dialect,
    folder: str = "",
    *,
    owner: str = "",
    window: int = WINDOW,
    break_lock: bool = False,
) -> Mapping[str, object]:
    """Everything the template asks for. Raises `WizardError("file-has-nul")` for a file that holds a NUL byte.

    `folder`: where in the router's RAM the packages are that were sent before, if any were. `owner`: who is told to
    others meanwhile. `window`: seconds from the first change of configuration until the router goes back by itself.
    """
    return {
        "dialect": dialect,
        "what": changes.what.value,
        "entry": changes.entry,
        "remove": list(changes.remove),
        "owner": owner,
        "version": __version__,
        "window": window,
        "break_lock": break_lock,
        "packages": _packages(changes),
        "archives": [Sent(sent_name(archive), archive.md5) for archive in changes.archives],
        "folder": folder,
        "service": changes.service,
        "keep_calls": changes.keep_calls,
        "firewall_reload": changes.firewall.reload,
        "ends_calls": changes.what is not What.TRY or any(file.path == SECRETS for file in changes.files),
        **_about_files(changes, dialect),
    }


def _about_files(changes: ChangeSet, dialect: Dialect) -> Mapping[str, object]:
    """What is written, what is looked at, and what is kept first."""
    names = _names(changes.files)
    written = [file for file in changes.files if file.changed and not file.gone and not file.link_after]
    options = [file for file in written if names[file.path] == OPTIONS and changes.what in ASKING]
    return {
        "files": [_target(file, names[file.path]) for file in changes.files],
        "noted": 1 + sum(not (file.gone or file.link_after) for file in changes.files),
        "paths": _paths(changes),
        "waiting": _waiting(changes),
        "candidates": [
            candidate for file in written for candidate in _candidates(file, names[file.path], dialect, changes.what)
        ],
        "options_candidates": [words for file in options for words in _words(file, dialect)],
        "common_options": COMMON_OPTIONS,
    }


def _names(files: Sequence[FileChange]) -> Mapping[str, str]:
    """Path → what it is called while it is staged: its own name, which uci has to find it by, as far as one has it."""
    names: dict[str, str] = {}
    for file in files:
        name = file.path.rpartition("/")[2]
        names[file.path] = name if name not in names.values() else file.path.strip("/").replace("/", ".")
    return names


def _paths(changes: ChangeSet) -> list[str]:
    """Every file that has to be kept first: what we change, and what packages may bring."""
    changed = [file.path for file in changes.files if file.changed]
    brought = BROUGHT if changes.packages else ()
    return list(dict.fromkeys((*changed, *brought, *OWN_NOTES)))


def _waiting(changes: ChangeSet) -> list[str]:
    """Files that nobody but us may write from now on until we do: all that change, less what packages bring."""
    brought = BROUGHT if changes.packages else (COMMON_OPTIONS,)
    return [file.path for file in changes.files if file.changed and file.path not in brought]


def _packages(changes: ChangeSet) -> list[str]:
    """By name, what nobody else pulls in; from files all of them, those first that others need."""
    if changes.archives:
        return [archive.name for archive in changes.archives]
    return [package.name for package in changes.packages if not package.needed_by]


def sent_name(archive: Archive) -> str:
    """What a package file is called on the router."""
    return f"{archive.name}{archive.suffix}"


def _target(file: FileChange, name: str) -> Target:
    before = hashlib.md5(file.before.raw, usedforsecurity=False).hexdigest() if file.before else "-"
    check = file.checked_by if file.changed and not (file.gone or file.link_after) else ""
    return Target(name, file.path, file.mode, file.changed, before, file.gone, file.link_after, check)


def _words(file: FileChange, dialect: Dialect) -> list[str]:
    """The MPPE dialects to be tried, the expected one first: that of the router's pppd where it was asked already."""
    if dialect.mppe:
        return [dialect.mppe.value]
    return sorted((mppe.value for mppe in file.if_pppd_says), key=lambda word: file.after != _content(file, word))


def _content(file: FileChange, word: str) -> object:
    return next(content for mppe, content in file.if_pppd_says.items() if mppe.value == word)


def _candidates(file: FileChange, name: str, dialect: Dialect, what: What) -> Iterator[Candidate]:
    if file.checked_by != "pppd" or what not in ASKING:
        yield _candidate(name, file.after.raw)
    elif dialect.mppe:
        yield _candidate(f"{OPTIONS}.{dialect.mppe.value}", file.after.raw)
    else:
        for mppe, content in file.if_pppd_says.items():
            yield _candidate(f"{OPTIONS}.{mppe.value}", content.raw)


def _candidate(name: str, content: bytes) -> Candidate:
    if b"\0" in content:
        raise WizardError("file-has-nul", path=name)
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return Candidate(name, _writer(f'"$stage/{name}"', content), md5)


def _writer(target: str, content: bytes) -> str:
    """Shell that writes these bytes: a here-document, so that no secret stands in the arguments of a process.

    Text goes as it is. Anything that an old shell could spoil in a here-document (bytes beyond ASCII, control
    characters, a last line without its end) goes as decimal numbers.
    """
    end = f"END_{secrets.token_hex(8)}"
    if content.endswith(b"\n") and set(content) <= PRINTABLE:
        return f"\tcat >{target} <<'{end}'\n{content.decode('ascii')}{end}"
    numbers = "\n".join(" ".join(map(str, content[at : at + 64])) for at in range(0, len(content), 64))
    return f"\tdecoded >{target} <<'{end}'\n{numbers}\n{end}"
