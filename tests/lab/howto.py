"""A tunnel set up by hand, as the wiki's HOWTO for White Russian says: what the wizard is measured against."""

from __future__ import annotations

from tests.lab.router import Router

FIREWALL = """
# --- the HOWTO's rules ---
iptables -t nat -A prerouting_rule -i $WAN -p tcp --dport 1723 -j ACCEPT
iptables -A input_rule -i $WAN -p tcp --dport 1723 -j ACCEPT
iptables -A forwarding_rule -i ppp+ -o $LAN -j ACCEPT
iptables -A forwarding_rule -i $LAN -o ppp+ -j ACCEPT
iptables -A forwarding_rule -i ppp+ -o $WAN -j ACCEPT
"""

OLD_WORDS = "mppe required,no40,no56,stateless"
NEW_WORDS = "require-mppe-128"


def install(router: Router) -> str:
    """Install pptpd from the feed. Returns what ipkg said."""
    done = router.run("ipkg update && ipkg install pptpd")
    assert done.code == 0, done.out
    return done.out


def configure(router: Router, secrets: str, *, words: str = OLD_WORDS) -> None:
    """Let these people in (text of chap-secrets), with these MPPE words, through the firewall, and start the server."""
    options = router.read("/etc/ppp/options.pptpd").decode()
    changed = options.replace(OLD_WORDS, words).replace("#debug", "debug").replace("#ms-dns", "ms-dns")
    router.write("/etc/ppp/options.pptpd", changed.encode())
    router.write("/etc/ppp/chap-secrets", secrets.encode(), 0o600)
    router.write("/etc/firewall.user", router.read("/etc/firewall.user") + FIREWALL.encode())
    done = router.run("/etc/init.d/S45firewall restart")
    assert done.code == 0, done.out
    start(router)


def start(router: Router) -> None:
    """Start the server, or start it again, and return when it listens."""
    stop(router)
    done = router.run(
        "/etc/init.d/S50pptpd start; until netstat -ltn | grep -q :1723; do usleep 20000; done", timeout=20
    )
    assert done.code == 0, done.out


def stop(router: Router) -> None:
    """Stop the server and return when it listens no more; one started before dies and leaves its PID in the file."""
    router.run("/etc/init.d/S50pptpd stop; while netstat -ltn | grep -q :1723; do usleep 20000; done", timeout=20)
