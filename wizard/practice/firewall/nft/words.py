"""The words of an nft statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from wizard.practice.firewall import nets

Nets = Sequence[nets.Net]
_PLAIN = re.compile(r"[0-9A-Fa-f:./-]+(?: \. [0-9A-Fa-f:./-]+)*")
FAMILY = {nets.V4: "ipv4", nets.V6: "ipv6"}
HUMAN = {0: "IPv4/IPv6", nets.V4: "IPv4", nets.V6: "IPv6"}
_ADDRESS = {nets.V4: "ip", nets.V6: "ip6"}


def quote(text: str) -> str:
    """A string of nft's, which knows no way to write a double quote in one."""
    return '"' + text.replace('"', "'") + '"'


def comment(text: str) -> str:
    """The comment by which fw4's rules are told from others."""
    return "comment " + quote(f"!fw4: {text}")


def braced(items: Iterable[str]) -> str:
    """A set, each item once. Without items it holds two spaces."""
    return "{ " + ", ".join(_bare(each) for each in dict.fromkeys(items)) + " }"


def group(items: Iterable[str]) -> str:
    """A set, or the item itself where it is the only one."""
    distinct = list(dict.fromkeys(items))
    return _bare(distinct[0]) if len(distinct) == 1 else braced(distinct)


def cidr(net: nets.Net) -> str:
    """A net as nft reads it: its own address alone, its prefix, or a range."""
    if net.last is not None:
        return f"{nets.text(net.family, net.addr)}-{nets.text(net.family, net.last)}"
    if net.bits == nets.WIDTH[net.family]:
        return nets.text(net.family, net.addr)
    if net.bits < 0:
        return f"{nets.text(net.family, net.addr)}/{nets.text(net.family, net.mask)}"
    return f"{nets.text(net.family, net.addr & net.mask)}/{net.bits}"


def only(family: int) -> list[str]:
    """Restrict to one family, where there is one."""
    return [f"meta nfproto {FAMILY[family]}"] if family else []


class Addresses:
    """What one statement can match of a list of nets: those meant, those excluded, and those whose mask has gaps."""

    __slots__ = ("gaps", "neg", "pos")

    def __init__(self, pos: Nets = (), neg: Nets = (), gaps: Nets = ()) -> None:
        self.pos, self.neg, self.gaps = pos, neg, gaps

    def __bool__(self) -> bool:
        return bool(self.pos or self.neg or self.gaps)

    def words(self, family: int, side: str) -> list[str]:
        """The match on `saddr` or `daddr`."""
        field = f"{_ADDRESS.get(family, '')} {side}"
        found = [f"{field} {group(map(cidr, self.pos))}"] if self.pos else []
        found += [f"{field} != {group(map(cidr, self.neg))}"] if self.neg else []
        return found + [f"{field} & {_mask(net)} {'!=' if net.invert else '=='} {_address(net)}" for net in self.gaps]


def statements(found: Sequence[nets.Net]) -> list[Addresses]:
    """One group for each statement that is needed: nets with gaps in their mask cannot stand in a set."""
    pos = [net for net in found if not net.invert and net.bits != -1]
    gaps = [net for net in found if not net.invert and net.bits == -1]
    neg = [net for net in found if net.invert and net.bits != -1]
    neg_gaps = [net for net in found if net.invert and net.bits == -1]
    groups = [Addresses((), neg, [net, *neg_gaps]) for net in gaps]
    if pos or not groups:
        groups.append(Addresses(pos, neg, neg_gaps))
    return groups


def _bare(item: str) -> str:
    return item if _PLAIN.fullmatch(item) else quote(item)


def _mask(net: nets.Net) -> str:
    return nets.text(net.family, net.mask)


def _address(net: nets.Net) -> str:
    return nets.text(net.family, net.addr)
