"""Stands in for the command `ubus` of OpenWrt's package of that name: list, call, send, wait_for.

Texts and exit codes: the recordings (`err_ubus_notfound`, `ubus_*`) and the command's usage; the exit code of a
refused call is the number of its status, 255 where no daemon listens or the JSON cannot be read, 254 for wrong use.
"""

from __future__ import annotations

import json
import sys
import time

from wizard.practice.procd import form, wire

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
    objects = _objects(words[0] if words else None)
    for name, methods in objects.items():
        if not options.verbose:
            print(name)
            continue
        print(f"'{name}' @{_identity(name):08x}")
        for method, signature in methods.items():
            print(f'\t"{method}":{form.compact(signature)}')
    return 0


def _objects(pattern: str | None) -> dict[str, dict[str, object]]:
    """Objects by name, each with its methods and their arguments. Raises RefusedError when a pattern meets none."""
    (answer,) = wire.request({"do": "list", "pattern": pattern})
    objects = answer["objects"]
    assert isinstance(objects, dict)
    if pattern is not None and not objects:
        raise wire.RefusedError(wire.NOT_FOUND)
    return objects


def _identity(name: str) -> int:
    """A number for each object; the real ones are random, these are at least the same every time."""
    value = 0
    for char in name:
        value = (value * 31 + ord(char)) & 0xFFFFFFFF
    return value


def _message(words: list[str], options: _Options) -> wire.Table | None:
    if not words:
        return {}
    try:
        message = json.loads(words[0])
    except ValueError:
        message = None
    if isinstance(message, dict):
        return message
    if not options.simple:
        print("Failed to parse message data", file=sys.stderr)
    return None


def _call(words: list[str], options: _Options) -> int:
    if not 2 <= len(words) <= 3:
        return _usage()
    message = _message(words[2:], options)
    if message is None:
        return FAILED
    answer = wire.call(words[0], words[1], message)
    if answer is not None:
        print(form.compact(answer) if options.simple else form.pretty(answer))
    return 0


def _send(words: list[str], options: _Options) -> int:
    if not 1 <= len(words) <= 2:
        return _usage()
    message = _message(words[1:], options)
    if message is None:
        return FAILED
    list(wire.request({"do": "send", "type": words[0], "data": message}))
    return 0


def _wait_for(words: list[str], options: _Options) -> int:
    if not words:
        return _usage()
    end = time.monotonic() + options.timeout
    while True:
        try:
            present = _objects(None)
        except OSError:
            present = {}
        if all(name in present for name in words):
            return 0
        if time.monotonic() > end:
            raise wire.RefusedError(wire.TIMEOUT)
        time.sleep(0.05)
