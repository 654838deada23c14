"""The packet filter: what will be let through, in words, and what it has to list afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from wizard.model.changes import Flow
from wizard.model.facts import FilterRule, RouterFacts
from wizard.model.plan import Plan, Reach

PREFIX = "pptp_wizard_"
INPUT, ROUTER, FORWARD, REACH, DELIVER = (PREFIX + name for name in ("input", "router", "forward", "reach", "deliver"))
CALLS = (("tcp", "dpt:1723"), ("gre", ""))
"""What a call from the Internet consists of: RFC 2637 §3.1.3 and §4."""


def expected(plan: Plan, facts: RouterFacts) -> tuple[FilterRule, ...]:
    """The rules that `templates/files/firewall.user` makes, as the running filter lists them."""
    devices = [device for device in plan.devices if device != facts.wan.device]
    return (
        *_entrances(facts.wan.device, devices),
        *_clients(plan),
        *_router(plan.reach),
        *_reach(plan.reach, facts, devices),
        *_deliver(plan.reach, facts),
    )


def _entrances(wan: str, devices: Sequence[str]) -> Iterator[FilterRule]:
    if wan:
        for protocol, match in CALLS:
            yield FilterRule("input_rule", "ACCEPT", protocol, inside=wan, match=match)
    for device in devices:
        yield FilterRule("input_rule", INPUT, inside=device)
    for device in devices:
        yield FilterRule("forwarding_rule", FORWARD, inside=device)
        yield FilterRule("forwarding_rule", DELIVER, outside=device)


def _clients(plan: Plan) -> Iterator[FilterRule]:
    for chain, then in ((INPUT, ROUTER), (FORWARD, REACH)):
        for seat in plan.seats:
            yield FilterRule(chain, then, source=IPv4Network(seat.address))
        yield FilterRule(chain, "REJECT")


def _router(reach: Reach) -> Iterator[FilterRule]:
    if reach.router == "all":
        yield FilterRule(ROUTER, "ACCEPT")
        return
    yield FilterRule(ROUTER, "ACCEPT", "icmp", match="icmptype 8")
    yield FilterRule(ROUTER, "ACCEPT", "udp", match="dpt:53")
    yield FilterRule(ROUTER, "ACCEPT", "tcp", match="dpt:53")
    yield FilterRule(ROUTER, "REJECT")


def _reach(reach: Reach, facts: RouterFacts, devices: Sequence[str]) -> Iterator[FilterRule]:
    for network in reach.lan:
        yield FilterRule(REACH, "ACCEPT", outside=facts.lan.device, destination=network)
    if reach.internet and facts.wan.device:
        yield FilterRule(REACH, "ACCEPT", outside=facts.wan.device)
    if reach.between_clients:
        for device in devices:
            yield FilterRule(REACH, "ACCEPT", outside=device)
    yield FilterRule(REACH, "REJECT")


def _deliver(reach: Reach, facts: RouterFacts) -> Iterator[FilterRule]:
    if reach.from_lan:
        yield FilterRule(DELIVER, "ACCEPT", inside=facts.lan.device)
    yield FilterRule(DELIVER, "REJECT")


def stands(wanted: Sequence[FilterRule], running: Sequence[FilterRule]) -> bool:
    """The running filter has these rules: our chains hold just them in this order, the shared chains all of ours."""
    ours = [rule for rule in running if rule.chain.startswith(PREFIX)]
    if sorted(ours, key=_by_chain) != sorted((rule for rule in wanted if rule.chain.startswith(PREFIX)), key=_by_chain):
        return False
    leading = [rule for rule in running if not rule.chain.startswith(PREFIX) and rule.target.startswith(PREFIX)]
    shared = [rule for rule in wanted if not rule.chain.startswith(PREFIX)]
    return all(rule in running for rule in shared) and all(rule in shared for rule in leading)


def _by_chain(rule: FilterRule) -> str:
    return rule.chain


def flows(plan: Plan, facts: RouterFacts) -> tuple[Flow, ...]:
    """Who can reach what, before and after, as far as this router decides it."""
    old = facts.tunnel.answers.access if facts.tunnel and facts.tunnel.ours else None
    by_hand = facts.tunnel is not None and old is None
    reach = plan.reach
    some = old is not None
    lan = ", ".join(str(network) for network in reach.lan) or "the home network"
    return (
        Flow("Internet", "this router, TCP 1723", _accepts(facts, *CALLS[0]), True, "where a call begins"),
        Flow("Internet", "this router, GRE (protocol 47)", _accepts(facts, *CALLS[1]), True, "the tunnel itself"),
        Flow("clients", "this router: ping, names (DNS)", some, True),
        Flow("clients", "this router: SSH, web page", bool(old and old.router == "all"), reach.router == "all"),
        Flow("clients", f"LAN ({lan})", bool(old and old.lan != "none"), bool(reach.lan)),
        Flow("LAN", "clients", bool(old and old.from_lan), reach.from_lan),
        Flow("clients", "Internet, through this router", bool(old and old.internet), reach.internet),
        Flow("a client", "another client", bool(old and old.between_clients), reach.between_clients),
        Flow("tunnel, any other address", "anything", False, False, "refused"),
        *([Flow("clients", "what the rules by hand allow", True, True, "those rules stay")] if by_hand else []),
    )


def _accepts(facts: RouterFacts, protocol: str, match: str) -> bool:
    """The running filter lets this in from the Internet."""
    return any(
        rule.target == "ACCEPT"
        and rule.protocol == protocol
        and rule.match == match
        and rule.inside in ("*", facts.wan.device)
        and rule.chain in ("INPUT", "input_rule", "input_wan")
        for rule in facts.rules
    )
