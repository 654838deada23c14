"""From the configuration to what the rules are made from, with everything that fw3 complains about on the way."""

from __future__ import annotations

import sys

from wizard.practice.firewall.interfaces import Network, networks
from wizard.practice.firewall.run import installed
from wizard.practice.firewall.xt import age, values
from wizard.practice.firewall.xt.model import (
    DNAT,
    HELPER,
    SNAT,
    SOURCE,
    VERDICT,
    Defaults,
    Forward,
    Include,
    Redirect,
    Rule,
    State,
    Zone,
)
from wizard.practice.firewall.xt.notices import NotReproducedError, Option, about, parse, warn
from wizard.practice.firewall.xt.spec import DEFAULTS, FORWARD, INCLUDE, redirect_spec, rule_spec, zone_spec
from wizard.practice.firewall.xt.values import Device, Resolver
from wizard.practice.uci.config import Package, Section, UciError, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class LoadError(Exception):
    """There is no configuration that could be read."""


def read() -> State:
    """The configuration as it is now, uncommitted changes and all. Raises LoadError."""
    found = networks()
    if found is None:
        warn("Failed to connect to ubus")
    try:
        package = load("firewall")
    except UciError as problem:
        sys.stderr.write(f"{problem.text}\n")
        raise LoadError from problem
    if not installed("ipset"):
        warn("Unable to locate ipset utility, disabling ipset support")
    return _Loading(package, found or {}).everything()


class _Loading:
    def __init__(self, package: Package, found: dict[str, Network]) -> None:
        self.package, self.networks = package, found
        self.resolver = Resolver(found)
        self.state = State()
        self.state.networks = found

    def everything(self) -> State:
        """In fw3's order, which is that of its complaints."""
        for beyond in ("ipset", "nat", "helper"):
            if self.package.of_type(beyond):
                raise NotReproducedError(f"a section of type '{beyond}'")
        self._defaults()
        for section in self.package.of_type("zone"):
            self._zone(section)
        for section in self.package.of_type("rule"):
            self._rule(section)
        for section in self.package.of_type("redirect"):
            self._redirect(section)
        for section in self.package.of_type("forwarding"):
            self._forwarding(section)
        for section in self.package.of_type("include"):
            self._include(section)
        return self.state

    def _about(self, section: Section, text: str) -> None:
        about(self.package, section, text)

    def _options(self, section: Section, spec: dict[str, Option], *, strict: bool) -> dict[str, Any] | None:
        """The options of a section; None where it does not count."""
        options, valid = parse(self.package, section, spec)
        if not valid:
            self._about(section, "skipped due to invalid options" if strict else "has invalid options")
        return options if (valid or not strict) and options.get("enabled", True) else None

    def _defaults(self) -> None:
        sections = self.package.of_type("defaults")
        heeded = sections[:1] if age.since(age.ONE_DEFAULTS) else sections
        options: dict[str, Any] = {}
        for section in heeded:
            options |= self._options(section, DEFAULTS, strict=False) or {}
            self.state.defaults = _defaults(options)
            for name, policy in self.state.defaults.policy.items():
                if policy not in VERDICT:
                    kind = "has invalid" if policy else "has no"
                    end = "policy, defaulting to DROP" if policy else "policy specified, defaulting to DROP"
                    self._about(section, f"{kind} {name} {end}")
                    self.state.defaults.policy[name] = "DROP"
        for section in sections[len(heeded) :]:
            self._about(section, "ignoring duplicate section")

    def _zone(self, section: Section) -> None:
        options = self._options(section, zone_spec(self.resolver), strict=False)
        if options is None:
            return
        zone = Zone(options)
        longest = 11 if age.since(age.SHORT_NAMES) else 14
        if not zone.name:
            self._about(section, "has no name - ignoring")
        elif len(zone.name) > longest:
            self._about(section, f"must not have a name longer than {longest} characters")
        else:
            self._complete(section, zone)
            self.state.zones.append(zone)

    def _complete(self, section: Section, zone: Zone) -> None:
        zone.custom_chains &= self.state.defaults.custom_chains
        zone.auto_helper &= self.state.defaults.auto_helper
        zone.networks += [Device(each.name) for each in self.networks.values() if each.zone == zone.name]
        if not (zone.networks or zone.devices or zone.subnets):
            self._about(section, "has no device, network, subnet or extra options")
        for name, addresses in (("masq_src", zone.masq_src), ("masq_dest", zone.masq_dest)):
            meant = [each for each in addresses if not each.invert]
            if meant and not any(each.net for each in meant):
                self._about(section, f"has unresolved {name}, disabling masq")
                zone.masq = False
        for name in ("input", "output", "forward"):
            if zone.policy[name] not in VERDICT:
                kind = "has invalid" if zone.policy[name] else "has no"
                end = "policy, using default" if zone.policy[name] else "policy specified, using default"
                self._about(section, f"{kind} {name} {end}")
                zone.policy[name] = self.state.defaults.policy[name]
        self._resolve(section, zone)
        _mark(zone)

    def _resolve(self, section: Section, zone: Zone) -> None:
        for named in zone.networks:
            network = self.networks.get(named.name)
            if network is None or not network.device:
                self._about(section, f"cannot resolve device of network '{named.name}'")
            elif not (age.since(age.DISTINCT_DEVICES) and any(each.name == network.device for each in zone.devices)):
                zone.devices.append(Device(network.device, named.name))

    def _ends(self, section: Section, options: dict[str, Any]) -> tuple[Zone | None, Zone | None] | None:
        """The zones that a section names. None, after a complaint, where there is no such zone."""
        ends: list[Zone | None] = []
        for device in (options.get("src"), options.get("dest")):
            zone = self.state.zone(device.name) if device and not device.any else None
            if device and not device.any and zone is None:
                self._about(section, f"refers to not existing zone '{device.name}'")
                return None
            ends.append(zone)
        return ends[0], ends[1]

    def _inverted(self, section: Section, options: dict[str, Any], names: tuple[str, ...], text: str) -> bool:
        inverted = any(name in options and options[name].invert for name in names)
        if inverted:
            self._about(section, text)
        return inverted

    def _rule(self, section: Section) -> None:
        options = self._options(section, rule_spec(self.resolver), strict=True)
        both = "must not have inverted 'src' or 'dest' options"
        if options is None or self._inverted(section, options, ("src", "dest"), both):
            return
        ends = self._ends(section, options)
        if ends is None:
            return
        if options.get("target") in ("NOTRACK", "HELPER", "MARK", "DSCP"):
            raise NotReproducedError(f"target '{options['target']}'")
        if "src" not in options and "dest" not in options:
            kind = "rule" if age.since(age.WHOLE_WORD) else "r"
            self._about(section, f"has neither a source nor a destination zone assigned - assuming an output {kind}")
        self._protocols(section, options)
        if "target" not in options:
            self._about(section, "has no target specified, defaulting to REJECT")
        elif options["target"] not in VERDICT:
            self._about(section, "has invalid target specified, defaulting to REJECT")
        if options.get("target") not in VERDICT:
            options["target"] = "REJECT"
        rule = Rule(options, *ends)
        if rule.dest:
            rule.dest.flags.set(VERDICT[rule.target])
        self.state.rules.append(rule)

    def _protocols(self, section: Section, options: dict[str, Any]) -> None:
        if "proto" not in options:
            self._about(section, "does not specify a protocol, assuming TCP+UDP")
            options["proto"] = values.protocol("tcpudp")

    def _redirect(self, section: Section) -> None:
        options = self._options(section, redirect_spec(self.resolver), strict=True)
        if options is None or self._inverted(section, options, ("src",), "must not have an inverted source"):
            return
        ends = self._ends(section, options)
        if ends is None:
            return
        if options.get("target") not in ("DNAT", "SNAT"):
            kind = "has invalid target specified" if "target" in options else "has no target specified"
            self._about(section, f"{kind}, defaulting to DNAT")
            options["target"] = "DNAT"
        problem = _refused(options, *ends)
        if problem:
            self._about(section, problem)
        self._protocols(section, options)
        if not problem:
            self._place(section, Redirect(options, *ends))

    def _place(self, section: Section, redirect: Redirect) -> None:
        if redirect.dnat and redirect.source:
            redirect.source.flags.set(DNAT, 4)
            if not redirect.local and redirect.dest is None and (home := self._home(redirect)):
                redirect.dest = home
                self._about(section, f"does not specify a destination, assuming '{home.name}'")
            if redirect.reflection and redirect.dest and redirect.source.masq:
                redirect.dest.flags.set(VERDICT["ACCEPT"] | DNAT | SNAT, 4)
            redirect.new_port = redirect.new_port or redirect.to_port
        elif redirect.dest:
            redirect.dest.flags.set(SNAT, 4)
        self.state.redirects.append(redirect)

    def _home(self, redirect: Redirect) -> Zone | None:
        target = redirect.new_ip.net if redirect.new_ip else None
        for zone in self.state.zones:
            if target and any(net.family == 4 and net.covers(target) for net in self.state.nets(zone)):
                return zone
        return None

    def _forwarding(self, section: Section) -> None:
        options = self._options(section, FORWARD, strict=False)
        both = "must not have inverted 'src' or 'dest' options"
        if options is None or self._inverted(section, options, ("src", "dest"), both):
            return
        ends = self._ends(section, options)
        if ends is None:
            return
        if ends[1]:
            ends[1].flags.set(VERDICT["ACCEPT"])
        self.state.forwards.append(Forward(options.get("family", 0), *ends))

    def _include(self, section: Section) -> None:
        options = self._options(section, INCLUDE, strict=False)
        if options is None:
            return
        if "path" not in options:
            self._about(section, "must specify a path")
            return
        include = Include(options)
        if include.restore and not include.family:
            text = "does not specify a family, include will getloaded with both iptables-restore and ip6tables-restore!"
            self._about(section, text)
        self.state.includes.append(include)


def _mark(zone: Zone) -> None:
    if zone.masq or zone.custom_chains:
        zone.flags.set(SNAT, 4)
    if zone.custom_chains:
        zone.flags.set(DNAT, 4)
    if zone.auto_helper and not zone.masq:
        zone.flags.set(HELPER)
    zone.flags.set(SOURCE[zone.policy["input"]] | VERDICT[zone.policy["forward"]] | VERDICT[zone.policy["output"]])


def _defaults(options: dict[str, Any]) -> Defaults:
    made = Defaults()
    made.policy = {name: options.get(name, "") for name in made.policy}
    made.drop_invalid = options.get("drop_invalid", False)
    made.syn_flood = options.get("synflood_protect", options.get("syn_flood", False))
    made.syn_limit = options.get("synflood_rate", made.syn_limit)
    made.syn_burst = options.get("synflood_burst", made.syn_burst)
    made.custom_chains = options.get("custom_chains", True)
    made.auto_helper = options.get("auto_helper", True)
    made.disable_ipv6 = options.get("disable_ipv6", False)
    made.reject_codes = {name: options.get(f"{name}_reject_code", code) for name, code in made.reject_codes.items()}
    made.tcp = {name: int(options.get(f"tcp_{name}", value)) for name, value in made.tcp.items()}
    if options.get("flow_offloading"):
        raise NotReproducedError("option 'flow_offloading' of the defaults")
    return made


def _refused(options: dict[str, Any], source: Zone | None, dest: Zone | None) -> str:
    """What makes a redirect senseless."""
    if options["target"] == "DNAT":
        if "src" in options and source is None:
            return "must not have source '*' for DNAT target"
        return "" if source else "has no source specified"
    if "dest" in options and dest is None:
        return "must not have destination '*' for SNAT target"
    if dest is None:
        return "has no destination specified"
    if not (options.get("src_dip") and options["src_dip"].net):
        return "has no src_dip option specified"
    return "must not use 'src_mac' option for SNAT target" if "src_mac" in options else ""
