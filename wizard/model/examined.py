"""What the connection test's own look at a router found, beside `RouterFacts`."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address


@dataclass(frozen=True, slots=True)
class Tracked:
    """A connection that the router's kernel follows (nf_conntrack)."""

    protocol: str
    """"tcp" to port 1723, or "gre"."""
    source: IPv4Address
    """Who sent the first packet."""
    destination: IPv4Address
    replied: bool
    """Packets came from the other side too."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much of calls has come by the packet filter. Only the first packet of a connection meets these rules."""

    port: int | None = None
    """New TCP connections to port 1723 that were let in; None where no rule counts them."""
    gre: int | None = None
    """The same for GRE (IP protocol 47)."""
    tracked: tuple[Tracked, ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """One look."""

    options_code: int | None
    """What `pppd dryrun` came to with the options of calls (pppd(8)); None where there is no pppd."""
    options_said: str
    loaded: frozenset[str]
    """Kernel modules that are loaded, as /proc/modules has them, and `/dev/ppp` where that is there."""
    loadable: frozenset[str]
    """Kernel modules that lie on the router."""
    listener: str
    """The program that has TCP port 1723, "" where nobody has or it could not be told."""
    forwards: bool
    """net.ipv4.ip_forward is on."""
    gateway: IPv4Address | None
    """Next hop towards the Internet."""
    resolvers: tuple[IPv4Address, ...]
    """Name servers that the router itself asks, loopback left out."""
    traffic: Traffic
    logs: bool
    """The router keeps a log that can be read."""
