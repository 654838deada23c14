"""How fw4 reads the value of an option. Each reader returns None for what it refuses."""

from __future__ import annotations

import re

from wizard.practice.firewall import icmp, nets

_PORT = re.compile(r"([0-9]{1,5})(?:[-:]([0-9]{1,5}))?")
_LIMIT = re.compile(r"([0-9]+)(?:/([a-z]+))?")
_MAC = re.compile(r"[0-9a-fA-F]{1,2}(?:[:-][0-9a-fA-F]{1,2}){5}")
_IDENTIFIER = re.compile(r"[a-zA-Z_.][a-zA-Z0-9/_.-]*")
_NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|[0-9]+)")
_PROTOCOLS = {"1": "icmp", "58": "ipv6-icmp", "icmpv6": "ipv6-icmp", "6": "tcp", "17": "udp"}
TRUE, FALSE = ("1", "on", "true", "yes"), ("0", "off", "false", "no")
POLICIES = ("accept", "reject", "drop")
TARGETS = (*POLICIES, "notrack", "helper", "mark", "dscp", "dnat", "snat", "masquerade")
REJECT_CODES = ("tcp-reset", "port-unreachable", "admin-prohibited", "host-unreachable", "no-route")
INCLUDE_SIDES = ("prepend", "postpend", "append")
INCLUDE_POSITIONS = tuple(f"{at}-{side}" for at in ("ruleset", "table", "chain") for side in INCLUDE_SIDES)


class Word:
    """A name that may be excluded by a `!` before it."""

    __slots__ = ("invert", "name")

    def __init__(self, name: str, invert: bool = False) -> None:
        self.name, self.invert = name, invert


class Network(Word):
    """What an address option names: one net, a range, or the addresses of a logical network."""

    __slots__ = ("nets",)

    def __init__(self, name: str, invert: bool, found: list[nets.Net]) -> None:
        super().__init__(name, invert)
        self.nets = found


class Port(Word):
    """A port or a range of ports; its name is how nft writes it."""


class Protocol(Word):
    """A protocol by name; an empty name means every protocol."""


class IcmpType:
    """A message that an ICMP rule names: of IPv4, of IPv6, or of both where the word or number fits both."""

    __slots__ = ("v4", "v6")

    def __init__(self, v4: icmp.Message | None, v6: icmp.Message | None) -> None:
        self.v4, self.v6 = v4, v6

    @property
    def whole(self) -> bool:
        """Whether it stands for all codes. fw4 looks at the IPv4 side even where it writes the IPv6 one."""
        return self.v4 is not None and self.v4.codes == icmp.ANY_CODE


def word(value: str) -> Word | None:
    """The value without its `!`. Nothing but a `!` is refused."""
    bare = value.strip()
    invert = bare.startswith("!")
    name = bare.removeprefix("!").strip()
    return Word(name, invert) if name else None


def choice(value: str, among: tuple[str, ...]) -> str | None:
    """The first of these that begins with the value, in capitals or not."""
    return next((each for each in among if each.lower().startswith(value.lower())), None)


def policy(value: str) -> str | None:
    """`ACCEPT`, `REJECT` or `DROP`, or the beginning of one."""
    return choice(value, POLICIES)


def target(value: str) -> str | None:
    """What a rule or redirect does, or the beginning of it."""
    return choice(value, TARGETS)


def reject_code(value: str) -> str | None:
    """The answer that a refused packet gets."""
    return choice(value, REJECT_CODES)


def reflection_source(value: str) -> str | None:
    """Whose address a reflected connection seems to come from."""
    return choice(value, ("internal", "external"))


def include_type(value: str) -> str | None:
    """`script` or `nftables`."""
    return choice(value, ("script", "nftables"))


def include_position(value: str) -> str | None:
    """Where an nftables file goes, or the beginning of it. `postpend` is another word for `append`."""
    found = choice(value, INCLUDE_POSITIONS)
    return found.replace("postpend", "append") if found else None


def boolean(value: str) -> bool | None:
    """Eight words are booleans; everything else is refused."""
    return True if value in TRUE else False if value in FALSE else None


def integer(value: str) -> int | None:
    """A whole number, decimal or hexadecimal."""
    return int(value, 0 if "x" in value.lower() else 10) if _NUMBER.fullmatch(value) else None


def string(value: str) -> str | None:
    """Anything."""
    return value


def identifier(value: str) -> str | None:
    """A name that nft takes for a chain or a set."""
    return value if _IDENTIFIER.fullmatch(value) else None


def family(value: str) -> int | None:
    """0 for both families; any word with a 4 in it is IPv4, any with a 6 is IPv6."""
    if value in ("any", "all", "*"):
        return 0
    if value == "inet" or "4" in value:
        return nets.V4
    return nets.V6 if "6" in value else None


def direction(value: str) -> bool | None:
    """True for what goes out."""
    return {"in": False, "ingress": False, "out": True, "egress": True}.get(value)


def protocol(value: str) -> list[Protocol] | None:
    """One protocol, or two for `tcpudp`. A word that nobody knows is left for nft to refuse."""
    named = word(value.lower())
    if named is None:
        return None
    if named.name in ("all", "any", "*"):
        return [Protocol("", named.invert)]
    if named.name == "tcpudp":
        return [Protocol("tcp", named.invert), Protocol("udp", named.invert)]
    return [Protocol(_PROTOCOLS.get(named.name, named.name), named.invert)]


def mac(value: str) -> Word | None:
    """A hardware address, written with two digits each and colons."""
    named = word(value)
    if named is None or not _MAC.fullmatch(named.name):
        return None
    return Word(":".join(f"{int(part, 16):02x}" for part in re.split("[:-]", named.name)), named.invert)


def port(value: str) -> Port | None:
    """A port, or a range with `-` or `:`."""
    named = word(value)
    found = _PORT.fullmatch(named.name) if named else None
    if named is None or found is None:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    if not first <= last <= 65535:
        return None
    return Port(str(first) if first == last else f"{first}-{last}", named.invert)


def limit(value: str) -> Word | None:
    """A rate, `10/minute` or `10/m`; a bare number is meant per second. Its name is how nft writes it."""
    named = word(value)
    found = _LIMIT.fullmatch(named.name) if named else None
    unit = choice(found[2] or "second", ("second", "minute", "hour", "day")) if found else None
    return Word(f"{int(found[1])}/{unit}", named.invert) if named and found and unit else None


def icmp_type(value: str) -> IcmpType | None:
    """A name of either family, or a number, which fits both."""
    v4, v6 = icmp.V4.get(value), icmp.V6.get(value)
    if v4 is None and v6 is None:
        v4 = v6 = icmp.numeric(value)
    return IcmpType(v4, v6) if v4 or v6 else None


def net(value: str) -> nets.Net | None:
    """`ADDRESS`, `ADDRESS/BITS`, `ADDRESS/MASK` or `FIRST-LAST`."""
    if "/" in value:
        return _masked(*value.split("/", 1))
    first, _, last = value.partition("-")
    low, high = nets.number(first), nets.number(last) if last else None
    if low is None or (last and (high is None or high[0] != low[0])):
        return None
    return nets.Net(*low, 0, 0, high[1]) if high else nets.host(*low)


def _masked(address: str, mask: str) -> nets.Net | None:
    found, given = nets.number(address), nets.number(mask)
    if found is None:
        return None
    family_, addr = found
    if given:
        bits = nets.prefix_length(family_, given[1])
        return nets.Net(family_, addr & given[1] if bits < 0 else addr, bits, given[1]) if given[0] == family_ else None
    length = integer(mask)
    if length is None or abs(length) > nets.WIDTH[family_]:
        return None
    return nets.Net(family_, addr, max(-1, length), nets.mask_of(family_, length))
