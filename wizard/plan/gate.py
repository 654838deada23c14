"""What can never work, said before the first question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from wizard.model.facts import RouterFacts

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")))
"""RFC 1918 and RFC 3927: nobody outside can reach these."""
CARRIER_GRADE = tuple(map(IPv4Network, ("100.64.0.0/10", "192.0.0.0/29")))
"""RFC 6598 (carrier-grade NAT) and RFC 6333 (DS-Lite)."""
FILES_NEED = 24 * 1024
"""Bytes that our own files and the copies of the old ones take at most."""
PACKAGES_NEED = 160 * 1024
"""Bytes for pptpd, ppp and the modules where no feed says their sizes (White Russian's took 136 kB)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in the way. `code` names its page, `data` fills it in."""

    code: str
    stops: bool
    """Going on would change the router for nothing."""
    data: dict[str, object] = field(default_factory=dict)


def findings(facts: RouterFacts) -> tuple[Finding, ...]:
    """Everything in the way on this router, the worst first."""
    return tuple(sorted((*_flash(facts), *_port(facts), *_wan(facts)), key=lambda finding: not finding.stops))


def _flash(facts: RouterFacts) -> Iterator[Finding]:
    missing = not {"pptpd", "ppp"} <= facts.installed.keys()
    sizes = sum(package.size for name, package in facts.offered.items() if name not in facts.installed)
    need = FILES_NEED + ((sizes or PACKAGES_NEED) if missing else 0)
    if facts.flash_free < need:
        yield Finding("no-flash", True, {"free_kb": facts.flash_free // 1024, "need_kb": need // 1024})


def _port(facts: RouterFacts) -> Iterator[Finding]:
    if facts.forwarded_to:
        yield Finding("port-forwarded", True, {"to": facts.forwarded_to})


def _wan(facts: RouterFacts) -> Iterator[Finding]:
    if facts.wan.interface is None:
        yield Finding("wan-down" if facts.wan.device else "no-ipv4", False, {"device": facts.wan.device})
        return
    address = facts.wan.interface.ip
    if _among(address, CARRIER_GRADE):
        yield Finding("carrier-grade-nat", False, {"wan_address": address})
    elif _among(address, PRIVATE):
        yield Finding("modem-in-front", False, {"wan_address": address})


def _among(address: IPv4Address, networks: tuple[IPv4Network, ...]) -> bool:
    return any(address in network for network in networks)
