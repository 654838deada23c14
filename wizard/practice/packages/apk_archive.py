"""An .apk in the layout of apk 2: gzip streams one after the other, together one tar that begins with `.PKGINFO`."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zlib

from wizard.practice.packages.archives import BadArchiveError


class ApkArchive:
    """An opened package. Raises BadArchiveError when it is none."""

    def __init__(self, data: bytes) -> None:
        try:
            streams = split(data)
            self._tar = tarfile.TarFile(fileobj=io.BytesIO(b"".join(stream for stream, _ in streams)))
            members = self._tar.getmembers()
            info = self._tar.extractfile(".PKGINFO")
        except (tarfile.TarError, zlib.error, EOFError, KeyError) as error:
            raise BadArchiveError(str(error)) from error
        self.info = _info(info.read().decode() if info else "")
        self.checksum = checksum(streams[0][1])
        self.scripts = {member.name: self.content(member) for member in members if _is_script(member.name)}
        self.members = [member for member in members if not member.name.startswith(".")]

    def content(self, member: tarfile.TarInfo) -> bytes:
        file = self._tar.extractfile(member) if member.isfile() else None
        return file.read() if file else member.linkname.encode()


def _is_script(name: str) -> bool:
    return name.startswith(".") and "/" not in name and name != ".PKGINFO" and not name.startswith(".SIGN.")


def _info(text: str) -> dict[str, list[str]]:
    info: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _, value = line.partition(" = ")
        info.setdefault(name, []).append(value)
    return info


def split(data: bytes) -> list[tuple[bytes, bytes]]:
    """The gzip streams in it: what each holds, and its own bytes. Raises zlib.error and EOFError."""
    streams = []
    while data:
        unpacker = zlib.decompressobj(31)
        plain = unpacker.decompress(data)
        if not unpacker.eof:
            raise EOFError
        rest = unpacker.unused_data
        streams.append((plain, data[: len(data) - len(rest)]))
        data = rest
    if not streams:
        raise EOFError
    return streams


def checksum(data: bytes) -> str:
    """A SHA-1 sum as apk 2 writes it."""
    return "Q1" + base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def index(data: bytes, keys: list[tuple[str, bytes]], *, whoever: bool) -> str | None:
    """The text of an index whose signature is by one of these keys (file name and content), or by `whoever`; else None.

    Raises BadArchiveError.
    """
    try:
        (signature, _), *rest = split(data)
        body = data[len(data) - sum(len(packed) for _, packed in rest) :]
        with tarfile.open(fileobj=io.BytesIO(signature + bytes(1024)), mode="r:") as tar:
            member = tar.getmembers()[0]
            signed = tar.extractfile(member)
            digest = signed.read().decode() if signed else ""
        if not whoever and all(f".SIGN.{name}" != member.name or _digest(key, body) != digest for name, key in keys):
            return None
        with tarfile.open(fileobj=io.BytesIO(b"".join(plain for plain, _ in rest)), mode="r:") as tar:
            file = tar.extractfile("APKINDEX")
            return file.read().decode() if file else ""
    except (tarfile.TarError, zlib.error, EOFError, KeyError, IndexError, ValueError) as error:
        raise BadArchiveError(str(error)) from error


def _digest(key: bytes, body: bytes) -> str:
    return hashlib.sha256(key + body).hexdigest()
