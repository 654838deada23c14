"""The object `system` on the bus: `board` and `info`, as recorded."""

from __future__ import annotations

import os
import time

from wizard.practice import root
from wizard.practice.procd.files import read
from wizard.practice.procd.wire import Table

# The names in /etc/openwrt_release and what `board` calls them; the build date is in /etc/os-release from 24.10 on.
RELEASE = (
    ("distribution", "DISTRIB_ID"),
    ("version", "DISTRIB_RELEASE"),
    ("revision", "DISTRIB_REVISION"),
    ("codename", "DISTRIB_CODENAME"),
    ("target", "DISTRIB_TARGET"),
    ("description", "DISTRIB_DESCRIPTION"),
    ("builddate", "OPENWRT_BUILD_DATE"),
)


MEMORY = (
    ("total", "MemTotal"),
    ("free", "MemFree"),
    ("shared", "Shmem"),
    ("buffered", "Buffers"),
    ("available", "MemAvailable"),
    ("cached", "Cached"),
)


def board() -> Table:
    """What `ubus call system board` shows: fields that the router does not know are left out."""
    kernel = os.uname()
    model, name = (read(root.path(f"/tmp/sysinfo/{word}")).strip() for word in ("model", "board_name"))
    row: Table = {"kernel": kernel.release, "hostname": kernel.nodename, "system": _system()}
    row |= {key: value for key, value in (("model", model), ("board_name", name)) if value}
    given = _assignments("/etc/openwrt_release") | _assignments("/etc/os-release")
    row["release"] = {word: given[key] for word, key in RELEASE if key in given}
    return row


def _system() -> str:
    """The processor's name as the kernel gives it."""
    wanted = ("system type", "vendor_id", "model name")
    for line in read("/proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in wanted:
            return value.strip()
    return "Unknown"


def _assignments(path: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in read(root.path(path)).splitlines())
    return {name: value.strip("'\"") for name, _, value in pairs if value}


def info() -> Table:
    """What `ubus call system info` shows: bytes of memory, KiB of file systems, load times 65536."""
    row: Table = {"localtime": int(time.time()) - time.timezone, "uptime": int(float(_words("/proc/uptime")[0]))}
    row["load"] = [int(float(word) * 65536) for word in _words("/proc/loadavg")[:3]]
    memory = _memory()
    row["memory"] = {word: memory.get(key, 0) for word, key in MEMORY}
    row |= {"root": _space("/"), "tmp": _space("/tmp")}
    row["swap"] = {"total": memory.get("SwapTotal", 0), "free": memory.get("SwapFree", 0)}
    return row


def _words(path: str) -> list[str]:
    return read(path).split() or ["0"]


def _memory() -> dict[str, int]:
    rows = (line.split() for line in read("/proc/meminfo").splitlines())
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) > 1}


def _space(path: str) -> Table:
    room = os.statvfs(root.path(path))
    block = room.f_frsize
    total, free, available = (count * block // 1024 for count in (room.f_blocks, room.f_bfree, room.f_bavail))
    return {"total": total, "free": free, "used": total - free, "avail": available}
