"""What a person wants, without any secret. The same in the answers file, the questions and the program."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Literal

ANSWERS_VERSION = 1
DEFAULT_MTU = 1400
MIN_MTU, MAX_MTU = 576, 1482

Dns = Literal["router", "none"] | tuple[IPv4Address, ...]
LanAccess = Literal["all", "none"] | tuple[IPv4Network, ...]
RouterAccess = Literal["dns", "all"]


@dataclass(frozen=True, slots=True)
class Tunnel:
    """`[tunnel]`: the server's own address inside it, and the name servers that clients are told."""

    server: IPv4Address
    dns: Dns = "router"


@dataclass(frozen=True, slots=True)
class Client:
    """`[[clients]]`: one user, one fixed address. A call from this user gets this address and no other."""

    name: str
    address: IPv4Address


@dataclass(frozen=True, slots=True)
class Access:
    """`[access]`: what clients may reach."""

    lan: LanAccess = "all"
    from_lan: bool = True
    """Hosts of the LAN may open connections to clients."""
    internet: bool = False
    between_clients: bool = False
    router: RouterAccess = "dns"
    """"dns": ping and name service of the router; "all": its SSH and web page too."""


@dataclass(frozen=True, slots=True)
class DaemonOptions:
    """`[daemon]`."""

    mppe: Literal["required"] = "required"
    """128 bit, stateless; a call without it is refused."""
    mtu: int = DEFAULT_MTU
    """Bytes of the largest packet inside the tunnel."""
    debug: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that was asked."""

    tunnel: Tunnel
    clients: tuple[Client, ...]
    access: Access = Access()
    daemon: DaemonOptions = DaemonOptions()
