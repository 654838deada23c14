"""Who keeps the settings differs from release to release; what they say comes out the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.recordings import recording
from wizard.inspect import settings
from wizard.model.errors import WizardError
from wizard.model.facts import Zones
from wizard.model.section import Section

KAMIKAZE = """
config interface lan
	option type 	bridge
	option ifname	"eth0.0"
	option proto	static
	option ipaddr	192.168.1.1
	option netmask	255.255.255.0

config interface wan
	option ifname	"eth0.1"
	option proto	dhcp
"""
DHCP = """
config dnsmasq
	option localservice '1'

config dhcp lan
	option interface	lan
	option start 	50
	option limit	20
"""


def said(**texts: str) -> dict[str, Section]:
    return {"settings": Section(b"", 0), **{name: Section(text.encode(), 0) for name, text in texts.items()}}


def config(**texts: str) -> settings.Config:
    return settings.parsed({name: text.encode() for name, text in texts.items()})


def test_netifd_knows_both_sides() -> None:
    found = settings.named(said(netifd=recording("24.10", "ubus_interface_dump").out), {})
    assert (found["lan_ifname"], found["wan_ifname"], found["wan_proto"]) == ("br-lan", "eth1", "static")


def test_a_way_by_pppoe_is_the_device_that_it_makes() -> None:
    found = settings.named(said(netifd=recording("24.10", "ubus_interface_dump_pppoe").out), {})
    assert (found["wan_ifname"], found["wan_proto"]) == ("pppoe-wan", "pppoe")


def interface(name: str, device: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- any field of netifd's
    return {"interface": name, "l3_device": device, "ipv4-address": [{"address": "192.0.2.1", "mask": 24}], **more}


def out(target: str = "0.0.0.0") -> list[Mapping[str, Any]]:
    return [{"target": target, "mask": 0, "nexthop": "192.0.2.254"}]


@pytest.mark.parametrize(
    ("interfaces", "lan", "wan"),
    [
        (
            [interface("loopback", "lo"), interface("home", "br-home"), interface("dsl", "eth7", route=out())],
            "br-home",
            "eth7",
        ),
        (
            [interface("guest", "br-guest"), interface("lan", "br-lan"), interface("wan", "eth1", route=out())],
            "br-lan",
            "eth1",
        ),
        ([interface("lan", "br-lan"), {"interface": "wan", "proto": "pppoe"}], "br-lan", "pppoe-wan"),
        ([interface("lan", "br-lan"), {"interface": "wan6", "l3_device": "eth1", "route": out("::")}], "br-lan", ""),
        ([interface("lan", "br-lan", route=out())], "br-lan", ""),
    ],
    ids=["other names", "two LANs", "PPPoE that is down", "IPv6 alone", "a router inside another network"],
)
def test_sides_by_where_they_lead(interfaces: list[Mapping[str, Any]], lan: str, wan: str) -> None:
    found = settings.named(said(netifd=json.dumps({"interface": interfaces})), {})
    assert (found["lan_ifname"], found["wan_ifname"]) == (lan, wan)


def test_without_netifd_the_files_count_and_what_is_up_now() -> None:
    kept = config(network=KAMIKAZE, dhcp=DHCP)
    found = settings.named(said(), kept)
    assert (found["lan_ifname"], found["wan_ifname"], found["wan_proto"]) == ("br-lan", "eth0.1", "dhcp")
    assert (found["dhcp_start"], found["dhcp_num"]) == ("50", "19")
    up = settings.named(said(state="network.wan.ifname=ppp0\nnetwork.lan.up='1'\n"), kept)
    assert up["wan_ifname"] == "ppp0"


@pytest.mark.parametrize("off", ["option ignore 1", "option dhcpv4 disabled"])
def test_a_pool_that_is_off_is_none(off: str) -> None:
    assert settings.named(said(), config(network=KAMIKAZE, dhcp=DHCP + f"\t{off}\n"))["dhcp_off"] == "1"


def test_zones_are_found_by_their_networks() -> None:
    firewall = """
config defaults
	option input 'ACCEPT'
config zone
	option name 'home'
	list network 'lan'
	option input 'ACCEPT'
config zone
	option name 'outside'
	option network 'wan wan6'
	option input 'REJECT'
config zone
	option name 'pptp'
"""
    found = settings.zones(config(firewall=firewall), {"lan_name": "lan", "wan_name": "wan"})
    assert found == Zones("home", "outside", "pptp2", wan_refuses=True)


def test_an_open_way_in_is_noticed() -> None:
    firewall = "config zone\n\toption name wan\n\toption input ACCEPT\n"
    assert not settings.zones(config(firewall=firewall), {}).wan_refuses


@pytest.mark.parametrize(
    ("option", "starter", "local_only"),
    [("", "localservice", True), ("\toption localservice '0'\n", "localservice", False), ("", "", False)],
)
def test_whom_the_name_server_answers(option: str, starter: str, local_only: bool) -> None:
    service = settings.name_service(config(dhcp="config dnsmasq\n" + option), Section(starter.encode(), 0))
    assert service.local_only == local_only


def test_a_file_that_uci_refuses_stops_with_its_page() -> None:
    with pytest.raises(WizardError) as error:
        config(firewall="config zone\n\toption name 'open\n")
    assert error.value.code == "uci-unreadable"
    assert error.value.data["path"] == "/etc/config/firewall"
