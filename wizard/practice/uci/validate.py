"""A stand-in for /sbin/validate_data: settings of a section as shell assignments, where they are what they ought to be.

After OpenWrt's ubox, `validate/cli.c`. Init scripts of procd's time call it by
`uci_validate_section`: its output is for `eval`, and its errors say of every option how it fared.
"""

from __future__ import annotations

import sys

from wizard.practice.uci import datatypes
from wizard.practice.uci.config import Section, UciError, Value, load
from wizard.practice.uci.datatypes import BOOL, FALSE, INVALID, STRING, TRUE, SyntaxFault

FAILED = 255


def main(argv: list[str]) -> int:
    """`TYPE VALUE`, or `PACKAGE SECTION-TYPE SECTION OPTION:TYPE[:DEFAULT]…`."""
    if len(argv) == 2:
        return _single(*argv)
    if len(argv) < 4:
        sys.stderr.write(_USAGE)
        return FAILED
    package, kind, name, *rules = argv
    if not name:
        out(_described(package, kind, rules))
        return 0
    return _section(package, name, rules)


_USAGE = """\
validate_data <datatype> <value>\t- validate a value against a type
validate_data <package> <section_type> <section_name> 'option:datatype:default' 'option:datatype:default' ...
"""


def _single(expression: str, value: str) -> int:
    fits = _kind(expression, value) != INVALID
    sys.stderr.write(f"{expression} - {value} = {'true' if fits else 'false'}\n")
    return 0 if fits else 1


def _kind(expression: str, value: str | None) -> int:
    try:
        return datatypes.kind(expression, value)
    except SyntaxFault as fault:
        out(f"{fault}\n")
        return INVALID


def _described(package: str, kind: str, rules: list[str]) -> str:
    """The rules as calls of OpenWrt's JSON functions for shells, for who wants to tell procd of them."""
    parts = [f'json_add_object; json_add_string "package" "{package}"; json_add_string "type" "{kind}"; ']
    parts.append('json_add_object "data"; ')
    for name, expression, _ in filter(None, map(_rule, rules)):
        parts.append(f'json_add_string "{name}" "{expression}"; ')
    return "".join([*parts, "json_close_object; json_close_object; "])


def _rule(text: str) -> tuple[str, str, str | None] | None:
    """Name, type and default of an option. A colon with a backslash before it separates nothing."""
    parts, start = [], 0
    for place, sign in enumerate(text):
        escaped = place > 0 and text[place - 1] == "\\"
        if sign == ":" and not escaped:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    if len(parts) < 2:
        return None
    return parts[0], parts[1], parts[2] if len(parts) > 2 else None


def _section(package: str, name: str, rules: list[str]) -> int:
    try:
        section = load(package).section(name)
    except UciError:
        return FAILED
    results = [_option(f"{package}.{name}", section, rule) for rule in rules]
    return 0 if all(results) else FAILED


def _option(place: str, section: Section | None, text: str) -> bool:
    rule = _rule(text)
    if rule is None:
        sys.stderr.write(f"{text} is not a valid option\n")
        return False
    name, expression, default = rule
    value = section.options.get(name) if section else None
    if isinstance(value, list) and any(value):
        return _items(f"{place}.{name}", name, expression, [item for item in value if item])
    if isinstance(value, str) and value:
        return _value(f"{place}.{name}", name, expression, value)
    kind = _kind(expression, default) or STRING
    out(_assignment(name, kind, default))
    sys.stderr.write(f"{place}.{name} is unset and defaults to {expression} {default or '(null)'}\n")
    return True


def _value(place: str, name: str, expression: str, value: str) -> bool:
    kind = _kind(expression, value)
    out(_assignment(name, kind, value))
    _say(place, value, expression, kind)
    return kind != INVALID


def _items(place: str, name: str, expression: str, items: list[str]) -> bool:
    """A list becomes one word, with blanks between its items. What counts is how the last one fared."""
    kinds = []
    shown = []
    for number, item in enumerate(items):
        kinds.append(_kind(expression, item))
        shown.append(_quoted(kinds[-1], item) if kinds[-1] != INVALID else "")
        _say(f"{place}[{number}]", item, expression, kinds[-1])
    out(f"{name}=" + "\\ ".join(shown) + "; ")
    return kinds[-1] != INVALID


def _say(place: str, value: Value, expression: str, kind: int) -> None:
    sys.stderr.write(f"{place}={value} validates as {expression} with {'false' if kind == INVALID else 'true'}\n")


def _assignment(name: str, kind: int, value: str | None) -> str:
    return f"{name}={_quoted(kind, value)}; " if value and kind != INVALID else f"unset -v {name}; "


def _quoted(kind: int, value: str) -> str:
    if kind == BOOL:
        return "1" if value in TRUE else "0" if value in FALSE else ""
    if kind == STRING:
        return "'" + value.replace("'", "'\"'\"'") + "'"
    return value


def out(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
