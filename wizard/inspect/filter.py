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
    (re.compile(r"\bicmp ?type (\d+)"), "icmptype {}"),
    (re.compile(r"\bto:([\d.]+)"), "to:{}"),
)
_NOISE = re.compile(r"\breject-with \S+|^(?:tcp|udp)\b")


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
    """What else has to match, in one form: `dpt:53`, `icmptype 8`, `dpt:80 to:10.0.0.5`, or as printed."""
    known = [shape.format(found[1]) for pattern, shape in _KNOWN if (found := pattern.search(text))]
    return " ".join(known) if known else _NOISE.sub("", text).strip()


def forwarded(section: Section, port: int) -> str:
    """Where the NAT table sends this TCP port already, or every port (a DMZ host); "" if nowhere."""
    for rule in rules(section, "nat"):
        port_matches = f"dpt:{port} " in rule.match or "dpt" not in rule.match
        if rule.target == "DNAT" and rule.protocol in ("all", "tcp") and port_matches and " to:" in f" {rule.match}":
            return rule.match.rpartition("to:")[2]
    return ""
