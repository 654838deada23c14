"""Zones, as rules of iptables: which packets are theirs, and what becomes of them."""

from __future__ import annotations

from wizard.practice.firewall.xt import age, chains
from wizard.practice.firewall.xt.chains import NAT_WAYS, WAYS, hook
from wizard.practice.firewall.xt.model import CUSTOM_CHAINS, DNAT, SNAT, SOURCE, TABLE, VERDICT, State, Zone
from wizard.practice.firewall.xt.notices import info
from wizard.practice.firewall.xt.statement import Statement
from wizard.practice.firewall.xt.table import Table
from wizard.practice.firewall.xt.values import Address, Device, Protocol

_TCP = 6


def make_chains(table: Table, zone: Zone, *, reload: bool) -> None:
    """A zone's chains, and where the users' ones are gone through."""
    zone.flags.set(TABLE[table.name], table.family)
    if zone.custom_chains:
        zone.flags.set(CUSTOM_CHAINS, table.family)
    chains.create(table, chains.of_zone(table, zone.flags, zone.name), reload=reload)
    ways = {"filter": [(way, users) for way, _, users in WAYS], "nat": [(way, way) for way, _ in NAT_WAYS]}
    for way, users in ways.get(table.name, []) if zone.custom_chains else ():
        comment = f"Custom {zone.name} {users} rule chain" if age.since(age.WORDED) else f"user chain for {users}"
        statement = Statement(table.family).says(comment).jump(f"{users}_{zone.name}_rule")
        table.append(statement, f"zone_{zone.name}_{way}")


def fill(table: Table, state: State, zone: Zone) -> None:
    """A zone's policies, then what leads to them from each of its devices and subnets."""
    info(f"   * Zone '{zone.name}'")
    if table.name == "filter":
        _policies(table, zone)
    elif table.name == "nat" and zone.masq:
        _masquerade(table, zone)
    for device in zone.devices or (None,):
        for subnet in zone.subnets or (None,):
            if (device or subnet) and (subnet is None or subnet.family in (0, table.family)):
                _On(table, zone, device, subnet).fill(state)


def _policies(table: Table, zone: Zone) -> None:
    if zone.flags.has(DNAT, table.family):
        for way, what in (("input", "redirections"), ("forward", "forwards")):
            statement = Statement(table.family).says(f"Accept port {what}").jump("ACCEPT")
            statement.states("DNAT")
            table.append(statement, f"zone_{zone.name}_{way}")
    for way, side in (("input", "src"), ("forward", "dest"), ("output", "dest")):
        target = f"zone_{zone.name}_{side}_{zone.policy[way]}"
        table.append(Statement(table.family).jump(target), f"zone_{zone.name}_{way}")


def _masquerade(table: Table, zone: Zone) -> None:
    """What is excluded returns before; then every source that is meant to every destination that is."""
    chain = f"zone_{zone.name}_postrouting"
    own = [[each for each in found if each.net and each.family == 4] for found in (zone.masq_src, zone.masq_dest)]
    for side, found in enumerate(own):
        for each in found:
            if each.invert:
                plain = Address(each.net)
                statement = Statement(4).between(None if side else plain, plain if side else None)
                table.append(statement.jump("RETURN"), chain)
    sources, destinations = ([each for each in found if not each.invert] or (None,) for found in own)
    for source in sources:
        for destination in destinations:
            table.append(Statement(4).between(source, destination).jump("MASQUERADE"), chain)


class _On:
    """A zone on one of its devices, in one of its subnets, or both."""

    def __init__(self, table: Table, zone: Zone, device: Device | None, subnet: Address | None) -> None:
        self.table, self.zone, self.device, self.subnet = table, zone, device, subnet

    def fill(self, state: State) -> None:
        """What leads to the zone's chains, and what the zone's verdicts are bound to."""
        if self.table.name == "filter":
            for verdict in VERDICT:
                self._verdict(state, verdict)
            for way, builtin, _ in WAYS:
                statement = self._leaving() if way == "output" else self._arriving()
                self._append(statement.jump(f"zone_{self.zone.name}_{way}"), hook(builtin, way))
        elif self.table.name == "nat":
            self._nat()
        elif self.zone.mtu_fix:
            self._clamp()

    def _verdict(self, state: State, verdict: str) -> None:
        target = "reject" if verdict == "REJECT" else verdict
        if self._has(SOURCE[verdict]):
            statement = self._arriving().jump(target)
            if verdict == "ACCEPT" and not state.defaults.drop_invalid and age.since(age.NEW_ONLY):
                statement.states("NEW,UNTRACKED")
            self._append(statement, f"zone_{self.zone.name}_src_{verdict}")
        if self._has(VERDICT[verdict]):
            chain = f"zone_{self.zone.name}_dest_{verdict}"
            if verdict == "ACCEPT" and self.zone.masq and not self.zone.masq_allow_invalid and age.since(age.LEAKAGE):
                leak = self._leaving().says("Prevent NAT leakage").jump("DROP")
                leak.states("INVALID")
                self._append(leak, chain)
            self._append(self._leaving().jump(target), chain)

    def _nat(self) -> None:
        if self._has(DNAT):
            self._append(self._arriving().jump(f"zone_{self.zone.name}_prerouting"), hook("PREROUTING", "prerouting"))
        if self._has(SNAT):
            self._append(self._leaving().jump(f"zone_{self.zone.name}_postrouting"), hook("POSTROUTING", "postrouting"))

    def _clamp(self) -> None:
        name = self.zone.name
        comment = f"Zone {name} MTU fixing" if age.since(age.WORDED) else f"{name} (mtu_fix)"
        tcp = Protocol(_TCP)
        both = [self._leaving(tcp)] + ([self._arriving(tcp)] if age.since(age.CLAMP_BOTH_WAYS) else [])
        for statement in both:
            statement.clamp()
            statement.says(comment).jump("TCPMSS --clamp-mss-to-pmtu")
            self._append(statement, "FORWARD" if age.since(age.NO_DELEGATES) else "mssfix")

    def _append(self, statement: Statement, chain: str) -> None:
        self.table.append(statement, chain, once=True)

    def _arriving(self, protocol: Protocol | None = None) -> Statement:
        return Statement(self.table.family, protocol).via(self.device, None).between(self.subnet, None)

    def _leaving(self, protocol: Protocol | None = None) -> Statement:
        return Statement(self.table.family, protocol).via(None, self.device).between(None, self.subnet)

    def _has(self, bits: int) -> bool:
        return self.zone.flags.has(bits, self.table.family)
