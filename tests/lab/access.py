"""Who can reach what, seen from each side by packets, and what should be open by the answers alone."""

from __future__ import annotations

from dataclasses import dataclass

from tests.lab.client import Client
from tests.lab.lab import Lab

LISTED, NOT_LISTED, INTERNET = "192.168.1.20", "192.168.1.21", "198.51.100.10"


@dataclass(frozen=True)
class Wish:
    """One way to answer `[access]`."""

    lan: tuple[str, ...]
    from_lan: bool
    internet: bool
    between_clients: bool
    router: str

    @property
    def lines(self) -> list[str]:
        """The lines of the answers file."""
        words = {LISTED: f'["{LISTED}"]', LISTED + NOT_LISTED: '"all"', "": '"none"'}
        return [
            f"lan = {words[''.join(self.lan)]}",
            *(f"{key} = {str(getattr(self, key)).lower()}" for key in ("from_lan", "internet", "between_clients")),
            f'router = "{self.router}"',
        ]


def reached(lab: Lab, one: Client, other: Client, addresses: tuple[str, str], server: str) -> dict[str, object]:
    """What is open to `one` and from it; both are in the tunnel, with these addresses, and listen on port 7000."""
    own, others = addresses
    return {
        "ping router": one.ping(server),
        "names": one.udp_dns("internet.test", server) is not None,
        "ssh": one.tcp(server, 22) == "open",
        "listed": one.tcp(LISTED, 8080) == "open",
        "ping listed": one.ping(LISTED),
        "not listed": one.tcp(NOT_LISTED, 8080) == "open",
        "from LAN": lab.lan_host.tcp(own, 7000) == "open",
        "to the other client": one.tcp(others, 7000) == "open",
        "from the other client": other.tcp(own, 7000) == "open",
        "Internet": one.tcp(INTERNET, 8080) == "open",
    }


def wanted(wish: Wish) -> dict[str, object]:
    """What should be open, from the answers alone."""
    return {
        "ping router": True,
        "names": True,
        "ssh": wish.router == "all",
        "listed": LISTED in wish.lan,
        "ping listed": LISTED in wish.lan,
        "not listed": NOT_LISTED in wish.lan,
        "from LAN": wish.from_lan,
        "to the other client": wish.between_clients,
        "from the other client": wish.between_clients,
        "Internet": wish.internet,
    }
