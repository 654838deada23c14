"""Our sections of /etc/config/firewall, and the rules that fw4 makes of them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.practice.firewalls import Router
from tests.recordings import recording
from tests.samples import ANSWERS, FACTORY_FRESH, PASSWORDS
from wizard.changes import zone
from wizard.inspect import nft
from wizard.inspect.tunnel import read_back
from wizard.model import uci
from wizard.model.answers import Access, Answers, LanAccess
from wizard.model.facts import Dialect, FilterRule, Firewall, Mppe, Packages, RouterFile, Service
from wizard.model.section import Section
from wizard.plan.build import plan

PATH = "/etc/config/firewall"
ROUTERS = {
    firewall: replace(FACTORY_FRESH, dialect=Dialect(packages, firewall, Service.PROCD, mppe), firewall_file=PATH)
    for packages, firewall, mppe in (
        (Packages.OPKG, Firewall.FW3, Mppe.MPPE),
        (Packages.OPKG, Firewall.FW4, Mppe.REQUIRE),
    )
}
FW4 = ROUTERS[Firewall.FW4]
HOSTS: LanAccess = (IPv4Network("192.168.1.20/32"), IPv4Network("192.168.1.64/26"))
LANS: tuple[LanAccess, ...] = ("all", "none", HOSTS)
EVERY_ACCESS = [
    Access(lan=lan, from_lan=from_lan, internet=internet, between_clients=between, router=router)
    for lan, from_lan, internet, between in product(LANS, (False, True), (False, True), (False, True))
    for router in ("dns", "all")
]
ADDRESSES = st.integers(min_value=1 << 24, max_value=2**32 - 1).map(IPv4Address)


def answered(access: Access) -> Answers:
    return replace(ANSWERS, access=access)


@pytest.mark.parametrize("access", EVERY_ACCESS, ids=str)
def test_what_is_written_reads_back_as_it_was_answered(access: Access) -> None:
    text = zone.sections(plan(FW4, answered(access), PASSWORDS), FW4)
    files = {
        PATH: RouterFile(PATH, text.encode(), "-rw-r--r--"),
        "/etc/ppp/options.pptpd": RouterFile("/etc/ppp/options.pptpd", b"name pptp-server\n", "-rw-r--r--"),
        "/etc/ppp/chap-secrets": RouterFile(
            "/etc/ppp/chap-secrets", b"vpnuser pptp-server x 172.16.1.2\n", "-rw-------"
        ),
    }
    found = read_back(files, FW4.lan, PATH, "/etc/init.d/pptp-wizard")
    assert found is not None and found.ours
    assert found.answers.access == access


@given(st.sets(ADDRESSES, max_size=6), ADDRESSES)
def test_every_other_address_is_a_stranger_and_no_client_is(
    clients: set[IPv4Address], any_address: IPv4Address
) -> None:
    strangers = zone.others(clients)
    for address in {*clients, any_address}:
        assert any(address in network for network in strangers) == (address not in clients)


def test_a_zone_has_devices_alone_and_never_a_family_of_them() -> None:
    found = uci.named(uci.sections(zone.sections(plan(FW4, ANSWERS, PASSWORDS), FW4)), "pptp_wizard_zone")
    assert found is not None
    assert not found.values("subnet") and not found.values("network")
    assert all(device[3:].isdecimal() for device in found.values("device"))
    assert found.value("input") == "REJECT" and found.value("forward") == "REJECT"


def test_there_are_more_devices_than_calls_and_uplinks_and_the_uplink_is_none_of_them() -> None:
    routed = replace(FW4, uplinks=2, wan=replace(FW4.wan, device="ppp1"))
    planned = plan(routed, ANSWERS, PASSWORDS)
    devices = zone.call_devices(planned, routed)
    assert len(devices) > planned.connections + 2
    assert "ppp1" not in devices and "ppp0" in devices


def test_the_devices_stay_when_an_uplink_goes() -> None:
    there = replace(FW4, uplinks=2)
    planned = plan(there, ANSWERS, PASSWORDS)
    text = zone.sections(planned, there)
    now = replace(FW4, files={PATH: RouterFile(PATH, text.encode(), "-rw-r--r--")})
    assert zone.call_devices(planned, now) == zone.call_devices(planned, there)


@pytest.mark.parametrize("facts", ROUTERS.values(), ids=[each.value for each in ROUTERS])
@pytest.mark.parametrize("access", EVERY_ACCESS[::5], ids=str)
def test_a_filter_that_lacks_any_rule_does_not_stand(access: Access, facts: object) -> None:
    assert isinstance(facts, type(FW4))
    wanted = zone.expected(plan(facts, answered(access), PASSWORDS), facts)
    assert zone.stands(wanted, wanted, facts)
    for place in range(len(wanted)):
        rest = wanted[:place] + wanted[place + 1 :]
        assert wanted[place] in rest or not zone.stands(wanted, rest, facts), wanted[place]


def test_a_rule_that_lets_clients_through_besides_ours_is_noticed() -> None:
    wanted = zone.expected(plan(FW4, ANSWERS, PASSWORDS), FW4)
    assert not zone.stands(wanted, (*wanted, FilterRule("input_pptp", "ACCEPT", "tcp", match="dpt:22")), FW4)
    assert not zone.stands(wanted, (*wanted, FilterRule("forward_pptp", "accept_to_wan")), FW4)
    assert zone.stands(wanted, (*wanted, FilterRule("input_pptp", "ACCEPT", match="ct status dnat")), FW4)


@pytest.mark.parametrize("access", EVERY_ACCESS[::3], ids=str)
def test_fw4_makes_of_our_sections_what_we_look_for_afterwards(access: Access, tmp_path: Path) -> None:
    planned = plan(FW4, answered(access), PASSWORDS)
    router = Router(tmp_path, "fw4")
    router.configure(recording("24.10", "uci_export_firewall").out + "\n" + zone.sections(planned, FW4))
    router.answer_ubus(recording("24.10", "ubus_interface_dump").out)
    printed = router.run("print")
    assert "skipped" not in printed.stderr
    running = nft.rules(Section(printed.stdout.encode(), 0))
    wanted = zone.expected(planned, FW4)
    assert [rule for rule in wanted if rule not in running] == []
    assert zone.stands(wanted, running, FW4)
