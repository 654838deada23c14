"""What stands between the machines of a lab: wires that let some packets vanish, and somebody else's router."""

from __future__ import annotations

import subprocess

from tests.lab.hosts import Host
from tests.lab.namespaces import Namespace, set_kernel

INSIDE = "10.99.0"
"""The network behind that router, without the last byte."""
ADDRESS = "203.0.113.60"

WIRES = """
table bridge lab {
    chain passing { type filter hook forward priority 0; }
    chain leaving { type filter hook output priority 0; }
}
"""
SHARING = f"""
table ip lab {{
    chain arriving {{ type nat hook prerouting priority -100; }}
    chain leaving {{ type nat hook postrouting priority 100; ip saddr {INSIDE}.0/24 masquerade; }}
}}
"""


def nft(place: Namespace, rules: str) -> None:
    """Load these rules of nftables there, with this computer's own kernel. Raises CalledProcessError."""
    with place.entered():
        subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True, capture_output=True)


class Wires:
    """The bridges of a lab. Of what is handed on, or sent by this process, nothing gets lost until something is to."""

    def __init__(self, home: Namespace) -> None:
        self._home = home
        self._there = False

    def swallow(self, packets: str) -> None:
        """Let these packets vanish from now to the end of the test: the words that nftables has for them."""
        if not self._there:
            nft(self._home, WIRES)
            self._there = True
        nft(self._home, "".join(f"add rule bridge lab {chain} {packets} drop\n" for chain in ("passing", "leaving")))

    def clean(self) -> None:
        """Let everything pass again."""
        if self._there:
            nft(self._home, "delete table bridge lab")
            self._there = False


class Nat(Host):
    """A router that shares its address among the devices behind it, by the kernel's NAT without a helper for PPTP."""

    def open(self) -> None:
        """It has its addresses, and does what it is for."""
        self.take([f"{ADDRESS}/24", f"{INSIDE}.1/24"], forwards=True)
        with self.namespace.entered():
            for scope in ("all", "eth0"):
                set_kernel(f"net/ipv4/conf/{scope}/send_redirects", 0)
        nft(self.namespace, SHARING)

    def seat(self, number: int) -> tuple[str, str]:
        """A place behind it: the address with its length, and that of the way out."""
        return f"{INSIDE}.{number}/24", f"{INSIDE}.1"

    def pass_gre_to(self, number: int) -> None:
        """What cheap ones call PPTP passthrough: all that is GRE goes to one device."""
        nft(self.namespace, f"add rule ip lab arriving ip daddr {ADDRESS} meta l4proto gre dnat to {INSIDE}.{number}")
