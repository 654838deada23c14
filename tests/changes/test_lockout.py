"""Whether a change could keep out the connection that it is made over: never for the home network, on any router."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from tests.inspect.test_routers import READ, facts_of, set_up
from tests.later import FIREWALL, OPENWRT_19_07, OPENWRT_24_10, applied
from tests.samples import ANSWERS, FACTORY_FRESH, PASSWORDS
from wizard.changes import Threat, change, connection, expected, threats
from wizard.model.answers import Access, Answers
from wizard.model.changes import ChangeSet, What
from wizard.model.damage import Damage, Kind
from wizard.model.facts import FilterRule, LiveCall, RouterFacts
from wizard.plan.build import plan

CALLS = (LiveCall("ppp0", IPv4Address("172.16.1.2")),)
OPEN = replace(ANSWERS, access=Access(router="all"))
ROUTERS = {"White Russian": FACTORY_FRESH, "19.07": OPENWRT_19_07, "24.10": OPENWRT_24_10}
WITH_A_CALL = [folder for folder in READ if folder.endswith("with-a-call")]


def found(
    facts: RouterFacts, source: str, answers: Answers = ANSWERS, mended: Sequence[Damage] = (), port: int = 22
) -> tuple[Threat, ...]:
    """What a change to these answers threatens, for a connection from there to the router's own LAN address."""
    wanted = plan(facts, answers, PASSWORDS)
    line = connection(source, str(facts.lan.interface.ip), port)
    return threats(line, change(wanted, facts, mended), facts, expected(wanted, facts), mended)


@pytest.mark.parametrize("folder", READ)
def test_the_home_network_is_never_in_danger(folder: str) -> None:
    facts, wanted, changes = set_up(folder)
    changes = replace(changes, firewall=replace(changes.firewall, reload=True))
    home = facts.lan.interface
    for source in (str(home.ip + 7), f"::ffff:{home.ip + 7}", "fe80::1%eth0", "2001:db8::7"):
        line = connection(source, str(home.ip), 22)
        assert not threats(line, changes, facts, expected(wanted, facts), facts.damage), source
        back = replace(changes, what=What.UNINSTALL)
        assert not threats(line, back, facts, (), ())


@pytest.mark.parametrize("folder", WITH_A_CALL)
def test_over_the_tunnel_ssh_is_refused_where_clients_get_names_alone(folder: str) -> None:
    facts, wanted, changes = set_up(folder)
    changes = replace(changes, firewall=replace(changes.firewall, reload=True))
    line = connection("172.16.1.2", "172.16.1.1", 22)
    (threat,) = threats(line, changes, facts, expected(wanted, facts))
    assert "ppp0" in threat.rule
    assert "over the tunnel" in threat.why


@pytest.mark.parametrize("release", ROUTERS)
def test_over_the_tunnel_by_what_clients_may_reach(release: str) -> None:
    there = replace(applied(ROUTERS[release]), calls=CALLS)
    assert not found(there, "172.16.1.2", OPEN)
    closed = replace(there, rules=())
    (threat,) = found(closed, "172.16.1.2")
    assert threat.rule.split(" in chain ")[0] in ("REJECT", "zone_pptp_src_REJECT", "reject_from_pptp")
    assert not found(closed, "172.16.1.2", port=53)


@pytest.mark.parametrize("release", ROUTERS)
def test_a_call_that_is_ended_is_ones_own(release: str) -> None:
    there = replace(applied(ROUTERS[release]), calls=CALLS)
    gone = replace(OPEN, clients=OPEN.clients[1:])
    ended, refused = found(there, "172.16.1.2", gone)
    assert "is ended" in ended.rule and "not a client any more" in ended.why
    assert "172.16.1.2" in refused.rule or "ppp0" in refused.rule
    assert not found(there, "192.168.1.7", gone)


def test_an_administrator_in_the_tunnel_whose_address_is_in_the_lan() -> None:
    inside = replace(ANSWERS.clients[0], address=IPv4Address("192.168.1.60"))
    answers = replace(ANSWERS, clients=(inside,))
    there = replace(OPENWRT_24_10, calls=(LiveCall("ppp0", inside.address),))
    assert found(there, "192.168.1.60", answers)
    assert not found(there, "192.168.1.61", answers)


@pytest.mark.parametrize("release", ROUTERS)
def test_another_ppp_link_becomes_a_clients_device(release: str) -> None:
    linked = replace(ROUTERS[release], links=(LiveCall("ppp1", IPv4Address("10.9.9.9")),))
    for source in ("10.9.9.9", "10.20.30.40"):
        (threat,) = found(linked, source, OPEN)
        assert "ppp1" in threat.rule
    for source in ("192.168.1.7", "203.0.113.9"):  # the home network, and that on the Internet's side
        assert not found(linked, source)
    assert not found(ROUTERS[release], "10.20.30.40")


def test_ipv6_by_another_ppp_link_where_the_zone_lets_none_pass() -> None:
    link = (LiveCall("ppp1", IPv4Address("10.9.9.9")),)
    (threat,) = found(replace(OPENWRT_24_10, links=link), "2001:db8::7")
    assert "IPv6" in threat.rule
    assert not found(replace(FACTORY_FRESH, links=link), "2001:db8::7")


def test_a_door_for_every_ppp_device_that_is_mended() -> None:
    wild = Damage(
        Kind.PPP_WILDCARD, "/etc/firewall.user", data={"found": ("iptables -A input_rule -i ppp+ -j ACCEPT",)}
    )
    dsl = replace(FACTORY_FRESH, wan=replace(FACTORY_FRESH.wan, device="ppp0"))
    (threat,) = found(dsl, "198.51.100.7", mended=[wild])
    assert "ppp+" in threat.rule
    assert not found(dsl, "192.168.1.7", mended=[wild])
    assert not found(dsl, "198.51.100.7")
    assert not found(FACTORY_FRESH, "198.51.100.7", mended=[wild])


def test_on_the_way_back_the_rules_that_let_the_tunnel_in_go() -> None:
    there = replace(applied(OPENWRT_24_10), calls=CALLS)
    wanted = plan(there, OPEN, PASSWORDS)
    back: ChangeSet = replace(change(wanted, there), what=What.UNDO)
    back = replace(back, firewall=replace(back.firewall, reload=True))
    assert threats(connection("172.16.1.2", "172.16.1.1", 22), back, there, ())
    still = replace(back, firewall=replace(back.firewall, reload=False))
    assert not threats(connection("172.16.1.2", "172.16.1.1", 22), still, there, ())


@pytest.mark.parametrize(
    ("folder", "chain"),
    [
        ("openwrt-24.10-factory-fresh", "input_wan"),
        ("openwrt-21.02-factory-fresh", "zone_wan_input"),
        ("openwrt-15.05.1-factory-fresh", "zone_wan_input"),
        ("openwrt-12.09-factory-fresh", "input_rule"),
        ("openwrt-7.09-factory-fresh", "input_rule"),
        ("white-russian-rc5-factory-fresh", "input_rule"),
    ],
)
def test_from_the_internet_by_a_rule_that_stands_in_no_file(folder: str, chain: str) -> None:
    facts, wanted, changes = set_up(folder)
    after = expected(wanted, facts)
    lets_in = FilterRule(chain, "ACCEPT", "tcp", match="dpt:2222")
    by_hand = replace(facts, rules=(lets_in, *facts.rules))
    line = connection("198.51.100.7", "203.0.113.1", 2222)
    (threat,) = threats(line, changes, by_hand, after)
    assert chain in threat.rule
    assert not threats(connection("192.168.1.7", "192.168.1.1", 2222), changes, by_hand, after)
    assert not threats(line, changes, facts, after)


def test_a_rule_that_stands_in_a_file_comes_again() -> None:
    facts = facts_of("openwrt-24.10-factory-fresh")
    rule = b"\nconfig rule\n\toption src 'wan'\n\toption dest_port '2222'\n\toption target 'ACCEPT'\n"
    file = replace(facts.files[FIREWALL], content=facts.files[FIREWALL].content + rule)
    lets_in = FilterRule("input_wan", "ACCEPT", "tcp", match="dpt:2222")
    there = replace(facts, files={**facts.files, FIREWALL: file}, rules=(lets_in, *facts.rules))
    assert not found(there, "198.51.100.7", port=2222)
