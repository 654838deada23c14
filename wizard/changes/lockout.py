"""Whether a change could keep out the very connection that it is made over.

What is open stays open, but the change is confirmed over a new connection, and that one meets the new rules.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from wizard.changes.system import FIREWALL_CONFIG, FIREWALL_USER
from wizard.changes.zone import NAMES, OLDER_BASE_CHAINS
from wizard.model.changes import ChangeSet, What
from wizard.model.damage import Damage, Kind
from wizard.model.facts import ANYWHERE, FilterRule, RouterFacts

SSH = 22
ELSEWHERE = IPv4Address("192.0.2.1")
"""Somebody on the Internet (RFC 5737)."""
OPENS_PPP = (Kind.PPP_WILDCARD, Kind.OLD_ZONE)
"""Damage that lets in whatever comes by a PPP device, until it is mended."""


@dataclass(frozen=True, slots=True)
class Connection:
    """An SSH connection as the router sees it, unless something between translates addresses."""

    source: IPv4Address | IPv6Address
    destination: IPv4Address | IPv6Address
    port: int
    """The router's."""
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class Threat:
    """What could end it, or keep the next one out."""

    rule: str
    why: str


def connection(source: str, destination: str, port: int) -> Connection:
    """From the addresses as a socket has them, IPv6 with its zone, IPv4 perhaps inside IPv6 (RFC 4291 §2.5.5.2)."""
    return Connection(_address(source), _address(destination), port)


def _address(text: str) -> IPv4Address | IPv6Address:
    address = ip_address(text.partition("%")[0])
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


def threats(
    line: Connection,
    changes: ChangeSet,
    facts: RouterFacts,
    after: Sequence[FilterRule],
    mended: Collection[Damage] = (),
) -> tuple[Threat, ...]:
    """Everything in this change that could. `after`: our rules as they will run; none where they are taken out."""
    found = [*_ended(line, changes)]
    if changes.firewall.reload:
        for device in _devices(line, facts):
            found += _refused(line, device, facts, after) if changes.what is What.APPLY else _taken_out(device)
        found += (*_closed(line, facts, mended), *_unwritten(line, facts))
    return tuple(found)


def _ended(line: Connection, changes: ChangeSet) -> Iterator[Threat]:
    """The line goes through a call that is ended."""
    for call in changes.ended_calls:
        if call.address == line.source:
            yield Threat(
                f"the call of {call.address} on {call.device} is ended", f"{call.why}, and it is your own call"
            )


def _at_lan(line: Connection, facts: RouterFacts) -> bool:
    """It comes from the home network, or from another that the router is in beside the Internet's."""
    return any(line.source in network for network in (facts.lan.interface.network, *facts.other_networks))


def _is_at_home(line: Connection, facts: RouterFacts) -> bool:
    """It comes from a network that the router itself is in, by whose device no rule of ours ever goes."""
    out = facts.wan.interface
    return _at_lan(line, facts) or (out is not None and line.source in out.network)


def _devices(line: Connection, facts: RouterFacts) -> list[str]:
    """The PPP devices by which it comes, or may come where its address does not say."""
    ends = [end.device for end in (*facts.calls, *facts.links) if end.address == line.source]
    if ends or _is_at_home(line, facts):
        return ends
    # From far away: over the Internet's device, which our rules let alone, or from behind the far end of another.
    ours = facts.tunnel is not None and facts.tunnel.ours
    behind = () if ours or isinstance(line.source, IPv6Address) else facts.calls
    return [end.device for end in (*behind, *facts.links)]


def _refused(line: Connection, device: str, facts: RouterFacts, after: Sequence[FilterRule]) -> Iterator[Threat]:
    base = NAMES[facts.dialect.firewall].base_input if facts.dialect.uci_firewall else "input_rule"
    if isinstance(line.source, IPv6Address):
        # The zone lets no IPv6 pass; where the rules are iptables commands of ours, none of them is about it.
        if facts.dialect.uci_firewall and any(rule.chain == base and _by(rule, device) for rule in after):
            yield Threat(f"IPv6 that comes by {device}: refused", "the clients' zone lets none of it pass")
        return
    rule = _decided(line, device, base, after)
    if rule and rule.target != "ACCEPT":
        yield Threat(_words(rule, device), _why(line, device, facts))


def _decided(line: Connection, device: str, chain: str, rules: Sequence[FilterRule]) -> FilterRule | None:
    """The rule that settles what becomes of it, from this chain on; None where none does."""
    chains = {rule.chain for rule in rules}
    for rule in rules:
        if rule.chain != chain or not _matches(rule, line, device):
            continue
        if rule.target == "RETURN":
            return None
        if rule.target not in chains:
            if _ends(rule.target):
                return rule
        elif settled := _decided(line, device, rule.target, rules):
            return settled
    return None


def _ends(target: str) -> bool:
    """A verdict, or a chain that is called after the one it comes to; no empty chain, and no mere note in the log."""
    return any(word in target.upper() for word in ("ACCEPT", "REJECT", "DROP"))


def _matches(rule: FilterRule, line: Connection, device: str) -> bool:
    assert isinstance(line.source, IPv4Address)
    return (
        _by(rule, device)
        and rule.protocol in ("all", line.protocol)
        and line.source in rule.source
        and line.destination in rule.destination
        and rule.match in ("", f"dpt:{line.port}")
    )


def _by(rule: FilterRule, device: str) -> bool:
    name = rule.inside
    return name in ("*", device) or (name.endswith("+") and device.startswith(name[:-1]))


def _words(rule: FilterRule, device: str) -> str:
    source = "" if rule.source == ANYWHERE else f" from {rule.source}"
    return f"{rule.target} in chain {rule.chain}, for what comes by {device}{source}"


def _why(line: Connection, device: str, facts: RouterFacts) -> str:
    if any(call.address == line.source for call in facts.calls):
        return f"you work over the tunnel on {device}, and port {line.port} is closed to it"
    return f"you may come by {device}, which is taken for a client's call then"


def _taken_out(device: str) -> Iterator[Threat]:
    yield Threat(f"the rules for what comes by {device} go", "what lets you in over it may be one of them")


def _closed(line: Connection, facts: RouterFacts, mended: Collection[Damage]) -> Iterator[Threat]:
    """Damage that is mended: a door for every PPP device, which may be the one that let this connection in."""
    by_ppp = facts.wan.device.startswith("ppp") or bool(facts.links)
    if not by_ppp or _is_at_home(line, facts) or any(call.address == line.source for call in facts.calls):
        return
    for damage in mended:
        if damage.code in OPENS_PPP:
            found = damage.data["found"]
            said = "; ".join(map(str, found)) if isinstance(found, tuple) else str(found)
            yield Threat(f"{said} goes", "it lets in what comes by a PPP device, as your way in may do")


def _unwritten(line: Connection, facts: RouterFacts) -> Iterator[Threat]:
    """From the Internet's side: a running rule lets it in that is in no file, so building the filter anew drops it."""
    if isinstance(line.source, IPv6Address) or _at_lan(line, facts) or not facts.wan.device:
        return
    if any(end.address == line.source for end in (*facts.calls, *facts.links)):
        return
    written = [facts.files[path].content for path in (FIREWALL_CONFIG, FIREWALL_USER) if path in facts.files]
    rule = _running(line, facts)
    if rule and rule.target == "ACCEPT" and rule.match and not any(_names(text, line.port) for text in written):
        yield Threat(
            f"ACCEPT in chain {rule.chain} for port {line.port} goes",
            "it lets you in from the Internet's side, runs now and stands in no file",
        )


def _running(line: Connection, facts: RouterFacts) -> FilterRule | None:
    """The rule of the running filter that decides about it on the Internet's device."""
    names = NAMES[facts.dialect.firewall].base_input if facts.dialect.uci_firewall else "INPUT"
    chains = {rule.chain for rule in facts.rules}
    older = [chain for chain, base in OLDER_BASE_CHAINS.items() if base == names and chain in chains]
    found = (_decided(line, facts.wan.device, base, facts.rules) for base in (names, *older))
    return next((rule for rule in found if rule), None)


def refusal(facts: RouterFacts, protocol: str, port: int = 0) -> FilterRule | None:
    """The rule of the running filter that turns away what comes new from the Internet; None where it is let in.

    `protocol`: "tcp", for a connection to that port, or "gre".
    """
    if facts.wan.interface is None:
        return None
    rule = _running(Connection(ELSEWHERE, facts.wan.interface.ip, port, protocol), facts)
    return rule if rule and rule.target != "ACCEPT" else None


def _names(text: bytes, port: int) -> bool:
    """The port stands there somewhere, by its number or by the name of its service."""
    words = rf"\b{port}\b" + (r"|\bssh\b" if port == SSH else "")
    return re.search(words.encode(), text) is not None
