"""A picture of the network that is being built, in text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.text import Text

from wizard.preview.words import counted, listed
from wizard.resources import visible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

    from wizard.model.facts import RouterFacts, Wan
    from wizard.model.plan import Plan

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""RFC 1918: behind another router."""
SHARED = IPv4Network("100.64.0.0/10")
"""RFC 6598: behind the provider's own address translation."""
NAMED_SEATS = 4
"""Clients up to which each has a line of its own."""
ROOT, TUNNEL, LAN = "●║│"
ASCII = str.maketrans(ROOT + TUNNEL + LAN + "→–", "o#|>-")
MARGIN = 6
"""Columns that the line with its dots and the space beside it take."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One place on the way, what is to be said of it, and the line that leads on from it."""

    name: str
    details: tuple[str, ...]
    line: str


@dataclass(frozen=True, slots=True)
class _Picture:
    """Drawn for the terminal that it comes to: its encoding decides about the signs."""

    places: tuple[_Place, ...]
    width: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        for line in _drawn(self.places, min(self.width, options.max_width)):
            yield Text(line.translate(ASCII) if options.ascii_only else line, no_wrap=True, overflow="fold")


def network_picture(plan: Plan, facts: RouterFacts, width: int) -> RenderableType:
    """The way from a client's device to the home network, with the addresses on it, in `width` columns at most."""
    clients = _Place("Your devices, anywhere", tuple(_seats(plan)), TUNNEL)
    internet = _Place("Internet", ("tunnel: TCP port 1723 and GRE, encrypted",), TUNNEL)
    router = _Place("Your router", tuple(_addresses(plan, facts)), LAN)
    home = _Place("Home network (LAN)", tuple(_home(plan, facts)), " ")
    return _Picture((clients, internet, *_between(facts.wan), router, home), width)


def _drawn(places: Iterable[_Place], width: int) -> Iterator[str]:
    for place in places:
        name, *rest = _folded(place.name, width)
        yield f"  {ROOT} {name}"
        for line in (*rest, *(line for detail in place.details for line in _folded(detail, width))):
            yield f"  {place.line}   {line}"


def _folded(text: str, width: int) -> list[str]:
    return wrap(visible(text), max(width - MARGIN, 1))


def _seats(plan: Plan) -> Iterator[str]:
    if len(plan.seats) <= NAMED_SEATS:
        yield from (f"{seat.name}: {seat.address} in the tunnel" for seat in plan.seats)
        return
    addresses = [seat.address for seat in plan.seats]
    yield f"{counted(len(addresses), 'client')}: {min(addresses)} – {max(addresses)} in the tunnel"


def _between(wan: Wan) -> Iterator[_Place]:
    """What stands between the Internet and a router whose own address is not one of the Internet."""
    if wan.interface is None:
        return
    address = wan.interface.ip
    if address in SHARED:
        yield _Place(
            "Your provider's address translation (CGNAT)", ("usually lets no call in from the Internet",), TUNNEL
        )
    elif any(address in network for network in PRIVATE):
        duty = f"has to pass TCP port 1723 and GRE (protocol 47) on to {address}"
        yield _Place("Modem, or another router", (duty,), TUNNEL)


def _addresses(plan: Plan, facts: RouterFacts) -> Iterator[str]:
    outside = f"{facts.wan.interface.ip} on {facts.wan.device}" if facts.wan.interface else "no address now"
    yield f"to the Internet (WAN): {outside}"
    yield f"in the tunnel: {plan.server}"
    yield f"at home (LAN): {facts.lan.interface.ip} on {facts.lan.device}"


def _home(plan: Plan, facts: RouterFacts) -> Iterator[str]:
    yield str(facts.lan.interface.network)
    yield f"clients reach {_reached(plan.reach.lan, facts.lan.interface.network)}"
    if plan.proxy_arp:
        yield "clients have addresses of this network (proxy ARP)"


def _reached(networks: tuple[IPv4Network, ...], lan: IPv4Network) -> str:
    if not networks:
        return "nothing in it"
    return "all of it" if lan in networks else "only " + listed([str(_short(network)) for network in networks])


def _short(network: IPv4Network) -> IPv4Address | IPv4Network:
    return network.network_address if network.prefixlen == network.max_prefixlen else network
