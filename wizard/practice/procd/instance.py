"""One process that procd looks after: how it is started, watched, started again and ended.

As procd's `service/instance.c` does it (recordings `k_no_respawn`, `ubus_service_list`): SIGTERM, and SIGKILL after
`term_timeout`; a respawn waits `timeout` seconds and is given up after `retry` ends that each came within `threshold`
seconds of their start. A process that puts itself into the background has ended as far as procd can see.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from wizard.practice import root
from wizard.practice.procd import files
from wizard.practice.procd.log import Log
from wizard.practice.procd.loop import Loop, Timer
from wizard.practice.procd.wire import Table

TERM_TIMEOUT = 5
# What makes a running instance start again when it is set once more with something else there (procd's instance.c).
COMPARED = ("command", "env", "data", "netdev", "limits", "respawn", "user", "group", "pidfile", "stdout", "stderr")


class Instance:
    """A service's instance as it was set. `gone` is called when it has ended and is not to come back."""

    def __init__(self, service: str, name: str, wanted: Table, loop: Loop, log: Log) -> None:
        self.service, self.name, self.wanted = service, name, wanted
        self._loop, self._log = loop, log
        self._files = self._digests()
        self.pid = 0
        self.exit_code = 0
        self.gone: Callable[[], None] | None = None
        self._halted = self._again = False
        self._started = 0.0
        self._crashes = 0
        self._timer: Timer | None = None

    @property
    def command(self) -> list[str]:
        return words(self.wanted.get("command"))

    @property
    def respawn(self) -> list[int] | None:
        """Threshold, timeout and retries, or None where it was not asked for."""
        if "respawn" not in self.wanted:
            return None
        given = words(self.wanted["respawn"])
        return [int(word) for word in [*given, *["3600", "5", "5"][len(given) :]]]

    def start(self) -> None:
        """Start it, or after it has ended if it is being ended just now."""
        if self.pid:
            self._again = self._halted
            return
        self._halted = self._again = False
        self._call_off()
        if self.command:
            self._run()

    def stop(self) -> None:
        """Ask it to end; insist after `term_timeout`. `gone` follows, at once where nothing runs."""
        self._halted, self._again = True, False
        self._call_off()
        if not self.pid:
            self._farewell()
            return
        os.kill(self.pid, signal.SIGTERM)
        timeout = self.wanted.get("term_timeout", TERM_TIMEOUT)
        assert isinstance(timeout, int)
        self._timer = self._loop.after(timeout, self._insist)

    def update(self, wanted: Table) -> None:
        """Take over new settings. A running process is restarted only if something that is compared has changed."""
        old, old_files = self.wanted, self._files
        self.wanted = wanted
        self._files = self._digests()
        changed = self._files != old_files or any(old.get(key) != wanted.get(key) for key in COMPARED)
        if not self.pid or self._halted:
            self.start()
        elif changed:
            self.stop()
            self.start()

    def _run(self) -> None:
        out, err = self._writer("stdout", 6), self._writer("stderr", 3)
        self._started = time.monotonic()
        try:
            self.pid = self._loop.spawn(self._words(), self._ended, table(self.wanted.get("env")), out=out, err=err)
        except OSError as error:
            self._log.write(3, "procd", f"failed to start {self.command[0]}: {error.strerror}")
            self._loop.after(0, lambda: self._ended(127))
            return
        finally:
            for descriptor in (out, err):
                if descriptor is not None:
                    os.close(descriptor)
        if pidfile := self.wanted.get("pidfile"):
            files.write(root.path(str(pidfile)), f"{self.pid}\n")

    def _words(self) -> list[str]:
        """Its command, wherever the root is."""
        program, *rest = self.command
        return [root.path(program) if program.startswith("/") else program, *rest]

    def _writer(self, stream: str, level: int) -> int | None:
        """The end of a pipe whose lines go to the log, where that was asked for."""
        if not self.wanted.get(stream):
            return None
        reader, writer = os.pipe2(os.O_CLOEXEC)
        self._log.follow(reader, level, lambda: f"{os.path.basename(self.command[0])}[{self.pid}]")
        return writer

    def _ended(self, code: int) -> None:
        self._call_off()
        self.pid, self.exit_code = 0, code
        if pidfile := self.wanted.get("pidfile"):
            files.remove(root.path(str(pidfile)))
        if self._again:
            self.start()
        elif self._halted:
            self._farewell()
        elif self.respawn:
            self._respawn(*self.respawn[:3])

    def _respawn(self, threshold: int, timeout: int, retry: int) -> None:
        runtime = time.monotonic() - self._started
        self._crashes = self._crashes + 1 if runtime < threshold else 0
        if self._crashes > retry > 0:
            name = f"Instance {self.service}::{self.name}"
            text = f"{name} s in a crash loop {self._crashes} crashes, {int(runtime)} seconds since last crash"
            self._log.write(6, "procd", text)
            return
        self._timer = self._loop.after(timeout, self.start)

    def _insist(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)

    def _call_off(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _farewell(self) -> None:
        if self.gone:
            self.gone()

    def _digests(self) -> dict[str, str | None]:
        return {name: files.digest(root.path(name)) for name in words(self.wanted.get("file"))}

    def dump(self) -> Table:
        """Its row in `ubus call service list`."""
        row: Table = {"running": bool(self.pid)}
        if self.pid:
            row["pid"] = self.pid
        row["command"] = self.command
        row["term_timeout"] = self.wanted.get("term_timeout", TERM_TIMEOUT)
        if not self.pid:
            row["exit_code"] = self.exit_code
        row |= {key: self.wanted[key] for key in ("env", "data", "limits") if self.wanted.get(key)}
        if self.respawn:
            row["respawn"] = dict(zip(("threshold", "timeout", "retry"), self.respawn, strict=False))
        row |= {key: self.wanted[key] for key in ("pidfile", "user", "group") if key in self.wanted}
        return row


def words(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def table(value: object) -> dict[str, str]:
    return {str(name): str(item) for name, item in value.items()} if isinstance(value, dict) else {}
