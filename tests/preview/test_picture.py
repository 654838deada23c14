"""The picture of the network fits, tells the truth about what is in between, and draws in ASCII where it has to."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO, TextIOWrapper
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest
from rich.cells import cell_len
from rich.console import Console

from tests.preview.golden import check, drawn
from tests.preview.samples import FACTS, PLAN
from wizard.model.facts import RouterFacts
from wizard.model.plan import Seat
from wizard.model.secret import Secret
from wizard.preview import network_picture


def behind(address: str | None) -> RouterFacts:
    interface = IPv4Interface(f"{address}/24") if address else None
    return replace(FACTS, wan=replace(FACTS.wan, interface=interface))


def picture(facts: RouterFacts = FACTS, width: int = 80) -> str:
    return drawn([network_picture(PLAN, facts, width)], width)


@pytest.mark.parametrize("width", [40, 80])
def test_behind_a_modem(width: int) -> None:
    check(f"picture-modem-{width}", picture(behind("10.0.0.2"), width))


def test_on_the_internet() -> None:
    check("picture-internet", picture())


@pytest.mark.parametrize("address", ["10.1.2.3", "172.31.0.2", "192.168.0.2"])
def test_a_private_address_means_a_modem(address: str) -> None:
    assert f"has to pass TCP port 1723 and GRE (protocol 47) on to {address}" in picture(behind(address))


@pytest.mark.parametrize("address", ["203.0.113.7", "172.32.0.1", "100.128.0.1"])
def test_a_public_address_means_none(address: str) -> None:
    assert "Modem" not in picture(behind(address))
    assert "CGNAT" not in picture(behind(address))


def test_a_shared_address_is_the_providers() -> None:
    assert "address translation (CGNAT)" in picture(behind("100.64.0.9"))


def test_no_address() -> None:
    assert "(WAN): no address now" in picture(behind(None))


@pytest.mark.parametrize("width", [16, 24, 40, 80, 200])
def test_it_fits(width: int) -> None:
    assert all(cell_len(line) <= width for line in picture(behind("100.64.0.9"), width).splitlines())


def test_the_whole_fits_a_small_terminal() -> None:
    assert len(picture(behind("192.168.0.2")).splitlines()) <= 24


def test_many_clients_are_counted() -> None:
    seats = tuple(Seat(f"c{n}", IPv4Address(f"192.168.1.{200 + n}"), Secret("x")) for n in range(5))
    shown = drawn([network_picture(replace(PLAN, seats=seats), FACTS, 80)], 80)
    assert "5 clients: 192.168.1.200 – 192.168.1.204 in the tunnel" in shown


@pytest.mark.parametrize(
    ("lan", "words"),
    [
        ((), "clients reach nothing in it"),
        (("192.168.1.0/24",), "clients reach all of it"),
        (("192.168.1.9/32", "192.168.1.64/28"), "clients reach only 192.168.1.9 and 192.168.1.64/28"),
    ],
)
def test_what_clients_reach(lan: tuple[str, ...], words: str) -> None:
    plan = replace(PLAN, reach=replace(PLAN.reach, lan=tuple(map(IPv4Network, lan))))
    assert words in drawn([network_picture(plan, FACTS, 80)], 80)


def test_ascii_where_the_terminal_has_no_more() -> None:
    raw = BytesIO()
    file = TextIOWrapper(raw, encoding="ascii")
    Console(file=file, width=80).print(network_picture(PLAN, behind("10.0.0.2"), 80))
    file.flush()
    check("picture-ascii", raw.getvalue().decode("ascii"))
