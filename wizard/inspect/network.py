"""Addresses: the home network, the Internet's side, what DHCP hands out, and who is there already."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from wizard.model import uci
from wizard.model.errors import WizardError
from wizard.model.facts import DhcpPool, Lan, LiveCall, Neighbour, Wan
from wizard.model.section import Section

_ADDRESS = re.compile(r"inet addr:([\d.]+)")
_MASK = re.compile(r"Mask:([\d.]+)")
_PEER = re.compile(r"P-t-P:([\d.]+)")
_IPV4 = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")


@dataclass(frozen=True, slots=True)
class Device:
    """One network device as busybox's `ifconfig` shows it."""

    name: str
    interface: IPv4Interface | None
    peer: IPv4Address | None = None
    ppp: bool = False
    """The far end is reached by PPP, whatever the device is called."""


def devices(section: Section) -> Mapping[str, Device]:
    """Each device of `ifconfig`: a paragraph that begins with its name at the margin."""
    found: dict[str, Device] = {}
    for block in re.split(r"\n(?=\S)", section.text.decode("utf-8", "replace").strip("\n")):
        if block.strip():
            device = _device(block)
            found[device.name] = device
    return found


def _device(block: str) -> Device:
    address, mask, peer = _ADDRESS.search(block), _MASK.search(block), _PEER.search(block)
    return Device(
        block.split()[0],
        IPv4Interface(f"{address[1]}/{mask[1] if mask else 32}") if address else None,
        IPv4Address(peer[1]) if peer else None,
        ppp="Link encap:Point-to-Point" in block,
    )


def lan(named: Mapping[str, str], present: Mapping[str, Device]) -> Lan:
    """The home network as the kernel has it. Raises `WizardError("lan-unknown")` where it has no address."""
    name = named.get("lan_ifname", "")
    device = present.get(name)
    if device is None or device.interface is None:
        raise WizardError("lan-unknown", device=name or "?")
    return Lan(name, device.interface)


def wan(named: Mapping[str, str], present: Mapping[str, Device]) -> Wan:
    """The Internet's side as the kernel has it; without an address while it is down."""
    name = named.get("wan_ifname", "")
    device = present.get(name)
    return Wan(
        name, named.get("wan_proto", ""), device.interface if device else None, named.get("wan_name", "") or "wan"
    )


def uplinks(present: Mapping[str, Device], calls: Sequence[str]) -> int:
    """How many PPP devices are none of the calls, and so the router's own way to somewhere."""
    return sum(device.ppp and name not in calls for name, device in present.items())


def links(present: Mapping[str, Device], calls: Sequence[str], out: Wan) -> tuple[LiveCall, ...]:
    """PPP devices that are neither a call nor the way to the Internet, with their far ends."""
    return tuple(
        LiveCall(name, device.peer)
        for name, device in present.items()
        if device.ppp and device.peer and name not in calls and name != out.device
    )


def others(present: Mapping[str, Device], home: Lan, out: Wan) -> tuple[IPv4Network, ...]:
    """Networks of the router's other devices. A PPP device leads to one host alone."""
    known = [home.interface.network, *([out.interface.network] if out.interface else [])]
    found = {device.interface.network for device in present.values() if device.interface and not device.ppp}
    return tuple(sorted(each for each in found if not each.is_loopback and not any(map(each.overlaps, known))))


def dhcp_pool(named: Mapping[str, str], served: Section, home: Lan) -> DhcpPool | None:
    """The pool: from `dhcp_start` (an offset in the LAN) on, `dhcp_num` addresses more, both ends in it."""
    if served.code != 0 or named.get("dhcp_off"):
        return None
    start, more = _offset(named.get("dhcp_start", ""), 100), _offset(named.get("dhcp_num", ""), 150)
    network = home.interface.network
    first = min(network.network_address + start, network.broadcast_address)
    return DhcpPool(first, min(first + more, network.broadcast_address))


def _offset(text: str, default: int) -> int:
    """A number of addresses; some makers' nvram holds a whole address instead, whose last part is the number."""
    last = text.rpartition(".")[2]
    return int(last) if last.isdigit() else default


def neighbours(
    sections: Mapping[str, Section], named: Mapping[str, str], dhcp: Sequence[uci.Section] = ()
) -> tuple[Neighbour, ...]:
    """Everybody who has an address already, each once; the first source that names it counts."""
    seen: dict[IPv4Address, Neighbour] = {}
    for neighbour in (
        *_leases(sections["leases"]),
        *_static(sections["ethers"], "static host"),
        *_static(sections["hosts"], "static host"),
        *(Neighbour(address, "", "static host") for address in _addresses(named.get("static_leases", ""))),
        *_hosts(dhcp),
        *_arp(sections["arp"]),
    ):
        seen.setdefault(neighbour.address, neighbour)
    return tuple(seen.values())


def _hosts(dhcp: Sequence[uci.Section]) -> Iterator[Neighbour]:
    """`config host` of /etc/config/dhcp."""
    for host in uci.of_type(dhcp, "host"):
        for address in _addresses(host.value("ip")):
            yield Neighbour(address, host.value("name"), "static host")


def _leases(section: Section) -> Iterator[Neighbour]:
    """dnsmasq's file: expiry, MAC, address, name, client ID."""
    if section.code != 0:
        return
    for line in section.lines:
        words = line.split()
        if len(words) >= 4:
            for address in _addresses(words[2]):
                yield Neighbour(address, "" if words[3] == "*" else words[3], "DHCP lease")


def _static(section: Section, source: str) -> Iterator[Neighbour]:
    """`ADDRESS NAME` (hosts(5)) or `MAC ADDRESS` (ethers(5)); loopback is nobody."""
    if section.code != 0:
        return
    for line in section.lines:
        words = line.split("#", 1)[0].split()
        for address in _addresses(" ".join(words)):
            if not address.is_loopback:
                yield Neighbour(address, words[1] if words[0] == str(address) and len(words) > 1 else "", source)


def _arp(section: Section) -> Iterator[Neighbour]:
    """`/proc/net/arp`: complete entries only (flag 0x2), no proxy entries of ours (MAC zero)."""
    for line in section.lines[1:]:
        words = line.split()
        if len(words) >= 6 and int(words[2], 16) & 2 and words[3] != "00:00:00:00:00:00" and not int(words[2], 16) & 8:
            for address in _addresses(words[0]):
                yield Neighbour(address, "", "ARP table")


def _addresses(text: str) -> Iterator[IPv4Address]:
    for found in _IPV4.findall(text):
        try:
            yield IPv4Address(found)
        except ValueError:
            continue  # four numbers with dots that are no address: a version, say
