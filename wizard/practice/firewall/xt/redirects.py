"""Port forwards: rewriting in the nat table, and the same from the inside to the router's outer address."""

from __future__ import annotations

from wizard.practice.firewall import nets
from wizard.practice.firewall.xt.model import Redirect, State, Zone
from wizard.practice.firewall.xt.notices import info
from wizard.practice.firewall.xt.statement import Statement
from wizard.practice.firewall.xt.table import Table
from wizard.practice.firewall.xt.values import Address, Device, Protocol, Span


def fill(table: Table, state: State) -> None:
    """Every redirect. fw3 names them in the filter table too, where nothing is to be done."""
    if table.family == nets.V4 and table.name in ("filter", "nat"):
        for number, redirect in enumerate(state.redirects):
            _redirect(table, state, redirect, number)


def _redirect(table: Table, state: State, redirect: Redirect, number: int) -> None:
    info(f"   * Redirect '{redirect.name}'" if redirect.name else f"   * Redirect #{number}")
    if any(zone and zone.family == nets.V6 for zone in (redirect.source, redirect.dest)):
        info("     ! Skipping due to different family of zone")
        return
    addresses = (redirect.from_ip, redirect.to_ip, redirect.new_ip)
    if any(each and each.family == nets.V6 for each in addresses):
        if not all(each and each.resolved for each in addresses):
            info("     ! Skipping due to different family of ip address")
        return
    if table.name != "nat":
        return
    for protocol in redirect.protocols:
        for mac in redirect.macs or (None,):
            _rewrite(table, redirect, number, protocol, mac)
    inward = redirect.dnat and not redirect.local and redirect.dest
    if inward and redirect.reflection and redirect.source and redirect.source.masq:
        _reflect(table, state, redirect, number)


def _rewrite(table: Table, redirect: Redirect, number: int, protocol: Protocol, mac: Device | None) -> None:
    to_ip, to_port = (redirect.to_ip, redirect.to_port) if redirect.dnat else (redirect.new_ip, redirect.new_port)
    statement = Statement(table.family, protocol).between(redirect.from_ip, to_ip)
    statement.ports(redirect.from_port, to_port)
    if mac:
        statement.mac(mac)
    statement.limit(redirect.limit, redirect.burst)
    statement.says(redirect.name or f"@redirect[{number}]").jump(_target(redirect))
    zone = redirect.source if redirect.dnat else redirect.dest
    assert zone is not None  # the configuration was refused otherwise
    table.append(statement, f"zone_{zone.name}_{'prerouting' if redirect.dnat else 'postrouting'}")


def _target(redirect: Redirect) -> str:
    if redirect.local:
        return "REDIRECT" + (f" --to-ports {redirect.new_port.text('-')}" if redirect.new_port else "")
    if redirect.dnat:
        return _dnat(redirect.new_ip, redirect.new_port)
    return f"SNAT --to-source {_end(redirect.to_ip, redirect.to_port)}"


def _dnat(address: Address | None, port: Span | None) -> str:
    return f"DNAT --to-destination {_end(address, port)}"


def _end(address: Address | None, port: Span | None) -> str:
    host = nets.text(4, address.net.addr) if address and address.net else ""
    return host + (f":{port.text('-')}" if port else "")


def _reflect(table: Table, state: State, redirect: Redirect, number: int) -> None:
    assert redirect.source is not None and redirect.dest is not None  # the caller looked
    outer = [redirect.to_ip.net] if redirect.to_ip and redirect.to_ip.net else _own(state, redirect.source)
    zones = [state.zone(each.name) for each in redirect.reflection_zones] or [redirect.dest]
    name = f"{redirect.name or f'@redirect[{number}]'} (reflection)"
    for outside in outer:
        for zone in zones:
            for inside in _own(state, zone) if zone else ():
                for protocol in redirect.protocols:
                    assert zone is not None  # the loop has none then
                    seen_from = outside if redirect.external else inside
                    _both_ways(table, redirect, name, zone, protocol, (inside, outside, seen_from))


def _both_ways(
    table: Table,
    redirect: Redirect,
    name: str,
    zone: Zone,
    protocol: Protocol,
    ends: tuple[nets.Net, nets.Net, nets.Net],
) -> None:
    inside, outside, seen_from = ends
    come = Statement(4, protocol).between(Address(inside), Address(nets.host(4, outside.addr)))
    come.ports(None, redirect.to_port)
    come.limit(redirect.limit, redirect.burst)
    come.says(name).jump(_dnat(redirect.new_ip, redirect.new_port))
    table.append(come, f"zone_{zone.name}_prerouting", once=True)
    leave = Statement(4, protocol).between(Address(inside), redirect.new_ip)
    leave.ports(None, redirect.new_port)
    leave.limit(redirect.limit, redirect.burst)
    leave.says(name).jump(f"SNAT --to-source {nets.text(4, seen_from.addr)}")
    table.append(leave, f"zone_{zone.name}_postrouting", once=True)


def _own(state: State, zone: Zone) -> list[nets.Net]:
    return [net for net in state.nets(zone) if net.family == nets.V4]
