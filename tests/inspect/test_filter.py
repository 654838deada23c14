"""The running filter, as different versions of iptables list it."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from wizard.inspect.filter import forwarded, rules
from wizard.model.facts import FilterRule
from wizard.model.section import Section

LISTING = """\
table filter
Chain INPUT (policy DROP 0 packets, 0 bytes)
 pkts bytes target     prot opt in     out     source  destination{pad}
    4   356 DROP       {all}  --  *      *       0.0.0.0/0  0.0.0.0/0  state INVALID
  12K  3M input_rule  {all}  --  *      *       0.0.0.0/0  0.0.0.0/0

Chain input_rule (1 references)
 pkts bytes target     prot opt in     out     source  destination
    0     0 ACCEPT     {tcp}  --  vlan1  *       0.0.0.0/0  0.0.0.0/0  {tcp_match} dpt:1723
    0     0 ACCEPT     {gre}  --  vlan1  *       0.0.0.0/0  0.0.0.0/0
    0     0 ACCEPT     {icmp} --  !vlan1 *       172.16.1.2           192.168.1.0/24      {icmp_match} 8
    0     0 REJECT     {all}  --  *      ppp0    0.0.0.0/0  0.0.0.0/0  reject-with icmp-port-unreachable
table nat
Chain prerouting_rule (1 references)
 pkts bytes target     prot opt in     out     source  destination
    0     0 DNAT       {tcp}  --  vlan1  *       0.0.0.0/0  0.0.0.0/0  {tcp_match} dpt:{port} to:192.168.1.7:1723
"""
NAMES = {"all": "all", "tcp": "tcp ", "gre": "47 ", "icmp": "icmp", "tcp_match": "tcp", "icmp_match": "icmp type"}
NUMBERS = {"all": "0 ", "tcp": "6 ", "gre": "47", "icmp": "1 ", "tcp_match": "tcp", "icmp_match": "icmptype"}


def listing(words: dict[str, str], port: int = 1723) -> Section:
    return Section(LISTING.format(pad="", port=port, **words).encode(), 0)


@pytest.mark.parametrize("words", [NAMES, NUMBERS], ids=["names", "numbers"])
def test_rules_have_one_form_whatever_iptables_prints(words: dict[str, str]) -> None:
    assert rules(listing(words)) == (
        FilterRule("INPUT", "DROP", match="state INVALID"),
        FilterRule("INPUT", "input_rule"),
        FilterRule("input_rule", "ACCEPT", "tcp", inside="vlan1", match="dpt:1723"),
        FilterRule("input_rule", "ACCEPT", "gre", inside="vlan1"),
        FilterRule(
            "input_rule",
            "ACCEPT",
            "icmp",
            inside="!vlan1",
            source=IPv4Network("172.16.1.2"),
            destination=IPv4Network("192.168.1.0/24"),
            match="icmptype 8",
        ),
        FilterRule("input_rule", "REJECT", outside="ppp0"),
    )


def test_a_port_forward_of_our_port_is_found() -> None:
    assert forwarded(listing(NAMES), 1723, "vlan1") == "192.168.1.7"


def test_a_port_forward_of_another_port_is_no_concern() -> None:
    assert forwarded(listing(NAMES, port=17230), 1723, "vlan1") == ""


NAT = "table nat\nChain prerouting_rule (1 references)\n"
TO_DMZ = " 0 0 DNAT all -- vlan1 * 0.0.0.0/0 0.0.0.0/0 to:192.168.1.9\n"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (TO_DMZ, "192.168.1.9"),
        (" 0 0 DNAT tcp -- vlan1 * 0.0.0.0/0 0.0.0.0/0 tcp dpts:1700:1800 to:192.168.1.9\n", "192.168.1.9"),
        (" 0 0 DNAT tcp -- * * 0.0.0.0/0 0.0.0.0/0 multiport dports 80,1723 to:192.168.1.9\n", "192.168.1.9"),
        # what takes other ports, comes from the LAN, asks for more, or comes after an exception is no obstacle
        (" 0 0 DNAT tcp -- vlan1 * 0.0.0.0/0 0.0.0.0/0 tcp dpts:6881:6889 to:192.168.1.9\n", ""),
        (" 0 0 DNAT tcp -- vlan1 * 0.0.0.0/0 0.0.0.0/0 multiport dports 80,443 to:192.168.1.9\n", ""),
        (" 0 0 DNAT all -- br0 * 0.0.0.0/0 0.0.0.0/0 to:192.168.1.9\n", ""),
        (" 0 0 DNAT tcp -- vlan1 * 0.0.0.0/0 0.0.0.0/0 MAC 00:11:22:33:44:55 to:192.168.1.9\n", ""),
        (" 0 0 ACCEPT tcp -- vlan1 * 0.0.0.0/0 0.0.0.0/0 tcp dpt:1723\n" + TO_DMZ, ""),
        (" 0 0 ACCEPT tcp -- vlan1 * 0.0.0.0/0 0.0.0.0/0 tcp dpt:22\n" + TO_DMZ, "192.168.1.9"),
    ],
)
def test_only_what_takes_our_port_from_the_internet_is_in_the_way(lines: str, expected: str) -> None:
    assert forwarded(Section((NAT + lines).encode(), 0), 1723, "vlan1") == expected
