"""An .ipk archive: a .tar.gz that holds `debian-binary`, `control.tar.gz` and `data.tar.gz` (ipkg-build's format)."""

from __future__ import annotations

import io
import os
import tarfile


class BadArchiveError(Exception):
    """Not a package, or one that is cut short."""


class Archive:
    """An opened .ipk. Raises BadArchiveError when it is none, OSError when it cannot be read."""

    def __init__(self, place: str) -> None:
        try:
            with tarfile.open(place, "r:gz") as outer:
                self._parts = {member.name.removeprefix("./"): _bytes(outer, member) for member in outer}
            self.control = dict(self._files("control.tar.gz"))
        except (tarfile.TarError, EOFError, KeyError, ValueError) as error:
            raise BadArchiveError(place) from error

    def _files(self, part: str) -> list[tuple[str, bytes]]:
        with self._tar(part) as tar:
            return [(member.name.removeprefix("./"), _bytes(tar, member)) for member in tar if member.isfile()]

    def _tar(self, part: str) -> tarfile.TarFile:
        return tarfile.open(fileobj=io.BytesIO(self._parts[part]), mode="r:gz")

    @property
    def conffiles(self) -> list[str]:
        """The configuration files that it names."""
        return [line.strip() for line in self.control.get("conffiles", b"").decode().splitlines() if line.strip()]

    def files(self) -> list[str]:
        """The absolute paths of its files and links; folders are not among them."""
        with self._tar("data.tar.gz") as tar:
            return ["/" + member.name.removeprefix("./") for member in tar if not member.isdir()]

    def unpack(self, root: str) -> None:
        """Write the data below `root`, a file at a time. Raises OSError and leaves what came before."""
        with self._tar("data.tar.gz") as tar:
            for member in tar:
                write(tar, member, f"{root}/{member.name.removeprefix('./')}")


def write(tar: tarfile.TarFile, member: tarfile.TarInfo, place: str) -> None:
    """One member in its place, with its mode and time; what is there and no folder makes way first."""
    if member.isdir():
        os.makedirs(place, exist_ok=True)
        return
    os.makedirs(os.path.dirname(place), exist_ok=True)
    if os.path.lexists(place):
        os.unlink(place)
    if member.issym():
        os.symlink(member.linkname, place)
        return
    with open(place, "wb") as file:
        file.write(_bytes(tar, member))
    os.chmod(place, member.mode)
    os.utime(place, (member.mtime, member.mtime))


def _bytes(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file else b""
