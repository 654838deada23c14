"""The router under test."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import paramiko

from tests.lab.guest import Disk, Guest
from tests.lab.namespaces import Namespace
from tests.lab.provider import OWN_ADDRESS as PROVIDER
from tests.lab.remote import BOOT_SECONDS, PATH, Done, NotAnsweringError, Remote

# Everything on the disk, one line each, as `ls` has it; then the checksums. Left out are mounted folders and the lab's
# Python.
EVERYTHING = (
    r"find / -xdev {0} -print0 | xargs -0 ls -ldn --color=never;"
    r" echo; find / -xdev -type f {0} -print0 | xargs -0 md5sum"
).format("! -path '/rom/*' ! -path '/lib/lab/lib*' ! -path '/lib/lab/wizard*'")
# Every start script has run, and what the network's coming up set off.
SETTLED = """
until [ -f /tmp/boot.done ] && ! grep -qs -e '[h]otplug-call' -e '/etc/[r]c.common' /proc/[0-9]*/cmdline
do busybox usleep 50000; done"""

FIELD_WRITTEN = 6
"""Sectors written, among the numbers of /sys/block/*/stat."""


@dataclass(frozen=True)
class LiveCall:
    """A call that is up on the router: its device, and the address the client has in the tunnel."""

    device: str
    peer: str


@dataclass(frozen=True)
class Place:
    """Who a router is: its addresses, root's password, and its release.

    `flash` is the device of its writable disk, `blank` whether SSH lets root in while there is no password.
    """

    lan: str
    wan: str
    password: str | None
    release: str
    flash: str
    blank: bool = False


class Router:
    """A box that is up: SSH answers on `lan` for `user` with `password`; `wan` is its address on the Internet."""

    user = "root"

    def __init__(self, start: Callable[[], Guest], disk: Disk, home: Namespace, place: Place) -> None:
        self.lan, self.wan, self.password = place.lan, place.wan, place.password
        self.release = place.release
        self._start, self._disk, self._home, self._place = start, disk, home, place
        self._remote = Remote(lambda: self._connect(22), place.password)
        self._guest = start()

    def _connect(self, port: int) -> socket.socket:
        """A connection from the administrator's place, wherever the caller is."""
        with self._home.entered():
            return socket.create_connection((self.lan, port), 1)

    def wait(self) -> None:
        """Return when every start script has run. Raises NotAnsweringError with the console's last lines."""
        try:
            if self.password is None and not self._place.blank:
                self._wait_for_telnet()
            else:
                self._remote.wait()
                self._remote.run(SETTLED, timeout=BOOT_SECONDS)
        except (NotAnsweringError, TimeoutError) as error:
            raise NotAnsweringError(f"{error!r}; console: {self.console()[-2000:]}") from error

    def wait_for_wan(self) -> None:
        """Return when the provider has given the way out, and all that that sets off is done. Raises TimeoutError."""
        self._remote.run(f"until route -n | grep -q '^0[.]0[.]0[.]0 '\ndo busybox usleep 50000; done\n{SETTLED}")

    def _wait_for_telnet(self) -> None:
        """Without a password SSH lets nobody in, and telnet is the last to start."""
        end = time.monotonic() + BOOT_SECONDS
        while True:
            try:
                self._connect(23).close()
                return
            except OSError as error:
                if time.monotonic() > end:
                    raise NotAnsweringError(repr(error)) from error
                time.sleep(0.05)

    def run(self, command: str, timeout: float = 60, *, path: str | None = PATH) -> Done:
        """Run a shell command over SSH, on a connection of the lab's own; see Remote.run."""
        return self._remote.run(command, timeout, path=path)

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises FileNotFoundError."""
        return self._remote.read(path)

    def write(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Put a file there; a symbolic link of that name is replaced. Raises OSError."""
        self._remote.write(path, data, mode)

    def reboot(self) -> None:
        """Reboot as an administrator does, and return when it is up again. Raises NotAnsweringError."""
        before = self._boot()
        self.run("reboot")
        self.wait_for_boot_after(before)

    def upgrade(self) -> None:
        """What a firmware upgrade comes to, with the same release: `sysupgrade` keeps what it keeps, the rest is gone.

        Up again on return. Raises NotAnsweringError, and OSError where nothing could be kept.
        """
        kept = "$(cat /lib/lab/writable)/sysupgrade.tgz"
        done = self.run(f"sysupgrade -b /tmp/kept.tgz && cp /tmp/kept.tgz {kept} && sync")
        if done.code != 0:
            raise OSError(done.out)
        self.reboot()

    def wait_for_boot_after(self, before: str) -> None:
        """Return when the router is up in another boot than that one (see `boot`)."""
        end = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < end:
            self._remote.close()
            # The boot that ends still lets people in, and then drops them without a word.
            with contextlib.suppress(OSError, EOFError, paramiko.SSHException, NotAnsweringError):
                self._remote.wait(seconds=3)
                if self._boot() != before:
                    self.wait()
                    return
            time.sleep(0.1)
        raise NotAnsweringError("still in the same boot")

    def _boot(self) -> str:
        return self._remote.run("cat /proc/sys/kernel/random/boot_id", timeout=3).out

    def power_cut(self) -> None:
        """Take the power away, without a sync, and give it back; up again on return. Raises NotAnsweringError."""
        self.cut_and_go_on()
        self.wait()

    def cut_and_go_on(self) -> None:
        """Take the power away, without a sync, and give it back; return while it boots."""
        self._remote.close()
        self._guest.close()
        self._guest = self._start()

    def keep(self) -> Disk:
        """A copy of all that it has written so far, made while it is off for a moment; up again on return."""
        self.run("sync")
        self._remote.close()
        self._guest.kill()
        copy = Disk(self._disk.path)
        self.cut_and_go_on()
        self.wait()
        return copy

    def hang_up(self) -> None:
        """Close the lab's own connection; the next command opens another."""
        self._remote.close()

    def digest(self) -> dict[str, str]:
        """Every path on the disk → "mode owner md5" of a file, "mode owner -> target" of a link, "mode owner" else."""
        listing, _, sums = self.run(EVERYTHING).out.partition("\n\n")
        checksums = {path: checksum for checksum, path in (line.split("  ", 1) for line in sums.splitlines())}
        return dict(_entry(line, checksums) for line in listing.splitlines())

    def calls(self) -> list[LiveCall]:
        """The calls that are up now; the line to the provider is none."""
        pairs = re.findall(r"^(ppp\d+) .*\n\s+inet addr:\S+\s+P-t-P:(\S+)", self.run("ifconfig").out, re.MULTILINE)
        return [LiveCall(device, peer) for device, peer in pairs if peer != PROVIDER]

    def flash_written(self) -> int:
        """Bytes written to the flash since this boot, what waits in memory included."""
        numbers = self.run(f"sync; cat /sys/block/{self._place.flash}/stat").out.split()
        return int(numbers[FIELD_WRITTEN]) * 512

    def console(self) -> str:
        """What the kernel and the first programs wrote."""
        return self._guest.console()

    def close(self) -> None:
        self._remote.close()
        self._guest.close()
        self._disk.close()


def _entry(line: str, checksums: Mapping[str, str]) -> tuple[str, str]:
    mode, _, uid, gid, rest = line.split(None, 4)
    path, arrow, target = rest.split(None, 4)[-1].partition(" -> ")  # after size, month, day, time or year
    what = f" {arrow.strip()} {target}" if arrow else f" {checksums[path]}" if path in checksums else ""
    return path, f"{mode} {uid}:{gid}{what}"
