"""The change set as a whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from ipaddress import IPv4Address

from wizard.changes import firewall, zone
from wizard.changes.files import CONF, files
from wizard.changes.packages import packages
from wizard.changes.system import DHCP, FIREWALL_CONFIG, FIREWALL_USER, STOCK_CONFIG, answers_strangers
from wizard.model import uci
from wizard.model.archive import Archive
from wizard.model.changes import (
    ChangeSet,
    Content,
    EndedCall,
    FileChange,
    FirewallChange,
    PackageChange,
    ServiceChange,
)
from wizard.model.damage import Damage
from wizard.model.facts import Mppe, Packages, RouterFacts
from wizard.model.marked import block
from wizard.model.plan import PROVIDER, Plan


def change(
    plan: Plan, facts: RouterFacts, mended: Collection[Damage] = (), archives: Sequence[Archive] = ()
) -> ChangeSet:
    """Everything that separates this router from the plan, with this damage mended on the way.

    `archives`: packages that are sent from this computer, in order, so that the router's feeds are not asked.
    """
    missing = packages(facts, archives)
    changed = files(plan, facts, _expected_mppe(missing, facts), mended)
    service = _service(facts, changed, bool(missing))
    wanted_rules = firewall.expected(plan, facts)
    rules_file = next(file for file in changed if file.path == facts.firewall_file)
    rules_change = any(
        file.changed for file in changed if file.path in (facts.firewall_file, FIREWALL_CONFIG, FIREWALL_USER)
    )
    return ChangeSet(
        packages=missing,
        flash_free=facts.flash_free,
        files=changed,
        service=service,
        ended_calls=tuple(_ended_calls(plan, facts)),
        firewall=FirewallChange(
            flows=firewall.flows(plan, facts),
            lines=tuple(_ours(rules_file.after, facts).splitlines()),
            all_new=rules_file.before is None or not _ours(rules_file.before, facts),
            missing=zone.missing(wanted_rules, facts.rules),
            reload=rules_change or not firewall.stands(wanted_rules, facts),
        ),
        keep_calls=_keep(plan, facts),
        warnings=tuple(_warnings(plan, facts)),
        archives=tuple(archives) if missing else (),
    )


def _ours(rules: Content, facts: RouterFacts) -> str:
    """Our part of the firewall's file."""
    if not facts.dialect.uci_firewall:
        return block(rules.shown)
    shown = rules.shown
    parts = [shown[slice(*section.span)] for section in uci.sections(shown) if section.ours]
    return "\n".join(parts)


def _expected_mppe(missing: Sequence[PackageChange], facts: RouterFacts) -> Mppe:
    """The words to expect of a pppd that is not there yet: upstream's from 2.5 on, the old ones before.

    Releases with apk have never had an older one.
    """
    if facts.dialect.packages is Packages.APK:
        return Mppe.REQUIRE
    version = next((re.match(r"(\d+)\.(\d+)", package.version) for package in missing if package.name == "ppp"), None)
    return Mppe.REQUIRE if version and (int(version[1]), int(version[2])) >= (2, 5) else Mppe.MPPE


def _service(facts: RouterFacts, changed: tuple[FileChange, ...], installing: bool) -> ServiceChange:
    """Only pptpd's own file, and who starts it, need a new start: the other files are read anew by each call."""
    anew = any(file.changed for file in changed if file.path in (CONF, facts.own_script, STOCK_CONFIG))
    names = any(file.changed for file in changed if file.path == DHCP)
    return ServiceChange(
        enable=installing or not facts.daemon.enabled,
        restart=installing or anew or not (facts.daemon.running and facts.daemon.listening),
        again=("dnsmasq",) if names else (),
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


def _warnings(plan: Plan, facts: RouterFacts) -> Iterator[str]:
    """What is left alone, but could let somebody in all the same, or keep clients from what they were promised."""
    yield from _about_names(plan, facts)
    for entry in facts.secrets:
        if facts.tunnel is None and entry.server == "*" and entry.addresses:
            yield (
                f"/etc/ppp/chap-secrets lets “{entry.client}” log in to every PPP server on this router, this one too, "
                "and with any address. The line is there for something else and stays. If nothing else needs it, "
                f"delete it on the router, or put another name than {PROVIDER} in its second column."
            )


def _about_names(plan: Plan, facts: RouterFacts) -> Iterator[str]:
    if plan.dns != (plan.server,):
        return
    if facts.name_service.bound_to:
        yield (
            f"The router's name server answers only on {', '.join(facts.name_service.bound_to)} (“interface” in "
            "/etc/config/dhcp), so clients will get no names from it. Choose other name servers for them, or take "
            "that line out."
        )
    elif answers_strangers(plan, facts) and not facts.zones.wan_refuses:
        yield (
            "The router's name server answers its own networks alone, and stays that way, because the firewall lets "
            "everything in from the Internet. Clients will get no names from it: choose other name servers for them."
        )
