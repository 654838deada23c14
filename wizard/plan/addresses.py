"""Which addresses the tunnel may have on this router, and which it had better not have. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import chain

from wizard.model.answers import MAX_MTU, MIN_MTU, Answers, Client
from wizard.model.facts import Neighbour, RouterFacts
from wizard.plan.names import name_problem

DEFAULT_SERVER = IPv4Address("172.16.1.1")
PRIVATE_NETWORKS = tuple(map(IPv4Network, ("172.16.0.0/12", "192.168.0.0/16", "10.0.0.0/8")))
"""RFC 1918, in the order in which homes use them least."""
SHARED_NETWORK = IPv4Network("100.64.0.0/10")
"""RFC 6598: between a provider and its customers."""
USELESS_NETWORKS = {
    IPv4Network("0.0.0.0/8"): "means “this network” (RFC 1122)",
    IPv4Network("127.0.0.0/8"): "never leaves the device it is on (loopback)",
    IPv4Network("169.254.0.0/16"): "is what devices give themselves without a router (link-local)",
    IPv4Network("224.0.0.0/4"): "is for groups of hosts (multicast)",
    IPv4Network("240.0.0.0/4"): "is reserved (RFC 1112)",
}
HOME_NETWORKS = {
    IPv4Network("192.168.0.0/24"): "D-Link, Netgear, TP-Link and many more",
    IPv4Network("192.168.1.0/24"): "ASUS, Linksys, OpenWrt, TP-Link and many more",
    IPv4Network("192.168.2.0/24"): "Belkin, SMC, Speedport",
    IPv4Network("192.168.8.0/24"): "GL.iNet, Huawei",
    IPv4Network("192.168.50.0/24"): "newer ASUS",
    IPv4Network("192.168.86.0/24"): "Google and Nest Wifi",
    IPv4Network("192.168.100.0/24"): "Huawei and many cable modems",
    IPv4Network("192.168.178.0/24"): "FRITZ!Box",
    IPv4Network("10.0.0.0/24"): "Xfinity, Technicolor",
    IPv4Network("10.0.1.0/24"): "Apple AirPort",
}
"""The factory setting of the routers that are met most, with who sells them."""
TOLD_NAME_SERVERS = 2
"""pppd passes on a first and a second name server (RFC 1877)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an answer on this router, and what to do instead."""

    text: str
    fatal: bool = True
    """False: a warning; it can be had like this."""
    about: str = ""
    """The question that it belongs to: "server", "clients", "reach", "dns", "mtu"."""


def propose_server(facts: RouterFacts) -> IPv4Address:
    """The first address of a private /24 that meets neither the LAN nor the WAN, no neighbour and no common home.

    172.16.1.1 wherever that is possible, and also, for `server_problem` to refuse, where no network is left.
    """
    return next((network[1] for network in _free_slices(facts)), DEFAULT_SERVER)


def next_free(facts: RouterFacts, server: IPv4Address, taken: Collection[IPv4Address]) -> IPv4Address:
    """An address for one more client: beside the server, without any problem of its own, and none of `taken`.

    Where the server is in the LAN that is in the LAN too, unless it is full, or is the network of the WAN as well.
    """
    elsewhere = (address for network in _free_slices(facts) for address in network.hosts())
    candidates = chain(_lan_addresses(facts, server), _beside(server), elsewhere)
    return next(address for address in candidates if client_fault(address, facts, server, taken) is None)


def server_problem(address: IPv4Address, facts: RouterFacts, clients: Sequence[Client]) -> Problem | None:
    """What is wrong with `address` as the router's own end of the tunnel.

    The router's LAN address is fine: pppd may share it (an unnumbered link).
    """
    if address == facts.lan.interface.ip:
        return None
    fault = _fault(address, facts) or _client_at(address, clients)
    if fault:
        return Problem(f"{fault} Take another, for example {propose_server(facts)}.", about="server")
    return _warning(address, facts, "server")


def client_problem(
    address: IPv4Address, facts: RouterFacts, server: IPv4Address, others: Collection[IPv4Address]
) -> Problem | None:
    """What is wrong with `address` for a client; `others` are the addresses of the other clients."""
    fault = client_fault(address, facts, server, others)
    if fault:
        return Problem(f"{fault} Take another, for example {next_free(facts, server, others)}.", about="clients")
    return _warning(address, facts, "clients")


def client_fault(
    address: IPv4Address, facts: RouterFacts, server: IPv4Address, others: Collection[IPv4Address]
) -> str | None:
    """Why a client cannot have `address`, in one sentence; None if it can."""
    if address == server:
        return f"{address} is the server's own address inside the tunnel."
    if address in others:
        return f"{address} belongs to another client already."
    if address == facts.lan.interface.ip:
        return f"{address} is the router's own address in the home network."
    return _fault(address, facts)


def home_network_warning(network: IPv4Network) -> str | None:
    """A sentence where `network` meets one of the ten most common home networks, else None."""
    for common, makers in HOME_NETWORKS.items():
        if network.overlaps(common):
            return (
                f"Many homes use {common} ({makers}). From a place that does, "
                f"a device looks for {network} there and not in the tunnel."
            )
    return None


def uses_proxy_arp(facts: RouterFacts, clients: Sequence[Client]) -> bool:
    """A client's address lies inside the LAN, so the router has to answer ARP for it there (RFC 1027)."""
    return any(client.address in facts.lan.interface.network for client in clients)


def lan_target_problem(target: IPv4Network, facts: RouterFacts) -> Problem | None:
    """What is wrong with `target` as a part of the home network that clients may reach."""
    lan = facts.lan.interface.network
    if target.subnet_of(lan):
        return None
    name = target.network_address if target.prefixlen == target.max_prefixlen else target
    return Problem(f"{name} is not inside the home network {lan}. Name hosts or networks of {lan}.", about="reach")


def problems(answers: Answers, facts: RouterFacts) -> tuple[Problem, ...]:
    """Everything that is wrong with `answers` on this router: what is fatal first, then warnings, no text twice."""
    found = chain(
        _server_problems(answers, facts),
        _client_problems(answers, facts),
        _reach_problems(answers, facts),
        _daemon_problems(answers),
        _lan_warnings(facts),
    )
    return tuple(sorted(dict.fromkeys(found), key=lambda problem: not problem.fatal))


def _server_problems(answers: Answers, facts: RouterFacts) -> Iterator[Problem]:
    problem = server_problem(answers.tunnel.server, facts, ())
    if problem:
        yield problem


def _client_problems(answers: Answers, facts: RouterFacts) -> Iterator[Problem]:
    if not answers.clients:
        yield Problem("There is no client, so nobody could dial in. Add one.", about="clients")
    names: set[str] = set()
    for place, client in enumerate(answers.clients):
        others = [other.address for other in answers.clients[:place]]
        problem = client_problem(client.address, facts, answers.tunnel.server, others)
        if problem:
            yield Problem(f"Client {client.name}: {problem.text}", problem.fatal, "clients")
        fault = name_problem(client.name)
        if fault:
            yield Problem(f"Client {client.name!r}: {fault}", about="clients")
        if client.name in names:
            yield Problem(f"Two clients are called {client.name}. Give one of them another name.", about="clients")
        names.add(client.name)


def _reach_problems(answers: Answers, facts: RouterFacts) -> Iterator[Problem]:
    lan = answers.access.lan
    if lan == ():
        yield Problem("The list of hosts that clients may reach is empty. Name some, or choose none.", about="reach")
    for target in lan if isinstance(lan, tuple) else ():
        problem = lan_target_problem(target, facts)
        if problem:
            yield problem


def _daemon_problems(answers: Answers) -> Iterator[Problem]:
    mtu, dns = answers.daemon.mtu, answers.tunnel.dns
    if not MIN_MTU <= mtu <= MAX_MTU:
        yield Problem(f"The largest packet (MTU) is {mtu}. Choose from {MIN_MTU} to {MAX_MTU} bytes.", about="mtu")
    if not isinstance(dns, tuple):
        return
    if not 1 <= len(dns) <= TOLD_NAME_SERVERS:
        yield Problem(f"Devices can be told one or two name servers, not {len(dns)}.", about="dns")
    for address in dns:
        use = _useless(address)
        if use:
            yield Problem(f"{use} Name another name server, or choose the router.", about="dns")


def _lan_warnings(facts: RouterFacts) -> Iterator[Problem]:
    text = home_network_warning(facts.lan.interface.network)
    if text:
        yield Problem(f"{text} This is this router's home network: give it a rarer one some day.", False, "reach")


def _fault(address: IPv4Address, facts: RouterFacts) -> str | None:
    """What speaks against `address` for either end of a call."""
    faults = (_lan_fault, _wan_fault, _other_fault, _user_of)
    return _useless(address) or next((fault for each in faults if (fault := each(address, facts))), None)


def _useless(address: IPv4Address) -> str | None:
    uses = (why for network, why in USELESS_NETWORKS.items() if address in network)
    return next((f"{address} {why}, so no host can have it." for why in uses), None)


def _lan_fault(address: IPv4Address, facts: RouterFacts) -> str | None:
    lan = facts.lan.interface.network
    if address not in lan:
        return None
    # RFC 3021: a /31 and a /32 have neither a network's address nor a broadcast address
    if lan.prefixlen < 31 and address in (lan.network_address, lan.broadcast_address):
        return f"{address} stands for the home network {lan} as a whole."
    if facts.dhcp and address in facts.dhcp:
        pool = f"{facts.dhcp.first}–{facts.dhcp.last}"
        return f"{address} is one of those that the router hands out by itself ({pool}, DHCP)."
    return None


def _wan_fault(address: IPv4Address, facts: RouterFacts) -> str | None:
    wan = facts.wan.interface
    if wan is None or address not in wan.network:
        return None
    return f"{address} is on the side of the Internet (WAN, {wan.network})."


def _other_fault(address: IPv4Address, facts: RouterFacts) -> str | None:
    meets = (network for network in facts.other_networks if address in network)
    return next((f"{address} is in another network of this router ({network})." for network in meets), None)


def _user_of(address: IPv4Address, facts: RouterFacts) -> str | None:
    for neighbour in facts.neighbours:
        if neighbour.address == address and not _is_our_client(neighbour, facts):
            who = f"{neighbour.name}, {neighbour.source}" if neighbour.name else neighbour.source
            return f"{address} is in use ({who})."
    return None


def _is_our_client(neighbour: Neighbour, facts: RouterFacts) -> bool:
    """A client of the tunnel that is there, as its router sees it.

    With proxy ARP it stands in the ARP table while it is connected; outside the LAN it may have a name in /etc/hosts.
    """
    outside = neighbour.address not in facts.lan.interface.network
    clients = facts.tunnel.answers.clients if facts.tunnel else ()
    ours = {*(call.address for call in facts.calls), *(client.address for client in clients)}
    return neighbour.address in ours and (outside or "ARP" in neighbour.source)


def _client_at(address: IPv4Address, clients: Sequence[Client]) -> str | None:
    names = (client.name for client in clients if client.address == address)
    return next((f"{address} is the address of the client {name}." for name in names), None)


def _warning(address: IPv4Address, facts: RouterFacts, about: str) -> Problem | None:
    if address in facts.lan.interface.network:
        return None  # the warning about the LAN as a whole says it once
    text = home_network_warning(IPv4Network(address))
    if text is None and not any(address in network for network in (*PRIVATE_NETWORKS, SHARED_NETWORK)):
        text = f"{address} belongs to someone on the Internet, who could not be reached then. Private ones are safe."
    return Problem(text, False, about) if text else None


def _free_slices(facts: RouterFacts) -> Iterator[IPv4Network]:
    """Every private /24 from 172.16.1.0/24 on that is no common home network and meets nothing here."""
    slices = chain.from_iterable(network.subnets(new_prefix=24) for network in PRIVATE_NETWORKS)
    next(slices)  # 172.16.0.0/24: people read a zero in the middle as a mistake
    return (network for network in slices if network not in HOME_NETWORKS and not _meets(network, facts))


def _meets(network: IPv4Network, facts: RouterFacts) -> bool:
    wan = facts.wan.interface
    taken = [facts.lan.interface.network, *([wan.network] if wan else []), *facts.other_networks]
    return any(map(network.overlaps, taken)) or any(each.address in network for each in facts.neighbours)


def _lan_addresses(facts: RouterFacts, server: IPv4Address) -> Iterator[IPv4Address]:
    """Where the server is in the LAN, those of the LAN outside the DHCP pool: after the server, then before it."""
    lan, wan, pool = facts.lan.interface.network, facts.wan.interface, facts.dhcp
    if server not in lan or (wan and lan.overlaps(wan.network)):
        return
    first, end = int(lan.network_address), int(lan.broadcast_address) + 1
    # jumped over as a whole: a pool can have millions
    low, high = (int(pool.first), int(pool.last) + 1) if pool else (end, end)
    spans = ((int(server) + 1, end), (first, int(server)))
    for start, stop in spans:
        yield from map(IPv4Address, range(start, min(stop, low)))
        yield from map(IPv4Address, range(max(start, high), stop))


def _beside(server: IPv4Address) -> Iterator[IPv4Address]:
    """Those of the server's /24: after the server, then before it."""
    hosts = list(IPv4Network((server, 24), strict=False).hosts())
    yield from (address for address in hosts if address > server)
    yield from (address for address in hosts if address < server)
