"""The change set as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address

from wizard.changes import firewall
from wizard.changes.files import CONF, files
from wizard.model.changes import (
    ChangeSet,
    EndedCall,
    FileChange,
    FirewallChange,
    PackageChange,
    ServiceChange,
)
from wizard.model.facts import Mppe, RouterFacts
from wizard.model.marked import block
from wizard.model.plan import PROVIDER, Plan

WANTED = ("pptpd", "ppp", "kmod-mppe")
"""What has to be there. The package pulls in the rest where its feed declares it, which not every feed does."""


def change(plan: Plan, facts: RouterFacts) -> ChangeSet:
    """Everything that separates this router from the plan."""
    packages = tuple(_packages(facts))
    changed = files(plan, facts, _expected_mppe(facts))
    service = _service(facts, changed, bool(packages))
    wanted_rules = firewall.expected(plan, facts)
    rules_file = next(file for file in changed if file.path == facts.firewall_file)
    return ChangeSet(
        packages=packages,
        flash_free=facts.flash_free,
        files=changed,
        service=service,
        ended_calls=tuple(_ended_calls(plan, facts)),
        firewall=FirewallChange(
            flows=firewall.flows(plan, facts),
            lines=tuple(block(rules_file.after.shown).splitlines()),
            all_new=rules_file.before is None or not block(rules_file.before.shown),
            expected=wanted_rules,
            reload=rules_file.changed or not firewall.stands(wanted_rules, facts.rules),
        ),
        keep_calls=_keep(plan, facts),
        warnings=tuple(_warnings(facts)),
    )


def _packages(facts: RouterFacts) -> Iterator[PackageChange]:
    """What is missing, by name first and then what comes with it as far as the feed says."""
    asked = [name for name in WANTED if name not in facts.installed]
    if "pptpd" in facts.installed and not facts.daemon.script:
        asked.append("pptpd")  # its files are gone, whatever the database says
    seen = set(asked)
    for name in asked:
        yield _package(facts, name)
    for name in asked:
        yield from _pulled_in(facts, name, seen)


def _package(facts: RouterFacts, name: str, needed_by: str = "") -> PackageChange:
    offered = facts.offered.get(name)
    return PackageChange(name, offered.version if offered else "", offered.size if offered else 0, needed_by)


def _pulled_in(facts: RouterFacts, name: str, seen: set[str]) -> Iterator[PackageChange]:
    offered = facts.offered.get(name)
    for needed in offered.depends if offered else ():
        if needed not in facts.installed and needed not in seen:
            seen.add(needed)
            yield _package(facts, needed, name)
            yield from _pulled_in(facts, needed, seen)


def _expected_mppe(facts: RouterFacts) -> Mppe:
    """The words to expect of a pppd that is not there yet: upstream's from 2.5 on, the old ones before."""
    offered = facts.offered.get("ppp")
    version = re.match(r"(\d+)\.(\d+)", offered.version) if offered else None
    return Mppe.REQUIRE if version and (int(version[1]), int(version[2])) >= (2, 5) else Mppe.MPPE


def _service(facts: RouterFacts, changed: tuple[FileChange, ...], installing: bool) -> ServiceChange:
    """Only pptpd's own file needs a new start: the others are read anew by each call."""
    conf = next(file for file in changed if file.path == CONF)
    return ServiceChange(
        enable=installing or not facts.daemon.enabled,
        restart=installing or conf.changed or not (facts.daemon.running and facts.daemon.listening),
    )


def _keep(plan: Plan, facts: RouterFacts) -> tuple[IPv4Address, ...]:
    """Addresses whose calls may go on: the same client, with the password that it logged in with."""
    old = facts.tunnel
    if old is None:
        return ()
    before = {client.name: client.address for client in old.answers.clients}
    return tuple(
        seat.address
        for seat in plan.seats
        if before.get(seat.name) == seat.address and old.passwords.get(seat.name) == seat.password
    )


def _ended_calls(plan: Plan, facts: RouterFacts) -> Iterator[EndedCall]:
    names = {client.address: client.name for client in facts.tunnel.answers.clients} if facts.tunnel else {}
    staying = {seat.name for seat in plan.seats}
    keep = _keep(plan, facts)
    for call in facts.calls:
        if call.address not in keep:
            name = names.get(call.address, "nobody we know")
            why = f"{name} has a new password or address" if name in staying else f"{name} is not a client any more"
            yield EndedCall(call.device, call.address, why)


def _warnings(facts: RouterFacts) -> Iterator[str]:
    """What is left alone, but could let somebody in all the same."""
    for entry in facts.secrets:
        if facts.tunnel is None and entry.server == "*" and entry.addresses:
            yield (
                f"/etc/ppp/chap-secrets lets “{entry.client}” log in to every PPP server on this router, this one too, "
                "and with any address. The line is there for something else and stays. If nothing else needs it, "
                f"delete it on the router, or put another name than {PROVIDER} in its second column."
            )
