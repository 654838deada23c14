"""A practice router that runs: its folder, its start, its SSH server, and its end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from paramiko import PKey, RSAKey

from wizard.practice import box
from wizard.practice.kernel import boot, state
from wizard.practice.netifd.network import BUSY
from wizard.practice.release import Release
from wizard.practice.root import path
from wizard.practice.ssh import SshServer, environment

PORTS, LAN = ["eth0", "eth1"], "br-lan"
SSH_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
LONGEST = 50
"""Characters of a folder in which a router can be: its own name and those of its sockets come to as many again."""
START = 60.0
"""Seconds that a start may take."""


def _folder() -> str:
    """Where folders for a while are made; a path below it has to be short enough for a socket (sockaddr_un)."""
    usual = tempfile.gettempdir()
    return usual if len(usual) < LONGEST else "/tmp"


class PracticeRouter:
    """Runs from its making until `close`; should this process die before, a watchdog ends it all the same.

    It is one for this process, since stand-ins find their files by this process's environment. Raises OSError.
    """

    def __init__(self, release: Release, password: str | None = None) -> None:
        self.release = release
        self._folder = Path(tempfile.mkdtemp(prefix="pptp-practice-", dir=_folder()))
        self.place = self._folder / "root"
        self.home = self._folder / "home"
        """A home for whoever sits in front of it. It goes with the router."""
        for place in (self.place, self.home):
            place.mkdir(mode=0o700)
        os.environ["IPKG_INSTROOT"] = str(self.place)
        self._watchdog = self._watched()
        box.build(release, self.place)
        boot.boot(PORTS, LAN)
        self._time = threading.Event()
        threading.Thread(target=self._go_on, daemon=True).start()
        self._environment = environment(self.place, release.ssh.path or SSH_PATH)
        self._start()
        self.host_key: PKey = RSAKey.generate(2048)
        self._ssh = SshServer([self.host_key], password, self._environment)
        self.port = self._ssh.port

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End everything that runs there, and take the folder away."""
        self._ssh.close()
        self._time.set()
        assert self._watchdog.stdin
        self._watchdog.stdin.close()
        self._watchdog.wait()

    def run(self, command: str, timeout: float = START) -> subprocess.CompletedProcess[str]:
        """Run a shell command on the router."""
        return subprocess.run(
            [self.place / "bin/sh", "-c", command],
            env=self._environment,
            cwd=self.place,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def call_ports(self) -> dict[str, int]:
        """Where its PPTP server listens instead of TCP 1723 and GRE: `tcp` and `udp`; empty while none runs."""
        try:
            lines = Path(path("/lib/practice/ports")).read_text("utf-8").splitlines()
        except FileNotFoundError:
            return {}
        return {name: int(number) for name, number in (line.split() for line in lines)}

    def _watched(self) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-B", str(box.SHIM), "wizard.practice.watchdog", str(self.place), str(self._folder)]
        return subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)

    def _start(self) -> None:
        """What the router does when its power comes, until all scripts know of the networks."""
        self.run("procd boot")
        end = time.monotonic() + START
        while state.read(BUSY, True) and time.monotonic() < end:
            time.sleep(0.05)

    def _go_on(self) -> None:
        """The time since the start, as /proc/uptime tells it."""
        while not self._time.wait(0.1):
            boot.tick()
