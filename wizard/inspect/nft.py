"""The running packet filter of fw4, read from `nft list table inet fw4`.

nft prints one rule a line and merges what stands in one set to ranges; here every rule becomes as many as it has
combinations of devices, protocols and networks, so that two ways of writing the same come out the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, collapse_addresses, summarize_address_range
from itertools import product

from wizard.model.facts import ANYWHERE, FilterRule
from wizard.model.section import Section

_TOKEN = re.compile(r'"[^"]*"|\{[^}]*\}|\S+')
_VERDICTS = {"accept": "ACCEPT", "drop": "DROP", "reject": "REJECT", "return": "RETURN"}
_NOT_FOR_IPV4 = re.compile(r"\bmeta nfproto ipv6\b|\bip6 |\bicmpv6 ")
_ICMP_TYPES = {"echo-request": "8", "echo-reply": "0"}
_NETWORKS = {"saddr": "source", "daddr": "destination"}


def rules(section: Section) -> tuple[FilterRule, ...]:
    """Every rule that can hold for IPv4 and ends in a verdict, chain by chain, in order."""
    found: list[FilterRule] = []
    chain = ""
    for line in map(str.strip, section.lines):
        if line.startswith("chain "):
            chain = line.split()[1]
        elif line and not line.startswith(("type ", "}", "table ")) and not _NOT_FOR_IPV4.search(line):
            found.extend(_rule(chain, _TOKEN.findall(line)))
    return tuple(found)


def forwarded(section: Section, port: int, zone: str) -> str:
    """Where the zone's NAT sends this TCP port already, as `ADDRESS[:PORT]`; "" if nowhere."""
    for rule in rules(section):
        if rule.chain == f"dstnat_{zone}" and rule.target == "DNAT" and rule.protocol in ("all", "tcp"):
            wanted = [word.partition(":")[2] for word in rule.match.split() if word.startswith("dpt:")]
            if not wanted or any(_holds(each, port) for each in wanted):
                return rule.match.rpartition("to:")[2]
    return ""


def _holds(text: str, port: int) -> bool:
    first, _, last = text.partition("-")
    return first.isdigit() and int(first) <= port <= int(last or first)


def _rule(chain: str, tokens: list[str]) -> Iterator[FilterRule]:
    """The rules that one line stands for; none where it has no verdict."""
    said = _Said()
    words = iter(tokens)
    for word in words:
        if not said.take(word, words):
            break
    if said.target:
        yield from said.rules(chain)


class _Said:
    """What one line says, as its words are taken in."""

    def __init__(self) -> None:
        self.target = ""
        self._devices: Mapping[str, tuple[str, ...]] = {"iifname": ("*",), "oifname": ("*",)}
        self._networks: dict[str, tuple[IPv4Network, ...]] = {}
        self._protocols: tuple[str, ...] = ("all",)
        self._matches: tuple[str, ...] = ("",)
        self._rest: list[str] = []

    def take(self, word: str, words: Iterator[str]) -> bool:
        """Take in one word, and those that belong to it. False at the rule's end."""
        if word in ("iifname", "oifname"):
            self._devices = {**self._devices, word: tuple(name.strip('"') for name in _elements(next(words)))}
        elif word == "ip":
            self._address(next(words), words)
        elif word in ("tcp", "udp", "icmp"):
            self._transport(word, next(words), next(words))
        elif word == "meta":
            self._meta(next(words), next(words))
        elif word in ("packets", "bytes"):  # of a counter
            next(words)
        elif word != "counter":
            return self._end(word, words)
        return True

    def _end(self, word: str, words: Iterator[str]) -> bool:
        """A verdict ends the rule, as a comment does; whatever else is there is one more thing to match."""
        if word == "jump":
            self.target = next(words)
        elif word == "dnat":
            self.target = "DNAT"
            to = next((word for word in words if word not in ("ip", "to")), "")
            self._matches = tuple(f"{match} to:{to}".strip() for match in self._matches)
        elif word in _VERDICTS:
            self.target = _VERDICTS[word]
        elif word != "comment":
            self._rest.append(word)
            return True
        return False

    def _address(self, side: str, words: Iterator[str]) -> None:
        value = next(words)
        if side not in _NETWORKS:
            self._rest += ["ip", side, value]
        elif value == "!=":
            self._rest += [side, "not", next(words)]
        else:
            self._networks[_NETWORKS[side]] = tuple(collapse_addresses(_networks(_elements(value))))

    def _transport(self, protocol: str, what: str, value: str) -> None:
        self._protocols = (protocol,)
        if what == "dport":
            self._matches = tuple(f"dpt:{port}" for port in _elements(value))
        elif what == "type":
            self._matches = tuple(f"icmptype {_ICMP_TYPES.get(each, each)}" for each in _elements(value))
        else:
            self._rest += [what, value]

    def _meta(self, what: str, value: str) -> None:
        if what == "l4proto":
            self._protocols = tuple(_elements(value))
        elif what != "nfproto":
            self._rest += [what, value]

    def rules(self, chain: str) -> Iterator[FilterRule]:
        """One rule for each combination."""
        extra = " ".join(self._rest)
        combinations = product(
            self._protocols,
            self._devices["iifname"],
            self._devices["oifname"],
            self._networks.get("source", (ANYWHERE,)),
            self._networks.get("destination", (ANYWHERE,)),
            self._matches,
        )
        for protocol, inside, outside, source, destination, match in combinations:
            yield FilterRule(
                chain, self.target, protocol, inside, outside, source, destination, f"{extra} {match}".strip()
            )


def _elements(value: str) -> list[str]:
    """One value, or those of a set."""
    return [each.strip() for each in value.strip("{} ").split(",")] if value.startswith("{") else [value]


def _networks(values: Iterable[str]) -> Iterator[IPv4Network]:
    for value in values:
        first, dash, last = value.partition("-")
        if dash:
            yield from summarize_address_range(IPv4Address(first), IPv4Address(last))
        else:
            yield IPv4Network(value, strict=False)
