"""Faults for a practice router that has a tunnel: what the connection test is there to find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """One of them. `words` say it to whoever picks it, `code` is what the test calls it."""

    words: str
    put_in: str
    """The shell command that brings it about, on the router."""
    code: str


_OPTIONS = '"$IPKG_INSTROOT/etc/ppp/options.pptpd"'
_SECRETS = '"$IPKG_INSTROOT/etc/ppp/chap-secrets"'
_SCRIPT = '"$IPKG_INSTROOT/etc/init.d/pptp-wizard"'


def _edited(expression: str, file: str) -> str:
    """`sed -i`, which not every computer has alike."""
    return f"sed '{expression}' {file} >{file}.new && cat {file}.new >{file} && rm {file}.new"


TROUBLES: Mapping[str, Trouble] = {
    "stopped": Trouble(
        "the PPTP server does not run", f'sh "$IPKG_INSTROOT/etc/rc.common" {_SCRIPT} stop', "daemon-down"
    ),
    "not-at-boot": Trouble(
        "the PPTP server would not start by itself",
        f'sh "$IPKG_INSTROOT/etc/rc.common" {_SCRIPT} disable',
        "daemon-not-at-boot",
    ),
    "port-dropped": Trouble(
        "a rule of somebody's drops TCP port 1723",
        "nft insert rule inet fw4 input_wan tcp dport 1723 counter drop",
        "port-blocked",
    ),
    "gre-dropped": Trouble(
        "a rule of somebody's drops GRE",
        "nft insert rule inet fw4 input_wan meta l4proto gre counter drop",
        "gre-blocked-in",
    ),
    "other-name": Trouble(
        "the logins are for a server of another name",
        _edited("s/pptp-server/elsewhere/", _SECRETS),
        "provider-mismatch",
    ),
    "no-address": Trouble(
        "a login has no address of its own", _edited("s/ 172\\.16\\.1\\.2$//", _SECRETS), "secret-without-address"
    ),
    "odd-word": Trouble(
        "a word in the options that pppd does not know", f"echo made-up-word >>{_OPTIONS}", "option-unknown"
    ),
    "no-forwarding": Trouble("the router passes nothing on", "sysctl -w net.ipv4.ip_forward=0", "forwarding-off"),
    "no-mppe": Trouble(
        "the module for the encryption is gone",
        'rm "$IPKG_INSTROOT"/lib/modules/*/ppp_mppe.ko; '
        'grep -v ppp_mppe "$IPKG_INSTROOT/proc/modules" >"$IPKG_INSTROOT/tmp/modules"; '
        'cat "$IPKG_INSTROOT/tmp/modules" >"$IPKG_INSTROOT/proc/modules"',
        "mppe-missing",
    ),
    "loop": Trouble(
        "the tunnel leads to the address that is dialled",
        _edited("s/172\\.16\\.1\\.1/203.0.113.1/", '"$IPKG_INSTROOT/etc/pptpd.conf"'),
        "route-loop",
    ),
}
