"""What fw3 knows of the configuration, and what it remembers of its last run."""

from __future__ import annotations

from wizard.practice.firewall import nets
from wizard.practice.firewall.xt.values import Address, Device, IcmpType, Limit, Protocol, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wizard.practice.firewall.interfaces import Network

# bits of what a table or zone has, as fw3 keeps them in /var/run/fw3.state
TABLE = {"filter": 1 << 0, "nat": 1 << 1, "mangle": 1 << 2}
FAMILY = {nets.V4: 1 << 4, nets.V6: 1 << 5}
VERDICT = {"ACCEPT": 1 << 6, "REJECT": 1 << 7, "DROP": 1 << 8}
HELPER, DNAT, SNAT = 1 << 10, 1 << 13, 1 << 14
SOURCE = {"ACCEPT": 1 << 16, "REJECT": 1 << 17, "DROP": 1 << 18}
CUSTOM_CHAINS, SYN_FLOOD, HOTPLUG = 1 << 19, 1 << 20, 1 << 23


class Flags:
    """Bits for each family."""

    __slots__ = ("of",)

    def __init__(self, v4: int = 0, v6: int = 0) -> None:
        self.of = {nets.V4: v4, nets.V6: v6}

    def set(self, bits: int, family: int = 0) -> None:
        """Set bits in one family, or in both."""
        for each in (family,) if family else (nets.V4, nets.V6):
            self.of[each] |= bits

    def drop(self, bits: int, family: int) -> None:
        """Clear bits in one family."""
        self.of[family] &= ~bits

    def has(self, bits: int, family: int) -> bool:
        """Whether the bits are set in a family; no bits always are."""
        return self.of[family] & bits == bits


class Defaults:
    """The section of that type, as it is without one: every policy DROP is said of a section that states none."""

    def __init__(self) -> None:
        self.policy = {"input": "", "output": "", "forward": ""}
        self.drop_invalid = self.syn_flood = self.disable_ipv6 = False
        self.reject_codes = {"tcp": "tcp-reset", "any": "port-unreach"}
        self.syn_limit, self.syn_burst = Limit(25, 1), 50
        self.custom_chains = self.auto_helper = True
        self.tcp: dict[str, int] = {"ecn": 0, "syncookies": 1, "window_scaling": 1}
        self.flags = Flags()


class Zone:
    """A zone by its options; `policy` is filled in by the defaults."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.name: str = options.get("name", "")
        self.family: int = options.get("family", 0)
        self.networks: list[Device] = options.get("network", [])
        self.devices: list[Device] = options.get("device", [])
        self.subnets: list[Address] = options.get("subnet", [])
        self.policy: dict[str, str] = {name: options.get(name, "") for name in ("input", "output", "forward")}
        self.masq: bool = options.get("masq", False)
        self.masq_allow_invalid: bool = options.get("masq_allow_invalid", False)
        self.masq_src: list[Address] = options.get("masq_src", [])
        self.masq_dest: list[Address] = options.get("masq_dest", [])
        self.mtu_fix: bool = options.get("mtu_fix", False)
        self.custom_chains: bool = options.get("custom_chains", True)
        self.auto_helper: bool = options.get("auto_helper", True)
        self.flags = Flags()


class Forward:
    """From one zone to another; None is any."""

    def __init__(self, family: int, source: Zone | None, dest: Zone | None) -> None:
        self.family, self.source, self.dest = family, source, dest


class Rule:
    """A rule by its options. A zone is None where the option says `*`, or where it is not set."""

    def __init__(self, options: dict[str, Any], source: Zone | None, dest: Zone | None) -> None:
        self.name: str = options.get("name", "")
        self.family: int = options.get("family", 0)
        self.source, self.dest = source, dest
        self.from_any, self.to_any = "src" in options and source is None, "dest" in options and dest is None
        self.device: str = options.get("device", "")
        self.outward: bool = options.get("direction", False)
        self.protocols: list[Protocol] = options["proto"]
        self.sources: list[Address] = options.get("src_ip", [])
        self.destinations: list[Address] = options.get("dest_ip", [])
        self.macs: list[Device] = options.get("src_mac", [])
        self.source_ports: list[Span] = options.get("src_port", [])
        self.destination_ports: list[Span] = options.get("dest_port", [])
        self.icmp_types: list[IcmpType] = options.get("icmp_type", [])
        self.limit: Limit | None = options.get("limit")
        self.burst: int = options.get("limit_burst", 0)
        self.target: str = options["target"]


class Redirect:
    """A port forward or a rewriting of source addresses, by its options."""

    def __init__(self, options: dict[str, Any], source: Zone | None, dest: Zone | None) -> None:
        self.name: str = options.get("name", "")
        self.source, self.dest = source, dest
        self.protocols: list[Protocol] = options["proto"]
        self.macs: list[Device] = options.get("src_mac", [])
        self.from_ip: Address | None = options.get("src_ip")
        self.from_port: Span | None = options.get("src_port")
        self.to_ip: Address | None = options.get("src_dip")
        self.to_port: Span | None = options.get("src_dport")
        self.new_ip: Address | None = options.get("dest_ip")
        self.new_port: Span | None = options.get("dest_port")
        self.limit: Limit | None = options.get("limit")
        self.burst: int = options.get("limit_burst", 0)
        self.dnat: bool = options["target"] == "DNAT"
        self.local = self.dnat and not (self.new_ip and self.new_ip.net)
        self.reflection: bool = options.get("reflection", True)
        self.external: bool = options.get("reflection_src") == "external"
        self.reflection_zones: list[Device] = options.get("reflection_zone", [])


class Include:
    """A script, or rules for iptables-restore."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.path: str = options["path"]
        self.restore: bool = options.get("type", "script") == "restore"
        self.family: int = options.get("family", 0)
        self.reload: bool = options.get("reload", False)


class State:
    """Everything that the rules are made from, or what of it is needed to take them away again."""

    def __init__(self) -> None:
        self.defaults = Defaults()
        self.zones: list[Zone] = []
        self.rules: list[Rule] = []
        self.redirects: list[Redirect] = []
        self.forwards: list[Forward] = []
        self.includes: list[Include] = []
        self.networks: dict[str, Network] = {}

    def nets(self, zone: Zone) -> list[nets.Net]:
        """The addresses of a zone's networks, and its subnets."""
        known = [self.networks[named.name] for named in zone.networks if named.name in self.networks]
        logical = [net for network in known for net in network.addresses]
        return logical + [each.net for each in zone.subnets if each.net]

    def hotplugged(self) -> None:
        """Remember that each zone was announced."""
        for zone in self.zones:
            zone.flags.set(HOTPLUG, nets.V4)

    def zone(self, name: str) -> Zone | None:
        """The first zone of that name."""
        return next((zone for zone in self.zones if zone.name == name), None)
