"""Packages on their way: one tar stream, and what the command that takes it has to be told."""

from __future__ import annotations

import io
import secrets
import tarfile
from collections.abc import Mapping, Sequence

from wizard.apply.payload import sent_name
from wizard.model.archive import Archive

NO_ROOM = 9
"""Exit code of `templates/router/receive.sh` where they do not fit into RAM."""
ROOM = 2
"""Times the size of the files that has to be free in RAM: they are unpacked there once more by some."""


def folder() -> str:
    """A new name for the folder in the router's RAM."""
    return f"pptp-wizard-packages.{secrets.token_hex(8)}"


def receive_data(archives: Sequence[Archive], folder: str) -> Mapping[str, object]:
    """What the receiving command is filled in with."""
    return {"folder": folder, "need_kb": need_kb(archives)}


def need_kb(archives: Sequence[Archive]) -> int:
    """Kilobytes of RAM that have to be free on the router."""
    return sum(archive.size for archive in archives) * ROOM // 1024 + 1


def stream(archives: Sequence[Archive]) -> bytes:
    """A plain ustar archive, the one kind that every busybox's tar can read without further options."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for archive in archives:
            member = tarfile.TarInfo(sent_name(archive))
            member.size, member.mode = archive.size, 0o600
            tar.addfile(member, io.BytesIO(archive.content))
    return packed.getvalue()
