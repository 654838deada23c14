"""How the router names its two sides, brought to one form whoever keeps it: nvram, UCI files, or netifd.

The form is White Russian's, since it came first: `lan_ifname`, `wan_ifname`, `wan_proto`, `dhcp_start`, `dhcp_num` (how
many addresses after the first), `dhcp_off`; and `lan_name`, `wan_name`, what the configuration calls the two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wizard.model import uci
from wizard.model.errors import WizardError
from wizard.model.facts import NameService, Zones
from wizard.model.section import Section

DEFAULT_START, DEFAULT_LIMIT = 100, 150
"""What /etc/init.d/dnsmasq takes where /etc/config/dhcp says nothing."""
CLIENTS_ZONES = ("pptp", *(f"pptp{number}" for number in range(2, 10)))
"""Names for the clients' zone, the first that is free; fw3 of 21.02 takes at most 11 letters (openwrt.md F8)."""

Config = Mapping[str, tuple[uci.Section, ...]]
"""Name of a file in /etc/config → its sections."""
_STATE = re.compile(r"network\.(\w+)\.(\w+)='?([^']*)'?$")


def parsed(files: Mapping[str, bytes]) -> Config:
    """Every file of /etc/config that was sent. Raises WizardError("uci-unreadable") for one that uci would refuse."""
    config: dict[str, tuple[uci.Section, ...]] = {}
    for name, content in files.items():
        try:
            config[name] = uci.sections(content.decode("latin-1"))
        except uci.UciSyntaxError as error:
            raise WizardError("uci-unreadable", path=f"/etc/config/{name}", said=str(error)) from error
    return config


def named(sections: Mapping[str, Section], config: Config) -> Mapping[str, str]:
    """The settings, from whoever keeps them here."""
    said = dict(line.split("=", 1) for line in sections["settings"].lines if "=" in line)
    if said.get("lan_ifname"):
        return said
    found = _netifd(sections["netifd"]) if "netifd" in sections else None
    if found is None:
        found = _kept(config.get("network", ()), sections.get("state"))
    return {**said, **found, **_dhcp(config.get("dhcp", ()), found.get("lan_name", "lan"))}


def _netifd(section: Section) -> Mapping[str, str] | None:
    """From `ubus call network.interface dump`; None where there is no netifd."""
    try:
        interfaces = json.loads(section.text)["interface"]
    except (ValueError, KeyError, TypeError):
        return None
    home = _home(interfaces)
    out = _way_out([each for each in interfaces if each is not home])
    return {
        "lan_name": home.get("interface", ""),
        "lan_ifname": _device(home),
        "wan_name": out.get("interface", "") or "wan",
        "wan_ifname": _device(out),
        "wan_proto": out.get("proto", ""),
    }


def _home(interfaces: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The interface of the home network: the one called so, else the first with an address that leads nowhere else."""
    addressed = [each for each in interfaces if each.get("ipv4-address") and _device(each) != "lo"]
    inner = [each for each in addressed if not _leads_out(each, "0.0.0.0")]
    return next((each for each in addressed if each.get("interface") == "lan"), inner[0] if inner else {})


def _way_out(interfaces: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The interface that the Internet comes by. One with IPv6 alone is none: PPTP does not know it."""
    others = list(interfaces)
    for each in others:
        if _leads_out(each, "0.0.0.0"):
            return each
    if any(_leads_out(each, "::") for each in others):
        return {}
    return next((each for each in others if each.get("interface") == "wan"), {})


def _leads_out(interface: Mapping[str, Any], target: str) -> bool:
    return any(route.get("target") == target and route.get("mask") == 0 for route in interface.get("route", ()))


def _device(interface: Mapping[str, Any]) -> str:
    """Its device. A PPPoE interface that is down has none, and will get this name (openwrt.md §6.6)."""
    device = interface.get("l3_device") or interface.get("device", "")
    if not device and interface.get("proto") in ("pppoe", "pppoa", "l2tp", "pptp"):
        return f"{interface['proto']}-{interface['interface']}"
    return str(device)


def _kept(network: Sequence[uci.Section], state: Section | None) -> Mapping[str, str]:
    """From /etc/config/network and, for what is up now, /var/state/network (Kamikaze to 10.03)."""
    now: dict[tuple[str, str], str] = {}
    for line in state.lines if state else ():
        if found := _STATE.fullmatch(line.strip()):
            now[found[1], found[2]] = found[3]
    return {
        "lan_name": "lan",
        "wan_name": "wan",
        "lan_ifname": now.get(("lan", "ifname")) or _configured(network, "lan"),
        "wan_ifname": now.get(("wan", "ifname")) or _configured(network, "wan"),
        "wan_proto": _option(network, "wan", "proto"),
    }


def _configured(network: Sequence[uci.Section], name: str) -> str:
    if _option(network, name, "type") == "bridge":
        return f"br-{name}"
    if _option(network, name, "proto") == "pppoe":
        return f"ppp{_option(network, name, 'unit') or '0'}"
    return _option(network, name, "ifname").split(" ")[0]


def _option(found: Sequence[uci.Section], name: str, key: str) -> str:
    section = uci.named(found, name)
    return section.value(key) if section else ""


def _dhcp(dhcp: Sequence[uci.Section], lan: str) -> Mapping[str, str]:
    """The LAN's pool. `limit` counts the addresses, both ends among them."""
    pools = uci.of_type(dhcp, "dhcp")
    pool = next((each for each in pools if each.value("interface", each.name) == lan), None)
    if pool is None or pool.value("ignore") == "1" or pool.value("dhcpv4") == "disabled":
        return {"dhcp_off": "1"} if dhcp else {}
    limit = pool.value("limit") or str(DEFAULT_LIMIT)
    more = str(int(limit) - 1) if limit.isdigit() else limit
    return {"dhcp_start": pool.value("start") or str(DEFAULT_START), "dhcp_num": more}


def zones(config: Config, named: Mapping[str, str]) -> Zones:
    """The firewall's zones, found by the networks that are in them."""
    found = [section for section in uci.of_type(config.get("firewall", ()), "zone") if not section.ours]
    lan = _zone_of(found, named.get("lan_name") or "lan")
    wan = _zone_of(found, named.get("wan_name") or "wan")
    taken = {section.value("name") for section in found}
    default = next(iter(uci.of_type(config.get("firewall", ()), "defaults")), None)
    policy = _policy(found, wan) or (default.value("input") if default else "")
    free = next(name for name in CLIENTS_ZONES if name not in taken)
    return Zones(lan, wan, free, wan_refuses=policy.upper() != "ACCEPT")


def _zone_of(found: Sequence[uci.Section], network: str) -> str:
    """The zone that a network is in; one without `network` has the network of its own name."""
    for section in found:
        if network in (section.values("network") or (section.value("name"),)):
            return section.value("name")
    return network


def _policy(found: Sequence[uci.Section], name: str) -> str:
    return next((section.value("input") for section in found if section.value("name") == name), "")


def name_service(config: Config, starter: Section | None) -> NameService:
    """How dnsmasq is told to listen. `starter` says whether its init script knows `localservice` at all."""
    section = next(iter(uci.of_type(config.get("dhcp", ()), "dnsmasq")), None)
    if section is None:
        return NameService()
    knows = starter is not None and "localservice" in starter.text.decode("latin-1")
    return NameService(
        local_only=knows and section.value("localservice", "1") != "0", bound_to=section.values("interface")
    )
