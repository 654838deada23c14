"""The types of values that init scripts check settings with: `uinteger`, `or(port, "any")`, `list(ip4addr)`.

After OpenWrt's ubox, `validate/validate.c`: the same names, and the same things let through.
"""

from __future__ import annotations

import _socket
import os
import re
from collections.abc import Callable

INVALID, BOOL, NUMBER, STRING = range(4)
"""What a value turned out to be; it decides how it is quoted."""


class SyntaxFault(Exception):  # noqa: N818 - Python has a SyntaxError
    """An expression that is none; the text is what is printed about it."""


class Term:
    """A literal, or a type with its arguments."""

    __slots__ = ("arguments", "literal", "name")

    def __init__(self, name: str, arguments: list[Term], literal: str | float | None = None) -> None:
        self.name = name
        self.arguments = arguments
        self.literal = literal

    def number(self, index: int) -> int | None:
        """An argument that is a number."""
        literal = self.arguments[index].literal if index < len(self.arguments) else None
        return int(literal) if isinstance(literal, float) else None


def kind(expression: str, value: str | None) -> int:
    """What a value is by that expression. INVALID where it does not fit, or is empty. Raises SyntaxFault."""
    if not value:
        return INVALID
    check = _Check()
    return check.kind if any(check.fits(term, value) for term in _terms(expression)) else INVALID


class _Check:
    """One value's way through the terms; the last that fitted gives it its kind."""

    def __init__(self) -> None:
        self.kind = INVALID

    def fits(self, term: Term, value: str) -> bool:
        if isinstance(term.literal, float):
            return self._as(NUMBER, c_float(value) == term.literal)
        if isinstance(term.literal, str):
            return self._as(STRING, re.sub(r"\\(.)", r"\1", term.literal) == value)
        if term.name in _COMBINED:
            return _COMBINED[term.name](self, term, value)
        result, test = _TYPES[term.name]
        return self._as(result, test(term, value))

    def _as(self, result: int, fits: bool) -> bool:
        if fits:
            self.kind = result
        return fits

    def any_of(self, term: Term, value: str) -> bool:
        return any(self.fits(one, value) for one in term.arguments)

    def all_of(self, term: Term, value: str) -> bool:
        return all(self.fits(one, value) for one in term.arguments)

    def none_of(self, term: Term, value: str) -> bool:
        return bool(term.arguments) and not self.fits(term.arguments[0], value)

    def negated(self, term: Term, value: str) -> bool:
        """The value may have a `!` before it."""
        bare = value[1:].lstrip() if value.startswith("!") else value
        return bool(term.arguments) and self.fits(term.arguments[0], bare)

    def each(self, term: Term, value: str) -> bool:
        """Every word of the value is of the type."""
        words = re.findall(r"[^ \t]+", value)
        return bool(term.arguments) and all(self.fits(term.arguments[0], word) for word in words)


_COMBINED = {
    "or": _Check.any_of,
    "and": _Check.all_of,
    "not": _Check.none_of,
    "neg": _Check.negated,
    "list": _Check.each,
}


def _terms(code: str) -> list[Term]:
    return [_term(part) for part in _parts(code) if part]


def _parts(code: str) -> list[str]:
    """An expression split at the commas that are in no parentheses."""
    parts, nest, start = [], 0, 0
    for match in re.finditer(r"\\.|[(),]", code, re.DOTALL):
        nest += {"(": 1, ")": -1}.get(match[0], 0)
        if match[0] == "," and nest <= 0:
            parts.append(code[start : match.start()])
            start = match.end()
    return [*parts, code[start:]]


def _term(code: str) -> Term:
    code = code.strip()
    if number := re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", code, re.IGNORECASE):
        return Term("", [], float(number[0]))
    if code[:1] in ("'", '"'):
        return _string(code)
    match = re.fullmatch(r"(\w+)\s*(?:\((.*)\))?", code, re.DOTALL)
    name = re.match(r"\w*", code)
    if not code or name is None or name[0] not in (*_COMBINED, *_TYPES):
        raise SyntaxFault(f"Syntax error, {'unrecognized function' if code else 'unexpected EOF'}")
    if match is None:
        raise SyntaxFault("Syntax error, expected '(' or EOF after function label")
    return Term(match[1], _terms(match[2] or ""))


def _string(code: str) -> Term:
    match = re.fullmatch(r"""(["'])((?:\\.|(?!\1).)*)\1""", code, re.DOTALL)
    if match is None:
        raise SyntaxFault("Syntax error, unterminated string")
    return Term("", [], match[2])


def c_float(value: str) -> float | None:
    """A whole text as C's strtod reads it."""
    return float(value) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", value, re.IGNORECASE) else None


def c_int(value: str, base: int = 0) -> int | None:
    """A whole text as C's strtol reads it: with base 0 a leading 0 means octal and 0x hexadecimal."""
    if base == 0 and re.fullmatch(r"[+-]?0[0-7]+", value):
        base = 8
    if re.match(r"[+-]?0[bo]|.*[^0-9a-z+-]", value, re.IGNORECASE):
        return None  # Python's own notations
    try:
        return int(value, base)
    except ValueError:
        return None


def _integer(term: Term, value: str) -> bool:
    return re.match(r"[0-9a-fA-F-]", value) is not None and c_int(value, term.number(0) or 0) is not None


def _unsigned(term: Term, value: str) -> bool:
    return not value.startswith("-") and _integer(term, value)


def _at_least(term: Term, number: float | None, smallest: int = 0) -> bool:
    least = term.number(smallest)
    return number is not None and least is not None and number >= least


def _at_most(term: Term, number: float | None, greatest: int = 0) -> bool:
    most = term.number(greatest)
    return number is not None and most is not None and number <= most


def _within(term: Term, number: float | None) -> bool:
    return _at_least(term, number, 0) and _at_most(term, number, 1)


def _length(term: Term, value: str) -> bool:
    """As long as the type's arguments say, if it has any."""
    size = len(value.encode("utf-8", "surrogateescape"))
    return (term.number(0) is None or _at_least(term, size)) and (term.number(1) is None or _at_most(term, size, 1))


def _hex(term: Term, value: str) -> bool:
    return len(value) % 2 == 0 and _length(term, value) and re.fullmatch(r"[0-9a-fA-F]*", value) is not None


def _address(value: str, family: int) -> bytes | None:
    try:
        return _socket.inet_pton(family, value)
    except (OSError, ValueError):
        return None


def _ip(value: str, *families: int) -> bool:
    return any(_address(value, family) is not None for family in families)


def _mask(value: str, family: int) -> bool:
    data = _address(value, family)
    return data is not None and re.fullmatch("1*0*", "".join(f"{byte:08b}" for byte in data)) is not None


def _cidr(value: str, family: int) -> bool:
    address, slash, length = value.partition("/")
    most = 32 if family == _socket.AF_INET else 128
    return _ip(address, family) and (not slash or (length.isdecimal() and int(length) <= most))


def _masked(value: str, family: int) -> bool:
    address, slash, mask = value.partition("/")
    return _ip(address, family) and (not slash or _mask(mask, family))


def _port(value: str) -> bool:
    number = c_int(value, 10)
    return number is not None and 0 <= number <= 65535


def _ports(value: str) -> bool:
    first, dash, last = value.partition("-")
    return _port(first) and (not dash or (_port(last) and int(first) <= int(last)))


def _host_name(value: str) -> bool:
    *labels, last = value.split(".")
    return (
        re.fullmatch(r"[A-Za-z0-9_.-]+", value) is not None and all(0 < len(one) < 64 for one in labels) and last != ""
    )


def _host(value: str) -> bool:
    return _host_name(value) or _ip(value, IP4, IP6)


def _pattern(term: Term, value: str) -> bool:
    literal = term.arguments[0].literal if term.arguments else None
    return isinstance(literal, str) and re.fullmatch(literal, value) is not None


def _matching(pattern: str) -> Callable[[Term, str], bool]:
    return lambda _, value: re.fullmatch(pattern, value) is not None


def _plain(test: Callable[[str], bool]) -> Callable[[Term, str], bool]:
    return lambda _, value: test(value)


def _both(test: Callable[[str, int], bool]) -> Callable[[Term, str], bool]:
    return lambda _, value: test(value, IP4) or test(value, IP6)


def _one(test: Callable[[str, int], bool], family: int) -> Callable[[Term, str], bool]:
    return lambda _, value: test(value, family)


IP4, IP6 = _socket.AF_INET, _socket.AF_INET6
TRUE, FALSE = ("1", "on", "true", "yes", "enabled"), ("0", "off", "false", "no", "disabled")

_TYPES: dict[str, tuple[int, Callable[[Term, str], bool]]] = {
    "min": (NUMBER, lambda term, value: _at_least(term, c_int(value))),
    "max": (NUMBER, lambda term, value: _at_most(term, c_int(value))),
    "range": (NUMBER, lambda term, value: _within(term, c_int(value))),
    "minlength": (STRING, lambda term, value: _at_least(term, len(value.encode("utf-8", "surrogateescape")))),
    "maxlength": (STRING, lambda term, value: _at_most(term, len(value.encode("utf-8", "surrogateescape")))),
    "rangelength": (STRING, lambda term, value: _within(term, len(value.encode("utf-8", "surrogateescape")))),
    "integer": (NUMBER, _integer),
    "uinteger": (NUMBER, _unsigned),
    "float": (NUMBER, _plain(lambda value: c_float(value) is not None)),
    "ufloat": (NUMBER, _plain(lambda value: (c_float(value) or 0) >= 0 and c_float(value) is not None)),
    "bool": (BOOL, _plain(lambda value: value.lower() in TRUE + FALSE)),
    "string": (STRING, _length),
    "hexstring": (STRING, _hex),
    "ip4addr": (STRING, _one(_ip, IP4)),
    "ip6addr": (STRING, _one(_ip, IP6)),
    "ipaddr": (STRING, _both(_ip)),
    "cidr4": (STRING, _one(_cidr, IP4)),
    "cidr6": (STRING, _one(_cidr, IP6)),
    "cidr": (STRING, _both(_cidr)),
    "netmask4": (STRING, _one(_mask, IP4)),
    "netmask6": (STRING, _one(_mask, IP6)),
    "ipmask4": (STRING, _one(_masked, IP4)),
    "ipmask6": (STRING, _one(_masked, IP6)),
    "ipmask": (STRING, _both(_masked)),
    "port": (NUMBER, _plain(_port)),
    "portrange": (STRING, _plain(_ports)),
    "macaddr": (STRING, _matching(r"[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}")),
    "uciname": (STRING, _matching(r"[A-Za-z0-9_]*")),
    "wpakey": (STRING, _matching(r"[0-9a-fA-F]{64}|.{8,63}")),
    "wepkey": (STRING, _matching(r"(s:)?([0-9a-fA-F]{10}|[0-9a-fA-F]{26}|.{5}|.{13})")),
    "hostname": (STRING, _plain(_host_name)),
    "host": (STRING, _plain(_host)),
    "network": (STRING, _plain(lambda value: re.fullmatch(r"\w*", value, re.ASCII) is not None or _host(value))),
    "phonedigit": (STRING, _matching(r"[0-9*#!.]*")),
    "directory": (STRING, _plain(os.path.isdir)),
    "file": (STRING, _plain(os.path.isfile)),
    "regex": (STRING, _pattern),
}
