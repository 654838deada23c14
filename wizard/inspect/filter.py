"""The running packet filter, read from `iptables -n -v -L` of any version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from wizard.model.facts import FilterRule
from wizard.model.section import Section

# iptables 1.8.9 began to print the number where others print the name.
_PROTOCOLS = {"0": "all", "1": "icmp", "6": "tcp", "17": "udp", "47": "gre"}
_RULE = re.compile(
    r"\s*\d+[KMGT]?\s+\d+[KMGT]?\s+(?P<target>\S+)\s+(?P<protocol>\S+)\s+(?:--|-f|!f)\s+"
    r"(?P<inside>\S+)\s+(?P<outside>\S+)\s+(?P<source>!?[\d./]+)\s+(?P<destination>!?[\d./]+)\s*(?P<match>.*)"
)
_KNOWN = (
    (re.compile(r"\bdpt:(\d+)"), "dpt:{}"),
    (re.compile(r"\bdpts:(\d+:\d+)"), "dpts:{}"),
    (re.compile(r"\bdports ([\d,:]+)"), "dports:{}"),
    (re.compile(r"\bicmp ?type (\d+)"), "icmptype {}"),
    (re.compile(r"\bto:([\d.]+)(?::[\d-]+)?"), "to:{}"),
)
_NOISE = re.compile(r"/\*.*?\*/|\breject-with \S+|^(?:tcp|udp)\b|\bmultiport\b")


def rules(section: Section, table: str = "filter") -> tuple[FilterRule, ...]:
    """Every rule of a table that has a target, chain by chain, in order."""
    return tuple(_rules(section, table))


def _rules(section: Section, wanted: str) -> Iterator[FilterRule]:
    table = chain = ""
    for line in section.lines:
        if line.startswith("table "):
            table = line.split()[1]
        elif line.startswith("Chain "):
            chain = line.split()[1]
        elif table == wanted and (found := _RULE.fullmatch(line)):
            yield _rule(chain, found)


def _rule(chain: str, found: re.Match[str]) -> FilterRule:
    source, destination = found["source"], found["destination"]
    negated = " ".join(f"not {side}" for side in (source, destination) if side.startswith("!"))
    return FilterRule(
        chain,
        found["target"],
        _PROTOCOLS.get(found["protocol"], found["protocol"]),
        found["inside"],
        found["outside"],
        IPv4Network(source.lstrip("!"), strict=False),
        IPv4Network(destination.lstrip("!"), strict=False),
        " ".join(filter(None, (negated, _match(found["match"])))),
    )


def _match(text: str) -> str:
    """What else has to match: the rest as printed, then ports and types in one form (`dpt:53`, `icmptype 8`)."""
    known: list[str] = []
    for pattern, shape in _KNOWN:
        if found := pattern.search(text):
            known.append(shape.format(found[1]))
            text = text.replace(found[0], "")
    return " ".join([*_NOISE.sub("", text).split(), *known])


def forwarded(section: Section, port: int, wan: str) -> str:
    """Where the NAT table sends this TCP port from the Internet already, alone or among others; "" if nowhere."""
    spared: set[str] = set()
    for rule in rules(section, "nat"):
        if rule.protocol not in ("all", "tcp") or rule.inside not in ("*", wan) or not _takes(rule.match, port):
            continue
        if rule.target == "ACCEPT":
            spared.add(rule.chain)
        elif rule.target == "DNAT" and rule.chain not in spared:
            return rule.match.rpartition("to:")[2]
    return ""


def _takes(match: str, port: int) -> bool:
    """A rule with this match takes a packet to this port. One that asks for more than a port is taken not to."""
    for word in match.split():
        kind, _, value = word.partition(":")
        if kind in ("dpt", "dpts", "dports") and not any(_in_range(part, port) for part in value.split(",")):
            return False
        if kind not in ("dpt", "dpts", "dports", "to"):
            return False
    return True


def _in_range(text: str, port: int) -> bool:
    first, _, last = text.partition(":")
    return first.isdigit() and int(first) <= port <= int(last or first)
