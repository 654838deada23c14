"""What can never work, said before the first question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from wizard.model.damage import Damage, Kind
from wizard.model.facts import RouterFacts

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")))
"""RFC 1918 and RFC 3927: nobody outside can reach these."""
CARRIER_GRADE = tuple(map(IPv4Network, ("100.64.0.0/10", "192.0.0.0/29")))
"""RFC 6598 (carrier-grade NAT) and RFC 6333 (DS-Lite)."""
FILES_NEED = 96 * 1024
"""Bytes that our own files take at most, and what is kept of the old ones until a change is confirmed."""
PACKAGES_NEED = 160 * 1024
"""Bytes for pptpd, ppp and the modules where no feed says their sizes (White Russian's took 136 kB)."""

PENDING_SHOWN = 5
_SECRET = re.compile(r"(\.\w*(?:key\d?|pass\w*|psk|secret)\+?=).*")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing in the way. `code` names its page, `data` fills it in."""

    code: str
    stops: bool
    """Going on would change the router for nothing."""
    data: dict[str, object] = field(default_factory=dict)


def findings(facts: RouterFacts) -> tuple[Finding, ...]:
    """Everything in the way on this router, the worst first."""
    found = (*_pending(facts), *_flash(facts), *_port(facts), *_wan(facts))
    return tuple(sorted(found, key=lambda finding: not finding.stops))


def _flash(facts: RouterFacts) -> Iterator[Finding]:
    missing = not {"pptpd", "ppp"} <= facts.installed.keys()
    sizes = sum(package.size for name, package in facts.offered.items() if name not in facts.installed)
    need = FILES_NEED + ((sizes or PACKAGES_NEED) if missing else 0)
    if facts.flash_free < need:
        yield Finding("no-flash", True, {"free_kb": facts.flash_free // 1024, "need_kb": need // 1024})


def _pending(facts: RouterFacts) -> Iterator[Finding]:
    """Somebody's changes that are not committed would become live with our firewall's reload (openwrt.md F5)."""
    if facts.pending:
        yield Finding("uci-pending", True, dict(pending(facts.pending)))


def pending(lines: Sequence[str]) -> Mapping[str, object]:
    """What the page about somebody else's uncommitted changes is filled in with; values that look secret are hidden."""
    shown = [_SECRET.sub(r"\g<1>'…'", line) for line in lines[:PENDING_SHOWN]]
    files = sorted({line.lstrip("-+^@").partition(".")[0] for line in lines})
    return {"changes": shown, "more": len(lines) - len(shown), "files": files}


def _port(facts: RouterFacts) -> Iterator[Finding]:
    """A forward that can be taken out is asked about later."""
    known = {to for damage in facts.damage if damage.code is Kind.PORT_FORWARD for to in _hosts(damage)}
    if facts.forwarded_to and facts.forwarded_to.partition(":")[0] not in known:
        yield Finding("port-forwarded", True, {"to": facts.forwarded_to})


def _hosts(damage: Damage) -> tuple[object, ...]:
    to = damage.data["to"]
    assert isinstance(to, tuple)
    return to


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
