"""A call's log for a person who reads along: in words (`templates/diagnose/talk.toml`), and without its secrets."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from wizard import resources
from wizard.diagnose.line import parse
from wizard.resources import MASK

TABLE = "diagnose/talk.toml"
_SECRETS = (
    # chap.c, chap_print_pkt: challenge and response, of which a cut line may have the beginning or the end alone
    (re.compile(r"(CHAP (?:Challenge|Response) id=\S+ <)[^>]*"), rf"\g<1>{MASK}"),
    (re.compile(r"^[0-9A-Fa-f]+(?=>)"), MASK),
    # chap_ms.c: S= is the server's proof, C= a challenge
    (re.compile(r"\b([SC])=[0-9A-Fa-f]+"), rf"\g<1>={MASK}"),
    # upap.c with show-password, and what others write so; an option file as `dump` prints it
    (re.compile(r'\b(password ?= ?)(?:"(?:[^"\\]|\\.)*(?:"|$)|[^\s,\]"]+)'), rf"\g<1>{MASK}"),
    (re.compile(r"^(password\s+)\S.*?(?=\s+# \()"), rf"\g<1>{MASK}"),
    # whatever else is as long as a key
    (re.compile(r"[0-9A-Fa-f]{16,}|\b(?:[0-9A-Fa-f]{2} ){7,}[0-9A-Fa-f]{2}\b"), MASK),
)
_PACKET = re.compile(r"(sent|rcvd) \[\w+ (\w+)(?: id=\S+)?(.*)")
_SETTING = re.compile(r"<([^>]*)>")
_REASON = re.compile(r'"([^"]+)"')


def redacted(line: str) -> str:
    """A line of a log without what must not be kept; names of users stay.

    Hidden are challenges, responses and proofs of CHAP, from which a password can be guessed (RFC 2759), passwords of
    PAP, and any number as long as a key.
    """
    text = parse(line).text
    hidden = text
    for pattern, instead in _SECRETS:
        hidden = pattern.sub(instead, hidden)
    front = line.rstrip("\r\n").removesuffix(text)
    return front + hidden + line[len(front) + len(text) :]


def explain(line: str) -> str:
    """A line of the router's log in words, "" where it has nothing for a person. "sent" is what the router said."""
    text = parse(line).text
    packet = _PACKET.match(text)
    return _packet(*packet.groups()) if packet else _plain(text)


def _packet(direction: str, code: str, rest: str) -> str:
    verb = _table()["verbs"].get(code)
    if not verb:
        return ""
    reason = _REASON.search(rest) if code == "TermReq" else None
    said = list(_settings(rest)) if code.startswith("Conf") else []
    more = f" ({redacted(reason[1])})" if reason else ": " + ", ".join(said) if said else ""
    return f"{_table()['speakers'][direction]}: {verb}{more}"


def _settings(rest: str) -> Iterator[str]:
    for setting in _SETTING.findall(rest):
        if setting.startswith("mppe "):
            yield encryption(setting)
        elif words := _setting(setting):
            yield words


def _setting(setting: str) -> str:
    """In words; as it stands where the table has none."""
    for entry in _table()["setting"]:
        if found := re.fullmatch(entry["of"], setting):
            return found.expand(entry["say"])
    return setting


def encryption(bits: str) -> str:
    """MPPE's bits in words: `mppe +H -M +S -L -D -C` is "128 bit, new keys for each packet (stateless)"."""
    words, on = _table()["mppe"], set(re.findall(r"\+([HMSLDCU])\b", bits))
    strengths = [name for bit, name in words["strengths"].items() if bit in on]
    others = [name for bit, name in words["others"].items() if bit in on]
    if not strengths:
        return ", ".join([words["none"], *others])
    keys = words["stateless" if "H" in on else "stateful"]
    return ", ".join([" or ".join(strengths), keys, *others])


def _plain(text: str) -> str:
    for entry in _table()["line"]:
        if found := re.search(entry["of"], text):
            return found.expand(entry["say"])
    return ""


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(resources.text(TABLE))
