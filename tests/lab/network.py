"""The wires of one lab: a LAN and a WAN bridge, taps for the guests, and namespaces for the hosts on either side."""

from __future__ import annotations

from ipaddress import IPv4Interface

from tests.lab.between import Nat, Wires
from tests.lab.hosts import Host
from tests.lab.internet import ADDRESS, NAMED, InternetHost
from tests.lab.namespaces import Namespace

LAN = IPv4Interface("192.168.1.1/24")
ADMIN, LAN_HOST, OTHER_LAN_HOST = 2, 20, 21  # the last byte of their addresses, whatever the network
CLIENTS = 3
FIRST_CLIENT = 50
WAN_GATEWAY = "203.0.113.254"
INTERNET_ADDRESSES = (f"{WAN_GATEWAY}/24", f"{ADDRESS}/32", f"{NAMED}/32")


class Network:
    """This process's side of the lab. `home` is the administrator's place: on the LAN."""

    def __init__(self) -> None:
        self.home = Namespace()
        taps = ["router-lan", "router-wan", "provider", *(f"client-{number}" for number in range(1, CLIENTS + 1))]
        self.home.links(
            *(f"link add {bridge} type bridge forward_delay 0" for bridge in ("lan", "wan")),
            *(f"tuntap add {tap} mode tap" for tap in taps),
            *(f"link set {tap} master {'lan' if tap == 'router-lan' else 'wan'} up" for tap in taps),
            "link set lan up gso_max_segs 1",  # a guest drops what is larger than a packet
            "link set wan up gso_max_segs 1",
        )
        self.internet_host = InternetHost("internet")
        self.lan_host = Host("lanhost")
        self.other_lan_host = Host("lanhost2")
        self._plug(self.internet_host, "wan")
        self._plug(self.lan_host, "lan")
        self._plug(self.other_lan_host, "lan")
        self.internet_host.take(INTERNET_ADDRESSES, forwards=True)
        self.wires = Wires(self.home)
        self._nat: Nat | None = None
        self.lan = LAN
        self.seat_lan(LAN)

    def _plug(self, host: Host, bridge: str) -> None:
        self.home.links(
            f"link add {host.name} type veth peer name eth0 netns {host.namespace.path}",
            f"link set {host.name} master {bridge} up",
        )

    @property
    def nat(self) -> Nat:
        """Somebody else's router, on the Internet; made when it is first asked for, and gone after the test."""
        if self._nat is None:
            self._nat = Nat("nat")
            self._plug(self._nat, "wan")
            self._nat.open()
        return self._nat

    @property
    def admin(self) -> str:
        """The address of this process on the LAN."""
        return str(self.lan.network.network_address + ADMIN)

    def seat_lan(self, router: IPv4Interface) -> None:
        """Give the administrator and the LAN hosts their addresses in the router's network."""
        base, length = router.network.network_address, router.network.prefixlen
        self.lan = router
        self.home.links("addr flush dev lan", f"addr add {base + ADMIN}/{length} dev lan")
        for host, number in ((self.lan_host, LAN_HOST), (self.other_lan_host, OTHER_LAN_HOST)):
            host.take([f"{base + number}/{length}"], gateway=str(router.ip))

    def seat_wan(self, router: IPv4Interface, gateway: str) -> None:
        """Let the Internet host be the router's gateway, on whatever network the router's WAN is."""
        self.internet_host.take(INTERNET_ADDRESSES, forwards=True)
        if gateway != WAN_GATEWAY:
            self.internet_host.add(f"{gateway}/{router.network.prefixlen}")

    def clean(self) -> None:
        """Close what a test opened on the hosts, and let everything through."""
        self.wires.clean()
        if self._nat is not None:
            self._nat.close()
            self._nat = None
        for host in (self.internet_host, self.lan_host, self.other_lan_host):
            host.clean()

    def close(self) -> None:
        self.clean()
        for host in (self.internet_host, self.lan_host, self.other_lan_host):
            host.close()
        self.home.close()
