"""Statements as nft reads them."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.practice.firewall import nets
from wizard.practice.firewall.nft import words
from wizard.practice.firewall.nft.state import MatchRule, Rule, Zone
from wizard.practice.firewall.nft.values import Word

_LEAVING = ("output", "srcnat")
_SYN = "tcp flags syn / syn,fin,rst tcp option maxseg size set rt mtu"


def statement(rule: Rule) -> str:
    """A rule or redirect of the configuration."""
    parts = [*_protocol(rule), *_addresses(rule), *_ports(rule), *_messages(rule)]
    if rule.helper:
        parts.append(f'ct helper{" !=" if rule.helper.invert else ""} "{rule.helper.name}"')
    if rule.limit:
        parts.append(f"limit rate {rule.limit}" + (f" burst {rule.burst} packets" if rule.burst else ""))
    parts += ["counter"] if rule.counter else []
    parts += [f"log prefix {words.quote(rule.log)}"] if rule.log else []
    parts += [rule.verdict] if rule.verdict else []
    return " ".join([*parts, words.comment(rule.name)])


def jump(zone: Zone, rule: MatchRule, direction: str) -> str:
    """From a hook to the zone's own chain."""
    kind = "assignment" if direction == "helper" else "traffic"
    title = f"Handle {zone.name} {words.HUMAN[rule.family]} {direction} {kind}"
    target = f"jump {direction}_{zone.name}"
    return " ".join([*words.only(rule.family), *_zone(rule, direction in _LEAVING), target, words.comment(title)])


def verdict(zone: Zone, rule: MatchRule, does: str, egress: bool) -> str:
    """What happens to the zone's packets in one of its verdict chains."""
    counter = ["counter"] if zone.counter else []
    logged = does != "accept" and zone.log & 1
    log = [f'log prefix "{does} {zone.name} {"out" if egress else "in"}: "'] if logged else []
    action = "jump handle_reject" if does == "reject" else does
    title = words.comment(f"{does} {zone.name} {words.HUMAN[rule.family]} traffic")
    return " ".join([*words.only(rule.family), *_zone(rule, egress), *counter, *log, action, title])


def drop_invalid(zone: Zone, rule: MatchRule) -> str:
    """What the kernel cannot track leaves with its private address, which masquerading should have hidden."""
    family = nets.V4 if zone.masq else nets.V6
    start = words.only(family) if zone.masq != zone.masq6 else []
    counter = ["counter"] if zone.counter else []
    log = [f'log prefix "drop {zone.name} invalid ct state: "'] if zone.log & 1 else []
    end = [*counter, *log, "drop", words.comment("Prevent NAT leakage")]
    return " ".join([*start, *_zone(rule, True), "ct state invalid", *end])


def clamp(zone: Zone, rule: MatchRule, egress: bool) -> str:
    """Segments no larger than the path to the far end."""
    log = [f'log prefix "MSSFIX {zone.name} out: "'] if zone.log & 2 else []
    way = "egress" if egress else "ingress"
    title = words.comment(f"Zone {zone.name} {words.HUMAN[rule.family]} {way} MTU fixing")
    return " ".join([*words.only(rule.family), *_zone(rule, egress), _SYN, *log, title])


def masquerade(zone: Zone, family: int, sources: words.Addresses, destinations: words.Addresses) -> str:
    """Hide the sources that are meant behind the zone's own address."""
    match = [*sources.words(family, "saddr"), *destinations.words(family, "daddr")]
    title = words.comment(f"Masquerade {words.HUMAN[family]} {zone.name} traffic")
    return " ".join([*words.only(family), *match, "masquerade", title])


def _zone(rule: MatchRule, egress: bool) -> list[str]:
    name, side = ("oifname", "daddr") if egress else ("iifname", "saddr")
    parts = [f"{name} {words.group(rule.devices)}"] if rule.devices else []
    parts += [f"{name} != {words.group(rule.not_devices)}"] if rule.not_devices else []
    parts += [f"{name} != {words.quote(wildcard)}" for wildcard in rule.not_wildcards]
    return parts + rule.subnets.words(rule.family, side)


def _protocol(rule: Rule) -> list[str]:
    addressed = rule.sources or rule.destinations
    parts = [] if addressed else words.only(rule.family)
    implied = rule.source_ports or rule.destination_ports or rule.icmp_types or rule.icmp_codes
    if rule.protocol.name and (rule.says_protocol or not implied):
        parts.append(f"meta l4proto {_layer4(rule.family, rule.protocol.name)}")
    return parts


def _layer4(family: int, name: str) -> str:
    if name != "icmp":
        return name
    return {0: words.group(["icmp", "ipv6-icmp"]), nets.V6: "ipv6-icmp"}.get(family, name)


def _addresses(rule: Rule) -> list[str]:
    parts = [f"iifname {words.group(rule.iifname)}"] if rule.iifname else []
    parts += [f"oifname {words.group(rule.oifname)}"] if rule.oifname else []
    return parts + rule.sources.words(rule.family, "saddr") + rule.destinations.words(rule.family, "daddr")


def _ports(rule: Rule) -> list[str]:
    protocol = rule.protocol.name
    return [
        *_signed(f"{protocol} sport", rule.source_ports),
        *_signed(f"{protocol} dport", rule.destination_ports),
        *_signed("ether saddr", rule.macs),
    ]


def _signed(field: str, found: Sequence[Word]) -> list[str]:
    meant = [each.name for each in found if not each.invert]
    excluded = [each.name for each in found if each.invert]
    parts = [f"{field} {words.group(meant)}"] if meant else []
    return parts + ([f"{field} != {words.group(excluded)}"] if excluded else [])


def _messages(rule: Rule) -> list[str]:
    kind = "icmp" if rule.family == nets.V4 else "icmpv6"
    parts = [f"{kind} type {words.group(rule.icmp_types)}"] if rule.icmp_types else []
    return parts + ([f"{kind} type . {kind} code {words.braced(rule.icmp_codes)}"] if rule.icmp_codes else [])
