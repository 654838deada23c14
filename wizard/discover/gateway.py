"""The default gateway of this computer, which at home is the router. Parsers are pure; one function asks the system."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Literal

PROC_ROUTE = Path("/proc/net/route")

ROUTE_COMMANDS = {"darwin": ("route", "-n", "get", "default"), "win32": ("route", "print", "-4", "0.0.0.0")}
"""What lists the default route where there is no /proc, by `sys.platform`."""

_COMMAND_TIMEOUT = 0.5
_UP_AND_GATEWAY = 0x3
"""RTF_UP and RTF_GATEWAY of linux/route.h."""


def default_gateway() -> IPv4Address | None:
    """The gateway now, within half a second. None where there is none, or where the system does not tell."""
    if command := ROUTE_COMMANDS.get(sys.platform):
        listing = _said(command)
        return from_macos(listing) if sys.platform == "darwin" else from_windows(listing)
    try:
        return from_linux(PROC_ROUTE.read_text("ascii", "replace"), sys.byteorder)
    except OSError:
        return None


def from_linux(table: str, byteorder: Literal["little", "big"] = "little") -> IPv4Address | None:
    """From /proc/net/route (proc(5)): addresses are hexadecimal, as this machine's integers lie in memory."""
    routes = []
    for line in table.splitlines()[1:]:
        words = line.split()
        if len(words) >= 8 and words[1] == words[7] == "00000000" and _has_gateway(words[3]):
            address = int(words[2], 16).to_bytes(4, byteorder)
            routes.append((int(words[6]), IPv4Address(address)))
    return min(routes)[1] if routes else None


def _has_gateway(flags: str) -> bool:
    return int(flags, 16) & _UP_AND_GATEWAY == _UP_AND_GATEWAY


def from_macos(listing: str) -> IPv4Address | None:
    """From `route -n get default`: the line `gateway: 192.168.1.1`."""
    for line in listing.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "gateway":
            return _address(value.strip())
    return None


def from_windows(listing: str) -> IPv4Address | None:
    """From `route print -4 0.0.0.0`. Its words are translated, so only the numbers are read: the active routes have
    destination, mask, gateway, interface and metric."""
    routes = list(_windows_routes(listing))
    return min(routes)[1] if routes else None


def _windows_routes(listing: str) -> Iterator[tuple[int, IPv4Address]]:
    for line in listing.splitlines():
        words = line.split()
        default = len(words) == 5 and words[:2] == ["0.0.0.0", "0.0.0.0"] and words[4].isdecimal()
        if default and (gateway := _address(words[2])):
            yield int(words[4]), gateway


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None


def _said(command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_COMMAND_TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("ascii", "replace")
