"""Addresses, subnets and ranges of both families, as whole numbers with a mask."""

from __future__ import annotations

import socket

V4, V6 = 4, 6
_AF = {V4: socket.AF_INET, V6: socket.AF_INET6}
WIDTH = {V4: 32, V6: 128}


class Net:
    """An address with its mask, or a range from `addr` to `last`. `bits` is -1 where the mask has gaps."""

    __slots__ = ("addr", "bits", "family", "invert", "last", "mask")

    def __init__(
        self, family: int, addr: int, bits: int, mask: int, last: int | None = None, invert: bool = False
    ) -> None:
        self.family, self.addr, self.bits, self.mask, self.last, self.invert = family, addr, bits, mask, last, invert

    def negated(self, invert: bool) -> Net:
        """The same net, matched or excluded."""
        return Net(self.family, self.addr, self.bits, self.mask, self.last, invert)

    def covers(self, other: Net) -> bool:
        """Whether the other's address lies in this net."""
        return self.family == other.family and self.addr & self.mask == other.addr & self.mask


def number(text: str) -> tuple[int, int] | None:
    """Family and value of an address as inet_pton(3) reads it."""
    family = V6 if ":" in text else V4
    try:
        return family, int.from_bytes(socket.inet_pton(_AF[family], text), "big")
    except OSError:
        return None


def text(family: int, addr: int) -> str:
    """The address as inet_ntop(3) writes it."""
    return socket.inet_ntop(_AF[family], addr.to_bytes(WIDTH[family] // 8, "big"))


def mask_of(family: int, bits: int) -> int:
    """The mask of a prefix length. A negative length masks the other end (`/-64`: the interface part)."""
    width = WIDTH[family]
    full = (1 << width) - 1
    return full >> (width + bits) if bits < 0 else full ^ (full >> bits)


def prefix_length(family: int, mask: int) -> int:
    """How many leading ones the mask has; -1 where ones and zeros alternate."""
    bits = mask.bit_count()
    return bits if mask == mask_of(family, bits) else -1


def host(family: int, addr: int) -> Net:
    """One address."""
    return prefix(family, addr, WIDTH[family])


def prefix(family: int, addr: int, bits: int) -> Net:
    """An address and the length of its network's prefix."""
    return Net(family, addr, bits, mask_of(family, bits))
