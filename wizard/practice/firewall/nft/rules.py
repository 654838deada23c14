"""Rule sections: what may come in, go out and pass through."""

from __future__ import annotations

from wizard.practice.firewall import nets
from wizard.practice.firewall.nft import values
from wizard.practice.firewall.nft.options import BEYOND, DEPRECATED, UNSUPPORTED, NotReproducedError, Option, parse
from wizard.practice.firewall.nft.state import Rule, State, ZoneRef
from wizard.practice.firewall.nft.values import IcmpType, Protocol
from wizard.practice.firewall.nft.words import Addresses, statements
from wizard.practice.firewall.nft.zones import family_of, inferred, wanted, zone_families

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wizard.practice.uci.config import Section

IN_TIME = ("utc_time", "start_date", "stop_date", "start_time", "stop_time", "weekdays")
"""Options that bind a rule to hours and days."""
_MARKING = ("ipset", "mark", "set_mark", "set_xmark", "dscp", "set_dscp", "log_limit")


def rule(state: State, section: Section) -> None:
    """Add the statements of a section: one for each protocol and family that needs its own."""
    options = parse(section, _spec(state, section), state.notices)
    if not wanted(state, section, options) or _refused(state, section, options or {}):
        return
    assert options is not None
    options["log"] = log_prefix(options)
    for protocol in options["proto"]:
        _statements(state, section, options, protocol)


def log_prefix(options: dict[str, Any]) -> str:
    """What the kernel's log says for a packet: a text of the configuration's own, or the rule's name."""
    given: str = options.get("log", "0")
    meant = values.boolean(given)
    return given if meant is None else f"{options['name']}: " if meant else ""


def _refused(state: State, section: Section, options: dict[str, Any]) -> bool:
    target, source, device = options.get("target"), options.get("src"), options.get("device")
    if target in ("notrack", "mark", "dscp"):
        raise NotReproducedError(f"target '{target}' of section {state.notices.title(section)}")
    if target == "helper" and not (source and source.zone):
        state.notices.about(section, f"must specify a source zone for target '{target}'")
    elif target == "helper" and "set_helper" not in options:
        state.notices.about(section, "must specify option 'set_helper' for target 'helper'")
    elif device and device.name == "*":
        state.notices.about(section, "must not specify '*' as device")
    else:
        return False
    return True


def _statements(state: State, section: Section, options: dict[str, Any], protocol: Protocol) -> None:
    messages: list[IcmpType] = options.get("icmp_type", []) if protocol.name in ("icmp", "ipv6-icmp") else []
    sources = [net for each in options.get("src_ip", []) for net in each.nets]
    destinations = [net for each in options.get("dest_ip", []) for net in each.nets]
    family = _family(state, options, protocol, sources, destinations)
    if isinstance(family, str):
        state.notices.about(section, f"{family}, skipping")
        return
    special = {
        each: any(net.family == each for net in sources + destinations) or bool(_messages(each, protocol, messages))
        for each in (nets.V4, nets.V6)
    }
    if family is None and special[nets.V4] != special[nets.V6]:
        family = nets.V4 if special[nets.V4] else nets.V6
    if not family and not any(special.values()):
        state.rules.append(_rule(options, protocol, 0, Addresses(), Addresses(), []))
        return
    for each in (nets.V4, nets.V6):
        if family in (None, 0, each):
            kinds = _messages(each, protocol, messages)
            _of_family(state, options, protocol, each, (sources, destinations), kinds)


def _messages(family: int, protocol: Protocol, named: list[IcmpType]) -> list[IcmpType]:
    if family == nets.V4:
        return [each for each in named if each.v4 and protocol.name == "icmp"]
    return [each for each in named if each.v6]


def _family(
    state: State, options: dict[str, Any], protocol: Protocol, sources: list[nets.Net], destinations: list[nets.Net]
) -> int | str | None:
    named = [options[name].name if name in options else "" for name in ("helper", "set_helper")]
    of_helper = [next((each.family for each in state.helpers if each.name == name), 0) for name in named]
    return inferred(
        nets.V6 if protocol.name == "ipv6-icmp" else options.get("family"),
        [
            (family_of(sources), "source IP"),
            (family_of(destinations), "destination IP"),
            *zone_families(options.get("src"), options.get("dest")),
            (of_helper[0], "helper match"),
            (of_helper[1], "helper to set"),
        ],
    )


def _of_family(
    state: State,
    options: dict[str, Any],
    protocol: Protocol,
    family: int,
    addresses: tuple[list[nets.Net], list[nets.Net]],
    kinds: list[IcmpType],
) -> None:
    """A message of all its codes and one of a single code cannot stand in one set."""
    whole = [each for each in kinds if each.whole]
    coded = [each for each in kinds if not each.whole]
    source_groups, destination_groups = (
        statements([net for net in found if net.family == family]) for found in addresses
    )
    for sources in source_groups:
        for destinations in destination_groups:
            for messages in [each for each in (whole, coded) if each] or [[]]:
                state.rules.append(_rule(options, protocol, family, sources, destinations, messages))


def _rule(
    options: dict[str, Any],
    protocol: Protocol,
    family: int,
    sources: Addresses,
    destinations: Addresses,
    messages: list[IcmpType],
) -> Rule:
    made = Rule("", options["name"], family, protocol)
    made.sources, made.destinations, made.macs = sources, destinations, options.get("src_mac", [])
    if protocol.name in ("tcp", "udp"):
        made.source_ports, made.destination_ports = options.get("src_port", []), options.get("dest_port", [])
    for each in messages:
        message = each.v4 if family == nets.V4 else each.v6
        assert message is not None  # the caller chose those of this family
        if each.whole:
            made.icmp_types.append(str(message.kind))
        else:
            made.icmp_codes.append(f"{message.kind} . {message.codes[0]}")
    made.helper, made.counter, made.log = options.get("helper"), options["counter"], options["log"]
    made.limit, made.burst = options["limit"].name if "limit" in options else "", options.get("limit_burst", 0)
    made.chain, made.verdict = _place(options, options.get("src"), options.get("dest"))
    if "device" in options:
        (made.oifname if options.get("direction") else made.iifname).append(options["device"].name)
    return made


def _place(options: dict[str, Any], source: ZoneRef | None, dest: ZoneRef | None) -> tuple[str, str]:
    """The chain that a statement belongs to, and what it does there."""
    target = options.get("target", "")
    if target == "helper" and source and source.zone:
        source.zone.to.add("helper")
        return f"helper_{source.name}", f'ct helper set "{options["set_helper"].name}"'
    return _chain(source, dest), _verdict(target, source, dest)


def _chain(source: ZoneRef | None, dest: ZoneRef | None) -> str:
    if source:
        way = "forward" if dest else "input"
        return f"{way}_{source.name}" if source.zone else way
    return f"output_{dest.name}" if dest and dest.zone else "output"


def _verdict(target: str, source: ZoneRef | None, dest: ZoneRef | None) -> str:
    if target and dest and dest.zone:
        dest.zone.to.add(target)
        return f"jump {target}_to_{dest.name}"
    if target and target != "accept" and source and source.zone and source.zone.log:
        source.zone.out_of.add(target)
        return f"jump {target}_from_{source.name}"
    return "jump handle_reject" if target == "reject" else target


def _spec(state: State, section: Section) -> dict[str, Option]:
    beyond = {name: Option(values.string, None, BEYOND) for name in (*_MARKING, *IN_TIME)}
    return {
        "enabled": Option(values.boolean, "1"),
        "name": Option(values.string, state.notices.title(section)),
        "_name": Option(values.string, None, DEPRECATED),
        "family": Option(values.family),
        "src": Option(state.zone_ref),
        "dest": Option(state.zone_ref),
        "device": Option(values.word, invertible=False),
        "direction": Option(values.direction),
        "helper": Option(state.helper),
        "set_helper": Option(state.helper, invertible=False),
        "proto": Option(values.protocol, "tcpudp", many=True),
        "src_ip": Option(state.network, many=True),
        "src_mac": Option(values.mac, many=True),
        "src_port": Option(values.port, many=True),
        "dest_ip": Option(state.network, many=True),
        "dest_port": Option(values.port, many=True),
        "icmp_type": Option(values.icmp_type, many=True),
        "extra": Option(values.string, None, UNSUPPORTED),
        "limit": Option(values.limit),
        "limit_burst": Option(values.integer),
        "monthdays": Option(values.string, None, UNSUPPORTED),
        "counter": Option(values.boolean, "1"),
        "log": Option(values.string),
        "target": Option(values.target),
        **beyond,
    }
