"""What `nft list` shows of the running filter, against what the real one showed."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from tests.recordings import recording
from wizard.inspect import nft
from wizard.model.facts import FilterRule
from wizard.model.section import Section

CASES = ("lan_all", "lan_hosts_internet", "router_all_between", "router_only")


def listed(text: str) -> Section:
    return Section(text.encode(), 0)


def recorded(case: str) -> tuple[FilterRule, ...]:
    return nft.rules(listed(recording("24.10", f"ours_{case}_nft_ruleset").out))


@pytest.mark.parametrize("case", CASES)
def test_a_call_from_the_internet_is_let_in(case: str) -> None:
    found = recorded(case)
    assert FilterRule("input_wan", "ACCEPT", "tcp", match="dpt:1723") in found
    assert FilterRule("input_wan", "ACCEPT", "gre") in found


def test_sets_become_one_rule_each_and_ranges_become_networks() -> None:
    found = recorded("lan_hosts_internet")
    to_lan = [rule for rule in found if rule.chain == "forward_pptp" and rule.target == "accept_to_lan"]
    assert [rule.destination for rule in to_lan] == [IPv4Network("192.168.1.10/32"), IPv4Network("192.168.1.64/28")]
    leading = [rule for rule in found if rule.target == "input_pptp"]
    assert {rule.inside for rule in leading} == {f"ppp{number}" for number in range(11)}
    assert {rule.source for rule in leading} == {IPv4Network("172.16.1.2/31"), IPv4Network("172.16.1.4/32")}


def test_rules_for_ipv6_alone_are_none_of_ours() -> None:
    assert not [rule for rule in recorded("router_only") if "546" in rule.match or "icmpv6" in rule.protocol]


@pytest.mark.parametrize(
    ("line", "to"),
    [
        ("tcp dport 1723 counter packets 0 bytes 0 dnat ip to 192.168.1.50:1723", "192.168.1.50:1723"),
        ("meta nfproto ipv4 tcp dport 1700-1800 counter packets 3 bytes 9 dnat ip to 192.168.1.50", "192.168.1.50"),
        ("tcp dport { 80, 1723 } counter packets 0 bytes 0 dnat ip to 192.168.1.50", "192.168.1.50"),
        ("udp dport 1723 counter packets 0 bytes 0 dnat ip to 192.168.1.50:1723", ""),
        ("tcp dport 80 counter packets 0 bytes 0 dnat ip to 192.168.1.50:1723", ""),
    ],
)
def test_a_forwarded_port_is_noticed(line: str, to: str) -> None:
    text = f'table inet fw4 {{\n\tchain dstnat_wan {{\n\t\t{line} comment "!fw4: Forward PPTP"\n\t}}\n}}\n'
    assert nft.forwarded(listed(text), 1723, "wan") == to
    assert nft.forwarded(listed(text), 1723, "guest") == ""
