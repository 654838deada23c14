"""The packet filter: what will be let through, in words, and what it has to list afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wizard.changes import chains, zone
from wizard.changes.chains import CALLS
from wizard.model.answers import Access
from wizard.model.changes import Flow
from wizard.model.facts import FilterRule, RouterFacts
from wizard.model.plan import Plan


def expected(plan: Plan, facts: RouterFacts) -> tuple[FilterRule, ...]:
    """The rules that what we write makes, as the running filter lists them."""
    return zone.expected(plan, facts) if facts.dialect.uci_firewall else chains.expected(plan, facts)


def stands(wanted: Sequence[FilterRule], facts: RouterFacts) -> bool:
    """The running filter has these rules, and none beside them that undoes what was answered."""
    if facts.dialect.uci_firewall:
        return zone.stands(wanted, facts.rules, facts)
    return chains.stands(wanted, facts.rules)


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
        and rule.chain in ("INPUT", "input_rule", f"input_{facts.zones.wan}", f"zone_{facts.zones.wan}_input")
        for rule in facts.rules
    )
