"""Devices made and brought up, addresses and routes put on them and taken off."""

from __future__ import annotations

from wizard.practice.netifd import addresses, config
from wizard.practice.netifd.kernel import Kernel


def prepare(device: config.Device, kernel: Kernel) -> bool:
    """Make the device where it can be made, and bring it up. Says whether it is there."""
    if device.kind == "bridge":
        _bridge(device, kernel)
    elif device.parent and not kernel.present(device.name):
        parent, number = device.parent
        kernel.run("link", "set", parent, "up")
        kernel.run("link", "add", "link", parent, "name", device.name, "type", "vlan", "id", number)
    if not kernel.present(device.name):
        return False
    for option, word in (("mtu", "mtu"), ("macaddr", "address")):
        if value := config.text(device.options, option):
            kernel.run("link", "set", device.name, word, value)
    return kernel.run("link", "set", device.name, "up")


def _bridge(device: config.Device, kernel: Kernel) -> None:
    if not kernel.present(device.name):
        kernel.run("link", "add", "name", device.name, "type", "bridge")
    for port in device.ports:
        if prepare(config.Device(port), kernel):
            kernel.run("link", "set", port, "master", device.name)


def remove(device: config.Device, kernel: Kernel) -> None:
    """Undo what `prepare` made."""
    if (device.kind == "bridge" or device.parent) and kernel.present(device.name):
        kernel.run("link", "set", device.name, "down")
        kernel.run("link", "del", device.name)


def apply(kernel: Kernel, device: str, found: dict[str, list[object]], *, external: bool) -> None:
    """Put addresses on the device, unless its protocol has done that, and add the routes."""
    for address in found.get("ipv4-address", []):
        assert isinstance(address, dict)
        if not external:
            words = ["addr", "add", f"{address['address']}/{address['mask']}"]
            if address["mask"] < 31 and device != "lo":
                words += ["broadcast", addresses.broadcast(address["address"], address["mask"])]
            kernel.run(*words, "dev", device)
    for route in found.get("route", []):
        kernel.run("route", "replace", *_route(route, device))


def withdraw(kernel: Kernel, device: str, found: dict[str, list[object]]) -> None:
    for route in found.get("route", []):
        kernel.run("route", "del", *_route(route, device))
    kernel.run("addr", "flush", "dev", device, "scope", "host" if device == "lo" else "global")


def _route(route: object, device: str) -> list[str]:
    assert isinstance(route, dict)
    words = [f"{route['target']}/{route['mask']}" if route["mask"] else "default"]
    if route["nexthop"] != "0.0.0.0":
        words += ["via", route["nexthop"]]
    return [*words, "dev", device]
