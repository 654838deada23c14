"""One rule of iptables, in two spellings: as `fw3 print` shows it, and as iptables-save and -restore write it."""

from __future__ import annotations

import re
from collections.abc import Callable

from wizard.practice.firewall import icmp, nets
from wizard.practice.firewall.xt import age
from wizard.practice.firewall.xt.values import Address, Device, IcmpType, Limit, Protocol, Span

_SHOWN = {1: "icmp", 6: "tcp", 17: "udp", 50: "esp", 51: "ah", 58: "icmpv6", 132: "sctp", 135: "mobility-header",
          136: "udplite"}  # fmt: skip
_SAVED = {**_SHOWN, 58: "ipv6-icmp"}
_BARE = re.compile(r"[_0-9A-Za-z-]+")
_SYN = "--tcp-flags FIN,SYN,RST,ACK SYN"
NAME_LIMIT = 15
"""The longest name of a device, IFNAMSIZ less the zero at its end."""


class CrashError(Exception):
    """A device's name is too long: libxtables jumps to where fw3 has long left, and it ends by a signal."""


class Statement:
    """A rule that is being put together, in the order in which fw3 does it."""

    def __init__(self, family: int, protocol: Protocol | None = None) -> None:
        self.family, self.protocol = family, protocol
        if protocol and protocol.number == 1 and family == nets.V6:
            self.protocol = Protocol(58, protocol.invert)
        self.incoming: Device | None = None
        self.outgoing: Device | None = None
        self.source: Address | None = None
        self.destination: Address | None = None
        self.matches: list[str] = []
        self.target = ""
        self.comment = ""
        self._named_protocol = False

    def via(self, incoming: Device | None, outgoing: Device | None) -> Statement:
        """Match the devices. Raises CrashError."""
        for device in (incoming, outgoing):
            if device and len(device.name) > NAME_LIMIT:
                raise CrashError(device.name)
        self.incoming = self.incoming or incoming
        self.outgoing = self.outgoing or outgoing
        return self

    def between(self, source: Address | None, destination: Address | None) -> Statement:
        """Match the addresses. A range is a match of its own."""
        sides = (("--src-range", source), ("--dst-range", destination))
        ranges = [(word, each.net, each.invert) for word, each in sides if each and each.net and each.net.last]
        if ranges:
            self.matches.append("-m iprange " + " ".join(_range(*each) for each in ranges))
        self.source = source if source and source.net and source.net.last is None else None
        self.destination = destination if destination and destination.net and destination.net.last is None else None
        return self

    def ports(self, source: Span | None, destination: Span | None) -> None:
        """Match ports, where the protocol is one that fw3 knows by name."""
        words = [f"{_not(span.invert)}{word} {span.text(':')}" for word, span in
                 (("--sport", source), ("--dport", destination)) if span]  # fmt: skip
        if words and self.protocol and self.protocol.number in _SHOWN:
            self._protocol_match(" ".join(words))

    def syn(self) -> None:
        """Match the first packet of a TCP connection."""
        self._protocol_match(_SYN)

    def clamp(self) -> None:
        """Match what tells a segment size."""
        self._protocol_match("--tcp-flags SYN,RST SYN")

    def icmp_type(self, kind: IcmpType) -> None:
        """Match a kind of message. fw3 writes type 0 where the other family has no such message."""
        word, message = ("--icmpv6-type", kind.v6) if self.family == nets.V6 else ("--icmp-type", kind.v4)
        message = message or icmp.Message(0, (0, 0))
        code = "" if message.codes == icmp.ANY_CODE else f"/{message.codes[0]}"
        self._protocol_match(f"{word} {message.kind}{code}")

    def mac(self, address: Device) -> None:
        """Match a hardware address."""
        self.matches.append(f"-m mac {_not(address.invert)}--mac-source {address.name.upper()}")

    def limit(self, rate: Limit | None, burst: int) -> None:
        """Match up to so many packets."""
        if rate and rate.rate > 0:
            shown = f" --limit-burst {burst}" if burst > 0 and burst != 5 else ""
            self.matches.append(f"-m limit --limit {_rate(rate)}{shown}")

    def states(self, names: str) -> None:
        """Match the states of a connection."""
        self.matches.append(f"-m conntrack --ctstate {names}")

    def says(self, text: str) -> Statement:
        """Give it a comment."""
        self.comment = text
        return self

    def jump(self, target: str) -> Statement:
        """What happens to a packet that matches; with options where the target has some."""
        self.target = target
        return self

    def shown(self) -> str:
        """As `fw3 print` has it, without the table and the chain."""
        return " ".join([*self._protocol(_SHOWN), *self._devices(), *self._addresses(_dotted), *self._rest()])

    def saved(self) -> str:
        """As iptables-save has it, without the chain."""
        return " ".join([*self._addresses(_cidr), *self._devices(), *self._protocol(_SAVED), *self._rest()])

    def _protocol_match(self, words: str) -> None:
        number = self.protocol.number if self.protocol else 0
        name = {1: "icmp", 58: "icmp6"}.get(number, _SHOWN.get(number, ""))
        self.matches.append(words if self._named_protocol else f"-m {name} {words}")
        self._named_protocol = True

    def _protocol(self, names: dict[int, str]) -> list[str]:
        if self.protocol is None or self.protocol.number <= 0:
            return []
        number = self.protocol.number
        return [f"{_not(self.protocol.invert)}-p {names.get(number, number)}"]

    def _devices(self) -> list[str]:
        sides = (("-i", self.incoming), ("-o", self.outgoing))
        return [f"{_not(each.invert)}{word} {each.name}" for word, each in sides if each and not each.any]

    def _addresses(self, spelled: Callable[[nets.Net], str]) -> list[str]:
        sides = (("-s", self.source), ("-d", self.destination))
        return [f"{_not(each.invert)}{word} {spelled(each.net)}" for word, each in sides
                if each and each.net and each.net.addr & each.net.mask]  # fmt: skip

    def _rest(self) -> list[str]:
        return [*self.matches, *self._comment(), f"-j {self.target}"]

    def _comment(self) -> list[str]:
        tag = "!fw3" if age.since(age.NO_DELEGATES) else ""
        text = ": ".join(part for part in (tag, self.comment) if part)
        return [f"-m comment --comment {_quoted(text)}"] if text else []


def _dotted(net: nets.Net) -> str:
    return f"{nets.text(net.family, net.addr & net.mask)}/{nets.text(net.family, net.mask)}"


def _cidr(net: nets.Net) -> str:
    length = net.bits if net.bits >= 0 else nets.text(net.family, net.mask)
    return f"{nets.text(net.family, net.addr & net.mask)}/{length}"


def _range(word: str, net: nets.Net, invert: bool) -> str:
    return f"{_not(invert)}{word} {nets.text(net.family, net.addr)}-{nets.text(net.family, net.last or 0)}"


def _not(invert: bool) -> str:
    return "! " if invert else ""


def _rate(limit: Limit) -> str:
    """The largest unit in which the rate is a whole number, as xt_limit tells it from its ten-thousandths."""
    period = 10000 * limit.seconds // limit.rate
    units = (("day", 86400), ("hour", 3600), ("min", 60), ("sec", 1))
    chosen = units[0]
    for unit in units[1:]:
        scale = unit[1] * 10000
        if period > scale or scale // period < scale % period:
            break
        chosen = unit
    return f"{chosen[1] * 10000 // period}/{chosen[0]}"


def _quoted(text: str) -> str:
    """As libxtables writes a string: in quotes unless it is one plain word."""
    if _BARE.fullmatch(text):
        return text
    return '"' + re.sub(r"([\"'\\])", r"\\\1", text) + '"'
