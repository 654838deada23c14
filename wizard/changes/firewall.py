"""The packet filter: what will be let through, in words, and what it has to list afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Network

from wizard.model.answers import Access
from wizard.model.changes import Flow
from wizard.model.facts import FilterRule, RouterFacts
from wizard.model.plan import Plan, Reach

PREFIX = "pptp_wizard_"
INPUT, ROUTER, FORWARD, REACH, DELIVER = (PREFIX + name for name in ("input", "router", "forward", "reach", "deliver"))
CALL_DEVICES = "ppp+"
"""Every device that a call can get. It is used to lead into our chains, which let the Internet's own device go and
refuse every source but the clients': never to let anything in by itself."""
CALLS = (("tcp", "dpt:1723"), ("gre", ""))
"""What a call from the Internet consists of: RFC 2637 §3.1.3 and §4."""


def expected(plan: Plan, facts: RouterFacts) -> tuple[FilterRule, ...]:
    """The rules that `templates/files/firewall.user` makes, as the running filter lists them."""
    return (
        *_entrances(facts.wan.device),
        *_clients(plan, facts.wan.device),
        *_router(plan.reach),
        *_reach(plan, facts),
        *_deliver(plan, facts),
    )


def _entrances(wan: str) -> Iterator[FilterRule]:
    yield FilterRule("input_rule", INPUT, inside=CALL_DEVICES)
    yield FilterRule("forwarding_rule", FORWARD, inside=CALL_DEVICES)
    yield FilterRule("forwarding_rule", DELIVER, outside=CALL_DEVICES)
    if wan:
        for protocol, match in CALLS:
            yield FilterRule("input_rule", "ACCEPT", protocol, inside=wan, match=match)


def _clients(plan: Plan, wan: str) -> Iterator[FilterRule]:
    for chain, then in ((INPUT, ROUTER), (FORWARD, REACH)):
        if wan:
            yield FilterRule(chain, "RETURN", inside=wan)
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


def _reach(plan: Plan, facts: RouterFacts) -> Iterator[FilterRule]:
    for network in plan.reach.lan:
        yield FilterRule(REACH, "ACCEPT", outside=facts.lan.device, destination=network)
    if facts.wan.device:
        yield FilterRule(REACH, "ACCEPT" if plan.reach.internet else "REJECT", outside=facts.wan.device)
    if plan.reach.between_clients:
        for seat in plan.seats:
            yield FilterRule(REACH, "ACCEPT", outside=CALL_DEVICES, destination=IPv4Network(seat.address))
    yield FilterRule(REACH, "REJECT")


def _deliver(plan: Plan, facts: RouterFacts) -> Iterator[FilterRule]:
    if facts.wan.device:
        yield FilterRule(DELIVER, "RETURN", outside=facts.wan.device)
    for seat in plan.seats:
        to_seat = FilterRule(DELIVER, "REJECT", destination=IPv4Network(seat.address))
        if plan.reach.from_lan:
            yield replace(to_seat, target="ACCEPT", inside=facts.lan.device)
        yield to_seat


def stands(wanted: Sequence[FilterRule], running: Sequence[FilterRule]) -> bool:
    """The running filter has these rules: our chains hold just them in this order, the shared chains all of ours."""
    ours = [rule for rule in running if rule.chain.startswith(PREFIX)]
    if sorted(ours, key=_by_chain) != sorted((rule for rule in wanted if rule.chain.startswith(PREFIX)), key=_by_chain):
        return False
    leading = [rule for rule in running if not rule.chain.startswith(PREFIX) and rule.target.startswith(PREFIX)]
    shared = [rule for rule in wanted if not rule.chain.startswith(PREFIX)]
    return (
        all(rule in running for rule in shared)
        and all(rule in shared for rule in leading)
        and all(_leads_first(chain, running) for chain in {rule.chain for rule in leading})
    )


def _leads_first(chain: str, running: Sequence[FilterRule]) -> bool:
    """Nothing of somebody else's comes before ours in a shared chain, so that what was answered holds."""
    targets = [rule.target for rule in running if rule.chain == chain]
    ours = [place for place, target in enumerate(targets) if target.startswith(PREFIX)]
    return ours == list(range(len(ours)))


def _by_chain(rule: FilterRule) -> str:
    return rule.chain


def flows(plan: Plan, facts: RouterFacts) -> tuple[Flow, ...]:
    """Who can reach what, before and after, as far as this router decides it."""
    reach = plan.reach
    lan = ", ".join(str(network) for network in reach.lan) or "the home network"
    return (
        Flow("Internet", "this router, TCP 1723", _accepts(facts, *CALLS[0]), True, "where a call begins"),
        Flow("Internet", "this router, GRE (protocol 47)", _accepts(facts, *CALLS[1]), True, "the tunnel itself"),
        Flow("clients", "this router: ping, names (DNS)", _before(facts, lambda _: True), True),
        Flow(
            "clients",
            "this router: SSH, web page",
            _before(facts, lambda old: old.router == "all"),
            reach.router == "all",
        ),
        Flow("clients", f"LAN ({lan})", _before(facts, lambda old: old.lan != "none"), bool(reach.lan)),
        Flow("LAN", "clients", _before(facts, lambda old: old.from_lan), reach.from_lan),
        Flow("clients", "Internet, through this router", _before(facts, lambda old: old.internet), reach.internet),
        Flow("a client", "another client", _before(facts, lambda old: old.between_clients), reach.between_clients),
        Flow("tunnel, any other address", "anything", _before(facts, lambda _: False), False, "refused"),
    )


def _before(facts: RouterFacts, allowed: Callable[[Access], bool]) -> bool | None:
    """What our own rules allow now; nobody knows that of a set-up by hand, and without a tunnel it is nothing."""
    if facts.tunnel is None:
        return False
    return allowed(facts.tunnel.answers.access) if facts.tunnel.ours else None


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
