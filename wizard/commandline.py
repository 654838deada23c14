"""What can be asked for on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from ipaddress import IPv4Address
from pathlib import Path

from wizard import __version__
from wizard.model.damage import Kind
from wizard.model.options import Command, Options

EXIT_CODES = """\
exit codes: 0 done, 1 failed, 2 wrong use or an answer is missing, 3 could not be tried,
4 changes are pending (--dry-run), 130 interrupted"""
STATUS_CODES = """\
exit codes: 0 all is well, 1 something is broken, changed by others, or unfinished, 2 wrong use or an answer is missing,
3 there is no tunnel of the wizard's, a change is under way, or it could not be tried, 130 interrupted"""
TEST_CODES = """\
exit codes: 0 all is well, 1 something is broken, 2 wrong use or an answer is missing, 3 what matters could not be
tried, 130 interrupted"""
COMMANDS = """\
other commands: pptp-wizard test HOST, pptp-wizard watch HOST, pptp-wizard status HOST, pptp-wizard undo HOST,
pptp-wizard uninstall HOST, and pptp-wizard demo (each has --help)
"""
MEANINGS = {
    Command.SET_UP: "Set up a PPTP VPN server on an OpenWrt router, or change one, step by step.",
    Command.STATUS: "Show the tunnel, who is connected, how the last change ended, and what has changed since.",
    Command.TEST: "Dial the PPTP server as a device would, and say where a call breaks and who has to act.",
    Command.WATCH: "Follow every call as it comes, until Ctrl-C, and say where one breaks.",
    Command.UNDO: "Go back to what was on the router before the last change. It shows first what that changes.",
    Command.UNINSTALL: "Take everything out that this program has put on the router, as if it had never been there.",
}

EPILOGS = {
    Command.SET_UP: COMMANDS + EXIT_CODES,
    Command.STATUS: STATUS_CODES,
    Command.TEST: TEST_CODES,
    Command.WATCH: TEST_CODES,
    Command.UNDO: EXIT_CODES,
    Command.UNINSTALL: EXIT_CODES,
}
UNASKED = {
    Command.SET_UP: "apply what --answers says, or the router's own tunnel again",
    Command.UNDO: "go back at once",
    Command.UNINSTALL: "take out what is certainly ours, and leave everything doubtful",
}
"""What `--yes` comes to."""


def parse(arguments: Sequence[str]) -> Options:
    """The options in these arguments. Wrong use ends the program with exit code 2 and words on standard error."""
    first = arguments[0] if arguments else ""
    command = next((each for each in Command if each.value and each.value == first), Command.SET_UP)
    given = arguments if command is Command.SET_UP else arguments[1:]
    return Options(command=command, **vars(_parser(command).parse_args(given)))


def _parser(command: Command) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"pptp-wizard {command.value}".strip(),
        description=MEANINGS[command],
        epilog=EPILOGS[command],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "router",
        nargs="?",
        metavar="[USER@]HOST[:PORT]",
        help="the router; without it the wizard looks for one by itself",
    )
    files = {
        "--identity": "SSH key to log in to the router with",
        "--password-file": "file with the router's password (- is standard input)",
    }
    for flag, meaning in files.items():
        parser.add_argument(flag, type=Path, metavar="FILE", help=meaning)
    if command is Command.SET_UP:
        _add_answers(parser)
    if command in (Command.STATUS, Command.TEST, Command.WATCH):
        _add_telling(parser, command)
    else:
        _add_changing(parser, UNASKED[command])
    parser.add_argument("--old-ssh", action="store_true", help="allow the SSH algorithms of routers before 2021")
    parser.add_argument("--plain", action="store_true", help="text lines and numbered choices only")
    parser.add_argument("--version", action="version", version=f"pptp-wizard {__version__}")
    return parser


def _add_answers(parser: argparse.ArgumentParser) -> None:
    """What the set-up takes from files."""
    files = {
        "--answers": "answers to all questions, as saved from the preview (TOML)",
        "--secrets": "clients' passwords (TOML, table [passwords]), readable by you alone",
    }
    for flag, meaning in files.items():
        parser.add_argument(flag, type=Path, metavar="FILE", help=meaning)
    parser.add_argument(
        "--packages", type=Path, metavar="DIR", help="install from the package files in this folder, not from a feed"
    )
    parser.add_argument(
        "--mend",
        type=_kinds,
        metavar="all|none|CODE,…",
        help=f"damage on the router that is mended without asking; without it --yes mends none ({', '.join(Kind)})",
    )


def _add_telling(parser: argparse.ArgumentParser, command: Command) -> None:
    """What only looks, or tries."""
    said = "one JSON document a line, as something happens" if command is Command.WATCH else "one JSON document"
    parser.add_argument("--json", action="store_true", help=f"{said}, for a program")
    if command is Command.TEST:
        parser.add_argument("--client", metavar="NAME", help="dial as this client, who must not be connected")
        hosts = {"--reach": "a host of the LAN to ping through the tunnel", "--beyond": "an Internet address to ping"}
        for flag, meaning in hosts.items():
            parser.add_argument(flag, type=IPv4Address, metavar="ADDRESS", help=meaning)
        parser.add_argument(
            "--outside",
            action=argparse.BooleanOptionalAction,
            help="then be guided through a call from outside, or do not even ask",
        )
    if command is Command.WATCH:
        parser.add_argument("--calls", type=_positive, metavar="NUMBER", help="end after so many calls")
        parser.add_argument(
            "--for",
            type=_positive,
            dest="seconds",
            metavar="SECONDS",
            help="end after so many seconds, whoever has called",
        )


def _add_changing(parser: argparse.ArgumentParser, unasked: str) -> None:
    """What concerns every change of a router."""
    parser.add_argument("--yes", action="store_true", help=f"ask nothing: {unasked}")
    parser.add_argument(
        "--dry-run", action="store_true", help="stop after the preview; exit code 4 if it shows changes"
    )
    parser.add_argument(
        "--confirm-within",
        type=_seconds,
        default=90,
        metavar="SECONDS",
        help="the router undoes a change by itself when a new connection has not confirmed it in this time (90)",
    )
    parser.add_argument(
        "--break-lock", action="store_true", help="take over from a wizard that is at work there, and undo what it did"
    )
    parser.add_argument(
        "--even-if-locked-out",
        action="store_true",
        help="go on without asking where the change may keep out the connection that it is made over",
    )


def _seconds(text: str) -> int:
    """The value of `--confirm-within`."""
    if not text.isdecimal() or not 10 <= int(text) <= 3600:
        raise argparse.ArgumentTypeError("a whole number from 10 to 3600")
    return int(text)


def _positive(text: str) -> int:
    """A number of something."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 on")
    return int(text)


def _kinds(text: str) -> frozenset[Kind]:
    """The value of `--mend`."""
    if text in ("all", "none"):
        return frozenset(Kind) if text == "all" else frozenset()
    try:
        return frozenset(map(Kind, text.split(",")))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; known: all, none, {', '.join(Kind)}") from None
