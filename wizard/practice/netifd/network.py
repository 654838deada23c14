"""The objects `network`, `network.device`, `network.interface` and one for each interface."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable

from wizard.practice import root
from wizard.practice.kernel import links
from wizard.practice.kernel import state as kernel_state
from wizard.practice.netifd import addresses, config, devices, link
from wizard.practice.netifd.interface import Interface
from wizard.practice.netifd.kernel import Kernel
from wizard.practice.procd import files
from wizard.practice.procd.bus import Bus
from wizard.practice.procd.log import Log
from wizard.practice.procd.loop import Loop
from wizard.practice.procd.wire import INVALID_ARGUMENT, NOT_FOUND, RefusedError, Table
from wizard.practice.uci.config import UciError

HOTPLUG = "/sbin/hotplug-call"
BUSY = "hotplug"
"""Where a router that is a folder keeps whether scripts are still to be told of something."""
STATE = "/var/state/network"
FLAT = "/var/run/practice-networks"


class Network:
    """All interfaces. `happened` is told of every change, for procd's triggers."""

    def __init__(self, bus: Bus, loop: Loop, log: Log, kernel: Kernel | None = None) -> None:
        self._bus, self._loop, self._log = bus, loop, log
        self._kernel = kernel or Kernel()
        self._interfaces: dict[str, Interface] = {}
        self._hotplug: deque[dict[str, str]] = deque()
        self._busy = False
        self.happened: Callable[[str, Table], None] = lambda _kind, _data: None

    def offer(self) -> None:
        self._bus.offer("network", restart=({}, lambda *_: self.restart()), reload=({}, lambda *_: self.reload()))
        self._bus.offer("network.device", status=({"name": "String"}, lambda table, _: self._device(table)))
        named: Table = {"interface": "String"}
        self._bus.offer(
            "network.interface",
            up=(named, lambda table, _: self._up(self._named(table))),
            down=(named, lambda table, _: self._down(self._named(table))),
            renew=(named, lambda table, _: self._renew(self._named(table))),
            status=(named, lambda table, _: self._named(table).status()),
            dump=({}, lambda *_: self._dump()),
            notify_proto=({}, lambda table, _: self._named(table).report(table)),
        )

    def _offer_one(self, interface: Interface) -> None:
        self._bus.offer(
            f"network.interface.{interface.name}",
            up=({}, lambda *_: self._up(interface)),
            down=({}, lambda *_: self._down(interface)),
            renew=({}, lambda *_: self._renew(interface)),
            status=({}, lambda *_: interface.status()),
            dump=({}, lambda *_: self._dump()),
            notify_proto=({}, lambda table, _: interface.report(table)),
        )

    def reload(self) -> None:
        """Read the configuration, and set up again what it says differently now."""
        try:
            wanted = config.load()
        except UciError as error:
            self._log.write(3, "netifd", f"Failed to load network config: {error}")
            raise RefusedError(INVALID_ARGUMENT) from error
        for name in [name for name in self._interfaces if name not in wanted.interfaces]:
            self._remove(self._interfaces.pop(name))
        prefixes = _prefixes(wanted)
        for name, settings in wanted.interfaces.items():
            self._set(settings, prefixes.get(name, ""))

    def _set(self, wanted: config.Interface, prefix: str) -> None:
        known = self._interfaces.get(wanted.name)
        if known and known.wanted.key() == wanted.key():
            return
        interface = Interface(wanted, self._kernel, self._loop, self._log, self._changed)
        interface.prefix = prefix
        self._interfaces[wanted.name] = interface
        self._offer_one(interface)
        start = interface.setup if interface.state.autostart else lambda: None
        if known:
            self._remove(known, start)
        else:
            start()

    def _remove(self, interface: Interface, then: Callable[[], None] = lambda: None) -> None:
        def gone() -> None:
            if interface.wanted.device:
                link.remove(interface.wanted.device, self._kernel)
            if interface.name not in self._interfaces:
                self._bus.withdraw(f"network.interface.{interface.name}")
            then()

        interface.teardown(gone)

    def restart(self) -> None:
        """Everything down, and up again as it is configured now."""
        interfaces, self._interfaces = list(self._interfaces.values()), {}
        left = len(interfaces)
        if not interfaces:
            self.reload()

        def gone() -> None:
            nonlocal left
            left -= 1
            if not left:
                self.reload()

        for interface in interfaces:
            self._remove(interface, gone)

    def stop(self) -> None:
        for interface in self._interfaces.values():
            interface.state.autostart = False
            interface.teardown()

    def _named(self, arguments: Table) -> Interface:
        name = arguments.get("interface")
        if not isinstance(name, str):
            raise RefusedError(INVALID_ARGUMENT)
        if name not in self._interfaces:
            raise RefusedError(NOT_FOUND)
        return self._interfaces[name]

    def _up(self, interface: Interface) -> None:
        interface.state.autostart = True
        interface.setup()

    def _down(self, interface: Interface) -> None:
        interface.state.autostart = False
        interface.teardown()

    def _renew(self, interface: Interface) -> None:
        interface.teardown(interface.setup)

    def _dump(self) -> Table:
        rows = [{"interface": name, **self._interfaces[name].status()} for name in sorted(self._interfaces)]
        return {"interface": rows}

    def _devices(self) -> dict[str, config.Device | None]:
        """Every device of the configuration, with its section, ports of bridges included; and which there are ports."""
        named = [interface.wanted.device for interface in self._interfaces.values() if interface.wanted.device]
        ports = {port: config.Device(port) for device in named if device.kind == "bridge" for port in device.ports}
        return dict(sorted({**ports, **{device.name: device for device in named}}.items()))

    def _device(self, arguments: Table) -> Table:
        known = self._devices()
        ports = {port for device in known.values() if device and device.kind == "bridge" for port in device.ports}
        name = arguments.get("name")
        if name is None:
            return {word: devices.table(word, device, port=word in ports) for word, device in known.items()}
        if name not in known and not self._kernel.present(str(name)):
            raise RefusedError(NOT_FOUND)
        return devices.table(str(name), known.get(str(name)), port=name in ports)

    def _changed(self, interface: Interface, action: str) -> None:
        """Write down the name servers and the state, and tell the hotplug scripts and procd."""
        self._write_resolv()
        self._write_state()
        self._write_flat()
        environment = {"ACTION": action, "INTERFACE": interface.name, "DEVICE": interface.state.l3_device}
        self._hotplug.append(environment)
        if not self._busy:
            self._next_hotplug()
        self.happened("interface.down" if action == "ifdown" else "interface.up", {"interface": interface.name})

    def _next_hotplug(self) -> None:
        self._busy = bool(self._hotplug)
        if links.in_a_folder():
            kernel_state.keep(BUSY, self._busy)
        if not self._busy:
            return
        environment = self._hotplug.popleft()
        try:
            self._loop.spawn(["/bin/sh", root.path(HOTPLUG), "iface"], lambda _code: self._next_hotplug(), environment)
        except OSError as error:
            self._log.write(3, "netifd", f"{HOTPLUG}: {error.strerror}")
            self._loop.after(0, self._next_hotplug)

    def _write_resolv(self) -> None:
        """resolv.conf.auto: beside others in a folder of its own from 21.02 on."""
        folder = "/tmp/resolv.conf.d"
        place = f"{folder}/resolv.conf.auto" if os.path.isdir(root.path(folder)) else "/tmp/resolv.conf.auto"
        lines: list[str] = []
        for name, interface in sorted(self._interfaces.items()):
            servers, search = (interface.state.lists.get(key, []) for key in ("dns-server", "dns-search"))
            if servers or search:
                lines.append(f"# Interface {name}")
                lines += [f"nameserver {server}" for server in servers] + [f"search {domain}" for domain in search]
        files.write(root.path(place), "".join(f"{line}\n" for line in lines))

    def _write_state(self) -> None:
        """What `uci -P /var/state` shows; on a router a hotplug script of netifd's package writes it."""
        lines = []
        for name, interface in sorted(self._interfaces.items()):
            if interface.state.up:
                lines += [f"network.{name}.up='1'", f"network.{name}.ifname='{interface.state.l3_device}'"]
        files.write(root.path(STATE), "".join(f"{line}\n" for line in lines))

    def _write_flat(self) -> None:
        """The dump again, a line for each value: network.sh reads it faster than it can ask for the dump."""
        rows = [row for name in sorted(self._interfaces) for row in flat(name, self._interfaces[name].status())]
        files.write(root.path(FLAT), "".join(f"{row}\n" for row in rows))


def flat(name: str, row: Table) -> list[str]:
    """`INTERFACE KEY VALUE` for what network.sh can be asked for; `subnet` is an address with its length."""
    lines = [
        f"{name} {key} {_word(row[key])}" for key in ("up", "proto", "l3_device", "device", "metric") if key in row
    ]
    for family in ("ipv4-address", "ipv6-address"):
        lines += [line for address in _tables(row.get(family)) for line in _flat_address(name, family, address)]
    for part in _tables(row.get("ipv6-prefix-assignment")):
        lines += [line for own in _tables([part.get("local-address")]) for line in _flat_address(name, "ipv6-own", own)]
    for route in _tables(row.get("route")):
        if (route["target"], route["mask"]) == ("0.0.0.0", 0):
            lines.append(f"{name} gateway {route['nexthop']}")
    for key in ("dns-server", "dns-search"):
        values = row.get(key)
        lines += [f"{name} {key} {value}" for value in values] if isinstance(values, list) else []
    return lines


def _flat_address(name: str, family: str, address: Table) -> list[str]:
    subnet = f"{address['address']}/{address['mask']}"
    return [f"{name} {family} {address['address']}", f"{name} {family}-subnet {subnet}"]


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tables(value: object) -> list[Table]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _prefixes(wanted: config.Network) -> dict[str, str]:
    """The part of the router's own IPv6 prefix that each interface with `ip6assign` has."""
    prefixes: dict[str, str] = {}
    for name, interface in wanted.interfaces.items():
        length = config.text(interface.options, "ip6assign")
        if length and "::" in wanted.prefix:
            prefixes[name] = addresses.part_of(wanted.prefix, len(prefixes), int(length))
    return prefixes
