"""The daemons of a router that is a folder: real processes of this computer, with their places below its /proc."""

from __future__ import annotations

import os

from wizard.practice import root
from wizard.practice.kernel import state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"


def register(words: list[str], pid: int = 0) -> None:
    """This process, or the one of that number, is a daemon, started by these words."""
    number = pid or os.getpid()
    name = words[0].rpartition("/")[2]
    state.write(f"/proc/{number}/cmdline", "".join(f"{word}\0" for word in words))
    state.write(f"/proc/{number}/status", f"Name:\t{name}\nState:\tS (sleeping)\nPid:\t{number}\n")
    state.write(f"/proc/{number}/stat", f"{number} ({name}) S 1 {number} {number} 0 -1\n")


def leave(pid: int = 0) -> None:
    """It has ended."""
    place = root.path(f"/proc/{pid or os.getpid()}")
    for name in ("cmdline", "status", "stat"):
        try:
            os.unlink(f"{place}/{name}")
        except FileNotFoundError:
            continue
    try:
        os.rmdir(place)
    except OSError:
        return  # somebody else is at it


def running() -> Iterator[tuple[int, list[str]]]:
    """Number and words of each that lives. What one left that was killed is cleared up."""
    for name in sorted(filter(str.isdigit, os.listdir(root.path("/proc"))), key=int):
        try:
            with open(root.path(f"/proc/{name}/cmdline"), encoding="utf-8") as file:
                words = file.read().split("\0")[:-1]
            os.kill(int(name), 0)
        except FileNotFoundError:
            continue
        except ProcessLookupError:
            leave(int(name))
            continue
        yield int(name), words


def listen(port: int, inode: int) -> None:
    """A TCP port of the router's is open from now on."""
    state.write("/proc/net/tcp", f"{_HEAD}\n{_row(port, inode)}")


def unlisten() -> None:
    """None is."""
    state.write("/proc/net/tcp", f"{_HEAD}\n")


def _row(port: int, inode: int) -> str:
    return (
        f"   0: 00000000:{port:04X} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 {inode} 1\n"
    )
