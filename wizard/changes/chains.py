"""The packet filter of White Russian to 12.09: the chains that `templates/files/firewall.user` makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Network

from wizard import resources
from wizard.changes.zone import call_devices
from wizard.model.facts import FilterRule, Firewall, RouterFacts
from wizard.model.plan import Plan, Reach

PREFIX = "pptp_wizard_"
INPUT, ROUTER, FORWARD, REACH, DELIVER = (PREFIX + name for name in ("input", "router", "forward", "reach", "deliver"))
CALL_DEVICES = "ppp+"
"""Every device that a call can get, where pptpd does not count its calls. It is used to lead into our chains, which let
the Internet's own device go and refuse every source but the clients': never to let anything in by itself."""
CALLS = (("tcp", "dpt:1723"), ("gre", ""))
"""What a call from the Internet consists of: RFC 2637 §3.1.3 and §4."""


def by_zone(facts: RouterFacts) -> bool:
    """The script that runs our lines has zones, and follows their devices by itself."""
    return facts.dialect.firewall is Firewall.SHELL_UCI


def block(plan: Plan, facts: RouterFacts) -> str:
    """Our part of /etc/firewall.user."""
    return resources.render(
        "files/firewall.user",
        resources.Sink.SHELL,
        seats=plan.seats,
        reach=plan.reach,
        by_zone=by_zone(facts),
        zones=facts.zones,
        lan=facts.lan.device,
        wan=_ppp_uplink(facts),
        devices=_devices(plan, facts),
    )


def _devices(plan: Plan, facts: RouterFacts) -> tuple[str, ...]:
    """With zones a PPPoE device may be called `pppoe-wan`, which `ppp+` would take for a call."""
    return call_devices(plan, facts) if by_zone(facts) else (CALL_DEVICES,)


def _ppp_uplink(facts: RouterFacts) -> str:
    """The Internet's device where it is called like a call, else ""."""
    name = facts.wan.device
    return name if name.startswith("ppp") and name[3:].isdecimal() else ""


def expected(plan: Plan, facts: RouterFacts) -> tuple[FilterRule, ...]:
    """The rules that our part makes, as the running filter lists them."""
    return (
        *_entrances(plan, facts),
        *_clients(plan, _spared(facts)),
        *_router(plan.reach),
        *_reach(plan, facts),
        *_deliver(plan, facts),
    )


def _spared(facts: RouterFacts) -> str:
    """The device that our chains let go: the Internet's, where it is known by name."""
    return _ppp_uplink(facts) if by_zone(facts) else facts.wan.device


def _entrances(plan: Plan, facts: RouterFacts) -> Iterator[FilterRule]:
    for device in _devices(plan, facts):
        yield FilterRule("input_rule", INPUT, inside=device)
        yield FilterRule("forwarding_rule", FORWARD, inside=device)
        yield FilterRule("forwarding_rule", DELIVER, outside=device)
    for protocol, match in CALLS:
        if by_zone(facts):
            yield FilterRule(f"input_{facts.zones.wan}", "ACCEPT", protocol, match=match)
        elif facts.wan.device:
            yield FilterRule("input_rule", "ACCEPT", protocol, inside=facts.wan.device, match=match)


def _clients(plan: Plan, spared: str) -> Iterator[FilterRule]:
    for chain, then in ((INPUT, ROUTER), (FORWARD, REACH)):
        if spared:
            yield FilterRule(chain, "RETURN", inside=spared)
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
    if by_zone(facts):
        if plan.reach.internet:
            yield FilterRule(REACH, f"zone_{facts.zones.wan}_ACCEPT")
    elif facts.wan.device:
        yield FilterRule(REACH, "ACCEPT" if plan.reach.internet else "REJECT", outside=facts.wan.device)
    if plan.reach.between_clients:
        for seat in plan.seats:
            yield FilterRule(REACH, "ACCEPT", outside=CALL_DEVICES, destination=IPv4Network(seat.address))
    yield FilterRule(REACH, "REJECT")


def _deliver(plan: Plan, facts: RouterFacts) -> Iterator[FilterRule]:
    if spared := _spared(facts):
        yield FilterRule(DELIVER, "RETURN", outside=spared)
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
