"""What `examine.sh` and `watch.sh` print, read back: with the words of iptables and nft of several ages."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from wizard.inspect.examined import examined, traffic
from wizard.model.errors import WizardError
from wizard.model.examined import Tracked, Traffic
from wizard.model.section import Section

IPTABLES_1_3 = """\
    3   180 ACCEPT     tcp  --  vlan1  *       0.0.0.0/0            0.0.0.0/0           tcp dpt:1723
   12  1044 ACCEPT     47   --  vlan1  *       0.0.0.0/0            0.0.0.0/0
"""
IPTABLES_1_8 = """\
 1200K   99M ACCEPT     gre  --  *      *       0.0.0.0/0            0.0.0.0/0            /* !fw3: tunnel (GRE) */
    2   120 ACCEPT     tcp  --  *      *       0.0.0.0/0            0.0.0.0/0            tcp dpt:1723 /* !fw3: calls */
    9   540 DROP       tcp  --  *      *       198.51.100.7         0.0.0.0/0            tcp dpt:1723
"""
NFT = """\
\t\tmeta nfproto ipv4 tcp dport 1723 counter packets 4 bytes 240 accept comment "!fw4: calls, control connection"
\t\tmeta nfproto ipv4 meta l4proto gre counter packets 0 bytes 0 accept comment "!fw4: calls, tunnel (GRE)"
\t\ttcp dport 1723 counter packets 7 bytes 420 drop
"""
CONNTRACK = """\
track ipv4     2 unknown  47 597 src=203.0.113.50 dst=203.0.113.1 [UNREPLIED] src=203.0.113.1 dst=203.0.113.50
track ipv4     2 tcp      6 7439 ESTABLISHED src=203.0.113.50 dst=203.0.113.1 sport=1030 dport=1723 \
src=203.0.113.1 dst=203.0.113.50 sport=1723 dport=1030 [ASSURED]
"""
OLD_CONNTRACK = """\
track unknown  47 599 src=203.0.113.50 dst=203.0.113.1 src=203.0.113.1 dst=203.0.113.50 use=1
"""
CLIENT, ROUTER = IPv4Address("203.0.113.50"), IPv4Address("203.0.113.1")


@pytest.mark.parametrize(
    ("text", "port", "gre"),
    [(IPTABLES_1_3, 3, 12), (IPTABLES_1_8, 2, 1_200_000), (NFT, 4, 0), ("", None, None)],
    ids=["iptables 1.3", "iptables 1.8", "nft", "no rule"],
)
def test_what_was_let_in_is_counted_and_what_was_refused_is_not(text: str, port: int | None, gre: int | None) -> None:
    assert traffic(text.splitlines()) == Traffic(port, gre)


def test_a_tracked_connection_knows_who_spoke_first_and_whether_it_was_answered() -> None:
    assert traffic(CONNTRACK.splitlines()).tracked == (
        Tracked("gre", CLIENT, ROUTER, replied=False),
        Tracked("tcp", CLIENT, ROUTER, replied=True),
    )
    assert traffic(OLD_CONNTRACK.splitlines()).tracked == (Tracked("gre", CLIENT, ROUTER, replied=True),)


@pytest.mark.parametrize(
    "line", ["track", "track ipv4", "track ipv4 2 tcp 6", "ACCEPT", "x counter packets", "track a 47 src=1 dst=2"]
)
def test_half_a_line_counts_nothing(line: str) -> None:
    assert traffic([line]) == Traffic()


def sections(**said: str) -> dict[str, Section]:
    texts = {
        "modules": "ppp_generic loaded\nppp_mppe\nppp-async\n/dev/ppp\n",
        "listener": "pptpd\n",
        "forwarding": "1\n",
        "route": (
            "Kernel IP routing table\nDestination Gateway Genmask Flags Metric Ref Use Iface\n"
            "192.168.1.0     0.0.0.0         255.255.255.0   U     0      0        0 br-lan\n"
            "0.0.0.0         203.0.113.254   0.0.0.0         UG    0      0        0 eth1\n"
        ),
        "resolvers": "# Interface wan\nnameserver 198.51.100.10\nnameserver ::1\nnameserver 127.0.0.1\n",
        "traffic": NFT,
        "log": "Fri Jan  1 00:00:00 2024 daemon.info pptpd[1]: MGR: Manager process started\n",
        "complete": "",
        **said,
    }
    return {name: Section(text.encode(), 0) for name, text in texts.items()}


def test_all_of_it() -> None:
    seen = examined({**sections(), "options": Section(b"", 0)})
    assert (seen.options_code, seen.listener, seen.forwards, seen.logs) == (0, "pptpd", True, True)
    assert seen.loaded == {"ppp_generic", "/dev/ppp"}
    assert seen.loadable == {"ppp_mppe", "ppp_async"}
    assert seen.gateway == IPv4Address("203.0.113.254")
    assert seen.resolvers == (IPv4Address("198.51.100.10"),)
    assert (seen.traffic.port, seen.traffic.gre) == (4, 0)


def test_a_router_without_a_way_out_and_without_a_log() -> None:
    seen = examined(sections(route="Kernel IP routing table\n", log="", forwarding="0\n", resolvers="nameserver\n"))
    assert (seen.options_code, seen.gateway, seen.logs, seen.forwards) == (None, None, False, False)
    assert seen.resolvers == ()


def test_a_look_that_was_cut_off_is_no_look() -> None:
    whole = sections()
    del whole["complete"]
    for part in (whole, {}):
        with pytest.raises(WizardError) as raised:
            examined(part)
        assert raised.value.code == "inspect-cut"
