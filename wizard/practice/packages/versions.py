"""Versions as dpkg and opkg order them, and what a `Depends` field asks for (Debian policy 5.6.12 and 7.1)."""

from __future__ import annotations

import re

Need = tuple[str, str, str]
"""Name, operator and version; the last two are empty where any version will do."""

_NEED = re.compile(r"([^\s(]+)\s*(?:\(\s*(<<|>>|<=|>=|=|<|>)\s*([^)]*?)\s*\))?")


def needs(depends: str) -> list[list[Need]]:
    """A `Depends` field: one entry for each comma, with the alternatives that `|` separates."""
    return [[_need(word) for word in part.split("|")] for part in depends.split(",") if part.strip()]


def _need(word: str) -> Need:
    found = _NEED.match(word.strip())
    return (found[1], found[2] or "", found[3] or "") if found else (word.strip(), "", "")


def spelled(alternatives: list[Need]) -> str:
    """One entry of `Depends` as opkg prints it."""
    return " | ".join(
        f"{name} ({operator} {version})" if operator else name for name, operator, version in alternatives
    )


def satisfies(version: str, operator: str, wanted: str) -> bool:
    """Whether this version meets a demand; `<` and `>` include equality, as dpkg has it."""
    if not operator:
        return True
    order = compare(version, wanted)
    return {"<<": order < 0, ">>": order > 0, "=": order == 0}.get(
        operator, order <= 0 if operator[0] == "<" else order >= 0
    )


def compare(one: str, other: str) -> int:
    """Below, equal to or above zero as `one` is older, the same or newer."""
    for mine, theirs in zip(_parts(one), _parts(other), strict=True):
        order = mine - theirs if isinstance(mine, int) and isinstance(theirs, int) else _order(str(mine), str(theirs))
        if order:
            return order
    return 0


def _parts(version: str) -> tuple[int, str, str]:
    """Epoch, upstream version and revision."""
    epoch, colon, rest = version.partition(":")
    if not colon or not epoch.isdigit():
        epoch, rest = "0", version
    upstream, _, revision = rest.rpartition("-") if "-" in rest else (rest, "", "")
    return int(epoch), upstream, revision


def _order(one: str, other: str) -> int:
    """dpkg's comparison: letters before other signs, `~` before the end, numbers by value."""
    ones, others = re.split(r"(\d+)", one), re.split(r"(\d+)", other)
    for index in range(max(len(ones), len(others))):
        mine = ones[index] if index < len(ones) else ""
        theirs = others[index] if index < len(others) else ""
        order = int(mine or 0) - int(theirs or 0) if index % 2 else _words(mine, theirs)
        if order:
            return order
    return 0


def _words(one: str, other: str) -> int:
    for index in range(max(len(one), len(other))):
        order = _weight(one[index : index + 1]) - _weight(other[index : index + 1])
        if order:
            return order
    return 0


def _weight(sign: str) -> int:
    if sign == "~":
        return -1
    return 0 if not sign else ord(sign) if sign.isalpha() else ord(sign) + 256
