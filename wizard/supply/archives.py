"""What is in package files: .ipk (a tar or ar with control.tar.gz in it) and .apk (its .PKGINFO)."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from wizard.model.archive import Archive
from wizard.model.errors import ExitCode, WizardError

SUFFIXES = (".ipk", ".apk")
AR = b"!<arch>\n"
AR_HEADER = 60
ADB = b"ADB"
"""How apk 3's own format begins (adb.h of apk-tools 3); its contents are read by nobody but apk."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]*")
_ADB_NAME = re.compile(r"(.+)-(\d[^-]*-r\d+)\.apk")
_NEED = re.compile(r"([^\s(<>=~]+)\s*\(?\s*([<>=~]*)\s*([^\s)]*)\)?")

_BROKEN = (OSError, EOFError, ValueError, KeyError, tarfile.TarError, zlib.error)


def read_folder(folder: Path) -> tuple[Archive, ...]:
    """Every package in a folder. Raises WizardError: packages-not-a-folder, packages-none, packages-unreadable."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise WizardError("packages-not-a-folder", ExitCode.USAGE, path=folder, reason=reason) from error
    if not paths:
        raise WizardError("packages-none", ExitCode.USAGE, path=folder)
    return tuple(map(_read, paths))


def _read(path: Path) -> Archive:
    try:
        return _archive(path, path.read_bytes())
    except _BROKEN as error:
        reason = (isinstance(error, OSError) and error.strerror) or "it is damaged, or no package at all"
        raise WizardError("packages-unreadable", ExitCode.USAGE, path=path, reason=reason) from error


def _archive(path: Path, content: bytes) -> Archive:
    """Raises one of `_BROKEN` for anything but a package."""
    if path.suffix == ".ipk":
        fields = _control(content)
        needs = list(_needs(fields.get("Depends", "") + "," + fields.get("Pre-Depends", ""), ","))
        name, version, architecture = fields["Package"], fields["Version"], fields.get("Architecture", "")
        provides = [need[0] for need, _ in _needs(fields.get("Provides", ""), ",")]
    elif content.startswith(ADB):
        found = _ADB_NAME.fullmatch(path.name)
        if found is None:
            raise ValueError(path.name)
        name, version, architecture, needs, provides = found[1], found[2], "", [], []
    else:
        info = _package_info(content)
        name, version, architecture = info["pkgname"][0], info["pkgver"][0], info.get("arch", [""])[0]
        needs = [need for line in info.get("depend", []) if line[0] != "!" for need in _needs(line, " ")]
        provides = [need[0] for line in info.get("provides", []) for need, _ in _needs(line, " ")]
    if not _NAME.fullmatch(name):
        raise ValueError(name)
    return Archive(
        path=path,
        name=name,
        version=version,
        architecture=architecture,
        depends=tuple(names for names, _ in needs if names[0] != "kernel"),
        provides=tuple(provides),
        kernel=next((exact for names, exact in needs if names[0] == "kernel"), ""),
        suffix=path.suffix,
        size=len(content),
        md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
        content=content,
        tells_needs=not content.startswith(ADB),
    )


def _needs(text: str, between: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """For each need the names that will do, and the version where it has to be this very one."""
    for part in text.split(between):
        found = [match for word in part.split("|") if (match := _NEED.match(word.strip()))]
        if found:
            yield tuple(match[1] for match in found), found[0][3] if found[0][2] == "=" else ""


def _control(content: bytes) -> dict[str, str]:
    """The fields of an .ipk's control file (deb-control(5)); what a field has on further lines is left out."""
    packed = _ar_member(content, "control.tar.gz") if content.startswith(AR) else _member(content, "control.tar.gz")
    lines = _member(packed, "control").decode("utf-8", "replace").splitlines()
    return {name: value.strip() for name, colon, value in (line.partition(":") for line in lines) if colon}


def _member(packed: bytes, name: str) -> bytes:
    """A file of a .tar.gz. Raises KeyError where there is none of that name."""
    # OpenWrt's apk 2 files are several gzip streams, whose tars each lack their end
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed)), mode="r:", ignore_zeros=True) as tar:
        for member in tar:
            if member.name.removeprefix("./") == name and (file := tar.extractfile(member)):
                return file.read()
    raise KeyError(name)


def _ar_member(content: bytes, name: str) -> bytes:
    """A file of an ar archive (ar(5)): a header of 60 bytes before each, which begins at an even place."""
    at = len(AR)
    while at + AR_HEADER <= len(content):
        header = content[at : at + AR_HEADER]
        size = int(header[48:58])
        at += AR_HEADER
        if header[:16].decode("ascii", "replace").strip().rstrip("/") == name:
            return content[at : at + size]
        at += size + size % 2
    raise KeyError(name)


def _package_info(content: bytes) -> dict[str, list[str]]:
    """`NAME = VALUE` of an apk 2 file's .PKGINFO, each name as often as it likes."""
    fields: dict[str, list[str]] = {}
    for line in _member(content, ".PKGINFO").decode("utf-8", "replace").splitlines():
        name, equals, value = line.partition(" = ")
        if equals:
            fields.setdefault(name, []).append(value.strip())
    return fields
