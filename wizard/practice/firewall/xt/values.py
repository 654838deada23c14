"""How fw3 reads the value of an option. Each reader returns None for what it refuses, which is little."""

from __future__ import annotations

import re

from wizard.practice.firewall import icmp, nets
from wizard.practice.firewall.interfaces import Network

TARGETS = ("ACCEPT", "REJECT", "DROP", "NOTRACK", "HELPER", "MARK", "DSCP", "DNAT", "SNAT", "MASQUERADE")
REJECT_CODES = ("tcp-reset", "port-unreach", "adm-prohibited")
UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_NUMBER = re.compile(r"\s*([+-]?[0-9]+)")
_MAC = re.compile(r"[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}")

# of /etc/protocols as OpenWrt ships it
PROTOCOLS = {
    "ip": 0, "icmp": 1, "igmp": 2, "ggp": 3, "ipencap": 4, "st": 5, "tcp": 6, "egp": 8, "igp": 9, "pup": 12, "udp": 17,
    "hmp": 20, "xns-idp": 22, "rdp": 27, "iso-tp4": 29, "xtp": 36, "ddp": 37, "idpr-cmtp": 38, "ipv6": 41,
    "ipv6-route": 43, "ipv6-frag": 44, "idrp": 45, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "skip": 57,
    "ipv6-icmp": 58, "ipv6-nonxt": 59, "ipv6-opts": 60, "rspf": 73, "vmtp": 81, "eigrp": 88, "ospf": 89, "ax.25": 93,
    "ipip": 94, "etherip": 97, "encap": 98, "pim": 103, "ipcomp": 108, "vrrp": 112, "l2tp": 115, "isis": 124,
    "sctp": 132, "fc": 133,
}  # fmt: skip


class Device:
    """The name of a device, network or zone, maybe excluded by a `!`; `*` is any. `network` is why it is in a zone."""

    __slots__ = ("any", "invert", "name", "network")

    def __init__(self, name: str, network: str = "", invert: bool = False) -> None:
        self.name, self.network, self.invert, self.any = name, network, invert, name == "*"


class Address:
    """A net, or nothing where a name could not be resolved: then it restricts nothing, and fits both families."""

    __slots__ = ("invert", "net", "resolved")

    def __init__(self, net: nets.Net | None, *, invert: bool = False, resolved: bool = False) -> None:
        self.net, self.invert, self.resolved = net, invert, resolved

    @property
    def family(self) -> int:
        """0 for both."""
        return self.net.family if self.net else 0


class Span:
    """A port, or all from the first to the last."""

    __slots__ = ("first", "invert", "last")

    def __init__(self, first: int, last: int, invert: bool) -> None:
        self.first, self.last, self.invert = first, last, invert

    def text(self, between: str) -> str:
        """As iptables writes it; targets have a dash between, matches a colon."""
        return str(self.first) if self.first == self.last else f"{self.first}{between}{self.last}"


class Protocol:
    """A protocol by number; `any` of them where the number is -1."""

    __slots__ = ("invert", "number")

    def __init__(self, number: int, invert: bool = False) -> None:
        self.number, self.invert = number, invert

    @property
    def any(self) -> bool:
        """Whether it restricts nothing."""
        return self.number < 0


class IcmpType:
    """A message that an ICMP rule names; None in the family that it does not exist in."""

    __slots__ = ("v4", "v6")

    def __init__(self, v4: icmp.Message | None, v6: icmp.Message | None) -> None:
        self.v4, self.v6 = v4, v6


class Limit:
    """A rate of packets per seconds."""

    __slots__ = ("invert", "rate", "seconds")

    def __init__(self, rate: int, seconds: int, invert: bool = False) -> None:
        self.rate, self.seconds, self.invert = rate, seconds, invert


def sign(value: str) -> tuple[bool, str]:
    """Whether a `!` stands before it, and the rest."""
    return (True, value[1:].lstrip()) if value.startswith("!") else (False, value)


def choice(value: str, among: tuple[str, ...]) -> str | None:
    """The first of these that begins with the value, in capitals or not."""
    return next((each for each in among if value and each.lower().startswith(value.lower())), None)


def target(value: str) -> str | None:
    """What a rule does, or the beginning of it."""
    return choice(value, TARGETS)


def reject_code(value: str) -> str | None:
    """The answer that a refused packet gets."""
    return choice(value, REJECT_CODES)


def include_type(value: str) -> str | None:
    """`script` or `restore`."""
    return choice(value, ("script", "restore"))


def reflection_source(value: str) -> str | None:
    """Whose address a reflected connection seems to come from."""
    return choice(value, ("internal", "external"))


def boolean(value: str) -> bool:
    """Three words are true; everything else is false, without complaint."""
    return value in ("true", "yes", "1")


def integer(value: str) -> int | None:
    """A whole number as strtol(3) reads it: decimal, octal after 0, hexadecimal after 0x."""
    try:
        return int(value, 8 if re.fullmatch(r"[+-]?0[0-7]+", value) else 0)
    except ValueError:
        return None


def string(value: str) -> str:
    """Anything."""
    return value


def family(value: str) -> int | None:
    """0 for both families; any word with a 4 in it is IPv4, any with a 6 is IPv6."""
    if value in ("any", "*"):
        return 0
    if value == "inet" or "4" in value:
        return nets.V4
    return nets.V6 if "6" in value else None


def direction(value: str) -> bool | None:
    """True for what goes out."""
    return {"in": False, "ingress": False, "out": True, "egress": True}.get(value)


def device(value: str) -> Device | None:
    """A device, network or zone by its name."""
    if value.startswith("*"):
        return Device("*")
    invert, bare = sign(value)
    name, _, network = bare.partition("@")
    return Device(name, network, invert) if name else None


def protocol(value: str) -> list[Protocol] | None:
    """By name or number. `tcpudp` is two."""
    invert, name = sign(value)
    if name in ("all", "any", "*"):
        return [Protocol(-1, invert)]
    if name == "tcpudp":
        return [Protocol(6, invert), Protocol(17, invert)]
    number = PROTOCOLS.get("ipv6-icmp" if name == "icmpv6" else name)
    if number is None and name.isascii() and name.isdigit():
        number = int(name)
    return None if number is None else [Protocol(number, invert)]


def port(value: str) -> Span | None:
    """A port or a range. Numbers are cut to 16 bits without complaint, so that 99999 is 34463."""
    invert, bare = sign(value)
    first, rest = _leading(bare)
    if not rest:
        return Span(first, first, invert)
    if rest[0] not in "-:":
        return None
    last = _leading(rest[1:])[0]
    return Span(first, last, invert) if last >= first else None


def _leading(text: str) -> tuple[int, str]:
    """The number that a text begins with (0 where none), in 16 bits, and what follows."""
    found = _NUMBER.match(text)
    return (int(found[1]) & 0xFFFF, text[found.end() :]) if found else (0, text)


def limit(value: str) -> Limit | None:
    """A rate with its unit, `10/minute` or `10/m`."""
    invert, bare = sign(value)
    found = re.fullmatch(r"\s*([+-]?[0-9]+)/(.+)", bare)
    unit = choice(found[2], tuple(UNITS)) if found else None
    return Limit(int(found[1]), UNITS[unit], invert) if found and unit else None


def mac(value: str) -> Device | None:
    """A hardware address as iptables writes it."""
    invert, bare = sign(value)
    if not _MAC.fullmatch(bare):
        return None
    return Device(":".join(f"{int(part, 16):02x}" for part in bare.split(":")), invert=invert)


def icmp_type(value: str) -> IcmpType | None:
    """A name of either family, or a number, which fits both."""
    v4, v6 = icmp.V4.get(value), icmp.V6.get(value)
    if v4 is None and v6 is None:
        v4 = v6 = icmp.numeric(value)
    return IcmpType(v4, v6) if v4 or v6 else None


class Resolver:
    """Reads addresses: what is none is the name of a network, and what is no network either restricts nothing."""

    def __init__(self, networks: dict[str, Network]) -> None:
        self.networks = networks

    def addresses(self, value: str) -> list[Address] | None:
        """All that the value stands for."""
        invert, bare = sign(value)
        if not bare:
            return None
        net = parse_net(bare)
        if net:
            return [Address(net, invert=invert)]
        network = self.networks.get(bare.partition("@")[0])
        found = network.addresses if network else []
        return [Address(each, invert=invert, resolved=True) for each in found] or [Address(None, resolved=True)]

    def address(self, value: str) -> Address | None:
        """The first that the value stands for."""
        found = self.addresses(value)
        return found[0] if found else None


def parse_net(value: str) -> nets.Net | None:
    """`ADDRESS`, `ADDRESS/BITS`, `ADDRESS/MASK` or `FIRST-LAST`."""
    text, slash, mask = value.partition("/")
    first, dash, last = (text, "", "") if slash else text.partition("-")
    found, end = nets.number(first), nets.number(last) if dash else None
    if found is None or (dash and (end is None or end[0] != found[0])):
        return None
    if end:
        return nets.Net(*found, 0, 0, end[1])
    return _masked(*found, mask) if slash else nets.host(*found)


def _masked(family_: int, addr: int, mask: str) -> nets.Net | None:
    given = nets.number(mask)
    if given:
        return nets.Net(family_, addr, nets.prefix_length(*given), given[1]) if given[0] == family_ else None
    if not re.fullmatch(r"[+-]?[0-9]+", mask) or abs(int(mask)) > nets.WIDTH[family_]:
        return None
    return nets.prefix(family_, addr, int(mask))
