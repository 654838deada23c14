"""What a run of fw4 knows: the configuration, the networks, and the chains that come of them."""

from __future__ import annotations

import os

from wizard.practice import root
from wizard.practice.firewall import nets
from wizard.practice.firewall.nft.options import Notices
from wizard.practice.firewall.nft.values import Network, Port, Protocol, Word, net, word
from wizard.practice.firewall.nft.words import Addresses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wizard.practice.firewall.interfaces import Network as LogicalNetwork
    from wizard.practice.uci.config import Package, Section


class Helper:
    """A connection tracking helper of the kernel, which is there when its module is."""

    __slots__ = ("family", "module", "name", "port", "protocol", "title")

    def __init__(self, options: dict[str, Any]) -> None:
        self.name: str = options["name"]
        self.title: str = options.get("description", self.name)
        self.module: str = options.get("module", "")
        self.family: int = options.get("family", 0)
        self.protocol: Protocol = options["proto"][0]
        self.port: Port = options["port"]

    @property
    def available(self) -> bool:
        """Whether the module is loaded."""
        return os.path.isdir(root.path(f"/sys/module/{self.module}"))


class MatchRule:
    """One way of telling a zone's packets: by devices, by subnets, or by both at once."""

    __slots__ = ("devices", "family", "not_devices", "not_wildcards", "subnets")

    def __init__(
        self, family: int, devices: list[str], not_devices: list[str], not_wildcards: list[str], subnets: Addresses
    ) -> None:
        self.family, self.devices, self.subnets = family, devices, subnets
        self.not_devices, self.not_wildcards = not_devices, not_wildcards

    def restricted(self, devices: list[str], subnets: Addresses) -> MatchRule:
        """The same, for some of its devices and subnets."""
        return MatchRule(self.family, devices, self.not_devices, self.not_wildcards, subnets)


class Zone:
    """A zone of the configuration. The verdicts in `to` and `out_of` are those that need a chain."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.name: str = options["name"]
        self.family: int = options.get("family", 0)
        self.input: str = options["input"]
        self.output: str = options["output"]
        self.forward: str = options["forward"]
        self.masq, self.masq6 = bool(options.get("masq")), bool(options.get("masq6"))
        self.masq_allow_invalid = bool(options.get("masq_allow_invalid"))
        self.mtu_fix = bool(options.get("mtu_fix"))
        self.log = int(options.get("log", 0))
        self.counter = bool(options["counter"])
        self.match_rules: list[MatchRule] = []
        self.devices: list[str] = []
        self.networks: list[str] = []
        self.addresses: list[nets.Net] = []
        self.masq_src: list[nets.Net] = []
        self.masq_dest: list[nets.Net] = []
        self.out_of = {self.input}
        self.to = {self.output, self.forward} | ({"snat"} if self.masq or self.masq6 else set())


class ZoneRef:
    """A zone that a section names; no zone means `*`, any of them."""

    __slots__ = ("zone",)

    def __init__(self, zone: Zone | None) -> None:
        self.zone = zone

    @property
    def name(self) -> str:
        """The zone's name, or what fw4 calls all of them."""
        return self.zone.name if self.zone else "any"


class Rule:
    """A statement of a chain, by the parts that it may have."""

    def __init__(self, chain: str, name: str, family: int, protocol: Protocol) -> None:
        self.chain, self.name, self.family, self.protocol = chain, name, family, protocol
        self.iifname: list[str] = []
        self.oifname: list[str] = []
        self.sources, self.destinations = Addresses(), Addresses()
        self.source_ports: list[Port] = []
        self.destination_ports: list[Port] = []
        self.macs: list[Word] = []
        self.icmp_types: list[str] = []
        self.icmp_codes: list[str] = []
        self.helper: Word | None = None
        self.limit = ""
        self.burst = 0
        self.counter = False
        self.log = ""
        self.verdict = ""
        self.says_protocol = False
        """Name the protocol even where a port names it already."""


class Include:
    """A file that the configuration or its place adds to the ruleset, or a script that runs after it."""

    __slots__ = ("chain", "kind", "path", "position")

    def __init__(self, kind: str, path: str, position: str, chain: str) -> None:
        self.kind, self.path, self.position, self.chain = kind, path, position, chain


class State:
    """Everything that the ruleset is printed from."""

    def __init__(self, package: Package | None, networks: dict[str, LogicalNetwork]) -> None:
        self.sections: list[Section] = package.sections if package else []
        self.notices = Notices(package)
        self.networks = networks
        self.defaults: dict[str, Any] = {}
        self.helpers: list[Helper] = []
        self.zones: list[Zone] = []
        self.rules: list[Rule] = []
        self.redirects: list[Rule] = []
        self.includes: list[Include] = []

    def zone_ref(self, value: str) -> ZoneRef | None:
        """The zone that goes by this name, or any."""
        if value == "*":
            return ZoneRef(None)
        return next((ZoneRef(zone) for zone in self.zones if zone.name == value), None)

    def network(self, value: str) -> Network | None:
        """An address, subnet or range, or the addresses of a logical network."""
        named = word(value)
        if named is None:
            return None
        found, logical = net(named.name), self.networks.get(named.name)
        if found is None and logical is None:
            return None
        chosen = [found] if found else logical.addresses if logical else []
        return Network(named.name, named.invert, [each.negated(named.invert) for each in chosen])

    def helper(self, value: str) -> Word | None:
        """A helper by its name."""
        named = word(value)
        return named if named and any(each.name == named.name for each in self.helpers) else None
