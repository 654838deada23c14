"""What a PPP link tells about itself: enough to name the first thing that is wrong with it.

Texts of the far end stand as they came: characters that no screen should be sent may be among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address

from wizard.pptp.mppe import SupportedBits
from wizard.pptp.ppp.frames import Protocol


class Authentication(Enum):
    """A kind of login, by the value of LCP's Authentication-Protocol option (RFC 1661 §6.2)."""

    PAP = b"\xc0\x23"
    SPAP = b"\xc0\x27"
    EAP = b"\xc2\x27"
    CHAP_MD5 = b"\xc2\x23\x05"
    MS_CHAP = b"\xc2\x23\x80"
    MS_CHAP_V2 = b"\xc2\x23\x81"
    OTHER = b""
    """One that has no name here."""

    @property
    def words(self) -> str:
        """As people write it."""
        return _WORDS[self]

    @classmethod
    def of(cls, value: bytes) -> Authentication:
        """The kind that an option with this value asks for."""
        return next((kind for kind in cls if kind.value == value), cls.OTHER)


_WORDS = {
    Authentication.PAP: "PAP",
    Authentication.SPAP: "SPAP",
    Authentication.EAP: "EAP",
    Authentication.CHAP_MD5: "CHAP with MD5",
    Authentication.MS_CHAP: "MS-CHAP, version 1",
    Authentication.MS_CHAP_V2: "MS-CHAPv2",
    Authentication.OTHER: "another kind of login",
}


@dataclass(frozen=True, slots=True)
class LinkUp:
    """LCP is agreed on: frames go both ways."""

    mru: int
    """Octets of information that the far end takes in one frame."""
    authentication: Authentication | None
    """How the client logs in, None where it need not."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The login was accepted, and the server has proved that it knows the password too."""

    name: str
    message: str
    """The server's word on it."""


@dataclass(frozen=True, slots=True)
class LoginAsked:
    """The far end asks for this kind of login, and it is not the one that goes on here. Told once for each kind."""

    kind: Authentication


@dataclass(frozen=True, slots=True)
class LoginRefused:
    """The server does not accept the login."""

    code: int | None
    """A `FailureCode`, a number that RFC 2759 does not have, or None: pppd says nothing about a user unknown to it."""
    message: str


@dataclass(frozen=True, slots=True)
class FalseServer:
    """The server accepted the login, and does not know the password: it is not the one it should be."""


@dataclass(frozen=True, slots=True)
class EncryptionUp:
    """From now on every IP packet goes encrypted."""

    bits: SupportedBits


class EncryptionFault(Enum):
    """Why there is no encryption."""

    REJECTED = "the far end does not want it"
    OTHER_KIND = "the far end wants another kind of it"
    ONE_WAY = "the far end wants it in one direction only"
    NO_CCP = "the far end does not know CCP"
    ENDED = "the far end ended CCP"
    RENEGOTIATED = "the far end negotiated it again"
    NO_KEYS = "the login was not MS-CHAPv2, from which the keys are made"


@dataclass(frozen=True, slots=True)
class EncryptionRefused:
    """There will be no encryption. Where it is required, the link ends."""

    fault: EncryptionFault
    offered: SupportedBits | None = None
    """What the far end wants instead, where it said so."""


@dataclass(frozen=True, slots=True)
class AddressesUp:
    """IPCP is agreed on: IP packets go both ways."""

    own: IPv4Address
    peers: IPv4Address | None
    """The far end's, None where it did not say."""
    dns: tuple[IPv4Address, ...] = ()
    """Name servers that the server told; its own settings on the server's side."""


@dataclass(frozen=True, slots=True)
class AddressRefused:
    """The client asked for an address, and the server does not give it that one. Told once."""

    wanted: IPv4Address | None
    offered: IPv4Address | None
    """What the server gives instead, None for nothing."""


@dataclass(frozen=True, slots=True)
class IpPacket:
    """An IPv4 packet from the far end."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Unencrypted:
    """An IPv4 packet came in the clear where it should not, and was dropped."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class LoopedBack:
    """What comes in is what went out: nobody else is there."""


@dataclass(frozen=True, slots=True)
class EchoAnswered:
    """The far end answered the Echo-Request with this identifier."""

    identifier: int


@dataclass(frozen=True, slots=True)
class PeerHungUp:
    """The far end ended a protocol: the whole link, where it is LCP."""

    reason: str
    """In its own words, often none."""
    layer: Protocol = Protocol.LCP


class Why(Enum):
    """Why a protocol was given up."""

    NO_ANSWER = "no answer"
    NOT_CONVERGING = "no agreement after many tries"
    REJECTED = "the far end does not know it"
    REFUSED = "the far end does not want what it cannot go on without"


@dataclass(frozen=True, slots=True)
class GaveUp:
    """This side gave a protocol up. The link ends, unless it was CCP and encryption is not required."""

    layer: Protocol
    why: Why


Event = (
    LinkUp
    | LoginAsked
    | LoggedIn
    | LoginRefused
    | FalseServer
    | EncryptionUp
    | EncryptionRefused
    | AddressesUp
    | AddressRefused
    | IpPacket
    | Unencrypted
    | LoopedBack
    | EchoAnswered
    | PeerHungUp
    | GaveUp
)
