"""Addresses as numbers, without the weight of a library."""

from __future__ import annotations

import socket


def number(address: str) -> int:
    """Raises OSError for what is none."""
    return int.from_bytes(socket.inet_aton(address), "big")


def dotted(value: int) -> str:
    return socket.inet_ntoa(value.to_bytes(4, "big"))


def prefix_length(mask: str) -> int:
    """The length of a netmask, written either way. Raises OSError and ValueError for what is none."""
    return int(mask) if mask.isdigit() else f"{number(mask):032b}".count("1")


def netmask(length: int) -> int:
    return (0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF


def broadcast(address: str, length: int) -> str:
    return dotted(number(address) | (~netmask(length) & 0xFFFFFFFF))


def split(text: str, mask: str = "") -> tuple[str, int]:
    """`a.b.c.d/nn`, or an address with its netmask beside it; alone it is a host. Raises as above."""
    address, slash, length = text.partition("/")
    number(address)
    return address, prefix_length(length if slash else mask or "32")


def part_of(prefix: str, index: int, length: int) -> str:
    """The network of that length and number within an IPv6 prefix. Raises OSError and ValueError for what is none."""
    base = int.from_bytes(socket.inet_pton(socket.AF_INET6, prefix.partition("/")[0]), "big")
    return socket.inet_ntop(socket.AF_INET6, (base | index << (128 - length)).to_bytes(16, "big"))
