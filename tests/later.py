"""Routers of later OpenWrt releases, as values: 24.10 with fw4, 19.07 with fw3, as they come and with more on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tests.samples import ANSWERS, CHAP_SECRETS, FACTORY_FRESH, PASSWORDS
from wizard.changes import change
from wizard.inspect import settings
from wizard.inspect.damage import damage
from wizard.inspect.stock import stock
from wizard.inspect.tunnel import entries, read_back
from wizard.model.changes import ChangeSet
from wizard.model.damage import Kind
from wizard.model.facts import (
    Daemon,
    Dialect,
    Firewall,
    Mppe,
    OfferedPackage,
    Packages,
    RouterFacts,
    RouterFile,
    Service,
    Wan,
)
from wizard.plan.build import plan

FIREWALL, FIREWALL_USER, STOCK = "/etc/config/firewall", "/etc/firewall.user", "/etc/config/pptpd"
OPTIONS, CONF, COMMON = "/etc/ppp/options.pptpd", "/etc/pptpd.conf", "/etc/ppp/options"
OWN_SCRIPT = "/etc/init.d/pptp-wizard"
ALL_THERE = {"pptpd": "1.5.0-r3", "ppp": "2.5.1-r1", "kmod-mppe": "6.6.119-r1"}

ZONES = b"""\
config defaults
\toption input 'REJECT'
\toption output 'ACCEPT'
\toption forward 'REJECT'

config zone
\toption name 'lan'
\tlist network 'lan'
\toption input 'ACCEPT'
\toption output 'ACCEPT'
\toption forward 'ACCEPT'

config zone
\toption name 'wan'
\tlist network 'wan'
\tlist network 'wan6'
\toption input 'REJECT'
\toption masq '1'

config forwarding
\toption src 'lan'
\toption dest 'wan'

# Ping from outside
config rule
\toption name 'Allow-Ping'
\toption src 'wan'
\toption proto 'icmp'
\toption icmp_type 'echo-request'
\toption target 'ACCEPT'
"""
"""The sections that every release ships."""
DHCP = b"config dnsmasq\n\toption domainneeded '1'\n\toption localservice '1'\n"
SAMPLE_LOGIN = b"\nconfig login\n\toption username 'youruser'\n\toption password 'yourpass'\n"
COMMON_TEXT = b"#debug\nlogfile /dev/null\nnoipdefault\nlock\nmaxfail 0\n"


def service(enabled: bool, *logins: tuple[str, str, str]) -> bytes:
    """/etc/config/pptpd with these logins: name, password, address ("" for any)."""
    text = f"config service 'pptpd'\n\toption enabled '{int(enabled)}'\n"
    text += "\toption localip '192.168.0.1'\n\toption remoteip '192.168.0.20-30'\n"
    for name, password, address in logins:
        text += f"\nconfig login\n\toption username '{name}'\n\toption password '{password}'\n"
        text += f"\toption remoteip '{address}'\n" if address else ""
    return text.encode()


def found(
    facts: RouterFacts, files: Mapping[str, bytes], modes: Mapping[str, str] | None = None, link: str = ""
) -> RouterFacts:
    """The router with these files on it, read as a look would read them. `link`: where chap-secrets points."""
    there = dict(facts.files)
    for path, content in files.items():
        mode = (modes or {}).get(path, "-rw-------" if path == CHAP_SECRETS else "-rw-r--r--")
        there[path] = RouterFile(path, content, mode, link if path == CHAP_SECRETS else "")
    config = settings.parsed({"firewall": there[FIREWALL].content}) if FIREWALL in there else {}
    kept = stock(there)
    seen = replace(
        facts,
        files=there,
        secrets=entries(there[CHAP_SECRETS].content) if CHAP_SECRETS in there else (),
        tunnel=read_back(there, facts.lan, facts.firewall_file, facts.own_script),
        zones=settings.zones(config, {}),
        stock_service=kept is not None and kept.enabled,
    )
    return replace(seen, damage=damage(seen, "" if CHAP_SECRETS in there else link))


def changes(facts: RouterFacts, *kinds: Kind) -> ChangeSet:
    """What separates the router from the sample answers, with this damage mended."""
    mended = [each for each in facts.damage if each.code in kinds]
    return change(plan(facts, ANSWERS, PASSWORDS), facts, mended)


def text_after(facts: RouterFacts, path: str, *kinds: Kind) -> str:
    """A file as it would be."""
    return next(file for file in changes(facts, *kinds).files if file.path == path).after.raw.decode("latin-1")


def applied(facts: RouterFacts, *kinds: Kind) -> RouterFacts:
    """The router once every file of the change set is in place."""
    written = changes(facts, *kinds).files
    files = {file.path: file.after.raw for file in written}
    bits = {"0600": "-rw-------", "0755": "-rwxr-xr-x"}
    return found(facts, files, {file.path: bits.get(file.mode, "-rw-r--r--") for file in written})


OPENWRT_24_10 = found(
    replace(
        FACTORY_FRESH,
        release="OpenWrt 24.10.5",
        dialect=Dialect(Packages.OPKG, Firewall.FW4, Service.PROCD, Mppe.REQUIRE),
        lan=replace(FACTORY_FRESH.lan, device="br-lan"),
        wan=Wan("eth1", "dhcp", FACTORY_FRESH.wan.interface),
        installed={"dropbear": "2024.86-r1", **ALL_THERE},
        offered={name: OfferedPackage(name, version, 40_000) for name, version in ALL_THERE.items()},
        daemon=Daemon("", enabled=False, running=False, listening=False, program=True),
        firewall_file=FIREWALL,
        own_script=OWN_SCRIPT,
        keeps_files=True,
    ),
    {FIREWALL: ZONES, "/etc/config/dhcp": DHCP, COMMON: COMMON_TEXT, STOCK: service(False) + SAMPLE_LOGIN},
)
"""A router on which the package was just installed; its service is off, as it comes."""
OPENWRT_19_07 = found(
    replace(
        OPENWRT_24_10,
        release="OpenWrt 19.07.10",
        dialect=Dialect(Packages.OPKG, Firewall.FW3, Service.PROCD, Mppe.MPPE),
        wan=Wan("pppoe-wan", "pppoe", FACTORY_FRESH.wan.interface),
        uplinks=1,
    ),
    {FIREWALL_USER: b"# This file is interpreted as shell script.\n"},
)
"""The same with fw3, and a DSL line."""
