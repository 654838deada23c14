"""Addresses: what is proposed is free, and what is not free is refused with what to do instead."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plan.scene import ANSWERS, FRESH, WITH_TUNNEL, router
from wizard.model.answers import Access, Answers, Client, DaemonOptions, Tunnel
from wizard.model.facts import DhcpPool, LiveCall, Neighbour, RouterFacts
from wizard.plan import addresses

SERVER = IPv4Address("172.16.1.1")
GOOD = Answers(Tunnel(SERVER), (Client("vpnuser", IPv4Address("172.16.1.2")),))


def fault(address: str, facts: RouterFacts = FRESH, others: tuple[IPv4Address, ...] = ()) -> str:
    """The words of a fatal problem with a client's address, else nothing."""
    problem = addresses.client_problem(IPv4Address(address), facts, SERVER, others)
    return problem.text if problem and problem.fatal else ""


@st.composite
def routers(draw: st.DrawFn) -> RouterFacts:
    """LANs, WANs, pools and neighbours of every private size, on top of each other as it comes."""
    lan = draw(_interfaces())
    wan = draw(st.none() | _interfaces())
    others = draw(st.lists(_interfaces(), max_size=2))
    hosts = st.integers(int(lan.network.network_address), int(lan.network.broadcast_address)).map(IPv4Address)
    ends = sorted((draw(hosts), draw(hosts)))
    near = st.integers(int(SERVER) & ~0xFF, int(SERVER) + 600).map(IPv4Address)
    seen = draw(st.lists(st.one_of(hosts, near), max_size=12))
    return replace(
        FRESH,
        lan=replace(FRESH.lan, interface=lan),
        wan=replace(FRESH.wan, interface=wan),
        dhcp=draw(st.none() | st.just(DhcpPool(*ends))),
        other_networks=tuple(each.network for each in others if not each.network.overlaps(lan.network)),
        neighbours=tuple(Neighbour(address, "", "DHCP lease") for address in seen),
    )


@st.composite
def _interfaces(draw: st.DrawFn) -> IPv4Interface:
    block = draw(st.sampled_from(addresses.PRIVATE_NETWORKS))
    length = draw(st.integers(block.prefixlen, 30))
    address = draw(st.integers(int(block.network_address), int(block.broadcast_address)))
    return IPv4Interface((address, length))


def test_a_network_for_guests_is_taken_too() -> None:
    guests = replace(FRESH, other_networks=(IPv4Network("172.16.1.0/24"),))
    assert "another network of this router (172.16.1.0/24)" in fault("172.16.1.9", guests)
    assert addresses.propose_server(guests) == IPv4Address("172.16.2.1")


@given(routers())
def test_what_is_proposed_meets_nothing(facts: RouterFacts) -> None:
    server = addresses.propose_server(facts)
    assert addresses.server_problem(server, facts, ()) is None
    assert server not in facts.lan.interface.network


@given(routers(), st.integers(1, 6), st.booleans())
def test_clients_never_meet_lan_pool_leases_server_or_each_other(facts: RouterFacts, count: int, inside: bool) -> None:
    server = facts.lan.interface.ip if inside else addresses.propose_server(facts)
    taken: list[IPv4Address] = []
    for _ in range(count):
        taken.append(addresses.next_free(facts, server, taken))
    assert len({server, facts.lan.interface.ip, *taken}) == count + len({server, facts.lan.interface.ip})
    for address in taken:
        assert facts.dhcp is None or address not in facts.dhcp or address not in facts.lan.interface.network
        assert address not in {neighbour.address for neighbour in facts.neighbours}
        assert facts.wan.interface is None or address not in facts.wan.interface.network
        assert address not in (
            facts.lan.interface.network.network_address,
            facts.lan.interface.network.broadcast_address,
        )
        others = [other for other in taken if other != address]
        problem = addresses.client_problem(address, facts, server, others)
        assert problem is None or not problem.fatal


@pytest.mark.parametrize(
    ("facts", "server"),
    [
        (FRESH, "172.16.1.1"),
        (router(lan="172.16.1.1/24"), "172.16.2.1"),
        (router(wan="172.16.0.9/16"), "172.17.0.1"),
        (router(neighbours=(Neighbour(IPv4Address("172.16.1.77"), "", "ARP table"),)), "172.16.2.1"),
        (router(lan="172.16.0.1/12"), "192.168.3.1"),
        (router(lan="172.16.0.1/12", wan="192.168.0.2/16"), "10.0.2.1"),
    ],
)
def test_the_servers_address_moves_out_of_the_way(facts: RouterFacts, server: str) -> None:
    assert addresses.propose_server(facts) == IPv4Address(server)


def test_clients_of_a_server_in_the_lan_are_in_the_lan_and_outside_the_pool() -> None:
    first = addresses.next_free(FRESH, FRESH.lan.interface.ip, ())
    assert first == IPv4Address("192.168.1.2")
    assert addresses.next_free(FRESH, FRESH.lan.interface.ip, [first]) == IPv4Address("192.168.1.4")  # .3 prints


def test_a_full_lan_leads_out_of_it() -> None:
    full = router(lan="192.168.1.1/29", dhcp="192.168.1.2-192.168.1.6")
    address = addresses.next_free(full, IPv4Address("192.168.1.1"), ())
    assert address not in full.lan.interface.network


def test_a_huge_pool_is_jumped_over() -> None:
    huge = router(lan="10.0.0.1/8", dhcp="10.0.0.2-10.255.255.250")
    assert addresses.next_free(huge, IPv4Address("10.0.0.1"), ()) == IPv4Address("10.255.255.251")


def test_a_lan_that_is_the_wan_too_is_not_searched() -> None:
    both = router(lan="10.0.0.1/8", wan="10.0.0.1/8")
    assert addresses.next_free(both, IPv4Address("10.0.0.1"), ()) == IPv4Address("172.16.1.1")


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("0.1.2.3", "this network"),
        ("127.0.0.1", "loopback"),
        ("169.254.1.1", "link-local"),
        ("224.0.0.5", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("192.168.1.1", "router's own"),
        ("192.168.1.0", "as a whole"),
        ("192.168.1.255", "as a whole"),
        ("192.168.1.100", "hands out"),
        ("192.168.1.250", "hands out"),
        ("192.168.1.3", "in use (printer, static host)"),
        ("203.0.113.9", "WAN"),
        ("172.16.1.1", "server's own"),
        ("172.16.1.9", "another client"),
    ],
)
def test_what_a_client_cannot_have_is_refused_with_another_address(address: str, word: str) -> None:
    text = fault(address, others=(IPv4Address("172.16.1.9"),))
    assert word in text
    assert text.endswith("Take another, for example 172.16.1.2.")


@pytest.mark.parametrize("address", ["192.168.1.2", "192.168.1.99", "192.168.1.251", "172.16.1.2", "10.20.30.40"])
def test_what_is_free_is_taken(address: str) -> None:
    assert fault(address) == ""


def test_a_lease_outside_the_pool_is_refused_too() -> None:
    facts = router(neighbours=(Neighbour(IPv4Address("192.168.1.7"), "", "ARP table"),))
    assert "in use (ARP table)" in fault("192.168.1.7", facts)


def test_our_own_client_in_the_arp_table_is_no_stranger() -> None:
    seen = Neighbour(IPv4Address("192.168.1.7"), "", "ARP table")
    facts = router(neighbours=(seen,), calls=(LiveCall("ppp0", seen.address),))
    assert fault("192.168.1.7", facts) == ""
    static = replace(facts, neighbours=(replace(seen, source="static host"),))
    assert "in use" in fault("192.168.1.7", static)


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("192.168.1.120", "hands out"),
        ("203.0.113.1", "WAN"),
        ("172.16.1.2", "client vpnuser"),
        ("224.0.0.1", "multicast"),
        ("192.168.1.255", "as a whole"),
    ],
)
def test_what_the_server_cannot_have(address: str, word: str) -> None:
    problem = addresses.server_problem(IPv4Address(address), FRESH, GOOD.clients)
    assert problem
    assert problem.fatal
    assert word in problem.text
    assert "for example 172.16.1.1" in problem.text


def test_the_server_may_share_the_routers_own_address() -> None:
    assert addresses.server_problem(FRESH.lan.interface.ip, FRESH, ()) is None


@pytest.mark.parametrize(("address", "word"), [("192.168.0.5", "Many homes"), ("8.8.8.8", "Internet")])
def test_what_can_be_but_had_better_not(address: str, word: str) -> None:
    for problem in (
        addresses.server_problem(IPv4Address(address), FRESH, ()),
        addresses.client_problem(IPv4Address(address), FRESH, SERVER, ()),
    ):
        assert problem
        assert not problem.fatal
        assert word in problem.text


def test_ten_home_networks_are_known() -> None:
    assert len(addresses.HOME_NETWORKS) == 10
    assert addresses.home_network_warning(IPv4Network("192.168.178.0/24"))
    assert addresses.home_network_warning(IPv4Network("192.168.0.0/16"))
    assert addresses.home_network_warning(IPv4Network("192.168.77.0/24")) is None


def test_proxy_arp_is_for_clients_in_the_lan() -> None:
    inside = Client("in", IPv4Address("192.168.1.2"))
    assert not addresses.uses_proxy_arp(FRESH, GOOD.clients)
    assert addresses.uses_proxy_arp(FRESH, (*GOOD.clients, inside))


@pytest.mark.parametrize(
    ("target", "good"),
    [("192.168.1.10/32", True), ("192.168.1.0/28", True), ("192.168.1.0/24", True), ("192.168.0.0/16", False)],
)
def test_lan_targets_lie_inside_the_lan(target: str, good: bool) -> None:
    problem = addresses.lan_target_problem(IPv4Network(target), FRESH)
    assert (problem is None) == good
    assert problem is None or "192.168.1.0/24" in problem.text


def texts(answers: Answers, facts: RouterFacts = FRESH) -> str:
    """The words of everything fatal."""
    return "\n".join(problem.text for problem in addresses.problems(answers, facts) if problem.fatal)


def test_good_answers_have_but_the_warning_about_the_lan() -> None:
    (only,) = addresses.problems(GOOD, FRESH)
    assert not only.fatal
    assert "192.168.1.0/24" in only.text
    assert addresses.problems(GOOD, router(lan="192.168.77.1/24", dhcp=None)) == ()


def test_the_answers_of_the_tunnel_that_is_there_are_good() -> None:
    assert texts(ANSWERS, WITH_TUNNEL) == ""


@pytest.mark.parametrize(
    ("answers", "word"),
    [
        (replace(GOOD, clients=()), "no client"),
        (replace(GOOD, clients=(*GOOD.clients, Client("vpnuser", IPv4Address("172.16.1.3")))), "Two clients"),
        (replace(GOOD, clients=(*GOOD.clients, Client("bob", IPv4Address("172.16.1.2")))), "another client"),
        (replace(GOOD, clients=(Client("*", IPv4Address("172.16.1.2")),)), "everyone"),
        (replace(GOOD, tunnel=Tunnel(IPv4Address("172.16.1.2"))), "server's own"),
        (replace(GOOD, tunnel=Tunnel(IPv4Address("192.168.1.100"))), "hands out"),
        (replace(GOOD, tunnel=Tunnel(SERVER, (IPv4Address("0.0.0.0"),))), "name server"),
        (replace(GOOD, tunnel=Tunnel(SERVER, ())), "not 0"),
        (replace(GOOD, tunnel=Tunnel(SERVER, (SERVER, SERVER, SERVER))), "not 3"),
        (replace(GOOD, access=Access(lan=())), "is empty"),
        (replace(GOOD, access=Access(lan=(IPv4Network("10.0.0.0/8"),))), "not inside"),
        (replace(GOOD, daemon=DaemonOptions(mtu=1500)), "1482"),
    ],
)
def test_everything_that_is_wrong_is_found(answers: Answers, word: str) -> None:
    assert word in texts(answers)


def test_the_fatal_ones_come_first() -> None:
    found = addresses.problems(replace(GOOD, clients=()), FRESH)
    assert [problem.fatal for problem in found] == sorted((problem.fatal for problem in found), reverse=True)
    assert len(found) > 1
