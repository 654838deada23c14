"""What one look at a router found. Read once; after a change it is read again as a new value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from wizard.model.answers import Answers
from wizard.model.secret import Secret

ANYWHERE = IPv4Network("0.0.0.0/0")


class Packages(Enum):
    """The package manager; each has its file `templates/axis/packages/<value>.sh`."""

    IPKG = "ipkg"


class Firewall(Enum):
    """Who builds the packet filter; each has its file `templates/axis/firewall/<value>.sh`."""

    USER = "user"
    """A script of iptables commands that sources `/etc/firewall.user`."""


class Service(Enum):
    """How daemons are started; each has its file `templates/axis/service/<value>.sh`."""

    RCS = "rcS"
    """`rcS` runs every `/etc/init.d/S*` in order of name."""


class Mppe(Enum):
    """The words a pppd has for MPPE. No word suits both; see `templates/files/options.pptpd`."""

    MPPE = "mppe"
    """`mppe required,…`: OpenWrt's pppd up to 2.4.9 with the MPPE/MPPC patch."""
    REQUIRE = "require-mppe"
    """`require-mppe-128`: upstream's words, and OpenWrt's from pppd 2.5 on."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One word per axis, chosen by what was seen on the router, never by the release's name."""

    packages: Packages
    firewall: Firewall
    service: Service
    mppe: Mppe | None
    """None while no pppd is installed that could be asked."""


@dataclass(frozen=True, slots=True)
class Lan:
    """The home network."""

    device: str
    interface: IPv4Interface
    """The router's own address in it, with the prefix length."""


@dataclass(frozen=True, slots=True)
class Wan:
    """The side of the Internet."""

    device: str
    protocol: str
    """How the address comes: static, dhcp, pppoe, … ("" where unknown)."""
    interface: IPv4Interface | None
    """None while it is down or has no IPv4."""


@dataclass(frozen=True, slots=True)
class DhcpPool:
    """Addresses that the router hands out by itself, both ends included."""

    first: IPv4Address
    last: IPv4Address

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An address in use that is not ours: a lease, a static host, an ARP entry."""

    address: IPv4Address
    name: str
    source: str
    """Where it was seen, in words: "DHCP lease", "static host", "ARP table"."""


@dataclass(frozen=True, slots=True)
class OfferedPackage:
    """A package that the router's feed has."""

    name: str
    version: str
    size: int
    """Bytes of the archive; what it takes on the flash is about that (jffs2 compresses), 0 where not known."""
    depends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RouterFile:
    """A file on the router as it was when we looked."""

    path: str
    content: bytes = field(repr=False)
    mode: str
    """The ten letters of `ls -l`, as `-rw-r--r--`."""
    link: str = ""
    """Where a symbolic link points ("" for a regular file)."""


@dataclass(frozen=True, slots=True)
class SecretsEntry:
    """One line of `/etc/ppp/chap-secrets` (pppd(8), AUTHENTICATION): who, at which server, from which addresses."""

    client: str
    server: str
    password: Secret
    addresses: tuple[str, ...]
    span: tuple[int, int]
    """Where it stands in the file, from its first word to its last (bytes)."""
    secret_span: tuple[int, int]
    """Where its secret stands, quotes included (bytes)."""

    def lets_in(self, provider: str) -> bool:
        """pppd accepts this login at the server `provider`, and has an address for it."""
        return self.server == provider or (self.server == "*" and bool(self.addresses))


@dataclass(frozen=True, slots=True)
class Daemon:
    """pptpd, as it is now."""

    script: str
    """Its init script, "" while the package is missing."""
    enabled: bool
    """It starts at boot."""
    running: bool
    listening: bool
    """Something listens on TCP 1723."""


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A PPTP call that stands now."""

    device: str
    address: IPv4Address


@dataclass(frozen=True, slots=True)
class FilterRule:
    """One line of a chain as the packet filter lists it, brought to one form whatever iptables printed it.

    `protocol` is "all", a name or "47"; `source` and `destination` are networks; `match` is the rest, as printed.
    """

    chain: str
    target: str
    protocol: str = "all"
    inside: str = "*"
    outside: str = "*"
    source: IPv4Network = ANYWHERE
    destination: IPv4Network = ANYWHERE
    match: str = ""


@dataclass(frozen=True, slots=True)
class ExistingTunnel:
    """A PPTP server that is there already, read back into the words of the questions."""

    answers: Answers
    passwords: Mapping[str, Secret]
    provider: str
    """`name` in its options file: what the second column of chap-secrets has to say."""
    ours: bool
    """We wrote it, so access is known too; otherwise access is what we propose."""


@dataclass(frozen=True, slots=True)
class RouterFacts:
    """Everything one look found."""

    release: str
    """For the screen only."""
    dialect: Dialect
    lan: Lan
    wan: Wan
    dhcp: DhcpPool | None
    neighbours: tuple[Neighbour, ...]
    flash_free: int
    """Bytes that can still be written where the configuration lives."""
    installed: Mapping[str, str]
    """Package → version."""
    offered: Mapping[str, OfferedPackage]
    """What the feed has of the packages we need; empty where the feed could not be read."""
    files: Mapping[str, RouterFile]
    """Those of the files we care about that are there."""
    firewall_file: str
    """Path of the file that our firewall lines belong into."""
    secrets: tuple[SecretsEntry, ...]
    """Every entry of chap-secrets, whoever wrote it."""
    daemon: Daemon
    rules: tuple[FilterRule, ...]
    """The running packet filter, chain by chain, in order."""
    forwarded_to: str
    """Where TCP 1723 from the Internet is forwarded to already ("" if nowhere)."""
    calls: tuple[LiveCall, ...]
    tunnel: ExistingTunnel | None
