"""The packet filter of fw3 and fw4: our sections of /etc/config/firewall, and the rules that each makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network, collapse_addresses

from wizard import resources
from wizard.model import uci
from wizard.model.facts import ANYWHERE, FilterRule, Firewall, RouterFacts
from wizard.model.plan import Plan

ROOM = 8
"""Devices beyond those that calls and uplinks can take at once: a call that has just died still holds its own."""
NOBODY = IPv4Network("0.0.0.0/8")
ZONE_SECTION = f"{uci.OURS}zone"


@dataclass(frozen=True, slots=True)
class Names:
    """How one program calls its chains; `{}` stands for a zone."""

    base_input: str
    base_forward: str
    input: str
    forward: str
    reject: str
    """Where a rule with REJECT leads."""
    accept_to: str
    refuse_input: str
    """Where the rest of a zone's input leads, with the policy REJECT."""
    refuse_forward: str


NAMES = {
    Firewall.FW3: Names(
        "INPUT",
        "FORWARD",
        "zone_{}_input",
        "zone_{}_forward",
        "reject",
        "zone_{}_dest_ACCEPT",
        "zone_{}_src_REJECT",
        "zone_{}_dest_REJECT",
    ),
    Firewall.FW4: Names(
        "input",
        "forward",
        "input_{}",
        "forward_{}",
        "handle_reject",
        "accept_to_{}",
        "reject_from_{}",
        "reject_to_{}",
    ),
}

OLDER_BASE_CHAINS = {"delegate_input": "INPUT", "delegate_forward": "FORWARD"}
"""What fw3 of 14.07 and 15.05 calls the chains that the zones' rules begin in."""


def sections(plan: Plan, facts: RouterFacts) -> str:
    """Our sections, as they stand in the file."""
    return resources.render(
        "files/firewall.uci",
        resources.Sink.UCI,
        zones=facts.zones,
        devices=call_devices(plan, facts),
        strangers=others([seat.address for seat in plan.seats]),
        hosts=_hosts(plan, facts),
        reach=plan.reach,
        members=_members(plan),
    )


def call_devices(plan: Plan, facts: RouterFacts) -> tuple[str, ...]:
    """Every device that a call can get: one for each that pptpd takes at once, for each uplink, and some to spare.

    Never fewer than are there already, since uplinks come and go. An uplink that is called like a call is left out.
    """
    count = max(plan.connections + facts.uplinks + ROOM, _there_already(facts))
    return tuple(name for name in (f"ppp{number}" for number in range(count)) if name != facts.wan.device)


def _there_already(facts: RouterFacts) -> int:
    """The highest device in our zone as it is now, counted from one."""
    file = facts.files.get(facts.firewall_file)
    if file is None or not facts.dialect.uci_firewall:
        return 0
    ours = uci.named(uci.sections(file.content.decode("latin-1")), ZONE_SECTION)
    numbers = [name.removeprefix("ppp") for name in ours.values("device")] if ours else []
    return max((int(number) + 1 for number in numbers if number.isdecimal()), default=0)


def others(addresses: Iterable[IPv4Address]) -> tuple[IPv4Network, ...]:
    """Every address but these, in as few networks as possible.

    fw3 makes a rule of each entry of a list, so a list of negations would refuse everybody; and what it prints of a
    network that begins with 0.0.0.0 has no source at all. The kernel takes none from 0.0.0.0/8 (RFC 1122 §3.2.1.3).
    """
    left = list(ANYWHERE.address_exclude(NOBODY))
    for address in set(addresses):
        one = IPv4Network(address)
        left = [part for network in left for part in _less(network, one)]
    return tuple(sorted(left))


def _less(network: IPv4Network, one: IPv4Network) -> Iterable[IPv4Network]:
    if not one.subnet_of(network):
        return (network,)
    return network.address_exclude(one)


def _members(plan: Plan) -> tuple[IPv4Network, ...]:
    """The clients' addresses, merged as nft would merge them; fw3 makes a rule of each."""
    return tuple(collapse_addresses(IPv4Network(seat.address) for seat in plan.seats))


def _hosts(plan: Plan, facts: RouterFacts) -> tuple[IPv4Network, ...]:
    """Those of the LAN that clients may reach, empty where it is all of it or nothing."""
    if facts.lan.interface.network in plan.reach.lan:
        return ()
    return tuple(collapse_addresses(plan.reach.lan))


def expected(plan: Plan, facts: RouterFacts) -> tuple[FilterRule, ...]:
    """The rules that have to run, as `iptables -L` or `nft list` show them."""
    names = NAMES[facts.dialect.firewall]
    return (*_calls(plan, facts, names), *_input(plan, facts, names), *_forward(plan, facts, names))


def _calls(plan: Plan, facts: RouterFacts, names: Names) -> Iterator[FilterRule]:
    """A call from the Internet (RFC 2637 §3.1.3 and §4), and where the packets of one go."""
    wan, zone = names.input.format(facts.zones.wan), facts.zones.clients
    yield FilterRule(wan, "ACCEPT", "tcp", match="dpt:1723")
    yield FilterRule(wan, "ACCEPT", "gre")
    for device in call_devices(plan, facts):
        yield FilterRule(names.base_input, names.input.format(zone), inside=device)
        yield FilterRule(names.base_forward, names.forward.format(zone), inside=device)


def _input(plan: Plan, facts: RouterFacts, names: Names) -> Iterator[FilterRule]:
    chain = names.input.format(facts.zones.clients)
    yield from _strangers(chain, plan, names)
    if plan.reach.router == "all":
        yield FilterRule(chain, "ACCEPT")
    else:
        yield FilterRule(chain, "ACCEPT", "icmp", match="icmptype 8")
        yield FilterRule(chain, "ACCEPT", "tcp", match="dpt:53")
        yield FilterRule(chain, "ACCEPT", "udp", match="dpt:53")
    yield FilterRule(chain, names.refuse_input.format(facts.zones.clients))


def _forward(plan: Plan, facts: RouterFacts, names: Names) -> Iterator[FilterRule]:
    zone, reach = facts.zones.clients, plan.reach
    chain = names.forward.format(zone)
    yield from _strangers(chain, plan, names)
    hosts = _hosts(plan, facts)
    to_lan, to_clients = names.accept_to.format(facts.zones.lan), names.accept_to.format(zone)
    for network in hosts:
        yield FilterRule(chain, to_lan, destination=network)
    if reach.lan and not hosts:
        yield FilterRule(chain, to_lan)
    if reach.between_clients:
        for network in _members(plan):
            yield FilterRule(chain, to_clients, destination=network)
    if reach.internet:
        yield FilterRule(chain, names.accept_to.format(facts.zones.wan))
    yield FilterRule(chain, names.refuse_forward.format(zone))
    if reach.from_lan:
        yield FilterRule(names.forward.format(facts.zones.lan), to_clients)


def _strangers(chain: str, plan: Plan, names: Names) -> Iterator[FilterRule]:
    for network in others([seat.address for seat in plan.seats]):
        yield FilterRule(chain, names.reject, source=network)


def stands(wanted: Sequence[FilterRule], running: Sequence[FilterRule], facts: RouterFacts) -> bool:
    """Every rule of ours runs, and nothing in the clients' chains lets through what nobody asked for."""
    if missing(wanted, running):
        return False
    names, zone = NAMES[facts.dialect.firewall], facts.zones.clients
    chains = (names.input.format(zone), names.forward.format(zone))
    lets_in = [rule for rule in running if rule.chain in chains and _accepts(rule, names)]
    known = set(wanted)
    return all(rule in known for rule in lets_in)


def missing(wanted: Sequence[FilterRule], running: Sequence[FilterRule]) -> tuple[FilterRule, ...]:
    """Those that do not run."""
    there = {_by_one_name(rule) for rule in running}
    return tuple(rule for rule in wanted if rule not in there)


def _by_one_name(rule: FilterRule) -> FilterRule:
    """A rule of fw3, whose older versions lead every packet from the built-in chains to ones of their own."""
    chain = OLDER_BASE_CHAINS.get(rule.chain)
    return replace(rule, chain=chain) if chain else rule


def _accepts(rule: FilterRule, names: Names) -> bool:
    """The rule ends well for the packet. What a port forwarding of the owner's own made of it is the owner's."""
    if "ctstate DNAT" in rule.match or "ct status dnat" in rule.match:
        return False
    before, after = names.accept_to.split("{}")
    return rule.target == "ACCEPT" or (rule.target.startswith(before) and rule.target.endswith(after))
