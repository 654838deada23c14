"""Sections of `templates/router/examine.sh` in, one value out; and the counters that `watch.sh` repeats."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address

from wizard.model.errors import WizardError
from wizard.model.examined import Examined, Tracked, Traffic
from wizard.model.section import Section

_IPTABLES = re.compile(r"\s*(\d+)([KMGT]?)\s+\S+\s+ACCEPT\s+(\S+)\s")
_NFT_COUNTER = re.compile(r"\bcounter packets (\d+)\b")
_NFT_GRE = re.compile(r"\bl4proto (?:gre|47)\b|\bip protocol (?:gre|47)\b")
_PORT = re.compile(r"\bdpts?:1723\b|\bdport (?:1723\b|\{[^}]*\b1723\b)")
_ENDS = re.compile(r"\bsrc=(\d+\.\d+\.\d+\.\d+) dst=(\d+\.\d+\.\d+\.\d+)\b")
_PROTOCOL_NUMBERS = {"6": "tcp", "47": "gre"}
_THOUSANDS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def examined(sections: Mapping[str, Section]) -> Examined:
    """Everything one look found. Raises `WizardError("inspect-cut")` where it did not come to its end."""
    if "complete" not in sections:
        raise WizardError("inspect-cut", section=list(sections)[-1] if sections else "begin")
    options = sections.get("options")
    modules = [line.split() for line in sections["modules"].lines if line]
    return Examined(
        options_code=options.code if options else None,
        options_said=options.text.decode("utf-8", "replace").strip() if options else "",
        loaded=frozenset(_name(words[0]) for words in modules if words[1:] == ["loaded"] or words[0] == "/dev/ppp"),
        loadable=frozenset(_name(words[0]) for words in modules if len(words) == 1 and words[0] != "/dev/ppp"),
        listener=sections["listener"].text.decode("utf-8", "replace").strip(),
        forwards=sections["forwarding"].text.strip() == b"1",
        gateway=_gateway(sections["route"].lines),
        resolvers=tuple(dict.fromkeys(_resolvers(sections["resolvers"].lines))),
        traffic=traffic(sections["traffic"].lines),
        logs=sections["log"].code == 0 and bool(sections["log"].text.strip()),
    )


def _name(module: str) -> str:
    """The kernel takes both signs for the same."""
    return module.replace("-", "_")


def _gateway(lines: Iterable[str]) -> IPv4Address | None:
    """The next hop of the default route, as `route -n` prints it."""
    for words in map(str.split, lines):
        if len(words) > 3 and words[0] == words[2] == "0.0.0.0" and "G" in words[3]:
            return IPv4Address(words[1])
    return None


def _resolvers(lines: Iterable[str]) -> Iterator[IPv4Address]:
    for words in map(str.split, lines):
        if words[:1] == ["nameserver"] and len(words) > 1:
            try:
                address = IPv4Address(words[1])
            except AddressValueError:  # an IPv6 one
                continue
            if not address.is_loopback:
                yield address


def traffic(lines: Iterable[str]) -> Traffic:
    """The lines of `traffic` (templates/router/traffic.sh): rules of iptables or nft, and tracked connections."""
    port: int | None = None
    gre: int | None = None
    tracked: list[Tracked] = []
    for line in lines:
        if line.startswith("track "):
            tracked += _tracked(line.split())
            continue
        packets, protocol = _counted(line)
        if packets is None:
            continue
        if _PORT.search(line):
            port = (port or 0) + packets
        elif protocol == "gre":
            gre = (gre or 0) + packets
    return Traffic(port, gre, tuple(tracked))


def _counted(line: str) -> tuple[int | None, str]:
    """Packets that this rule has let in, and "gre" where it is about GRE; None for a rule that lets nothing in."""
    if found := _IPTABLES.match(line):
        return int(found[1]) * _THOUSANDS[found[2]], _PROTOCOL_NUMBERS.get(found[3], found[3])
    found = _NFT_COUNTER.search(line)
    if found and re.search(r"\baccept\b", line):
        return int(found[1]), "gre" if _NFT_GRE.search(line) else ""
    return None, ""


def _tracked(words: list[str]) -> Iterator[Tracked]:
    """From a line of nf_conntrack or ip_conntrack; the newer one says the address family first."""
    number = words[4] if words[1] == "ipv4" and len(words) > 4 else words[2] if len(words) > 2 else ""
    protocol = _PROTOCOL_NUMBERS.get(number, "")
    ends = _ENDS.search(" ".join(words))
    if protocol and ends:
        yield Tracked(protocol, IPv4Address(ends[1]), IPv4Address(ends[2]), "[UNREPLIED]" not in words)
