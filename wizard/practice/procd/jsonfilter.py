"""Stands in for the part of OpenWrt's `jsonfilter` that its shell functions use.

Paths: `@` or `$`, `.name`, `["name"]`, `[0]`, `[-1]`, `[*]`, and one filter, `[@.name="value"]` and its kin joined by
`&&` (jsonpath's README). Each `-e` prints what it meets, one a line; tables and lists as JSON. Exit code 1 where
nothing is met, 126 where the input is no JSON.
"""

from __future__ import annotations

import json
import re
import sys

from wizard.practice.procd import files

_STEP = re.compile(r"""\.([\w-]+)|\[\s*(?:(['"])(.*?)\2|(-?\d+)|(\*)|(@(?:[^\[\]]|\[[^\]]*\])+))\s*\]""")
_TEST = re.compile(r"""@\.([\w-]+)(?:\[(-?\d+)\])?(?:\.([\w-]+))?\s*(!=|=)\s*(?:(['"])(.*?)\5|([\w.-]+))""")


def main(argv: list[str]) -> int:
    words, paths, text, limit = list(argv), [], None, 0
    while words:
        flag = words.pop(0)
        if flag not in ("-e", "-s", "-i", "-l") or not words:
            print(f"jsonfilter: unknown option or missing value: {flag}", file=sys.stderr)
            return 1
        value = words.pop(0)
        if flag == "-e":
            paths.append(value)
        elif flag == "-l":
            limit = int(value)
        else:
            text = value if flag == "-s" else files.read(value)
    return _filter(text if text is not None else sys.stdin.read(), paths, limit)


def _filter(text: str, paths: list[str], limit: int) -> int:
    try:
        document = json.loads(text)
    except ValueError:
        print("Failed to parse json data: unexpected end of data", file=sys.stderr)
        return 126
    found = False
    for path in paths:
        values = select(document, path.rpartition("=")[2] if re.match(r"^\w+=", path) else path)
        for value in values[: limit or None]:
            found = True
            print(_shown(value))
    return 0 if found else 1


def select(document: object, path: str) -> list[object]:
    """What the path meets, in order."""
    values, place = [document], 1
    while place < len(path):
        step = _STEP.match(path, place)
        if step is None:
            return []
        place = step.end()
        name, _, quoted, index, star, test = step.groups()
        key = name if name is not None else quoted
        values = [inner for value in values for inner in _step(value, key, index, star, test)]
    return values


def _step(value: object, key: str | None, index: str | None, star: str | None, test: str | None) -> list[object]:
    members = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if star:
        return members
    if test:
        return [member for member in members if _meets(member, test)]
    if key is not None:
        return [value[key]] if isinstance(value, dict) and key in value else []
    assert index is not None
    return [members[int(index)]] if -len(members) <= int(index) < len(members) else []


def _meets(member: object, test: str) -> bool:
    for part in test.split("&&"):
        found = _TEST.search(part)
        if found is None:
            return False
        name, index, inner, sign, _, quoted, bare = found.groups()
        path = f"@.{name}" + (f"[{index}]" if index else "") + (f".{inner}" if inner else "")
        shown = [_shown(value) for value in select(member, path)]
        if ((quoted if quoted is not None else bare) in shown) != (sign == "="):
            return False
    return True


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
