"""`pptp-wizard demo`: the wizard in front of a practice router on this computer, which is gone afterwards."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
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
from wizard.practice.troubles import TROUBLES, Trouble
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
PLACE = "practice router"
"""What stands at every step."""
OWN = {"--list", "--trouble", "-h", "--help"}
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
    own, others = _split(arguments)
    options = _parser().parse_args(own)
    if options.list:
        print(_list(), end="")
        return 0
    release = releases.load(options.release)
    with PracticeRouter(release) as router:
        _move_to(router.home)
        print(INTRODUCTION.format(title=release.title.removeprefix("OpenWrt ")))
        if options.trouble:
            return _find(router, TROUBLES[options.trouble], others)
        return _set_up(router, others)


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is this command's own, and what is the wizard's."""
    left = list(arguments)
    own: list[str] = []
    others: list[str] = []
    if left and not left[0].startswith("-"):
        own.append(left.pop(0))
    while left:
        word = left.pop(0)
        (own if word in OWN else others).append(word)
        if word == "--trouble" and left:
            own.append(left.pop(0))
    return own, others


def _list() -> str:
    """Everything that there is to choose from."""
    lines = ["Releases:", *(f"  {name:14} {releases.load(name).title}" for name in known())]
    lines += ["Troubles:", *(f"  {name:14} {trouble.words}" for name, trouble in TROUBLES.items())]
    return "\n".join(lines) + "\n"


def _set_up(router: PracticeRouter, others: list[str]) -> int:
    """The wizard's main job, and whatever somebody who sits there wants to try next."""
    from wizard.__main__ import run

    where, way = _where(router), _way(router)
    if "--yes" in others:
        _know(router)
        others = [*others, *_usual_answers(router.home, others)]
    code = run(parse([where, *others]), way, PLACE)
    while code == ExitCode.DONE and not ALONE.intersection(others) and (command := _what_next("--plain" in others)):
        given = ["--no-outside"] if command == "test" else []
        run(parse([command.strip(), where, *given] if command.strip() else [where]), way, PLACE)
    return code


def _find(router: PracticeRouter, trouble: Trouble, others: list[str]) -> int:
    """A tunnel that was set up before, with something wrong about it, and the connection test in front of it."""
    from wizard.__main__ import run

    _know(router)
    way = _way(router)
    with redirect_stdout(StringIO()) as said:
        code = run(parse([_where(router), "--yes", *_usual_answers(router.home, [])]), way)
    if code != ExitCode.DONE:
        print(said.getvalue(), end="")
        return code
    router.run(trouble.put_in)
    return run(parse(["test", _where(router), "--no-outside", *others]), way, PLACE)


def _where(router: PracticeRouter) -> str:
    return f"root@127.0.0.1:{router.port}"


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
    parser.add_argument(
        "--trouble", choices=TROUBLES, metavar="NAME", help="a tunnel with a fault, for the test to find"
    )
    parser.add_argument("--list", action="store_true", help="show the releases and troubles that there are")
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
