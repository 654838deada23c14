"""Stands in for `ip` as far as netifd asks for it: `link`, `addr`, `route`. Anything else is refused with 1."""

from __future__ import annotations

import sys

from wizard.practice.kernel import links


def main(argv: list[str]) -> int:
    """Run one command line."""
    words = [word for word in argv if word not in ("-4", "-o")]
    if words[:1] == ["-6"]:
        return 0  # there is no IPv6 here
    does = {("link", "set"): _set, ("link", "add"): _add, ("link", "del"): _delete, ("addr", "add"): _address,
            ("addr", "flush"): _flush, ("route", "replace"): _lead, ("route", "del"): _forget}  # fmt: skip
    action = does.get((words[0], words[1])) if len(words) > 2 else None
    if action is None:
        sys.stderr.write(f"ip (stand-in): not reproduced: {' '.join(argv)}\n")
        return 1
    return action(words[2:])


def _value(words: list[str], name: str) -> str:
    return words[words.index(name) + 1] if name in words[:-1] else ""


def _set(words: list[str]) -> int:
    for word in ("up", "down"):
        if word in words[1:]:
            return 0 if links.change(words[0], up=word == "up") else 1
    return 0 if words[0] in links.devices() else 1


def _add(words: list[str]) -> int:
    links.add(_value(words, "name") or words[0])
    return 0


def _delete(words: list[str]) -> int:
    links.remove(words[0])
    return 0


def _address(words: list[str]) -> int:
    device = _value(words, "dev")
    known = links.devices().get(device)
    if known is None:
        return 1
    return 0 if links.change(device, addresses=[*known["addresses"], words[0]]) else 1


def _flush(words: list[str]) -> int:
    return 0 if links.change(_value(words, "dev"), addresses=[]) else 1


def _lead(words: list[str]) -> int:
    links.lead(_network(words[0]), _value(words, "via"), _value(words, "dev"))
    return 0


def _forget(words: list[str]) -> int:
    links.forget(_network(words[0]))
    return 0


def _network(word: str) -> str:
    return "0.0.0.0/0" if word == "default" else word if "/" in word else f"{word}/32"
