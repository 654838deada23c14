"""A router and its owner, as values, for tests that need some of each."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface

from wizard.inspect.tunnel import entries, read_back
from wizard.model.answers import Answers, Client, Tunnel
from wizard.model.facts import (
    Daemon,
    Dialect,
    Firewall,
    Lan,
    OfferedPackage,
    Packages,
    RouterFacts,
    RouterFile,
    Service,
    Wan,
)
from wizard.model.secret import Secret

FIREWALL_USER = "/etc/firewall.user"
CHAP_SECRETS = "/etc/ppp/chap-secrets"
PASSWORDS = {"vpnuser": Secret("made-up-1"), "laptop": Secret('made up "2" \\#')}
ANSWERS = Answers(
    Tunnel(IPv4Address("172.16.1.1")),
    (Client("vpnuser", IPv4Address("172.16.1.2")), Client("laptop", IPv4Address("172.16.1.3"))),
)
FACTORY_FRESH = RouterFacts(
    release="OpenWrt White Russian RC5",
    dialect=Dialect(Packages.IPKG, Firewall.USER, Service.RCS, None),
    lan=Lan("br0", IPv4Interface("192.168.1.1/24")),
    wan=Wan("vlan1", "static", IPv4Interface("203.0.113.1/24")),
    dhcp=None,
    neighbours=(),
    flash_free=4 << 20,
    installed={"dropbear": "0.48.1-1"},
    offered={
        "pptpd": OfferedPackage("pptpd", "1.3.0-1", 60_000, ("ppp", "kmod-mppe")),
        "ppp": OfferedPackage("ppp", "2.4.3-7", 90_000, ("kmod-ppp",)),
        "kmod-mppe": OfferedPackage("kmod-mppe", "2.4.30-1", 9_000),
        "kmod-ppp": OfferedPackage("kmod-ppp", "2.4.30-1", 12_000),
    },
    files={},
    firewall_file=FIREWALL_USER,
    secrets=(),
    daemon=Daemon("", enabled=False, running=False, listening=False),
    rules=(),
    forwarded_to="",
    calls=(),
    tunnel=None,
)


def with_files(facts: RouterFacts, **content: bytes) -> RouterFacts:
    """The same router with these files on it: `chap_secrets`, `firewall_user`, `options_pptpd`, `pptpd_conf`."""
    paths = {
        "chap_secrets": (CHAP_SECRETS, "-rw-------"),
        "firewall_user": (FIREWALL_USER, "-rw-r--r--"),
        "options_pptpd": ("/etc/ppp/options.pptpd", "-rw-r--r--"),
        "pptpd_conf": ("/etc/pptpd.conf", "-rw-r--r--"),
    }
    files = dict(facts.files)
    for name, text in content.items():
        path, mode = paths[name]
        files[path] = RouterFile(path, text, mode)
    secrets = entries(files[CHAP_SECRETS].content) if CHAP_SECRETS in files else ()
    return replace(facts, files=files, secrets=secrets, tunnel=read_back(files, facts.lan, FIREWALL_USER))
