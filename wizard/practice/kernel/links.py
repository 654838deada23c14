"""The devices of a router that is a folder, with their addresses and routes, and what /proc says of them."""

from __future__ import annotations

import socket
import struct

from wizard.practice import root
from wizard.practice.kernel import state

ETHERNET, LOOPBACK, POINT_TO_POINT = "Ethernet", "Local Loopback", "Point-to-Point Protocol"
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Device = dict[str, Any]

_ROUTE = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT"
_USED, _GATEWAY = 1, 2


def devices() -> dict[str, Device]:
    """Every device by its name: `kind`, `mac`, `up`, `addresses` ("192.168.1.1/24"), and the `peer` of a call."""
    return state.read("devices", {})


def routes() -> list[dict[str, str]]:
    """`to` ("0.0.0.0/0" is the default), `via` ("" where it is the network itself) and `device`."""
    return state.read("routes", [])


def begin(ports: list[str]) -> None:
    """A fresh start: these network ports, without an address, and the loopback."""
    cards = {name: _device(ETHERNET, f"02:00:00:00:00:{number:02X}") for number, name in enumerate(ports, 1)}
    state.keep("devices", {"lo": _device(LOOPBACK, ""), **cards})
    state.keep("routes", [])
    _tell()


def _device(kind: str, mac: str = "") -> Device:
    return {"kind": kind, "mac": mac, "up": False, "addresses": [], "peer": ""}


def add(name: str, kind: str = ETHERNET, mac: str = "02:00:00:00:00:FF") -> None:
    """A device of that name, if there is none."""
    with state.locked():
        known = devices()
        known.setdefault(name, _device(kind, mac))
        state.keep("devices", known)


def remove(name: str) -> None:
    """The device is gone, and the routes over it."""
    with state.locked():
        known = devices()
        known.pop(name, None)
        state.keep("devices", known)
        state.keep("routes", [route for route in routes() if route["device"] != name])
        _tell()


def change(name: str, **values: object) -> bool:
    """Other values for a device; False where there is none of that name."""
    with state.locked():
        known = devices()
        if name not in known:
            return False
        known[name].update(values)
        state.keep("devices", known)
        _tell()
    return True


def lead(to: str, via: str, device: str) -> None:
    """A route, in place of the one that there is to the same network."""
    with state.locked():
        others = [route for route in routes() if route["to"] != to]
        state.keep("routes", [*others, {"to": to, "via": via, "device": device}])
        _tell()


def forget(to: str) -> None:
    """No route to that network any more."""
    with state.locked():
        state.keep("routes", [route for route in routes() if route["to"] != to])
        _tell()


def network(address: str) -> str:
    """The network of an address with its length."""
    own, _, length = address.partition("/")
    mask = 0xFFFFFFFF << 32 - int(length or 32) & 0xFFFFFFFF
    number: int = struct.unpack("!I", socket.inet_aton(own))[0] & mask
    return f"{socket.inet_ntoa(struct.pack('!I', number))}/{length or 32}"


def mask(length: str) -> str:
    """A prefix length as a netmask."""
    return socket.inet_ntoa(struct.pack("!I", 0xFFFFFFFF << 32 - int(length) & 0xFFFFFFFF))


def all_routes() -> list[dict[str, str]]:
    """The routes that were set, and those that an address brings."""
    known = devices()
    own = [
        {"to": f"{each['peer']}/32" if each["peer"] else network(address), "via": "", "device": name}
        for name, each in known.items()
        for address in each["addresses"]
        if each["up"] and name != "lo"
    ]
    return [*routes(), *own]


def _tell() -> None:
    """Write down for /proc what is read there."""
    lines = [_ROUTE]
    for route in all_routes():
        to, _, length = route["to"].partition("/")
        flags = _USED | (_GATEWAY if route["via"] else 0)
        numbers = (_hexed(to), _hexed(route["via"] or "0.0.0.0"), f"{flags:04X}", "0", "0", "0", _hexed(mask(length)))
        lines.append("\t".join((route["device"], *numbers, "0", "0", "0")))
    state.write("/proc/net/route", "\n".join(lines) + "\n")
    rows = [f"{name:>6}: " + "       0" * 16 for name in devices()]
    state.write("/proc/net/dev", "\n".join(["Inter-|   Receive  |  Transmit", " face |bytes", *rows]) + "\n")


def _hexed(address: str) -> str:
    """As the kernel of a little-endian machine shows it."""
    number: int = struct.unpack("<I", socket.inet_aton(address))[0]
    return f"{number:08X}"


def in_a_folder() -> bool:
    """This router is a folder, so that its kernel is this one."""
    return root.path("") != ""
