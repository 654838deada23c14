"""JSON as libubox prints it: tabs for depth, and a line that holds nothing but tabs inside an empty table or list."""

from __future__ import annotations

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f"}


def pretty(value: object, depth: int = 0) -> str:
    """As `ubus call` prints a table."""
    if not isinstance(value, (dict, list)):
        return _scalar(value)
    inner = "\t" * (depth + 1)
    if isinstance(value, dict):
        members = [f"{_quoted(str(name))}: {pretty(member, depth + 1)}" for name, member in value.items()]
    else:
        members = [pretty(member, depth + 1) for member in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    body = f",\n{inner}".join(members)
    return f"{opening}\n{inner}{body}\n{inner[1:]}{closing}"


def compact(value: object) -> str:
    """As `ubus -S call` prints a table: one line, no blanks."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quoted(str(name))}:{compact(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(compact(member) for member in value) + "]"
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    return '"' + "".join(_ESCAPES.get(char) or (char if char >= " " else f"\\u{ord(char):04x}") for char in text) + '"'
