"""What a start leaves in /var/run/fw3.state, so that a later run knows what to take away."""

from __future__ import annotations

import os

from wizard.practice import root
from wizard.practice.firewall import nets
from wizard.practice.firewall.xt.model import FAMILY, TABLE, Flags, State, Zone
from wizard.practice.firewall.xt.values import Device
from wizard.practice.uci.config import Package, Section
from wizard.practice.uci.syntax import read as read_packages

_PATH = "/var/run/fw3.state"
_TABLES = TABLE["filter"] | TABLE["nat"] | TABLE["mangle"]


def read() -> State | None:
    """The last run's state. None where there is nothing of it."""
    try:
        with open(root.path(_PATH)) as stream:
            packages = read_packages(iter(stream.readlines()), None)
    except FileNotFoundError:
        return None
    state = State()
    for section in packages[0].sections if packages else ():
        if section.type == "defaults":
            state.defaults.flags = _flags(section)
        elif section.type == "zone":
            zone = Zone({"name": section.options["name"]})
            zone.flags = _flags(section)
            state.zones.append(zone)
    return state


def write(state: State) -> None:
    """Leave this state; none where the firewall is stopped in both families."""
    running = any(state.defaults.flags.has(bit, family) for family, bit in FAMILY.items())
    if running:
        with open(root.path(_PATH), "w") as stream:
            stream.write(_package(state).text(header=True))
    elif os.access(root.path(_PATH), os.F_OK):
        os.unlink(root.path(_PATH))


def _flags(section: Section) -> Flags:
    v4, v6 = (section.options.get(f"__flags_v{family}", "0") for family in (nets.V4, nets.V6))
    return Flags(int(str(v4), 16), int(str(v6), 16))


def _package(state: State) -> Package:
    package = Package("fw3_state")
    defaults = package.add("defaults")
    defaults.options |= state.defaults.policy
    _put_flags(defaults, state.defaults.flags)
    for zone in state.zones:
        if any(zone.flags.of[family] & _TABLES for family in (nets.V4, nets.V6)):
            _put_zone(package.add("zone"), zone)
    return package


def _put_zone(section: Section, zone: Zone) -> None:
    section.options["name"] = zone.name
    section.options |= zone.policy
    for name, value in (("masq", zone.masq), ("mtu_fix", zone.mtu_fix), ("custom_chains", zone.custom_chains)):
        section.options[name] = "1" if value else "0"
    families = [family for family in (nets.V4, nets.V6) if zone.flags.of[family] & _TABLES]
    if len(families) == 1:
        section.options["family"] = f"IPv{families[0]}"
    if zone.devices:
        section.options["device"] = [_device(device) for device in zone.devices]
    subnets = [_subnet(each.net) for each in zone.subnets if each.net]
    if subnets:
        section.options["subnet"] = subnets
    _put_flags(section, zone.flags)


def _device(device: Device) -> str:
    return ("!" if device.invert else "") + device.name + (f"@{device.network}" if device.network else "")


def _subnet(net: nets.Net) -> str:
    last = net.last
    end = f"-{nets.text(net.family, last)}" if last is not None else f"/{nets.text(net.family, net.mask)}"
    return nets.text(net.family, net.addr) + end


def _put_flags(section: Section, flags: Flags) -> None:
    for family, bits in flags.of.items():
        section.options[f"__flags_v{family}"] = f"{bits:#x}"
