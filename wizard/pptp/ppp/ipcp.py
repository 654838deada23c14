"""What IPCP negotiates: the addresses of RFC 1332 §3.3, and the name servers of RFC 1877.

Van Jacobson compression (RFC 1332 §3.2) is rejected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from ipaddress import IPv4Address

from wizard.pptp.ppp.events import AddressRefused
from wizard.pptp.ppp.negotiation import Negotiation
from wizard.pptp.ppp.packets import Option

UNKNOWN = IPv4Address(0)
"""Asks the far end to say which (RFC 1332 §3.3)."""
_SIZE = 4


class IpcpOption(IntEnum):
    """The options that are not simply rejected."""

    ADDRESS = 3
    DNS = 129
    NBNS = 130
    SECOND_DNS = 131
    SECOND_NBNS = 132


class ClientAddresses(Negotiation):
    """The client's IPCP. With `wanted` it asks for that address, and takes another one all the same."""

    def __init__(self, wanted: IPv4Address | None = None) -> None:
        super().__init__()
        self._wanted = wanted
        self._refused = False

    @property
    def own(self) -> IPv4Address | None:
        """Our address, None where the server gave none."""
        address = IPv4Address(self.wishes.get(IpcpOption.ADDRESS, UNKNOWN.packed))
        return None if address == UNKNOWN else address

    @property
    def peers(self) -> IPv4Address | None:
        """The server's address, None where it did not say."""
        octets = self.granted.get(IpcpOption.ADDRESS)
        return IPv4Address(octets) if octets else None

    @property
    def dns(self) -> tuple[IPv4Address, ...]:
        """The name servers that the server told, each once."""
        asked = (self.wishes.get(kind) for kind in (IpcpOption.DNS, IpcpOption.SECOND_DNS))
        told = (IPv4Address(octets) for octets in asked if octets and any(octets))
        return tuple(dict.fromkeys(told))

    def first_wishes(self) -> Mapping[int, bytes]:
        """An address and two name servers."""
        return {
            IpcpOption.ADDRESS: (self._wanted or UNKNOWN).packed,
            IpcpOption.DNS: UNKNOWN.packed,
            IpcpOption.SECOND_DNS: UNKNOWN.packed,
        }

    def judge(self, option: Option) -> Option | None:
        """The server knows its own address."""
        knows = option.kind == IpcpOption.ADDRESS and len(option.value) == _SIZE and any(option.value)
        return option if knows else None

    def hinted(self, option: Option) -> bytes:
        """Take what the server gives."""
        if len(option.value) != _SIZE or not any(option.value):
            return self.wishes[option.kind]
        if option.kind == IpcpOption.ADDRESS and self._wanted:
            self._tell_refused(IPv4Address(option.value))
        return option.value

    def refused(self, kind: int) -> None:
        """Tell where it is the address that is not given."""
        if kind == IpcpOption.ADDRESS:
            self._tell_refused(None)

    def _tell_refused(self, offered: IPv4Address | None) -> None:
        if not self._refused and (offered is None or offered != self._wanted):
            self._refused = True
            self.told.append(AddressRefused(self._wanted, offered))


class ServerAddresses(Negotiation):
    """The server's IPCP, for a client that is to have the address `peers`; None gives it none."""

    def __init__(
        self,
        own: IPv4Address,
        peers: IPv4Address | None,
        dns: Sequence[IPv4Address] = (),
        nbns: Sequence[IPv4Address] = (),
    ) -> None:
        super().__init__()
        self.own = own
        self.peers = peers
        self.dns = tuple(dns)
        self._refused = False
        self._gives = _gifts(dns, IpcpOption.DNS, IpcpOption.SECOND_DNS)
        self._gives |= _gifts(nbns, IpcpOption.NBNS, IpcpOption.SECOND_NBNS)
        if peers:
            self._gives[IpcpOption.ADDRESS] = peers.packed

    def first_wishes(self) -> Mapping[int, bytes]:
        """Our own address, which is not up for discussion."""
        return {IpcpOption.ADDRESS: self.own.packed}

    def judge(self, option: Option) -> Option | None:
        """Give the client what is meant for it."""
        if option.kind not in self._gives or len(option.value) != _SIZE:
            return None
        if option.kind == IpcpOption.ADDRESS and any(option.value):
            self._check(IPv4Address(option.value))
        return Option(option.kind, self._gives[option.kind])

    def expected(self) -> tuple[Option, ...]:
        """The client is to ask for its address."""
        return (Option(IpcpOption.ADDRESS, self.peers.packed),) if self.peers else ()

    def hinted(self, option: Option) -> bytes:
        """Stay who we are."""
        return self.wishes[option.kind]

    def refused(self, kind: int) -> None:
        """The client need not know our address."""

    def _check(self, wanted: IPv4Address) -> None:
        if wanted != self.peers and not self._refused:
            self._refused = True
            self.told.append(AddressRefused(wanted, self.peers))


def _gifts(servers: Sequence[IPv4Address], *kinds: IpcpOption) -> dict[int, bytes]:
    """What each option is answered with; pppd too gives an only server twice."""
    return {kind: servers[min(place, len(servers) - 1)].packed for place, kind in enumerate(kinds) if servers}
