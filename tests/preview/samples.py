"""Hand-made values to draw: a home, a router in it, and what would change there."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from wizard.model.changes import (
    ChangeSet,
    Content,
    EndedCall,
    FileChange,
    FirewallChange,
    Flow,
    PackageChange,
    ServiceChange,
)
from wizard.model.facts import Daemon, Dialect, Firewall, Lan, Mppe, Packages, RouterFacts, Service, Wan
from wizard.model.plan import Plan, Reach, Seat
from wizard.model.secret import Secret
from wizard.resources import MASK

PASSWORD, OLD_PASSWORD = "correct-horse", "battery-staple"

LAN = IPv4Network("192.168.1.0/24")
FACTS = RouterFacts(
    release="White Russian RC5",
    dialect=Dialect(Packages.IPKG, Firewall.USER, Service.RCS, None),
    lan=Lan("br0", IPv4Interface("192.168.1.1/24")),
    wan=Wan("vlan1", "static", IPv4Interface("203.0.113.7/24")),
    dhcp=None,
    neighbours=(),
    flash_free=1_540_096,
    installed={},
    offered={},
    files={},
    firewall_file="/etc/firewall.user",
    secrets=(),
    daemon=Daemon(script="", enabled=False, running=False, listening=False),
    rules=(),
    forwarded_to="",
    calls=(),
    tunnel=None,
)
PLAN = Plan(
    server=IPv4Address("192.168.1.1"),
    dns=(IPv4Address("192.168.1.1"),),
    seats=(
        Seat("anna", IPv4Address("192.168.1.201"), Secret(PASSWORD)),
        Seat("ben", IPv4Address("192.168.1.202"), Secret(OLD_PASSWORD)),
    ),
    proxy_arp=True,
    reach=Reach(lan=(LAN,), from_lan=True, internet=False, between_clients=False, router="dns"),
    connections=2,
    mtu=1400,
    debug=False,
)


def content(text: str) -> Content:
    """As it is, and masked."""
    return Content(text.encode(), text.replace(PASSWORD, MASK).replace(OLD_PASSWORD, MASK))


def changed(before: str | None, after: str, *, mode: str = "0600", mode_before: str = "0600") -> FileChange:
    """One file that had one text and gets another."""
    old = None if before is None else content(before)
    return FileChange("/etc/some", "what it is for", old, content(after), mode, mode_before if old else "")


SECRETS_BEFORE = """\
# Secrets for authentication using CHAP
# client\tserver\tsecret\t\t\tIP addresses
ben pptp-server "battery-staple" 192.168.1.202
"""
SECRETS_AFTER = """\
# Secrets for authentication using CHAP
# client\tserver\tsecret\t\t\tIP addresses
"anna" "pptp-server" "correct-horse" 192.168.1.201
"ben" "pptp-server" "battery-staple" 192.168.1.202
"""
OLD_WORDS, NEW_WORDS = "mppe required,no40,no56,stateless\n", "require-mppe-128\n"
LINES = (
    "iptables -N pptp_wizard_input",
    'iptables -A input_rule -i "$WAN" -p tcp --dport 1723 -j ACCEPT',
    'iptables -A pptp_wizard_forward -s 192.168.1.201 -i ppp0 -o "$LAN" -d 192.168.1.0/24 -j ACCEPT',
)
FIREWALL_BEFORE = "#!/bin/sh\n. /etc/functions.sh\n"

FILES = (
    FileChange(
        "/etc/pptpd.conf", "how the server is started", None, content("option /etc/ppp/options.pptpd\n"), "0644"
    ),
    FileChange(
        "/etc/ppp/options.pptpd",
        "how calls are negotiated",
        content(f"#debug\nauth\n{OLD_WORDS}"),
        content(f"auth\n{OLD_WORDS}mtu 1400\n"),
        "0644",
        "0644",
        "pppd",
        {Mppe.MPPE: content(f"auth\n{OLD_WORDS}mtu 1400\n"), Mppe.REQUIRE: content(f"auth\n{NEW_WORDS}mtu 1400\n")},
    ),
    FileChange(
        "/etc/ppp/chap-secrets",
        "who may connect",
        content(SECRETS_BEFORE),
        content(SECRETS_AFTER),
        "0600",
        "0644",
    ),
    FileChange(
        "/etc/firewall.user",
        "the firewall's own lines",
        content(FIREWALL_BEFORE),
        content(FIREWALL_BEFORE + "".join(f"{line}\n" for line in LINES)),
        "0755",
        "0755",
        "firewall",
    ),
    FileChange("/etc/ppp/options", "what every PPP link shares", content("lock\n"), content("lock\n"), "0644", "0644"),
)
FLOWS = (
    Flow("Internet", "router, TCP port 1723 and GRE", False, True, "so that calls come in"),
    Flow("clients", "home network 192.168.1.0/24", False, True),
    Flow("clients", "the router's SSH and web page", False, False),
    Flow("home network", "clients", True, False, "as you chose"),
)
FIRST_TIME = ChangeSet(
    packages=(
        PackageChange("pptpd", "1.3.0-1", 21_934),
        PackageChange("ppp", "2.4.3-7", 91_330, needed_by="pptpd"),
        PackageChange("kmod-mppe", "2.4.30-brcm-5", 11_021),
    ),
    flash_free=1_540_096,
    files=FILES,
    service=ServiceChange(enable=True, restart=True),
    ended_calls=(EndedCall("ppp0", IPv4Address("192.168.1.202"), "the password of ben changes"),),
    firewall=FirewallChange(FLOWS, LINES, (), reload=True),
    keep_calls=(),
    warnings=("TCP port 8080 of the router is open to the Internet [since before].",),
)
NOTHING = replace(
    FIRST_TIME,
    packages=(),
    files=(FILES[-1],),
    service=ServiceChange(enable=False, restart=False),
    ended_calls=(),
    firewall=FirewallChange(FLOWS[2:3], LINES, (), reload=False),
    warnings=(),
)
