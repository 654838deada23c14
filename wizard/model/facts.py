"""What one look at a router found. Read once; after a change it is read again as a new value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from wizard.model.answers import Answers
from wizard.model.damage import Damage
from wizard.model.journal import Journal
from wizard.model.secret import Secret

ANYWHERE = IPv4Network("0.0.0.0/0")


class Packages(Enum):
    """The package manager; each has its file `templates/axis/packages/<value>.sh`."""

    IPKG = "ipkg"
    OPKG = "opkg"
    APK = "apk"


class Firewall(Enum):
    """Who builds the packet filter; each has its file `templates/axis/firewall/<value>.sh`."""

    USER = "user"
    """A script of iptables commands that sources `/etc/firewall.user`, with the devices in `$WAN` and `$LAN`."""
    SHELL_UCI = "shell-uci"
    """Shell functions that read `/etc/config/firewall` and include `/etc/firewall.user` (8.09 to 12.09)."""
    FW3 = "fw3"
    """firewall3: `/etc/config/firewall` becomes iptables rules (14.07 to 21.02)."""
    FW4 = "fw4"
    """firewall4: the same file becomes nftables rules (22.03 on)."""


class Service(Enum):
    """How daemons are started; each has its file `templates/axis/service/<value>.sh`."""

    RCS = "rcS"
    """`rcS` runs every `/etc/init.d/S*` in order of name."""
    RC_COMMON = "rc.common"
    """Init scripts on `/etc/rc.common`, started at boot by their links in `/etc/rc.d`."""
    PROCD = "procd"
    """The same, with procd to watch over what they start."""


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

    @property
    def uci_firewall(self) -> bool:
        """The filter is made from sections of `/etc/config/firewall`, and ours are among them."""
        return self.firewall in (Firewall.FW3, Firewall.FW4)

    @property
    def pppd_gives_addresses(self) -> bool:
        """pptpd is built to leave addresses to pppd, and ignores `localip` and `remoteip` (White Russian)."""
        return self.service is Service.RCS


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
    name: str = "wan"
    """What the router's own configuration calls it."""


@dataclass(frozen=True, slots=True)
class Zones:
    """The firewall's names for the two sides, and one that nobody has yet, for the clients."""

    lan: str = "lan"
    wan: str = "wan"
    clients: str = "pptp"
    wan_refuses: bool = True
    """What comes from the Internet and is not asked for is refused."""


@dataclass(frozen=True, slots=True)
class NameService:
    """Whom the router's own name server (dnsmasq) answers."""

    local_only: bool = False
    """Only networks that the router itself has an address in (dnsmasq(8), `--local-service`)."""
    bound_to: tuple[str, ...] = ()
    """Only what comes in on these interfaces; empty for all."""


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
    kernel: str = ""
    """The one version of the kernel that it is for, "" where it is for any."""


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
    program: bool = False
    """`pptpd` itself is there."""


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
    in_uci: bool = False
    """The package's own service runs it from /etc/config/pptpd."""


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
    zones: Zones = Zones()
    name_service: NameService = NameService()
    pending: tuple[str, ...] = ()
    """What somebody has changed with `uci` and not committed, as `uci changes` shows it."""
    uplinks: int = 0
    """PPP devices that are no calls of ours: a PPPoE WAN, a VPN that the router itself dials."""
    keeps_files: bool = False
    """A firmware upgrade keeps what `/etc/sysupgrade.conf` lists."""
    firewall_includes: bool = True
    """The filter runs `/etc/firewall.user`, where that is the file our lines belong into."""
    stock_service: bool = False
    """The package's own service is switched on in /etc/config/pptpd: it would write other files and take the port."""
    architectures: tuple[str, ...] = ()
    """What kinds of packages it takes, as packages name them; empty where that is not known."""
    offered_whole: bool = False
    """Every feed was read, so what is not in `offered` is nowhere."""
    damage: tuple[Damage, ...] = ()
    other_networks: tuple[IPv4Network, ...] = ()
    """What the router is in besides LAN and WAN: a network for guests, a VPN."""
    journal: Journal = field(default_factory=Journal)
    """What earlier changes by this program have left."""
    links: tuple[LiveCall, ...] = ()
    """PPP devices beside the calls and the way to the Internet, with who is at their far end: a VPN that the router
    dials, or another server's calls."""
    own_script: str = ""
    """Path of the init script that we write here, "" where the package's own is used."""
