"""A router to ask about: OpenWrt as it comes, and what differs from it."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface
from typing import Any

from tests.samples import FACTORY_FRESH
from wizard.model.answers import Answers, Client, Tunnel
from wizard.model.facts import DhcpPool, ExistingTunnel, Neighbour, RouterFacts, Wan
from wizard.model.secret import Secret

LAPTOP = Neighbour(IPv4Address("192.168.1.120"), "laptop", "DHCP lease")
PRINTER = Neighbour(IPv4Address("192.168.1.3"), "printer", "static host")

FRESH = replace(
    FACTORY_FRESH,
    wan=Wan("vlan1", "dhcp", IPv4Interface("203.0.113.7/24")),
    dhcp=DhcpPool(IPv4Address("192.168.1.100"), IPv4Address("192.168.1.250")),
    neighbours=(LAPTOP, PRINTER),
)

ANSWERS = Answers(
    Tunnel(IPv4Address("10.9.8.1")),
    (Client("ann", IPv4Address("10.9.8.2")), Client("bob", IPv4Address("10.9.8.3"))),
)
KEPT = {"ann": Secret("ann's own"), "bob": Secret("bob's own")}
WITH_TUNNEL = replace(FRESH, tunnel=ExistingTunnel(ANSWERS, KEPT, "pptpd", ours=True))


def router(**changed: Any) -> RouterFacts:  # noqa: ANN401 -- whatever field a test is about
    """The fresh router with some fields changed; `lan`, `wan` and `dhcp` may be given as text."""
    if isinstance(changed.get("lan"), str):
        changed["lan"] = replace(FRESH.lan, interface=IPv4Interface(changed["lan"]))
    if isinstance(changed.get("wan"), str):
        changed["wan"] = replace(FRESH.wan, interface=IPv4Interface(changed["wan"]))
    if isinstance(changed.get("dhcp"), str):
        changed["dhcp"] = DhcpPool(*map(IPv4Address, changed["dhcp"].split("-")))
    return replace(FRESH, **changed)
