"""What a router keeps for going back (`templates/router/history.sh`), read."""

from __future__ import annotations

import io
import re
import tarfile
import zlib
from collections.abc import Iterable, Mapping

from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import RouterFile
from wizard.model.journal import FORMAT
from wizard.model.kept import KeptFile, State
from wizard.model.section import Section

KEPT = "kept "
ORIGINAL = re.compile(r"original\.\d+\.tgz")
LARGEST = 8_000_000
"""Bytes that a state may unpack to: the files that we touch are a few kilobytes."""
_LINK = re.compile(r" -> (.*)$")
_FILES, _ABSENT = "files/", "absent/"


def states(sections: Mapping[str, Section]) -> Mapping[str, State]:
    """Every state that was read, by the name of its archive.

    Raises `WizardError`: "history-broken" for one that is not whole, "newer-version" for one of a later format,
    "inspect-cut".
    """
    if "complete" not in sections:
        raise WizardError("inspect-cut", section=list(sections)[-1] if sections else "none")
    names = [name.removeprefix(KEPT) for name in sections if name.startswith(KEPT)]
    return {name: _state(name, sections[KEPT + name].text) for name in names}


def original(found: Mapping[str, State]) -> State | None:
    """What was there before our very first change; each archive has paths that the ones before it had not."""
    parts = [found[name] for name in sorted(found, key=_number) if ORIGINAL.fullmatch(name)]
    if not parts:
        return None
    files = {path: file for part in parts for path, file in part.files.items()}
    return State("original", parts[0].at, parts[0].daemon, files, frozenset().union(*(part.absent for part in parts)))


def _number(name: str) -> int:
    return int(re.sub(r"\D", "", name) or 0)


def files_now(sections: Mapping[str, Section]) -> Mapping[str, RouterFile]:
    """The same paths as they are now. A link to nothing has no content."""
    found: dict[str, RouterFile] = {}
    for name, section in sections.items():
        kind, _, path = name.partition(" ")
        if kind != "link" or not section.lines:
            continue
        leads = _LINK.search(section.lines[0])
        there = f"file {path}" in sections
        mode = sections[f"mode {path}"].lines[0].split()[0] if there else "lrwxrwxrwx"
        content = sections[f"file {path}"].text if there else b""
        found[path] = RouterFile(path, content, mode, leads[1] if leads else "")
    return found


def _state(name: str, archive: bytes) -> State:
    try:
        unpacking = zlib.decompressobj(wbits=31)
        text = unpacking.decompress(archive, LARGEST)
        if not unpacking.eof:
            raise EOFError("it is cut off, or far too large")
        with tarfile.open(fileobj=io.BytesIO(text)) as tar:
            members = [(member, _content(tar, member)) for member in tar.getmembers()]
        return _read(name, members)
    except (zlib.error, EOFError, tarfile.TarError, KeyError, UnicodeDecodeError) as error:
        raise WizardError("history-broken", ExitCode.NOT_TRIED, entry=name, reason=str(error)) from error


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member) if member.isfile() else None
    return file.read() if file else b""


def _read(name: str, members: Iterable[tuple[tarfile.TarInfo, bytes]]) -> State:
    plain: dict[str, str] = {}
    files: dict[str, KeptFile] = {}
    absent: set[str] = set()
    for member, content in members:
        path = member.name.removeprefix("./")
        if member.isdir():
            continue
        if path.startswith(_FILES):
            files[f"/{path.removeprefix(_FILES)}"] = KeptFile(content, f"{member.mode:04o}", member.linkname)
        elif path.startswith(_ABSENT):
            absent.add(f"/{path.removeprefix(_ABSENT)}")
        else:
            plain[path] = content.decode()
    about = dict(line.split(" ", 1) for line in plain["about"].splitlines() if " " in line)
    if int(re.sub(r"\D", "", about["format"]) or 0) > FORMAT:
        raise WizardError("newer-version", ExitCode.NOT_TRIED, what=name)
    paths = plain["paths"].split()
    if set(paths) - {*files, *absent}:
        raise KeyError("a path that is listed and not there")
    return State(name, about.get("at", ""), plain["daemon"].strip(), files, frozenset(absent))
