"""Knock at every candidate at once and see who answers."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock, Thread

from wizard.discover.places import Candidate
from wizard.discover.places import candidates as gathered
from wizard.model.door import SSH_PORT, Door

TELNET_PORT = 23
BANNER_BYTES = 8192
"""A server that has not said `SSH-` within so many bytes is none."""
LINE_BYTES = 255
"""Longest identification line (RFC 4253 §4.2)."""

_Address = tuple[str, int]


@dataclass(slots=True)
class _Place:
    """One address and port, under all the names that led to it."""

    named_by: dict[int, Candidate]
    """By their place in the order of the candidates."""
    banner: str = ""
    telnet: bool = False

    def rank(self) -> tuple[int, int]:
        """Lower is likelier: OpenWrt's server is dropbear, and only a router has telnet alone."""
        kind = 1 if not self.banner else 0 if "dropbear" in self.banner.lower() else 2
        return kind, min(self.named_by)

    def door(self) -> Door:
        """The likeliest name first; a name of the SSH config is connected to, since that leads to its keys."""
        names = [self.named_by[index] for index in sorted(self.named_by)]
        best = next((name for name in names if name.configured), names[0])
        found_by = ", ".join(dict.fromkeys(name.found_by for name in names))
        return Door(best.target, found_by, self.banner, telnet=not self.banner)


class _Search:
    """What is known so far. Many threads write to it at once."""

    def __init__(self, timeout: float) -> None:
        self._deadline = time.monotonic() + timeout
        self._lock = Lock()
        self._places: dict[_Address, _Place] = {}
        self._telnet_asked: set[str] = set()

    def left(self) -> float:
        """Seconds until the search is over, never 0 (which a socket takes for "do not wait")."""
        return max(self._deadline - time.monotonic(), 0.001)

    def claim(self, address: _Address, index: int, candidate: Candidate) -> tuple[_Place, bool, bool]:
        """The place at an address, and whether this candidate is the one to try SSH there, and telnet."""
        with self._lock:
            new = address not in self._places
            place = self._places.setdefault(address, _Place({}))
            place.named_by[index] = candidate
            telnet = address[1] == SSH_PORT and not candidate.configured and address[0] not in self._telnet_asked
            if telnet:
                self._telnet_asked.add(address[0])
            return place, new, telnet

    def doors(self) -> tuple[Door, ...]:
        """Those that answered so far, the best guess first."""
        with self._lock:
            answered = [place for place in self._places.values() if place.banner or place.telnet]
            return tuple(place.door() for place in sorted(answered, key=_Place.rank))


def find(*, timeout: float = 2.0, candidates: Sequence[Candidate] | None = None) -> tuple[Door, ...]:
    """Every candidate that answers by SSH, or by telnet alone, the best guess first.

    Takes at most `timeout` seconds, gathering the candidates included; what has not answered by then is left out. Two
    names of one address are knocked at once, and a banner is read and the connection closed: dropbear lets an address
    have five unfinished logins at a time. Telnet is tried only in this network.
    """
    search = _Search(timeout)
    wanted = gathered() if candidates is None else candidates
    threads = [_begun(_knock, search, index, candidate) for index, candidate in enumerate(wanted)]
    for thread in threads:
        thread.join(search.left())
    return search.doors()


def _begun(work: Callable[..., None], *data: object) -> Thread:
    # A daemon: looking a name up cannot be cut short, and must not hold up the end of the program.
    thread = Thread(target=work, args=data, daemon=True)
    thread.start()
    return thread


def _knock(search: _Search, index: int, candidate: Candidate) -> None:
    try:
        address = _resolved(candidate)
    except (OSError, UnicodeError):
        return  # nobody has that name here
    place, new, try_telnet = search.claim(address, index, candidate)
    telnet = _begun(_knock_telnet, search, place, address[0]) if try_telnet else None
    if new:
        place.banner = _banner(address, search)
    if telnet:
        telnet.join(search.left())


def _knock_telnet(search: _Search, place: _Place, host: str) -> None:
    try:
        socket.create_connection((host, TELNET_PORT), timeout=search.left()).close()
    except OSError:
        return
    place.telnet = True


def _resolved(candidate: Candidate) -> _Address:
    """The address behind a name; IPv4 where there is a choice, since PPTP needs it anyway."""
    found = socket.getaddrinfo(candidate.host, candidate.port, type=socket.SOCK_STREAM)
    best = min(found, key=lambda info: info[0] != socket.AF_INET)
    return str(best[4][0]), candidate.port


def _banner(address: _Address, search: _Search) -> str:
    """What an SSH server says first, "" where none answers in time."""
    try:
        with socket.create_connection(address, timeout=search.left()) as connection:
            return _identification(connection, search)
    except OSError:
        return ""


def _identification(connection: socket.socket, search: _Search) -> str:
    """The first line that begins with `SSH-`; a server may say others before (RFC 4253 §4.2)."""
    said = b""
    while len(said) < BANNER_BYTES:
        connection.settimeout(search.left())
        more = connection.recv(LINE_BYTES)
        said += more
        for line in said.splitlines(keepends=True):
            if line.startswith(b"SSH-") and (line.endswith(b"\n") or not more):
                return _printable(line[:LINE_BYTES])
        if not more:
            break
    return ""


def _printable(line: bytes) -> str:
    """It goes to a terminal, and whoever answers chose it."""
    return "".join(char for char in line.decode("ascii", "ignore") if char.isprintable())
