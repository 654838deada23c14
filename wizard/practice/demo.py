"""`pptp-wizard demo`: the wizard in front of a practice router on this computer, which is gone afterwards."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from ipaddress import IPv4Address
from pathlib import Path

from wizard.ask.prompter import Choice, Question
from wizard.ask.prompter import Way as Instead
from wizard.ask.terminal import open_prompter
from wizard.commandline import parse
from wizard.model.errors import ExitCode
from wizard.practice import box
from wizard.practice import release as releases
from wizard.practice.router import PracticeRouter
from wizard.screen import Screen
from wizard.verify import LoopbackCarrier, Way
from wizard.verify.carrier import Carrier

DEFAULT = "24.10"
KEPT = ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "SSH_AGENT_PID")
"""What leads the wizard to a person's own files and keys, which have no business here."""
ANSWERS = """\
version = 1

[tunnel]
server = "172.16.1.1"

[[clients]]
name = "vpnuser"
address = "172.16.1.2"
"""
OWN = {"--list", "-h", "--help"}
"""Flags of this command alone; all others are the wizard's."""
ALONE = {"--yes", "--dry-run", "--json"}
"""With one of these nobody is there to try more."""
ASK_NEXT = Question(
    "What next, on the practice router?",
    "The tunnel stands. Whatever you try, no real router hears of it.",
    back="leave",
)
NEXT = (
    Choice("", "Leave; the practice router is gone then"),
    Choice("test", "Dial the server as a device would (pptp-wizard test)"),
    Choice("status", "See how it stands (pptp-wizard status)"),
    Choice(" ", "Change something (pptp-wizard)"),
    Choice("undo", "Go back by one change (pptp-wizard undo)"),
    Choice("uninstall", "Take everything out again (pptp-wizard uninstall)"),
)
INTRODUCTION = """\
This is a practice router, OpenWrt {title}, on this computer.
Nothing you do reaches a real one, and all of it is gone when you leave. The
programs of OpenWrt on it are stand-ins; the wizard, its scripts and the
connection are real.
"""


def main(arguments: Sequence[str]) -> int:
    """Start the router, run the wizard against it with the other arguments, end the router. The wizard's exit code."""
    from wizard.__main__ import run

    named = arguments[:1] if arguments and not arguments[0].startswith("-") else []
    own = [word for word in arguments if word in OWN]
    others = [word for word in arguments[len(named) :] if word not in OWN]
    options = _parser().parse_args([*named, *own])
    if options.list:
        for name in known():
            print(f"{name:8} {releases.load(name).title}")
        return 0
    release = releases.load(options.release)
    with PracticeRouter(release) as router:
        _move_to(router.home)
        if "--yes" in others:
            _know(router)
            others = [*others, *_usual_answers(router.home, others)]
        print(INTRODUCTION.format(title=release.title.removeprefix("OpenWrt ")))
        where, way = f"root@127.0.0.1:{router.port}", _way(router)
        code = run(parse([where, *others]), way)
        while code == ExitCode.DONE and not ALONE.intersection(others) and (command := _what_next("--plain" in others)):
            given = ["--no-outside"] if command == "test" else []
            run(parse([command.strip(), where, *given] if command.strip() else [where]), way)
        return code


def known() -> list[str]:
    """The releases whose packet filter there is a stand-in for."""
    return [name for name in releases.names() if releases.load(name).firewall in box.KERNEL_TOOLS]


def _what_next(plain: bool) -> str:
    """The command to try next; "" for none."""
    screen = Screen(plain=plain)
    picked = open_prompter(screen, plain=plain).choose(ASK_NEXT, NEXT, "")
    return "" if picked is Instead.BACK else picked


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pptp-wizard demo",
        description="Try the wizard on a practice router, with nothing but this computer.",
        epilog="Everything else is as for pptp-wizard itself: --yes, --dry-run, --plain, --answers, …",
    )
    parser.add_argument("release", nargs="?", default=DEFAULT, choices=known(), metavar="RELEASE")
    parser.add_argument("--list", action="store_true", help="show the releases that there are")
    return parser


def _move_to(home: Path) -> None:
    """This process has another home from now on."""
    os.environ["HOME"] = str(home)
    for name in KEPT:
        os.environ.pop(name, None)


def _know(router: PracticeRouter) -> None:
    """Nobody is there to be asked whether the host key is the right one: it is."""
    (router.home / ".ssh").mkdir(mode=0o700)
    entry = f"[127.0.0.1]:{router.port} {router.host_key.get_name()} {router.host_key.get_base64()}\n"
    (router.home / ".ssh" / "known_hosts").write_text(entry, "utf-8")


def _usual_answers(home: Path, others: Sequence[str]) -> list[str]:
    """Whoever wants to be asked nothing, and has no answers, gets those that every question opens with."""
    if "--answers" in others:
        return []
    (home / "answers.toml").write_text(ANSWERS, "utf-8")
    return ["--answers", str(home / "answers.toml")]


def _way(router: PracticeRouter) -> Way:
    """Calls go to the router's loopback ports, which takes no rights."""

    def carrier(address: str) -> Carrier:
        return LoopbackCarrier(router.call_ports().get("udp", 1), address=IPv4Address(address))

    return Way(port=lambda: router.call_ports().get("tcp", 1), carrier=carrier, missing_right=lambda: None)
