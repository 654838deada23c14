"""Network namespaces without names: each lives as long as this process holds it or somebody runs in it."""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

CLONE_NEWNET = 0x40000000
OWN = "/proc/thread-self/ns/net"

_libc = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """A fresh network namespace, with its loopback up and without IPv6."""

    def __init__(self) -> None:
        before = os.open(OWN, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _checked(_libc.unshare(CLONE_NEWNET))
            self._fd = os.open(OWN, os.O_RDONLY | os.O_CLOEXEC)
        finally:
            _checked(_libc.setns(before, CLONE_NEWNET))
            os.close(before)
        with self.entered():
            for scope in ("all", "default"):
                set_kernel(f"net/ipv6/conf/{scope}/disable_ipv6", 1)
        self.links("link set lo up")

    @property
    def path(self) -> str:
        """A name by which other programs reach the namespace while this process lives."""
        return f"/proc/{os.getpid()}/fd/{self._fd}"

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Put the calling thread, and what it starts, there; then back. Sockets stay where they were made."""
        before = os.open(OWN, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _checked(_libc.setns(self._fd, CLONE_NEWNET))
            yield
        finally:
            _checked(_libc.setns(before, CLONE_NEWNET))
            os.close(before)

    def links(self, *commands: str) -> None:
        """Run commands of `ip` inside, such as `link set lo up`. Raises CalledProcessError."""
        with self.entered():
            subprocess.run(["ip", "-batch", "-"], input="\n".join(commands), text=True, check=True, capture_output=True)

    def close(self) -> None:
        os.close(self._fd)


def set_kernel(name: str, value: int) -> None:
    """Write a value below /proc/sys, of the calling thread's namespace."""
    with open(f"/proc/sys/{name}", "w") as file:  # noqa: PTH123 - reads like the shell's
        file.write(str(value))


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
