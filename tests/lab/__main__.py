"""The lab by hand: `python -m tests.lab prepare | enter COMMAND… | shell | admin [COMMAND…] | try RELEASE COMMAND…`."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.lab import host
from tests.lab.build import images
from tests.lab.lab import WHITE_RUSSIAN, Lab
from tests.lab.router import Router
from tests.lab.settings import WAN
from tests.lab.terminal import join
from wizard.practice import release

RELEASES = (WHITE_RUSSIAN, *release.names())


def main(words: list[str]) -> int:
    """Do what the words say. Returns the exit code."""
    options = _parser().parse_args(words)
    command = [word for number, word in enumerate(getattr(options, "command", [])) if number or word != "--"]
    match options.action:
        case "prepare":
            return prepare()
        case "build":
            images.images()
            return 0
        case "enter":
            host.enter(command)
        case "try" if os.geteuid() != 0:
            host.enter([sys.executable, "-m", "tests.lab", *words])
    if reason := host.why_not():
        print(reason, file=sys.stderr)
        return 1
    with _running(options) as (lab, router):
        if options.action == "shell":
            return join(router.lan, router.password or "")
        if options.action == "try":
            return attempt(router, " ".join(command))
        with lab.network.home.entered():
            return subprocess.run(command or [os.environ.get("SHELL", "/bin/sh")], check=False).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("prepare", help="install or name what is missing on this computer, download, build")
    actions.add_parser("build", help="build what is not in the cache, as root of a namespace")
    enter = actions.add_parser("enter", help="run a command as root of fresh namespaces")
    shell = actions.add_parser("shell", help="boot a router and open a shell on it")
    admin = actions.add_parser("admin", help="boot a router and run a command on the administrator's computer")
    attempt = actions.add_parser("try", help="boot a router, run a command on it, and show what it printed")
    attempt.add_argument("release", choices=RELEASES)
    for action in (enter, admin, attempt):
        action.add_argument("command", nargs=argparse.REMAINDER)
    for action in (shell, admin):
        action.add_argument("--release", choices=RELEASES, default=WHITE_RUSSIAN)
        action.add_argument("--wan", choices=WAN, default="static", help="how it gets its address on the Internet")
        action.add_argument("--ppp", action="store_true", help="with the package ppp installed")
        action.add_argument("--mppe", choices=("old", "new"), default="old", help="the words its pppd knows")
    return parser


def _wishes(options: argparse.Namespace) -> dict[str, Any]:
    """What the options say of the router."""
    return {name: getattr(options, name) for name in ("release", "wan", "ppp", "mppe") if name in options}


def attempt(router: Router, command: str) -> int:
    """Run it on the router. Returns its exit code; a router that does not come up shows its console."""
    done = router.run(command)
    sys.stdout.write(done.out)
    return done.code


def prepare() -> int:
    """Make `pytest -m lab` work here. Returns 1, and says what to install, where only root could go on.

    Where no lab can ever run, its tests will say so and be skipped; that is no failure.
    """
    if not host.SUITABLE:
        print(host.why_not(), file=sys.stderr)
        return 0
    if missing := host.missing_packages():
        if os.geteuid() != 0:
            print(f"Install these packages first: {' '.join(missing)}", file=sys.stderr)
            return 1
        subprocess.run(["apt-get", "-qq", "update"], check=True)
        subprocess.run(["apt-get", "-qq", "-y", "--no-install-recommends", "install", *missing], check=True)
    try:
        images.sysroot()
    except subprocess.CalledProcessError as error:
        print(error, (error.stderr or "")[-4000:], sep="\n", file=sys.stderr)
        return 1
    # The files of a disk belong to root: whoever is not builds it where they are.
    rest = [sys.executable, "-m", "tests.lab", "build"]
    return subprocess.run(rest if os.geteuid() == 0 else [*rest[:-1], "enter", *rest], check=False).returncode


@contextlib.contextmanager
def _running(options: argparse.Namespace) -> Iterator[tuple[Lab, Router]]:
    lab = Lab()
    try:
        with lab.network.home.entered():
            router = lab.router(**_wishes(options))
            whose = f"router: ssh root@{router.lan}, password {router.password}; WAN {router.wan}; exit ends it all"
            print(whose, file=sys.stderr)
            yield lab, router
    finally:
        lab.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
