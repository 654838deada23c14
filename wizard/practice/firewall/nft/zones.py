"""Zones and the forwardings between them."""

from __future__ import annotations

import re

from wizard.practice.firewall import nets
from wizard.practice.firewall.nft import values
from wizard.practice.firewall.nft.options import BEYOND, REQUIRED, UNSUPPORTED, Option, parse
from wizard.practice.firewall.nft.state import MatchRule, Rule, State, Zone
from wizard.practice.firewall.nft.values import Protocol, Word
from wizard.practice.firewall.nft.words import HUMAN, Addresses, statements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wizard.practice.uci.config import Section

_PATTERN = re.compile(r"([^+]*)(\+?)")


def zone(state: State, section: Section) -> None:
    """Add the zone of a section, unless an option of it is invalid or it is disabled."""
    options = parse(section, _zone_spec(state), state.notices)
    if not wanted(state, section, options):
        return
    assert options is not None
    added = Zone(options)
    family = inferred(options.get("family"), [(_families(options.get("subnet", [])), "subnet list")])
    if isinstance(family, str):
        state.notices.about(section, f"{family}, skipping")
        return
    added.family = family or 0
    _match(state, section, added, options)
    added.masq_src = _nets(options.get("masq_src", []))
    added.masq_dest = _nets(options.get("masq_dest", []))
    _helpers(state, section, added, options)
    state.zones.append(added)


def forwarding(state: State, section: Section) -> None:
    """Let one zone's packets out to another."""
    options = parse(section, _forwarding_spec(state), state.notices)
    if not wanted(state, section, options):
        return
    assert options is not None
    source, dest = options["src"], options["dest"]
    family = inferred(options.get("family"), zone_families(source, dest))
    if isinstance(family, str):
        state.notices.about(section, f"{family}, skipping")
        return
    kind = f"{HUMAN[family]} " if family else ""
    name = options.get("name") or f"Accept {source.name} to {dest.name} {kind}forwarding"
    rule = Rule(f"forward_{source.name}" if source.zone else "forward", name, family or 0, Protocol(""))
    rule.verdict = f"jump accept_to_{dest.name}" if dest.zone else "accept"
    if dest.zone:
        dest.zone.to.add("accept")
    state.rules.append(rule)


def wanted(state: State, section: Section, options: dict[str, Any] | None) -> bool:
    """Whether the section counts; says why not."""
    if options is None:
        state.notices.about(section, "skipped due to invalid options")
    elif not options["enabled"]:
        state.notices.about(section, "is disabled, ignoring section")
    return bool(options and options["enabled"])


def inferred(family: int | None, objects: list[tuple[int, str]]) -> int | str | None:
    """The one family that all of these allow. Where they contradict each other, what is wrong."""
    for other, name in objects:
        if not other or other == family:
            continue
        if family:
            return f"is restricted to {HUMAN[family]} but referenced {name} is {HUMAN[other]} only"
        family = other
    return family


def zone_families(source: Any, dest: Any) -> list[tuple[int, str]]:  # noqa: ANN401 (read by a table of options)
    """What the zones that a section names allow."""
    named = [(source, "source zone"), (dest, "destination zone")]
    return [(ref.zone.family, name) for ref, name in named if ref and ref.zone]


def family_of(found: list[nets.Net]) -> int:
    """The family that all the nets are of; 0 where there are both or none."""
    families = {net.family for net in found}
    return families.pop() if len(families) == 1 else 0


def _families(networks: list[values.Network]) -> int:
    return family_of(_nets(networks))


def _nets(networks: list[values.Network]) -> list[nets.Net]:
    return [net for network in networks for net in network.nets]


def _match(state: State, section: Section, added: Zone, options: dict[str, Any]) -> None:
    devices = _devices(state, added, options)
    subnets = _nets(options.get("subnet", []))
    added.addresses += subnets
    groups = _groups(state, section, devices)
    added.devices = [device.name for device in devices if not device.invert]
    if not devices and not subnets:
        return
    for positive, negative, wildcards in groups:
        for family, addresses in _by_family(added.family, subnets):
            added.match_rules.append(MatchRule(family, positive, negative, wildcards, addresses))


def _devices(state: State, added: Zone, options: dict[str, Any]) -> list[Word]:
    own: list[Word] = options.get("network", [])
    by_netifd = [Word(network.name) for network in state.networks.values() if network.zone == added.name]
    found = []
    for named in [*own, *by_netifd]:
        added.networks.append(named.name)
        network = state.networks.get(named.name)
        if network is None:
            continue
        if network.device:
            found.append(Word(network.device, named.invert))
        added.addresses += network.addresses
    return found + [Word(device.name, device.invert) for device in options.get("device", [])]


def _groups(state: State, section: Section, devices: list[Word]) -> list[tuple[list[str], list[str], list[str]]]:
    """Devices that can stand in one statement. nft allows no wildcard in a set, so each has its own."""
    negative: list[str] = []
    wildcards: list[str] = []
    plain: list[str] = []
    groups = []
    for device in devices:
        found = _PATTERN.fullmatch(device.name)
        if found is None:
            state.notices.about(section, f"skipping invalid wildcard pattern '{device.name}'")
        elif device.name == "+" and not device.invert:
            continue  # any device: nothing to match
        elif device.name == "+":
            device.name, device.invert = "/never/", False
            groups.append(([device.name], negative, wildcards))
        elif found[2]:
            device.name = f"{found[1]}*"
            groups += [] if device.invert else [([device.name], negative, wildcards)]
            wildcards += [device.name] if device.invert else []
        else:
            (negative if device.invert else plain).append(device.name)
    if plain or not groups:
        groups.append((plain, negative, wildcards))
    return groups


def _by_family(family: int, subnets: list[nets.Net]) -> list[tuple[int, Addresses]]:
    if not family and not subnets:
        return [(0, Addresses())]
    wanted_families = [family] if family else [nets.V4, nets.V6]
    return [
        (each, addresses)
        for each in wanted_families
        for addresses in statements([net for net in subnets if net.family == each])
    ]


def _helpers(state: State, section: Section, added: Zone, options: dict[str, Any]) -> None:
    """Without any named, every helper is assigned in zones that do not masquerade."""
    named: list[str] = [helper.name for helper in options.get("helper", [])]
    automatic = options["auto_helper"] and state.defaults.get("auto_helper", True)
    if not named and (not automatic or added.masq or added.masq6):
        return
    added.to.add("helper")
    for helper in state.helpers:
        if helper.available and (not named or helper.name in named):
            rule = Rule(f"helper_{added.name}", helper.title, helper.family, helper.protocol)
            rule.says_protocol = True
            rule.destination_ports = [helper.port]
            rule.verdict = f'ct helper set "{helper.name}"'
            state.rules.append(rule)
        elif helper.name in named:
            state.notices.about(section, "uses unavailable ct helper 'null'")


def _zone_spec(state: State) -> dict[str, Option]:
    policies = {name: Option(values.policy, state.defaults[name]) for name in ("input", "output", "forward")}
    return {
        "enabled": Option(values.boolean, "1"),
        "name": Option(values.identifier, None, REQUIRED),
        "family": Option(values.family),
        "network": Option(values.word, many=True),
        "device": Option(values.word, many=True),
        "subnet": Option(state.network, many=True),
        **policies,
        "masq": Option(values.boolean),
        "masq_allow_invalid": Option(values.boolean),
        "masq_src": Option(state.network, many=True),
        "masq_dest": Option(state.network, many=True),
        "masq6": Option(values.boolean),
        "extra": Option(values.string, None, UNSUPPORTED),
        "extra_src": Option(values.string, None, UNSUPPORTED),
        "extra_dest": Option(values.string, None, UNSUPPORTED),
        "mtu_fix": Option(values.boolean),
        "custom_chains": Option(values.boolean, None, UNSUPPORTED),
        "log": Option(values.integer),
        "log_limit": Option(values.limit, None, BEYOND),
        "auto_helper": Option(values.boolean, "1"),
        "helper": Option(state.helper, many=True),
        "counter": Option(values.boolean, "1"),
    }


def _forwarding_spec(state: State) -> dict[str, Option]:
    return {
        "enabled": Option(values.boolean, "1"),
        "name": Option(values.string),
        "family": Option(values.family),
        "src": Option(state.zone_ref, None, REQUIRED),
        "dest": Option(state.zone_ref, None, REQUIRED),
    }
