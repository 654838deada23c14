"""The files around the daemon's own: what starts it, lets it be reached, keeps it, and keeps others off its port."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from wizard import resources
from wizard.changes import chains, zone
from wizard.changes.compare import file_change, of_bytes, same, text
from wizard.model import uci
from wizard.model.changes import FileChange
from wizard.model.damage import Damage
from wizard.model.errors import WizardError
from wizard.model.facts import Firewall, RouterFacts
from wizard.model.marked import stray_mark, with_block, without_block
from wizard.model.plan import Plan

SYSUPGRADE, BOOT_LINK = "/etc/sysupgrade.conf", "/etc/rc.d/S60pptp-wizard"
STOCK_CONFIG, DHCP, FIREWALL_CONFIG = "/etc/config/pptpd", "/etc/config/dhcp", "/etc/config/firewall"
FIREWALL_USER = "/etc/firewall.user"
DAEMON_FILES = ("/etc/pptpd.conf", "/etc/ppp/options.pptpd", "/etc/ppp/chap-secrets")


def system_files(plan: Plan, facts: RouterFacts, mended: Collection[Damage]) -> Iterator[FileChange]:
    """Every one that this router has a use for."""
    if facts.own_script:
        script = resources.text(f"files/init.{facts.dialect.service.value}")
        yield file_change(facts, facts.own_script, "starts the server with the router", same(script), "0755", "shell")
    yield from _stock_off(facts, mended)
    yield from _names(plan, facts)
    if facts.keeps_files:
        yield _kept(facts)
    yield from _firewall(plan, facts, mended)


def _stock_off(facts: RouterFacts, mended: Collection[Damage]) -> Iterator[FileChange]:
    """The package's own service, switched off: it writes other files, and would take the port."""
    if not facts.stock_service:
        return
    config = text(facts, STOCK_CONFIG, mended)
    service = uci.named(uci.sections(config), "pptpd")
    if service is None:
        raise WizardError("uci-unreadable", path=STOCK_CONFIG, said="no section called pptpd")
    off = of_bytes(uci.with_option(config, service, "enabled", "0"))
    yield file_change(facts, STOCK_CONFIG, "the package's own service, switched off", off, checked_by="uci")


def answers_strangers(plan: Plan, facts: RouterFacts) -> bool:
    """The name server has to answer networks that the router has no address in: the clients', outside the LAN."""
    home = facts.lan.interface.network
    outside = any(seat.address not in home for seat in plan.seats)
    return facts.name_service.local_only and plan.dns == (plan.server,) and outside


def _names(plan: Plan, facts: RouterFacts) -> Iterator[FileChange]:
    """dnsmasq answers clients outside the LAN only without `localservice` (openwrt.md R7); the firewall alone then
    keeps others off it, so this is left where that lets the Internet in."""
    config = text(facts, DHCP)
    if not (answers_strangers(plan, facts) and facts.zones.wan_refuses):
        return
    server = uci.of_type(uci.sections(config), "dnsmasq")[0]
    answering = of_bytes(uci.with_option(config, server, "localservice", "0"))
    yield file_change(facts, DHCP, "lets the name server answer clients", answering, checked_by="uci")


def _kept(facts: RouterFacts) -> FileChange:
    """What a firmware upgrade keeps. A link in /etc/rc.d is kept like a file, so that the server is still enabled."""
    own = [facts.own_script, BOOT_LINK] if facts.own_script else []
    user = [] if facts.dialect.uci_firewall else [facts.firewall_file]
    paths = [*DAEMON_FILES, *own, *user, "/etc/pptp-wizard/"]
    ours = resources.render("files/sysupgrade.conf", resources.Sink.SHELL, paths=paths)
    whole = with_block(text(facts, SYSUPGRADE), ours)
    return file_change(facts, SYSUPGRADE, "what a firmware upgrade keeps", of_bytes(whole))


def _firewall(plan: Plan, facts: RouterFacts, mended: Collection[Damage]) -> Iterator[FileChange]:
    path = facts.firewall_file
    before = text(facts, path, mended)
    if facts.dialect.uci_firewall:
        whole = _with_ours(before, zone.sections(plan, facts))
    else:
        if stray_mark(without_block(before)):
            raise WizardError("marks-damaged", path=path)
        whole = with_block(before, chains.block(plan, facts))
    yield file_change(facts, path, "what the router lets through", of_bytes(whole), checked_by="firewall")
    if facts.dialect.firewall is Firewall.SHELL_UCI:
        yield from _include(facts, mended)


def _with_ours(before: str, ours: str) -> str:
    """A commit of something else, as by the web page, has uci write the whole file anew: that is no change of ours."""
    there = [section for section in uci.sections(before) if section.ours]
    if uci.same(there, uci.sections(ours)):
        return before
    return uci.with_sections(uci.without(before, lambda section: section.ours), ours)


def _include(facts: RouterFacts, mended: Collection[Damage]) -> Iterator[FileChange]:
    """8.09 ships the section that runs /etc/firewall.user behind a #."""
    before = text(facts, FIREWALL_CONFIG, mended)
    ours = any(section.ours for section in uci.sections(before))
    if facts.firewall_includes and not ours:
        return
    whole = before if ours else uci.with_sections(before, resources.text("files/firewall.include"))
    yield file_change(facts, FIREWALL_CONFIG, "lets the firewall run that file", of_bytes(whole), checked_by="uci")
