"""Stands in for ubox's logd: a ring of messages from `/dev/log`, the kernel and procd's services, for `logread`.

A line reads as recorded: `Sun Nov 22 14:43:12 2026 daemon.notice netifd: Interface 'wan' is now up`.
"""

from __future__ import annotations

import os
import re
import socket
import time
from collections.abc import Callable

from wizard.practice import root
from wizard.practice.procd.bus import Link
from wizard.practice.procd.loop import Loop
from wizard.practice.procd.wire import Table

FACILITIES = [
    "kern",
    "user",
    "mail",
    "daemon",
    "auth",
    "syslog",
    "lpr",
    "news",
    "uucp",
    "cron",
    "authpriv",
    "ftp",
    "ntp",
    "security",
    "console",
    "clock",
    "local0",
    "local1",
    "local2",
    "local3",
    "local4",
    "local5",
    "local6",
    "local7",
]
LEVELS = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"]
KERN, USER, DAEMON, LOCAL2 = 0, 1, 3, 18

# RFC 3164: a priority, and the local time that syslog() of a C library puts before its text.
_PRIORITY = re.compile(r"<(\d{1,3})>")
_TIME = re.compile(r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d ")


class Log:
    """The last messages, up to a number of bytes."""

    def __init__(self, loop: Loop, size: int = 128 * 1024) -> None:
        self._loop = loop
        self.size = size
        self._lines: list[str] = []
        self._bytes = 0
        self._followers: list[Link] = []

    def write(self, level: int, source: str, text: str, facility: int = DAEMON) -> None:
        for part in text.splitlines() or [""]:
            self._add(facility * 8 + level, f"{source}: {part}")

    def _add(self, priority: int, text: str) -> None:
        facility = FACILITIES[min(priority >> 3, len(FACILITIES) - 1)]
        line = f"{time.strftime('%a %b %e %H:%M:%S %Y')} {facility}.{LEVELS[priority & 7]} {text}"
        self._lines.append(line)
        self._bytes += len(line)
        while self._bytes > self.size:
            self._bytes -= len(self._lines.pop(0))
        for link in list(self._followers):
            link.send({"line": line})

    def open(self) -> None:
        """Listen on `/dev/log`, and to the kernel where it lets us."""
        place = root.path("/dev/log")
        if os.path.lexists(place):
            os.unlink(place)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(place)
        os.chmod(place, 0o666)
        self._loop.watch(self._socket.fileno(), self._hear)
        if not os.environ.get("IPKG_INSTROOT") and os.access("/dev/kmsg", os.R_OK):
            self._kernel = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            self._loop.watch(self._kernel, self._hear_kernel)

    def _hear(self) -> None:
        text = self._socket.recv(8192).decode("utf-8", "replace").rstrip("\0\n")
        priority = _PRIORITY.match(text)
        rest = text[priority.end() :] if priority else text
        stamp = _TIME.match(rest)
        number = int(priority.group(1)) if priority else USER * 8 + 5
        if number >> 3 == LOCAL2:  # where Debian's pppd writes; OpenWrt's is built for `daemon`
            number = DAEMON * 8 + (number & 7)
        self._add(number, rest[stamp.end() :] if stamp else rest)

    def _hear_kernel(self) -> None:
        """One record of /dev/kmsg: `priority,number,microseconds,flags;text` (kernel: Documentation/ABI dev-kmsg)."""
        try:
            record = os.read(self._kernel, 8192).decode("utf-8", "replace")
        except BlockingIOError:
            return
        except BrokenPipeError:  # some were overwritten before we came; the next read has the oldest there is
            return
        head, _, text = record.partition(";")
        fields = head.split(",")
        if int(fields[0]) >> 3 == KERN:
            since = int(fields[2]) / 1e6
            self._add(int(fields[0]), f"kernel: [{since:12.6f}] {text.splitlines()[0]}")

    def follow(self, reader: int, level: int, source: Callable[[], str]) -> None:
        """Every line that comes out of this pipe is a message of that program."""
        heard = bytearray()

        def hear() -> None:
            data = os.read(reader, 8192)
            heard.extend(data)
            *whole, rest = bytes(heard).split(b"\n")
            heard[:] = rest
            if not data:
                self._loop.forget(reader)
                os.close(reader)
                whole.extend([rest] if rest else [])
            for line in whole:
                self.write(level, source(), line.decode("utf-8", "replace"))

        self._loop.watch(reader, hear)

    def read(self, arguments: Table, link: Link) -> Table:
        """The method `log.read`: the last `lines` (0: all); with `stream`, what comes from then on, one by one."""
        count = arguments.get("lines", 0)
        lines = self._lines[-count:] if isinstance(count, int) and count else list(self._lines)
        if arguments.get("stream"):
            link.streaming = True
            self._followers.append(link)
            link.gone.append(lambda: self._followers.remove(link))
        return {"log": lines}

    def note(self, arguments: Table, _link: Link) -> None:
        """The method `log.write`: a message of its own."""
        self.write(5, "ubus", str(arguments.get("event", "")), USER)
