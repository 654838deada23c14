"""A stand-in for OpenWrt's `fw4` (firewall4 2024.12.18: 22.03 and later; the defaults of a release are in its files).

Made after the documented behaviour of the shell script and its ucode program, and tested against recordings of the
real ones of 24.10.5. The rules go to the real `nft`. Not reproduced: sets, `nat` sections, flow offloading, marks and
times; a configuration that asks for one of these is refused with exit code 70, never half applied.
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from wizard.practice import root
from wizard.practice.firewall.nft import includes, saved
from wizard.practice.firewall.nft.load import read
from wizard.practice.firewall.nft.options import NotReproducedError
from wizard.practice.firewall.nft.ruleset import render
from wizard.practice.firewall.run import output, run

_LOCK = "/var/run/fw4.lock"
_STAND_IN_LIMIT = 70
_ERRORS = "The rendered ruleset contains errors, not doing firewall restart."
_NOT_LOADED = "The fw4 firewall does not appear to be loaded"
_USAGE = """Usage:

  fw4 [-v] [-q] start|stop|flush|restart|reload
  fw4 [-v] [-q] reload-sets
  fw4 [-q] print
  fw4 [-q] check
  fw4 [-q] network {net}
  fw4 [-q] device {dev}
  fw4 [-q] zone {zone} [dev]
"""


class RefusedError(Exception):
    """What cannot be done now, in fw4's words."""


def main(argv: list[str]) -> int:
    """Run a command. The exit code says little: a reload that nft refused and a section that was skipped are 0."""
    words = list(argv)
    this = _Run()
    if os.isatty(2):
        os.environ["TTY"] = "1"
    while words and words[0] in ("-q", "-v"):
        if words.pop(0) == "-v":
            this.verbose = ["-e"]
        else:
            os.environ["QUIET"] = "1"
            this.quiet = True
    try:
        return this.command(words)
    except RefusedError as reason:
        if not this.quiet:
            sys.stderr.write(f"{reason}\n")
        return 1
    except NotReproducedError as what:
        sys.stderr.write(f"fw4 (stand-in): not reproduced: {what}\n")
        return _STAND_IN_LIMIT


class _Run:
    """One call, by the switches before its command."""

    def __init__(self) -> None:
        self.verbose: list[str] = []
        self.quiet = bool(os.environ.get("QUIET"))

    def command(self, words: list[str]) -> int:
        """Run the command of that name; without one, say which there are."""
        command, *rest = words or [""]
        if command in ("network", "device", "zone"):
            with _locked():
                return saved.lookup(command, rest[0] if rest else "", rest[1] if len(rest) > 1 else "")
        does = {
            "start": self.start,
            "reload": self.reload,
            "print": self.print,
            "check": self.check,
            "restart": self.restart,
            "stop": self.stop,
            "flush": self.flush,
            "reload-sets": self.reload_sets,
        }.get(command, self.usage)
        return does()

    def start(self) -> int:
        """Load the rules, unless they are already."""
        if saved.exists():
            raise RefusedError("The fw4 firewall appears to be already loaded.")
        return self._load()

    def reload(self) -> int:
        """Load the rules anew. The old ones stay where nft refuses the new ones: it takes all or nothing."""
        if not saved.exists():
            raise RefusedError(f"{_NOT_LOADED}.")
        return self._load()

    def print(self) -> int:
        """Show the ruleset."""
        sys.stdout.write(render(read()))
        return 0

    def check(self) -> int:
        """Ask nft whether it would take the ruleset."""
        if self.quiet:
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            os.close(silent)
        code = self._nft(render(read()), "-c")
        if code == 0:
            print("Ruleset passes nftables check.")
        return code

    def restart(self) -> int:
        """Take the rules away and load them, if nft would take them."""
        os.environ["QUIET"] = "1"
        broken = self._nft(render(read()), "-c")
        if not self.quiet:
            del os.environ["QUIET"]
        if broken:
            raise RefusedError(_ERRORS)
        if not _removed():
            saved.forget()
        return self._load()

    def stop(self) -> int:
        """Take the rules away."""
        if not _removed():
            raise RefusedError(f"{_NOT_LOADED}, try fw4 flush to delete all rules.")
        return 0

    def flush(self) -> int:
        """Take every table away, whoever made it."""
        with _locked():
            for line in output(["nft", "list", "tables"])[1].splitlines():
                run(["nft", "delete", *line.split()])
            saved.forget()
        return 0

    def reload_sets(self) -> int:
        """There are none here to reload; without a state the real one complains."""
        with _locked():
            return 0 if saved.exists() else saved.lookup("zone", "", "")

    def usage(self) -> int:
        """What there is to call."""
        sys.stdout.write(_USAGE)
        return 0

    def _load(self) -> int:
        """What nft says of the rules does not change the exit code, as in the real one."""
        with _locked():
            state = read()
            saved.write(state)
            self._nft(render(state))
            includes.run_scripts(state)
        return 0

    def _nft(self, ruleset: str, *words: str) -> int:
        """Hand a ruleset over; nft names it /dev/stdin in its complaints."""
        return run(["nft", *self.verbose, *words, "-f", "/dev/stdin"], ruleset)


@contextmanager
def _locked() -> Iterator[None]:
    """One run at a time. Programs that are started meanwhile do not inherit the lock."""
    with open(root.path(_LOCK), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _removed() -> bool:
    with _locked():
        if "table inet fw4" not in output(["nft", "list", "tables", "inet"])[1]:
            return False
        run(["nft", "delete", "table", "inet", "fw4"])
        saved.forget()
    return True
