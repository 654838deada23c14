"""Rule and forwarding sections, as rules of iptables."""

from __future__ import annotations

from wizard.practice.firewall import nets
from wizard.practice.firewall.xt import age
from wizard.practice.firewall.xt.chains import hook
from wizard.practice.firewall.xt.model import Forward, Rule
from wizard.practice.firewall.xt.notices import info
from wizard.practice.firewall.xt.statement import Statement
from wizard.practice.firewall.xt.table import Table
from wizard.practice.firewall.xt.values import Address, Device, IcmpType, Protocol, Span


def rule(table: Table, rule: Rule, number: int) -> None:
    """Every combination of what the rule lists, in a family that it is for."""
    if rule.family not in (0, table.family):
        return
    info(f"   * Rule '{rule.name}'" if rule.name else f"   * Rule #{number}")
    if any(zone and zone.family not in (0, table.family) for zone in (rule.source, rule.dest)):
        info("     ! Skipping due to different family of zone")
        return
    for protocol in rule.protocols:
        icmp = protocol.number in (1, 58)
        for source in rule.sources or (None,):
            for destination in rule.destinations or (None,):
                for source_port in (rule.source_ports if not icmp else []) or (None,):
                    for destination_port in (rule.destination_ports if not icmp else []) or (None,):
                        for mac in rule.macs or (None,):
                            for kind in (rule.icmp_types if icmp else []) or (None,):
                                ports = source_port, destination_port
                                _variant(table, rule, number, protocol, (source, destination), ports, mac, kind)


def _variant(
    table: Table,
    rule: Rule,
    number: int,
    protocol: Protocol,
    addresses: tuple[Address | None, Address | None],
    ports: tuple[Span | None, Span | None],
    mac: Device | None,
    kind: IcmpType | None,
) -> None:
    if any(each and each.family not in (0, table.family) for each in addresses):
        if any(each and not each.resolved for each in addresses):
            info("     ! Skipping due to different family of ip address")
        return
    if protocol.number == 58 and table.family == nets.V4:
        info("     ! Skipping protocol ipv6-icmp due to different family")
        return
    statement = Statement(table.family, protocol).between(*addresses)
    statement.ports(*ports)
    if rule.device:
        device = Device(rule.device)
        statement.via(None if rule.outward else device, device if rule.outward else None)
    if kind:
        statement.icmp_type(kind)
    if mac:
        statement.mac(mac)
    statement.limit(rule.limit, rule.burst)
    statement.says(rule.name or f"@rule[{number}]").jump(_target(rule))
    table.append(statement, _chain(rule))


def _target(rule: Rule) -> str:
    if rule.dest:
        return f"zone_{rule.dest.name}_dest_{rule.target}"
    return "reject" if rule.target == "REJECT" else rule.target


def _chain(rule: Rule) -> str:
    goes_on = rule.dest is not None or rule.to_any
    if rule.source:
        return f"zone_{rule.source.name}_{'forward' if goes_on else 'input'}"
    if rule.from_any:
        return hook("FORWARD", "forward") if goes_on else hook("INPUT", "input")
    return f"zone_{rule.dest.name}_output" if rule.dest else hook("OUTPUT", "output")


def forward(table: Table, forward: Forward) -> None:
    """From one zone to the verdict of another."""
    if forward.family not in (0, table.family):
        return
    source, dest = (zone.name if zone else "*" for zone in (forward.source, forward.dest))
    info(f"   * Forward '{source}' -> '{dest}'")
    if any(zone and zone.family not in (0, table.family) for zone in (forward.source, forward.dest)):
        info("     ! Skipping due to different family of zone")
        return
    worded = age.since(age.WORDED)
    comment = f"Zone {source} to {dest} forwarding policy" if worded else f"forwarding {source} -> {dest}"
    target = f"zone_{dest}_dest_ACCEPT" if forward.dest else "ACCEPT"
    chain = f"zone_{source}_forward" if forward.source else hook("FORWARD", "forward")
    table.append(Statement(table.family).says(comment).jump(target), chain)
