"""Recorded routers become facts; a router that is none, or one that nobody taught us, stops with its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.changes import change
from wizard.inspect import read
from wizard.model.errors import WizardError
from wizard.model.facts import Daemon, DhcpPool, LiveCall, Mppe, OfferedPackage
from wizard.model.section import Section
from wizard.plan.build import plan
from wizard.router.script import split

ROUTERS = Path(__file__).parents[1] / "routers"
NONCE = "0123456789abcdef"
FRESH, WITH_A_CALL = "white-russian-rc5-factory-fresh", "white-russian-rc5-with-a-call"


def recorded(name: str) -> dict[str, Section]:
    return dict(split((ROUTERS / name / "inspect.txt").read_bytes(), NONCE))


def test_a_factory_fresh_router() -> None:
    facts = read(recorded(FRESH))
    assert facts.release == "OpenWrt White Russian RC5"
    assert facts.dialect.mppe is None
    assert facts.lan.interface == IPv4Interface("192.168.1.1/24")
    assert (facts.wan.device, facts.wan.interface) == ("vlan1", IPv4Interface("203.0.113.1/24"))
    # 100 and 150 more, both ends included, as S50dnsmasq hands it to dnsmasq
    assert facts.dhcp == DhcpPool(IPv4Address("192.168.1.100"), IPv4Address("192.168.1.250"))
    assert facts.daemon == Daemon("", enabled=False, running=False, listening=False)
    assert facts.offered["pptpd"].depends
    assert facts.offered["ppp"].size > 0
    assert facts.files["/etc/firewall.user"].link == "/rom/etc/firewall.user"
    assert facts.tunnel is None and not facts.calls


def test_a_router_with_a_tunnel_and_a_call() -> None:
    facts = read(recorded(WITH_A_CALL))
    assert facts.dialect.mppe is Mppe.MPPE
    assert facts.daemon == Daemon("/etc/init.d/S50pptpd", enabled=True, running=True, listening=True)
    assert facts.calls == (LiveCall("ppp0", IPv4Address("172.16.1.2")),)
    assert facts.tunnel is not None and facts.tunnel.ours
    assert [client.name for client in facts.tunnel.answers.clients] == ["anna", "bert"]
    access = facts.tunnel.answers.access
    assert access.lan == (IPv4Network("192.168.1.20/32"), IPv4Network("192.168.1.64/26"))
    assert access.between_clients and access.from_lan and not access.internet


def test_nothing_separates_a_router_from_its_own_answers() -> None:
    facts = read(recorded(WITH_A_CALL))
    assert facts.tunnel is not None
    assert change(plan(facts, facts.tunnel.answers, facts.tunnel.passwords), facts).empty


def test_what_the_feeds_have_and_for_which_kernel() -> None:
    told = {
        "offered": b"kmod-ppp 6.6.119-r1 21000 kernel=6.6.119~2f5a-r1,kmod-slhc\nppp 2.5.1-r1 90000 -\nincomplete\n",
        "architectures": b"all\nmips_24kc\n",
    }
    facts = read({**recorded(FRESH), **{name: Section(text, 0) for name, text in told.items()}})
    assert facts.offered["kmod-ppp"] == OfferedPackage(
        "kmod-ppp", "6.6.119-r1", 21_000, ("kmod-slhc",), "6.6.119~2f5a-r1"
    )
    assert facts.offered["ppp"].depends == ()
    assert facts.architectures == ("all", "mips_24kc")
    assert not facts.offered_whole
    assert read(recorded(FRESH)).offered_whole


Change = Callable[[dict[str, Section]], Mapping[str, Section]]


def saying(name: str, text: str, code: int = 0) -> Change:
    return lambda sections: {**sections, name: Section(text.encode(), code)}


def without(*names: str) -> Change:
    return lambda sections: {name: section for name, section in sections.items() if name not in names}


@pytest.mark.parametrize(
    ("change_it", "code"),
    [
        (saying("capabilities", "packages -\nfirewall -\nservice -\n"), "not-openwrt"),
        (lambda sections: {}, "not-openwrt"),
        (saying("capabilities", "packages opkg\nfirewall user\nservice rcS\n"), "router-unknown"),
        (saying("capabilities", "packages ipkg\nfirewall -\nservice rcS\n"), "router-unknown"),
        (saying("user", "1000\n"), "not-root"),
        (without("complete"), "inspect-cut"),
        (saying("devices", "vlan1     Link encap:Ethernet\n"), "lan-unknown"),
    ],
)
def test_a_router_that_cannot_be_set_up_stops_with_its_page(change_it: Change, code: str) -> None:
    with pytest.raises(WizardError) as error:
        read(change_it(recorded(FRESH)))
    assert error.value.code == code


def test_a_pppd_without_any_mppe_stops_with_its_page() -> None:
    sections = recorded(WITH_A_CALL)
    sections["mppe mppe"] = sections["mppe require-mppe"]
    with pytest.raises(WizardError) as error:
        read(sections)
    assert error.value.code == "mppe-unknown"
    assert "require-mppe-128" in str(error.value.data["said"])


@given(st.integers(min_value=0))
def test_an_answer_that_is_cut_anywhere_is_no_answer(at: int) -> None:
    whole = (ROUTERS / WITH_A_CALL / "inspect.txt").read_bytes()
    cut = whole[: at % (len(whole) - 30)]
    with pytest.raises(WizardError):
        read(split(cut, NONCE))


@given(st.binary(max_size=300))
def test_no_content_of_a_file_can_pass_for_a_section(content: bytes) -> None:
    out = f"\n{NONCE} begin file /etc/x\n".encode() + content + f"\n{NONCE} end 3\n".encode()
    assert split(out, NONCE) == {"file /etc/x": Section(content, 3)}
