"""Redirect sections: port forwards, source address rewriting, and the reflection of forwards to the inside."""

from __future__ import annotations

from wizard.practice.firewall import nets
from wizard.practice.firewall.nft import values
from wizard.practice.firewall.nft.options import BEYOND, DEPRECATED, UNSUPPORTED, Option, parse
from wizard.practice.firewall.nft.rules import IN_TIME, log_prefix
from wizard.practice.firewall.nft.state import Rule, State, Zone, ZoneRef
from wizard.practice.firewall.nft.values import Port, Protocol
from wizard.practice.firewall.nft.words import HUMAN, statements
from wizard.practice.firewall.nft.zones import family_of, inferred, wanted, zone_families

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wizard.practice.uci.config import Section

Nets = list[nets.Net]


def redirect(state: State, section: Section) -> None:
    """Add the statements of a section, unless it contradicts itself."""
    options = parse(section, _spec(state, section), state.notices)
    if not wanted(state, section, options):
        return
    assert options is not None
    options["log"] = log_prefix(options)
    if options["target"] not in ("dnat", "snat"):
        state.notices.about(section, "has invalid target specified, defaulting to dnat")
        options["target"] = "dnat"
    problem = _check_dnat(state, section, options) if options["target"] == "dnat" else _check_snat(options)
    if problem:
        state.notices.about(section, problem)
        return
    for protocol in options["proto"]:
        _Redirect(state, section, options, protocol).add()


def _check_dnat(state: State, section: Section, options: dict[str, Any]) -> str:
    source, given = options.get("src"), options.get("dest_ip")
    if not source:
        return "has no source specified"
    if not source.zone:
        return "must not have source '*' for dnat target"
    if given and given.invert:
        return "must not specify a negated 'dest_ip' value"
    if given and any(net.bits == -1 for net in given.nets):
        return "must not use non-contiguous masks in 'dest_ip'"
    if "dest" not in options and given and (home := _home(state, given.nets)):
        options["dest"] = ZoneRef(home)
        state.notices.about(section, f"does not specify a destination, assuming '{home.name}'")
    if "dest_port" not in options and "src_dport" in options:
        options["dest_port"] = options["src_dport"]
    dest = options.get("dest")
    if options["reflection"] and dest and dest.zone and source.zone.masq:
        dest.zone.to |= {"accept", "dnat", "snat"}
    source.zone.to |= {"dnat", "helper"} if "helper" in options else {"dnat"}
    return ""


def _check_snat(options: dict[str, Any]) -> str:
    dest, given = options.get("dest"), options.get("src_dip")
    if not dest:
        return "has no destination specified"
    if not dest.zone:
        return "must not have destination '*' for snat target"
    if not given:
        return "has no 'src_dip' option specified"
    if given.invert:
        return "must not specify a negated 'src_dip' value"
    if any(net.bits == -1 for net in given.nets):
        return "must not use non-contiguous masks in 'src_dip'"
    for name in ("src_mac", "helper"):
        if name in options:
            return f"must not use '{name}' option for snat target"
    dest.zone.to.add("snat")
    return ""


def _home(state: State, wanted_nets: Nets) -> Zone | None:
    zones = (zone for zone in state.zones if any(net.covers(each) for net in zone.addresses for each in wanted_nets))
    return next(zones, None)


class _Redirect:
    """One section for one protocol."""

    def __init__(self, state: State, section: Section, options: dict[str, Any], protocol: Protocol) -> None:
        self.state, self.section, self.options, self.protocol = state, section, options, protocol
        self.dnat = options["target"] == "dnat"
        self.source: ZoneRef | None = options.get("src")
        self.dest: ZoneRef | None = options.get("dest")
        own = self.source if self.dnat else self.dest
        assert own is not None and own.zone is not None  # the check refuses others
        self.own = own.zone
        match, rewrite = ("src_dip", "dest_ip") if self.dnat else ("dest_ip", "src_dip")
        self.sources, self.destinations = self._nets("src_ip"), self._nets(match)
        self.rewrites = self._nets(rewrite)
        self.sport, self.dport, self.rport = self._ports()

    def add(self) -> None:
        """Every statement of it."""
        family = self._family()
        if isinstance(family, str):
            self.state.notices.about(self.section, f"{family}, skipping")
            return
        if self.dnat and self.options["reflection"] and self.rewrites and self.dest and self.dest.zone:
            self._reflect(family, self.options.get("reflection_zone", [self.dest]))
        if any(len(self._of(self.rewrites, each)) > 1 for each in HUMAN):
            self.state.notices.about(self.section, "specifies multiple rewrite addresses, using only first one")
        addressed = self.sources + self.destinations + self.rewrites
        if not family and not addressed:
            self._statements(nets.V4 if family is None else 0, [], [], [])
            return
        for each in (nets.V4, nets.V6):
            if family in (None, 0, each) and (not addressed or self._of(addressed, each)):
                rest = (self.sources, self.destinations, self.rewrites)
                self._statements(each, *(self._of(found, each) for found in rest))

    def _family(self) -> int | str | None:
        return inferred(
            nets.V6 if self.protocol.name == "ipv6-icmp" else self.options.get("family"),
            [
                (family_of(self.sources), "source IP"),
                (family_of(self.destinations), "destination IP"),
                (family_of(self.rewrites), "rewrite IP"),
                *zone_families(self.source, self.dest),
            ],
        )

    def _nets(self, name: str) -> Nets:
        return list(self.options[name].nets) if name in self.options else []

    def _ports(self) -> tuple[Port | None, Port | None, Port | None]:
        if self.protocol.name not in ("tcp", "udp"):
            return None, None, None
        match, rewrite = ("src_dport", "dest_port") if self.dnat else ("dest_port", "src_dport")
        return self.options.get("src_port"), self.options.get(match), self.options.get(rewrite)

    @staticmethod
    def _of(found: Nets, family: int) -> Nets:
        return [net for net in found if net.family == family]

    def _statements(self, family: int, sources: Nets, destinations: Nets, rewrites: Nets) -> None:
        for from_ in statements(sources):
            for to in statements(destinations):
                rule = self._rule(self.dnat, self.own, family, self.options["name"])
                rule.sources, rule.destinations = from_, to
                rule.verdict = _verdict(self.dnat, rewrites[0] if rewrites else None, self.rport)
                rule.source_ports = [self.sport] if self.sport else []
                rule.destination_ports = [self.dport] if self.dport else []
                rule.macs, rule.counter = self.options.get("src_mac", []), self.options["counter"]
                rule.log = self.options["log"]

    def _rule(self, dnat: bool, zone: Zone, family: int, name: str) -> Rule:
        rule = Rule(f"{'dstnat' if dnat else 'srcnat'}_{zone.name}", name, family, self.protocol)
        rule.helper = self.options.get("helper")
        rule.limit = self.options["limit"].name if "limit" in self.options else ""
        rule.burst = self.options.get("limit_burst", 0)
        zone.to.add("dnat" if dnat else "snat")
        self.state.redirects.append(rule)
        return rule

    def _reflect(self, family: int | None, into: list[ZoneRef]) -> None:
        for ref in into:
            zone = ref.zone
            if zone is None:
                continue
            if family and zone.family not in (0, family):
                self.state.notices.about(
                    self.section, f"is restricted to IPv{family} but referenced reflection zone is IPv only, skipping"
                )
                continue
            for each, masquerading in ((nets.V4, self.own.masq), (nets.V6, self.own.masq6)):
                if masquerading and self._of(self.rewrites, each):
                    self._reflect_into(zone, each)

    def _reflect_into(self, zone: Zone, family: int) -> None:
        inside = self._of(zone.addresses, family)
        own = [nets.host(net.family, net.addr) for net in self.own.addresses]
        outside = self._of(self.destinations or own, family)
        target = self._of(self.rewrites, family)
        internal = self.options["reflection_src"] == "internal"
        near = [net for net in inside if internal and net.covers(target[0])]
        seen_from = [*near, *(inside if internal else outside)]
        if not seen_from or not inside or not outside:
            kind = self.options["reflection_src"] + " rewrite IP" if not seen_from else "external address range"
            self.state.notices.about(self.section, f"{kind} cannot be determined, disabling reflection")
            return
        name = f"{self.options['name']} (reflection)"
        for sources in statements(inside):
            for destinations in statements(outside):
                rule = self._rule(True, zone, family, name)
                rule.sources, rule.destinations = sources, destinations
                rule.verdict = _verdict(True, target[0], self.rport)
                rule.source_ports = [self.sport] if self.sport else []
                rule.destination_ports = [self.dport] if self.dport else []
        for destinations in statements(target):
            for sources in statements(inside):
                rule = self._rule(False, zone, family, name)
                rule.sources, rule.destinations = sources, destinations
                rule.verdict = _verdict(False, nets.host(family, seen_from[0].addr), None)
                rule.destination_ports = [self.rport] if self.rport else []


def _verdict(dnat: bool, address: nets.Net | None, port: Port | None) -> str:
    if dnat and address is None:
        return f"redirect to {port.name}" if port else "redirect"
    host = nets.text(address.family, address.addr & address.mask) if address else ""
    bracketed = f"[{host}]" if address and address.family == nets.V6 and port else host
    return f"{'dnat' if dnat else 'snat'} {bracketed}" + (f":{port.name}" if port else "")


def _spec(state: State, section: Section) -> dict[str, Option]:
    beyond = {name: Option(values.string, None, BEYOND) for name in ("ipset", "mark", "log_limit", *IN_TIME)}
    return {
        "enabled": Option(values.boolean, "1"),
        "name": Option(values.string, state.notices.title(section)),
        "_name": Option(values.string, None, DEPRECATED),
        "family": Option(values.family),
        "src": Option(state.zone_ref),
        "dest": Option(state.zone_ref),
        "helper": Option(state.helper, invertible=False),
        "proto": Option(values.protocol, "tcpudp", many=True),
        "src_ip": Option(state.network),
        "src_mac": Option(values.mac, many=True),
        "src_port": Option(values.port),
        "src_dip": Option(state.network),
        "src_dport": Option(values.port),
        "dest_ip": Option(state.network),
        "dest_port": Option(values.port),
        "extra": Option(values.string, None, UNSUPPORTED),
        "limit": Option(values.limit),
        "limit_burst": Option(values.integer),
        "monthdays": Option(values.string, None, UNSUPPORTED),
        "reflection": Option(values.boolean, "1"),
        "reflection_src": Option(values.reflection_source, "internal"),
        "reflection_zone": Option(state.zone_ref, many=True),
        "counter": Option(values.boolean, "1"),
        "log": Option(values.string),
        "target": Option(values.target, "dnat"),
        **beyond,
    }
