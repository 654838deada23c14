"""What each side of a link brings along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address

from wizard.pptp.ppp.events import Authentication


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often a negotiation is tried (RFC 1661 §4.6); pppd has the same numbers."""

    restart_timer: float = 3.0
    """Seconds until an unanswered packet is sent again."""
    max_configure: int = 10
    """Requests without any answer until a protocol is given up; CHAP's challenges too."""
    max_terminate: int = 2
    """Terminate-Requests without an answer until the end counts as agreed."""
    max_failure: int = 5
    """Configure-Naks, sent or received, after which what they are about counts as rejected."""


class Encryption(Enum):
    """What a side thinks of MPPE."""

    REQUIRED = "without it the link ends"
    WANTED = "used where the far end has it"
    REFUSED = "rejected"
    ABSENT = "CCP is not even known"


DEFAULT_MRU = 1500
"""Octets of information in a frame, where nothing else is agreed on (RFC 1661 §6.1)."""


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """The side that dials. The password never prints."""

    name: str
    password: str = field(repr=False)
    address: IPv4Address | None = None
    """Asked for in the tunnel; None takes what the server gives."""
    mru: int = DEFAULT_MRU
    """Octets that the server may send in one frame."""
    encryption: Encryption = Encryption.REQUIRED
    offers: tuple[Authentication, ...] = (Authentication.MS_CHAP_V2,)
    """What it tells a server that asks for another login. Only MS-CHAPv2 is ever gone through with."""
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Account:
    """What the server knows of a user: a line of pppd's chap-secrets."""

    password: str = field(repr=False)
    address: IPv4Address


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The side that answers."""

    accounts: Mapping[str, Account]
    address: IPv4Address
    """Its own in the tunnel."""
    dns: tuple[IPv4Address, ...] = ()
    """Name servers for the client: none, one or two."""
    nbns: tuple[IPv4Address, ...] = ()
    """The same for NetBIOS names (WINS)."""
    mru: int = DEFAULT_MRU
    """Octets that the client may send in one frame."""
    encryption: Encryption = Encryption.REQUIRED
    name: str = "pptp-server"
    """What it calls itself in the challenge."""
    demands: Authentication | None = Authentication.MS_CHAP_V2
    """None lets everybody in. A kind that is not MS-CHAPv2 can be asked for, and not gone through with."""
    limits: Limits = Limits()


Settings = ClientSettings | ServerSettings
