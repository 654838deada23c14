"""A stand-in for OpenWrt's `fw3` (14.07 to 21.02).

Made after the documented behaviour of firewall3, and tested against recordings of the real ones of 19.07 and 21.02;
what is older is by its source alone (`xt.age`). Tables are read with the real iptables-save and put back whole with
the real iptables-restore, one after the other: a reload clears and drops first and fills afterwards, like the real
one, and what happens between the two is anybody's luck. Not reproduced: the table `raw` (helpers), ipsets, `nat`
sections, marks, times, logging zones and flow offloading. A configuration that asks for one of these is refused with
exit code 70, never half applied. Hotplug scripts for firewall events are not run.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys

from wizard.practice import root
from wizard.practice.firewall import nets
from wizard.practice.firewall.xt import includes, saved
from wizard.practice.firewall.xt.chains import take_away
from wizard.practice.firewall.xt.fill import fill, running
from wizard.practice.firewall.xt.load import LoadError, read
from wizard.practice.firewall.xt.model import FAMILY, State
from wizard.practice.firewall.xt.notices import NotReproducedError, info, warn
from wizard.practice.firewall.xt.statement import NAME_LIMIT, CrashError
from wizard.practice.firewall.xt.table import FAMILIES, NAMES, Table

_LOCK = "/var/run/fw3.lock"
_STATE = "/var/run/fw3.state"
_STAND_IN_LIMIT = 70
_STOPPED = "The firewall appears to be stopped. Use the 'flush' command to forcefully purge all rules."
_USAGE = """fw3 [-4] [-6] [-q] print
fw3 [-q] {start|stop|flush|reload|restart}
fw3 [-q] network {net}
fw3 [-q] device {dev}
fw3 [-q] zone {zone} [dev]
"""


def main(argv: list[str]) -> int:
    """Run a command. Returns the exit code, which tells what was tried and not whether the rules are there."""
    words = list(argv)
    family = 0
    while words and words[0].startswith("-"):
        for letter in words.pop(0)[1:]:
            if letter == "h":
                return _usage()
            if letter == "q":
                _silence()
            family = {"4": nets.V4, "6": nets.V6}.get(letter, family)
    try:
        return _Run(read()).command(words, family)
    except LoadError:
        sys.stderr.write("Error: Failed to load /etc/config/firewall\n")
        return 1
    except NotReproducedError as what:
        sys.stderr.write(f"fw3 (stand-in): not reproduced: {what}\n")
        return _STAND_IN_LIMIT
    except CrashError as name:
        return _crash(str(name))


def _usage() -> int:
    sys.stderr.write(_USAGE)
    return 1


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _crash(name: str) -> int:
    """End as the real one does, with whatever was to be printed yet still in its buffer."""
    sys.stderr.write(f"     ! Exception: interface name `{name}' must be shorter than IFNAMSIZ ({NAME_LIMIT})")
    info("     ! Skipping due to previous exception (code 2)")
    os.kill(os.getpid(), signal.SIGSEGV)
    return 128 + signal.SIGSEGV


class _Run:
    """One call: the configuration, and what the last run left."""

    def __init__(self, configured: State) -> None:
        self.configured = configured
        self.last: State | None = None

    def command(self, words: list[str], family: int) -> int:
        """Run the command of that name; without one, say which there are."""
        command, *rest = words or [""]
        if command == "print":
            _silence()
            self._begin()
            return self.print(family or nets.V4)
        if command in ("start", "stop", "flush", "restart", "reload"):
            self._begin()
            does = {
                "start": self.start,
                "stop": self.stop,
                "flush": self.flush,
                "restart": self.restart,
                "reload": self.reload,
            }
            return does[command]()
        if command in ("network", "device", "zone") and rest:
            return self._lookup(command, rest[0], rest[1] if len(rest) > 1 else "")
        return _usage()

    def print(self, family: int) -> int:
        """Show what a start would do to the tables as they are now."""
        if family == nets.V6 and self.configured.defaults.disable_ipv6:
            return 1
        for name in NAMES[family]:
            table = Table.open(family, name, shows=True)
            if table:
                fill(table, self.configured, reload=False)
        return 0

    def start(self) -> int:
        """Fill the tables of each family that is not filled yet."""
        code = 1
        for family in self._families():
            if running(self.last, family):
                warn(
                    f"The {FAMILIES[family]} firewall appears to be started already. "
                    f"If it is indeed empty, remove the {_STATE} file and retry."
                )
                continue
            self._fill(family, reload=False)
            code = 0
        if code == 0:
            self._finish(reload=False)
        return code

    def stop(self) -> int:
        """Take away what was made."""
        if self.last is None:
            warn(_STOPPED)
            return 1
        code = 1
        for family in FAMILIES:
            if running(self.last, family):
                self._clear(self.last, family, reload=False)
                code = 0
        if code == 0:
            saved.write(self.last)
        return code

    def flush(self) -> int:
        """Take everything away, whoever made it."""
        for family, title in FAMILIES.items():
            for name in NAMES[family]:
                table = Table.open(family, name)
                if table:
                    info(f" * Flushing {title} {name} table")
                    for hook in ("INPUT", "OUTPUT", "FORWARD") if name == "filter" else ():
                        table.policy(hook, "ACCEPT")
                    table.clear()
                    table.commit()
            self._mark(family, running=False)
        if self.last:
            saved.write(self.last)
        return 0

    def restart(self) -> int:
        """Take everything away and fill."""
        self.flush()
        return self.start()

    def reload(self) -> int:
        """Clear and fill each family. Not in one step: whatever ends this between the two leaves everything dropped."""
        if self.last is None:
            return self.start()
        code = 1
        for family in FAMILIES:
            if running(self.last, family):
                self._clear(self.last, family, reload=True)
            if family in self._families():
                self._fill(family, reload=True)
                code = 0
        if code == 0:
            self._finish(reload=True)
        return code

    def _begin(self) -> None:
        """One run at a time; the lock goes when this process does."""
        fcntl.flock(os.open(root.path(_LOCK), os.O_CREAT | os.O_WRONLY, 0o600), fcntl.LOCK_EX)
        self.last = saved.read()

    def _families(self) -> list[int]:
        return [nets.V4] if self.configured.defaults.disable_ipv6 else list(FAMILIES)

    def _clear(self, last: State, family: int, *, reload: bool) -> None:
        for name in NAMES[family]:
            table = Table.open(family, name)
            if table:
                info(f" * Clearing {FAMILIES[family]} {name} table")
                take_away(table, last, reload=reload)
                table.commit()
        self._mark(family, running=False)

    def _fill(self, family: int, *, reload: bool) -> None:
        for name in NAMES[family]:
            table = Table.open(family, name)
            if table:
                fill(table, self.configured, reload=reload)
                table.commit()
        includes.restore(self.configured, family, reload=reload)
        self._mark(family, running=True)

    def _mark(self, family: int, *, running: bool) -> None:
        for state in (self.configured, self.last):
            if state and running:
                state.defaults.flags.set(FAMILY[family], family)
            elif state:
                state.defaults.flags.drop(FAMILY[family], family)

    def _finish(self, *, reload: bool) -> None:
        for name, value in self.configured.defaults.tcp.items():
            _set_tcp(name, value)
        includes.scripts(self.configured, reload=reload)
        self.configured.hotplugged()
        saved.write(self.configured)

    def _lookup(self, kind: str, name: str, device: str) -> int:
        if kind == "zone":
            return self._devices(name, device)
        for zone in self.configured.zones:
            if any(each.name == name for each in (zone.networks if kind == "network" else zone.devices)):
                print(zone.name)
                return 0
        return 1

    def _devices(self, name: str, device: str) -> int:
        for zone in self.configured.zones:
            found = [each.name for each in zone.devices if zone.name == name and device in ("", each.name)]
            for each in found[:1] if device else found:
                print(each)
            if zone.name == name and (found or not device):
                return 0
        return 1


def _set_tcp(name: str, value: int) -> None:
    info(f" * Set tcp_{name} to {'on' if value else 'off'}")
    try:
        with open(root.path(f"/proc/sys/net/ipv4/tcp_{name}"), "w") as setting:
            setting.write(f"{value}\n")
    except OSError as problem:
        info(f"   ! Unable to write value: {problem.strerror}")
