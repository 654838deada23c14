"""GRE as it is: IP protocol 47 through a raw socket, and the right that this takes."""

from __future__ import annotations

import shlex
import socket
import sys
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

from wizard.verify.datagram import LARGEST, DatagramCarrier

GRE = 47
"""IP protocol number."""
_SHORTEST_HEADER = 20
_PROTOCOL = 9
_SOURCE = slice(12, 16)


@dataclass(frozen=True, slots=True)
class MissingRight:
    """What this program may not do, and how it could."""

    right: str
    """What is missing, for the person."""
    ways: tuple[str, ...]
    """Commands, each of which gives it: this program started again with the right, and on Linux one that lasts and
    holds for everything that this Python runs. None where no command does."""


class NoRightError(Exception):
    """The system lets this program open no raw socket."""

    def __init__(self, missing: MissingRight) -> None:
        super().__init__(missing)
        self.missing = missing

    def __str__(self) -> str:
        return self.missing.right


def needed_right(system: str) -> MissingRight:
    """What a raw socket takes on this system (raw(7), capabilities(7)); `system` as `sys.platform` has it."""
    if system == "win32":
        return MissingRight("Windows gives GRE to its own drivers alone, whoever asks", ())
    again = "sudo -E " + shlex.join([sys.executable, *sys.orig_argv[1:]])
    if system != "linux":
        return MissingRight("sending GRE packets takes root's rights", (again,))
    # a virtual environment's Python is a symbolic link, and a capability belongs to the file
    lasting = f"sudo setcap cap_net_raw+ep {shlex.quote(str(Path(sys.executable).resolve()))}"
    return MissingRight("sending GRE packets takes root's rights, or the capability CAP_NET_RAW", (again, lasting))


class RawCarrier(DatagramCarrier):
    """GRE packets to and from one address, by the real network.

    `NoRightError` where the system does not allow that, `OSError` where it knows no way there, `ValueError` for what
    is no IPv4 address.
    """

    def __init__(self, address: IPv4Address | str) -> None:
        self._peer = IPv4Address(address)
        connection = _raw_socket()
        try:
            connection.connect((str(self._peer), 0))
        except OSError:
            connection.close()
            raise
        super().__init__(connection, f"GRE (IP protocol {GRE}) to {self._peer}")

    def _take(self) -> bytes | None:
        return without_header(self._socket.recv(LARGEST), self._peer)


def missing_right() -> MissingRight | None:
    """What this program may not do here and now; None where it may open raw sockets."""
    try:
        _raw_socket().close()
    except NoRightError as error:
        return error.missing
    return None


def _raw_socket() -> socket.socket:
    if sys.platform == "win32":
        raise NoRightError(needed_right(sys.platform))
    try:
        return socket.socket(socket.AF_INET, socket.SOCK_RAW, GRE)
    except PermissionError as error:
        raise NoRightError(needed_right(sys.platform)) from error


def without_header(octets: bytes, sender: IPv4Address) -> bytes | None:
    """What an IPv4 packet as a raw socket gives it carries; None where it is not GRE, or not from `sender`.

    The packet's total length is not looked at: macOS has it in host order and less the header (ip(4)), and what the
    socket gives is just the packet anyway. Before the socket was connected, everybody's GRE came in.
    """
    if len(octets) < _SHORTEST_HEADER or octets[0] >> 4 != 4:
        return None
    header = (octets[0] & 0x0F) * 4
    if not _SHORTEST_HEADER <= header <= len(octets):
        return None
    if (octets[_PROTOCOL], octets[_SOURCE]) != (GRE, sender.packed):
        return None
    return octets[header:]
