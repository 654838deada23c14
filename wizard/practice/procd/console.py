"""What the command `ubus` shows, written by the daemon: the command would take longer for it than for all the rest."""

from __future__ import annotations

import json

from wizard.practice.procd import form
from wizard.practice.procd.bus import Bus, Link
from wizard.practice.procd.wire import NOT_FOUND, UNREADABLE, RefusedError, Table


def answer(bus: Bus, words: list[str], link: Link) -> tuple[int, str]:
    """The status and the text for `list PATTERN STYLE`, `call OBJECT METHOD MESSAGE STYLE` or `send TYPE MESSAGE`."""
    try:
        if words[0] == "list":
            return 0, _listing(bus, words[1], verbose=words[2] == "verbose")
        message = _table(words[-1] if words[0] == "send" else words[3])
        if message is None:
            return UNREADABLE, ""
        if words[0] == "send":
            bus.publish(words[1], message)
            return 0, ""
        table = bus.call(words[1], words[2], message, link)
    except RefusedError as refusal:
        return refusal.status, ""
    if table is None:
        return 0, ""
    return 0, (form.compact(table) if words[4] == "compact" else form.pretty(table)) + "\n"


def _table(text: str) -> Table | None:
    try:
        message = json.loads(text or "{}")
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def _listing(bus: Bus, pattern: str, *, verbose: bool) -> str:
    objects = bus.listing(pattern or None)
    if pattern and not objects:
        raise RefusedError(NOT_FOUND)
    lines = []
    for name, methods in objects.items():
        if not verbose:
            lines.append(name)
            continue
        lines.append(f"'{name}' @{_identity(name):08x}")
        lines += [f'\t"{method}":{form.compact(signature)}' for method, signature in methods.items()]
    return "".join(f"{line}\n" for line in lines)


def _identity(name: str) -> int:
    """A number for each object; the real ones are random, these are at least the same every time."""
    value = 0
    for char in name:
        value = (value * 31 + ord(char)) & 0xFFFFFFFF
    return value
