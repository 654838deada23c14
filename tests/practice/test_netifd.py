"""The stand-in for netifd: what it asks of the kernel, and what it says, for the networks that were recorded."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.practice.procd_router import without_numbers
from tests.recordings import recording
from wizard.practice.netifd import config, protocols
from wizard.practice.netifd.kernel import Kernel
from wizard.practice.netifd.network import Network
from wizard.practice.procd import form
from wizard.practice.procd.bus import Bus, Link
from wizard.practice.procd.log import Log
from wizard.practice.procd.loop import ChildEnded, Loop

OLD_LAN = """
config interface 'lan'
	option ifname 'eth0 eth2'
	option type 'bridge'
	option proto 'static'
	option ipaddr '192.168.1.1'
	option netmask '255.255.255.0'
"""


class NoKernel(Kernel):
    """Remembers what was asked of it; devices are there as soon as they were made."""

    def __init__(self, *devices: str) -> None:
        self.devices = {"lo", *devices}
        self.asked: list[str] = []

    def present(self, device: str) -> bool:
        return device in self.devices

    def six(self) -> bool:
        return False

    def run(self, *words: str) -> bool:
        self.asked.append(" ".join(words))
        if words[:2] == ("link", "add"):
            self.devices.add(words[words.index("name") + 1])
        if words[:2] == ("link", "del"):
            self.devices.discard(words[2])
        return True


class NoLoop(Loop):
    """Starts nothing: who was to be started is written down, and ends when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[tuple[list[str], ChildEnded, dict[str, str]]] = []

    def spawn(
        self,
        words: Sequence[str],
        ended: ChildEnded,
        environment: Mapping[str, str] | None = None,
        **_pipes: int | None,
    ) -> int:
        self.started.append((list(words), ended, dict(environment or {})))
        return 0x7FFFFFFF

    def hotplug(self) -> list[str]:
        """The calls so far; each is said to have ended."""
        calls = []
        while waiting := [row for row in self.started if row[0][-1] == "iface"]:
            _, ended, environment = waiting[0]
            calls.append(f"{environment['ACTION']} {environment['INTERFACE']} {environment['DEVICE']}")
            self.started.remove(waiting[0])
            ended(0)
        return calls


class Scene:
    def __init__(self, root: Path, text: str, *devices: str) -> None:
        self.root = root
        (root / "etc/config").mkdir(parents=True, exist_ok=True)
        self.write(text)
        self.kernel, self.loop = NoKernel(*devices), NoLoop()
        self.bus, self.log = Bus(self.loop), Log(self.loop)
        self.network = Network(self.bus, self.loop, self.log, self.kernel)
        self.network.offer()
        self.network.reload()

    def write(self, text: str) -> None:
        (self.root / "etc/config/network").write_text(text)

    def ask(self, name: str, method: str, **arguments: object) -> dict[str, Any]:
        link: Link = None  # type: ignore[assignment] # nothing here goes on after its answer
        return self.bus.objects[name][method][1](arguments, link) or {}

    def wan(self) -> dict[str, Any]:
        return self.ask("network.interface.wan", "status")

    def said(self) -> list[str]:
        link: Link = None  # type: ignore[assignment]
        lines = self.log.read({}, link)["log"]
        assert isinstance(lines, list)
        return [str(line).split("netifd: ")[1] for line in lines]


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scene]:
    monkeypatch.setenv("IPKG_INSTROOT", str(tmp_path))
    monkeypatch.setattr(os, "kill", lambda _pid, _number: None)
    return lambda text, *devices: Scene(tmp_path, text, *devices)


def recorded_network(name: str = "uci_export_network") -> str:
    return recording("24.10", name).out


def test_the_recorded_network_is_reported_as_recorded(scene: Callable[..., Scene]) -> None:
    made = scene(recorded_network(), "eth0", "eth1")
    dump = form.pretty(made.ask("network.interface", "dump")) + "\n"
    assert without_numbers(dump) == without_numbers(recording("24.10", "ubus_interface_dump").out)
    for name, file in (("lan", "ubus_lan_status"), ("wan", "ubus_wan_status_static")):
        said = form.pretty(made.ask(f"network.interface.{name}", "status")) + "\n"
        assert without_numbers(said) == without_numbers(recording("24.10", file).out)


def test_the_kernel_is_asked_for_a_bridge_addresses_and_a_route(scene: Callable[..., Scene]) -> None:
    asked = scene(recorded_network(), "eth0", "eth1").kernel.asked
    assert "link add name br-lan type bridge" in asked
    assert "link set eth0 master br-lan" in asked
    assert "addr add 192.168.1.1/24 broadcast 192.168.1.255 dev br-lan" in asked
    assert "addr add 203.0.113.1/24 broadcast 203.0.113.255 dev eth1" in asked
    assert "addr add 127.0.0.1/8 dev lo" in asked
    assert "route replace default via 203.0.113.254 dev eth1" in asked


def test_name_servers_and_state_are_written_down(scene: Callable[..., Scene]) -> None:
    made = scene(recorded_network(), "eth0", "eth1")
    assert (made.root / "tmp/resolv.conf.auto").read_text() == "# Interface wan\nnameserver 203.0.113.254\n"
    state = (made.root / "var/state/network").read_text().splitlines()
    assert "network.wan.up='1'" in state
    assert "network.wan.ifname='eth1'" in state
    assert "ifup wan eth1" in made.loop.hotplug()


def test_name_servers_have_a_folder_of_their_own_where_it_is(scene: Callable[..., Scene], tmp_path: Path) -> None:
    (tmp_path / "tmp/resolv.conf.d").mkdir(parents=True)
    scene(recorded_network(), "eth0", "eth1")
    recorded = recording("24.10", "resolv").out
    assert recorded.endswith((tmp_path / "tmp/resolv.conf.d/resolv.conf.auto").read_text())


def test_pppoe_is_reported_as_recorded(scene: Callable[..., Scene]) -> None:
    made = scene(_pppoe(), "eth0", "eth1")
    assert (made.wan()["up"], made.wan()["pending"]) == (False, True)
    words, _, _ = next(row for row in made.loop.started if row[0][0] == "/usr/sbin/pppd")
    recorded = next(line for line in recording("24.10", "ps_w_pppoe").out.splitlines() if "/pppd" in line)
    assert " ".join(words).startswith("/usr/sbin/pppd nodetach ipparam wan ifname pppoe-wan lcp-echo-interval 1 lcp-")
    assert "/usr/sbin/pppd nodetach ipparam wan ifname pppoe-wan lcp-echo-interval 1 lcp-echo-failure 5" in recorded
    assert words[-3:] == ["plugin", "pppoe.so", "nic-eth1"]
    made.ask("network.interface.wan", "notify_proto", **_pppoe_is_up())
    wanted = json.loads(recording("24.10", "ubus_wan_status_pppoe").out)
    wanted["ipv6-address"] = []  # pppd's link-local address; IPv6 does not go so far here
    assert without_numbers(form.pretty(made.wan())) == without_numbers(form.pretty(wanted))
    assert not [words for words in made.kernel.asked if words.startswith("addr add 198.51.100.20")]


def _pppoe() -> str:
    text = recorded_network()
    start, end = text.index("config interface 'wan'"), text.index("config interface 'wan6'")
    wan = ["config interface 'wan'", "option device 'eth1'", "option proto 'pppoe'", "list dns '203.0.113.254'"]
    wan += ["option username 'user@isp'", "option password 'made-up'"]
    return text[:start] + "\n\t".join(wan) + "\n\n" + text[end:]


def _pppoe_is_up() -> dict[str, object]:
    route = {"target": "0.0.0.0", "netmask": "0", "gateway": "198.51.100.1"}
    address = {"ipaddr": "198.51.100.20", "mask": "32", "ptp": "198.51.100.1"}
    up = {"action": 0, "ifname": "pppoe-wan", "link-up": True, "address-external": True}
    return {**up, "ipaddr": [address], "routes": [route], "dns": ["198.51.100.53", "198.51.100.53"]}


def test_a_helper_that_ends_takes_the_interface_down_and_is_started_again(scene: Callable[..., Scene]) -> None:
    made = scene(_pppoe(), "eth0", "eth1")
    made.kernel.devices.add("pppoe-wan")
    made.ask("network.interface.wan", "notify_proto", **_pppoe_is_up())
    pppd = next(row for row in made.loop.started if row[0][0] == "/usr/sbin/pppd")
    made.loop.started.remove(pppd)
    made.loop.after = lambda _seconds, action: action()  # type: ignore[method-assign,assignment,return-value]
    pppd[1](0)
    assert any(row[0][0] == "/usr/sbin/pppd" for row in made.loop.started)
    assert (made.wan()["up"], made.wan()["pending"]) == (False, True)
    recorded = recording("24.10", "logread_pppoe_up").out
    for text in ("is now down", "is setting up now", "is now up"):
        assert f"netifd: Interface 'wan' {text}" in recorded
        assert f"Interface 'wan' {text}" in made.said()


def test_dhcp_reports_its_lease(scene: Callable[..., Scene]) -> None:
    made = scene("config interface wan\n\toption ifname eth1\n\toption proto dhcp\n", "eth1")
    words = made.loop.started[0][0]
    assert words[:4] == ["/bin/busybox", "udhcpc", "-p", "/var/run/udhcpc-eth1.pid"]
    lease: dict[str, object] = {
        "action": 0,
        "ifname": "eth1",
        "link-up": True,
        "ipaddr": [{"ipaddr": "203.0.113.77", "mask": "255.255.255.0"}],
        "routes": [{"target": "0.0.0.0", "netmask": "0", "gateway": "203.0.113.254"}],
        "dns": ["198.51.100.10"],
    }
    made.ask("network.interface.wan", "notify_proto", **lease)
    assert made.wan()["ipv4-address"] == [{"address": "203.0.113.77", "mask": 24}]
    assert made.wan()["dns-server"] == ["198.51.100.10"]
    assert "addr add 203.0.113.77/24 broadcast 203.0.113.255 dev eth1" in made.kernel.asked
    made.kernel.asked.clear()
    made.ask("network.interface.wan", "notify_proto", **lease)
    assert made.kernel.asked == []  # a renewed lease does not touch the addresses
    made.ask("network.interface.wan", "notify_proto", action=0, **{"link-up": False})
    assert (made.wan()["up"], made.wan()["pending"]) == (False, True)


def test_down_stays_down_and_up_comes_back(scene: Callable[..., Scene]) -> None:
    made = scene(recorded_network(), "eth0", "eth1")
    made.loop.hotplug()
    made.ask("network.interface", "down", interface="wan")
    assert {key: made.wan()[key] for key in ("up", "pending", "autostart")} == dict.fromkeys(
        ("up", "pending", "autostart"), False
    )
    assert "addr flush dev eth1 scope global" in made.kernel.asked
    assert made.loop.hotplug() == ["ifdown wan eth1"]
    made.ask("network.interface.wan", "up")
    assert made.wan()["up"]


def test_a_reload_touches_only_what_changed(scene: Callable[..., Scene]) -> None:
    made = scene(recorded_network(), "eth0", "eth1")
    made.loop.hotplug()
    made.kernel.asked.clear()
    made.network.reload()
    assert (made.kernel.asked, made.loop.hotplug()) == ([], [])
    made.write(recorded_network().replace("203.0.113.1'", "203.0.113.2'"))
    made.ask("network", "reload")
    assert made.loop.hotplug() == ["ifdown wan eth1", "ifup wan eth1"]
    made.write(recorded_network()[: recorded_network().index("config interface 'wan6'")])
    made.ask("network", "reload")
    assert "network.interface.wan6" not in made.bus.objects


def test_a_restart_sets_everything_up_again(scene: Callable[..., Scene]) -> None:
    made = scene(recorded_network(), "eth0", "eth1")
    made.ask("network.interface", "down", interface="wan")
    made.ask("network", "restart")
    assert made.wan()["up"]


def test_without_its_device_an_interface_is_not_available(scene: Callable[..., Scene]) -> None:
    made = scene(recorded_network(), "eth0")
    assert (made.wan()["up"], made.wan()["available"]) == (False, False)


def test_until_19_07_an_interface_is_the_bridge(scene: Callable[..., Scene]) -> None:
    made = scene(OLD_LAN + "\nconfig interface wan\n\toption ifname eth0.2\n\toption proto none\n", "eth0", "eth2")
    assert made.ask("network.interface.lan", "status")["l3_device"] == "br-lan"
    assert {"link set eth0 master br-lan", "link set eth2 master br-lan"} <= set(made.kernel.asked)
    assert "link add link eth0 name eth0.2 type vlan id 2" in made.kernel.asked
    assert list(made.network._devices()) == ["br-lan", "eth0", "eth0.2", "eth2"]


@pytest.mark.parametrize(
    ("options", "addresses"),
    [
        ({"ipaddr": "10.0.0.1", "netmask": "255.255.0.0"}, [("10.0.0.1", 16)]),
        ({"ipaddr": ["10.0.0.1/24", "10.0.1.1/25"]}, [("10.0.0.1", 24), ("10.0.1.1", 25)]),
        ({"ipaddr": "10.0.0.1"}, [("10.0.0.1", 32)]),
    ],
)
def test_addresses_are_written_in_three_ways(options: config.Options, addresses: list[tuple[str, int]]) -> None:
    found = protocols.static(config.Interface("lan", options, None, []))
    assert found["ipv4-address"] == [{"address": address, "mask": mask} for address, mask in addresses]


def test_an_address_that_is_none_is_told_and_not_set(scene: Callable[..., Scene]) -> None:
    made = scene("config interface wan\n\toption ifname eth1\n\toption proto static\n\toption ipaddr bad\n", "eth1")
    assert "Interface 'wan' has an address that is none" in made.said()
    assert made.wan()["ipv4-address"] == []
