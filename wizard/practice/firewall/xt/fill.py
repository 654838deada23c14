"""The rules that fw3 fills a table with: its own, the zones' and those of the configuration."""

from __future__ import annotations

from wizard.practice.firewall import nets
from wizard.practice.firewall.xt import age, chains, redirects, rules, zones
from wizard.practice.firewall.xt.chains import NAT_WAYS, WAYS
from wizard.practice.firewall.xt.model import CUSTOM_CHAINS, FAMILY, SYN_FLOOD, TABLE, State, Zone
from wizard.practice.firewall.xt.notices import info
from wizard.practice.firewall.xt.statement import Statement
from wizard.practice.firewall.xt.table import FAMILIES, Table
from wizard.practice.firewall.xt.values import Device, Protocol

_TCP = 6
_ESTABLISHED = "RELATED,ESTABLISHED"


def fill(table: Table, state: State, *, reload: bool) -> None:
    """Make all chains and rules of one table."""
    info(f" * Populating {FAMILIES[table.family]} {table.name} table")
    _own_chains(table, state, reload=reload)
    for zone in _of_family(state.zones, table):
        zones.make_chains(table, zone, reload=reload)
    _head(table, state)
    if table.name == "filter":
        for number, rule in enumerate(state.rules):
            rules.rule(table, rule, number)
    redirects.fill(table, state)
    if table.name == "filter":
        for forward in state.forwards:
            rules.forward(table, forward)
    for zone in _of_family(state.zones, table):
        zones.fill(table, state, zone)
    if table.name == "filter":
        for way, hook, _ in WAYS:
            if state.defaults.policy[way] == "REJECT":
                table.append(Statement(table.family).jump("reject"), chains.hook(hook, way))


def running(state: State | None, family: int) -> bool:
    """Whether a family's rules are there, as far as was remembered."""
    return state is not None and state.defaults.flags.has(FAMILY[family], family)


def _of_family(zones: list[Zone], table: Table) -> list[Zone]:
    return [zone for zone in zones if zone.family in (0, table.family)]


def _own_chains(table: Table, state: State, *, reload: bool) -> None:
    defaults = state.defaults
    if table.name == "filter":
        for way, hook in (("input", "INPUT"), ("output", "OUTPUT"), ("forward", "FORWARD")):
            policy = defaults.policy[way]
            table.policy(hook, "DROP" if policy == "REJECT" else policy)
    if defaults.custom_chains:
        defaults.flags.set(CUSTOM_CHAINS, table.family)
    if defaults.syn_flood:
        defaults.flags.set(SYN_FLOOD, table.family)
    chains.create(table, chains.own(table, defaults.flags), reload=reload)
    defaults.flags.set(TABLE[table.name], table.family)


def _head(table: Table, state: State) -> None:
    if not age.since(age.NO_DELEGATES):
        _delegate(table)
    if table.name == "filter":
        _head_filter(table, state)
    elif table.name == "nat" and state.defaults.custom_chains:
        for way, hook in NAT_WAYS:
            table.append(_users(table, way), chains.hook(hook, way))


def _delegate(table: Table) -> None:
    """From the built-in chains to those that fw3 had for itself."""
    own = {
        "filter": [(hook, f"delegate_{way}") for way, hook, _ in WAYS],
        "nat": [(hook, f"delegate_{way}") for way, hook in NAT_WAYS],
        "mangle": [("FORWARD", "mssfix"), ("PREROUTING", "fwmark")],
    }
    for hook, chain in own[table.name]:
        table.append(Statement(table.family).jump(chain), hook, once=True)


def _users(table: Table, users: str) -> Statement:
    comment = f"Custom {users} rule chain" if age.since(age.WORDED) else f"user chain for {users}"
    return Statement(table.family).says(comment).jump(f"{users}_rule")


def _head_filter(table: Table, state: State) -> None:
    loopback = Device("lo")
    table.append(Statement(table.family).via(loopback, None).jump("ACCEPT"), chains.hook("INPUT", "input"))
    table.append(Statement(table.family).via(None, loopback).jump("ACCEPT"), chains.hook("OUTPUT", "output"))
    if state.defaults.custom_chains:
        for way, hook, users in WAYS:
            table.append(_users(table, users), chains.hook(hook, way))
    for way, hook, _ in WAYS:
        _by_state(table, _ESTABLISHED, "ACCEPT", chains.hook(hook, way))
        if state.defaults.drop_invalid:
            _by_state(table, "INVALID", "DROP", chains.hook(hook, way))
    if state.defaults.syn_flood:
        _syn_flood(table, state)
    _rejects(table, state)


def _by_state(table: Table, states: str, target: str, chain: str) -> None:
    statement = Statement(table.family).jump(target)
    statement.states(states)
    table.append(statement, chain)


def _syn_flood(table: Table, state: State) -> None:
    allowed, syn = Statement(table.family, Protocol(_TCP)), Statement(table.family, Protocol(_TCP))
    allowed.syn()
    allowed.limit(state.defaults.syn_limit, state.defaults.syn_burst)
    syn.syn()
    table.append(allowed.jump("RETURN"), "syn_flood")
    table.append(Statement(table.family).jump("DROP"), "syn_flood")
    table.append(syn.jump("syn_flood"), chains.hook("INPUT", "input"))


def _rejects(table: Table, state: State) -> None:
    kind = "icmp6" if table.family == nets.V6 else "icmp"
    codes = {
        "tcp-reset": "tcp-reset",
        "port-unreach": f"{kind}-port-unreachable",
        "adm-prohibited": "icmp6-adm-prohibited" if table.family == nets.V6 else "icmp-admin-prohibited",
    }
    for name, protocol in (("tcp", Protocol(_TCP)), ("any", None)):
        answer = codes[state.defaults.reject_codes[name]]
        table.append(Statement(table.family, protocol).jump(f"REJECT --reject-with {answer}"), "reject")
