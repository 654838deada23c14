"""What will be, in terms of networks and people: no file, no command, no generation of router."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from wizard.model.answers import RouterAccess
from wizard.model.secret import Secret

PROVIDER = "pptp-server"
"""`name` in the options file, and so the second column of chap-secrets. The stock files say this too."""
SAMPLE = ("youruser", "yourpass")
"""The login that the package brings along (openwrt.md §2.10): never a client."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One client with everything it needs to get in."""

    name: str
    address: IPv4Address
    password: Secret


@dataclass(frozen=True, slots=True)
class Reach:
    """What clients may reach, with every name resolved to networks."""

    lan: tuple[IPv4Network, ...]
    """Networks behind the LAN device; empty for none."""
    from_lan: bool
    internet: bool
    between_clients: bool
    router: RouterAccess


@dataclass(frozen=True, slots=True)
class Plan:
    """Every decision, made."""

    server: IPv4Address
    dns: tuple[IPv4Address, ...]
    """Name servers that clients are told (RFC 1877); empty for none."""
    seats: tuple[Seat, ...]
    proxy_arp: bool
    """The client addresses lie inside the LAN, so the router answers ARP for them there (RFC 1027)."""
    reach: Reach
    connections: int
    """Calls that may stand at once, where pptpd keeps count of them."""
    mtu: int
    debug: bool
