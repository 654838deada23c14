"""/etc/config/network as netifd reads it: devices to make, interfaces to set up, routes.

Up to 19.07 an interface names its devices by `ifname` and becomes a bridge by `type bridge`; from 21.02 on bridges are
sections of their own and interfaces name one `device` (OpenWrt 21.02 release notes). Both are read on every release.
"""

from __future__ import annotations

from wizard.practice.uci import config as uci

Options = dict[str, str | list[str]]


class Device:
    """A device as it is configured: a bridge with ports, a VLAN on another one, or just what is there."""

    def __init__(self, name: str, kind: str = "", ports: tuple[str, ...] = (), options: Options | None = None) -> None:
        self.name, self.kind, self.ports = name, kind, ports
        self.options = options or {}

    @property
    def parent(self) -> tuple[str, str] | None:
        """For a VLAN, the device it lies on and its number: `eth0.2`, or a section of type 8021q."""
        if self.kind in ("8021q", "8021ad"):
            return text(self.options, "ifname"), text(self.options, "vid")
        stem, dot, number = self.name.rpartition(".")
        return (stem, number) if dot and number.isdigit() else None

    def key(self) -> object:
        return self.name, self.kind, self.ports, self.options


class Interface:
    """A section `interface` with its protocol, its device and its routes."""

    def __init__(self, name: str, options: Options, device: Device | None, routes: list[Options]) -> None:
        self.name, self.options, self.device, self.routes = name, options, device, routes
        self.proto = text(options, "proto") or "none"

    def key(self) -> object:
        """What makes netifd take the interface down and set it up again when it differs."""
        return self.options, self.device.key() if self.device else None, self.routes


class Network:
    def __init__(self, interfaces: dict[str, Interface], prefix: str) -> None:
        self.interfaces, self.prefix = interfaces, prefix


def load() -> Network:
    """The network as it is configured, pending changes included. Raises uci.UciError where the file is unreadable."""
    package = uci.load("network")
    devices = {device.name: device for device in map(_device, _sections(package, "device")) if device.name}
    routes = [section.options for section in _sections(package, "route")]
    prefix = next((text(section.options, "ula_prefix") for section in _sections(package, "globals")), "")
    interfaces = {
        section.name: Interface(
            section.name,
            section.options,
            _device_of(section, devices),
            [route for route in routes if text(route, "interface") == section.name],
        )
        for section in _sections(package, "interface")
        if not boolean(section.options, "disabled", default=False)
    }
    return Network(interfaces, prefix)


def _sections(package: uci.Package, kind: str) -> list[uci.Section]:
    return [section for section in package.sections if section.type == kind]


def _device(section: uci.Section) -> Device:
    options = section.options
    kind = text(options, "type")
    ports = several(options, "ports") or (several(options, "ifname") if kind == "bridge" else [])
    return Device(text(options, "name"), kind, tuple(ports), options)


def _device_of(section: uci.Section, devices: dict[str, Device]) -> Device | None:
    names = several(section.options, "device") or several(section.options, "ifname")
    if text(section.options, "type") == "bridge":
        return Device(f"br-{section.name}", "bridge", tuple(names), {})
    if not names:
        return None
    return devices.get(names[0]) or Device(names[0])


def text(options: Options, name: str) -> str:
    value = options.get(name, "")
    return value if isinstance(value, str) else " ".join(value)


def several(options: Options, name: str) -> list[str]:
    """A list, or the words of an option."""
    return text(options, name).split()


def boolean(options: Options, name: str, *, default: bool) -> bool:
    value = text(options, name)
    return value in ("1", "on", "true", "yes", "enabled") if value else default
