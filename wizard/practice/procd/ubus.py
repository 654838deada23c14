"""Stands in for the command `ubus` of OpenWrt's package of that name: list, call, send, wait_for.

Texts and exit codes: the recordings (`err_ubus_notfound`, `ubus_*`) and the command's usage; the exit code of a
refused call is the number of its status, 255 where no daemon listens or the JSON cannot be read, 254 for wrong use.
"""

from __future__ import annotations

import sys
import time

from wizard.practice.procd import wire

USAGE = """\
Usage: ubus [<options>] <command> [arguments...]
Options:
 -s <socket>:		Set the unix domain socket to connect to
 -t <timeout>:		Set the timeout (in seconds) for a command to complete
 -S:			Use simplified output (for scripts)
 -v:			More verbose output

Commands:
 - list [<path>]			List objects
 - call <path> <method> [<message>]	Call an object method
 - send <type> [<message>]		Send an event
 - wait_for <object> [<object>...]	Wait for multiple objects to appear on ubus

"""
WRONG_USE, FAILED = 254, 255


class _Options:
    def __init__(self) -> None:
        self.simple = self.verbose = False
        self.timeout = 30


def main(argv: list[str]) -> int:
    options = _Options()
    words = _parsed(argv, options)
    commands = {"list": _list, "call": _call, "send": _send, "wait_for": _wait_for}
    if words is None or not words or words[0] not in commands:
        return _usage()
    try:
        return commands[words[0]](words[1:], options)
    except wire.RefusedError as refusal:
        if not options.simple:
            print(f"Command failed: {refusal}", file=sys.stderr)
        return refusal.status
    except OSError:
        if not options.simple:
            print("Failed to connect to ubus", file=sys.stderr)
        return FAILED


def _usage() -> int:
    print(USAGE, end="", file=sys.stderr)
    return WRONG_USE


def _parsed(argv: list[str], options: _Options) -> list[str] | None:
    """The words that are not options, or None for wrong use. Options may also follow the command `list`."""
    words = list(argv)
    while words and words[0].startswith("-") and len(words[0]) > 1:
        flag = words.pop(0)
        if flag in ("-s", "-t"):
            if not words or (flag == "-t" and not words[0].isdigit()):
                return None
            value = words.pop(0)
            options.timeout = int(value) if flag == "-t" else options.timeout
        elif set(flag[1:]) <= {"S", "v"}:
            options.simple |= "S" in flag
            options.verbose |= "v" in flag
        else:
            return None
    if words[:2] == ["list", "-v"]:
        options.verbose = True
        del words[1]
    return words


def _list(words: list[str], options: _Options) -> int:
    if len(words) > 1:
        return _usage()
    return _show(["list", *(words or [""]), "verbose" if options.verbose else ""], options)


def _call(words: list[str], options: _Options) -> int:
    if not 2 <= len(words) <= 3:
        return _usage()
    return _show(["call", *words, *[""][len(words) - 2 :], "compact" if options.simple else "pretty"], options)


def _send(words: list[str], options: _Options) -> int:
    if not 1 <= len(words) <= 2:
        return _usage()
    return _show(["send", *words, *[""][len(words) - 1 :]], options)


def _show(request: list[str], options: _Options) -> int:
    status, text = wire.ask(request)
    if status == wire.UNREADABLE:
        if not options.simple:
            print("Failed to parse message data", file=sys.stderr)
        return FAILED
    if status:
        raise wire.RefusedError(status)
    sys.stdout.write(text)
    return 0


def _wait_for(words: list[str], options: _Options) -> int:
    if not words:
        return _usage()
    end = time.monotonic() + options.timeout
    while True:
        try:
            present = wire.ask(["list", "", ""])[1].split()
        except OSError:
            present = []
        if set(words) <= set(present):
            return 0
        if time.monotonic() > end:
            raise wire.RefusedError(wire.TIMEOUT)
        time.sleep(0.05)
