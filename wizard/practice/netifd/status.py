"""What ubus says about an interface, in the recorded order (`ubus_lan_status`, `ubus_wan_status_pppoe`, …)."""

from __future__ import annotations

import time

from wizard.practice.procd.wire import Table

# The lists of an interface that is up, in order; the second group is repeated, empty, under `inactive`.
OWN = ("ipv4-address", "ipv6-address", "ipv6-prefix", "ipv6-prefix-assignment")
ALL = (*OWN, "route", "dns-server", "dns-search", "neighbors")
INACTIVE = ("ipv4-address", "ipv6-address", "route", "dns-server", "dns-search", "neighbors")


class State:
    """What is known of an interface while it is up or on its way."""

    def __init__(self) -> None:
        self.up = self.pending = False
        self.autostart = True
        self.since = 0.0
        self.l3_device = ""
        self.updated: list[str] = []
        self.lists: dict[str, list[object]] = {}

    def clear(self) -> None:
        self.up = self.pending = False
        self.l3_device, self.updated, self.lists = "", [], {}

    def came_up(self, device: str) -> None:
        self.up, self.pending, self.l3_device = True, False, device
        self.since = time.monotonic()
        known = (("addresses", "ipv4-address"), ("routes", "route"))
        self.updated = [word for word, key in known if self.lists.get(key)]


def table(state: State, proto: str, device: str, *, available: bool) -> Table:
    """The table of `status`. Where the interface is down its lists are left out."""
    row: Table = {
        "up": state.up,
        "pending": state.pending,
        "available": available,
        "autostart": state.autostart,
        "dynamic": False,
    }
    if state.up:
        row["uptime"] = int(time.monotonic() - state.since)
        if state.l3_device:
            row["l3_device"] = state.l3_device
    row["proto"] = proto
    if device:
        row["device"] = device
    if state.up:
        row |= _up(state)
    row["data"] = {}
    return row


def _up(state: State) -> Table:
    row: Table = {"updated": list(state.updated)} if state.updated else {}
    row |= {"metric": 0, "dns_metric": 0, "delegation": True}
    row |= {name: list(state.lists.get(name, [])) for name in ALL}
    row["inactive"] = {name: [] for name in INACTIVE}
    return row


def default_route(gateway: str) -> Table:
    return route("0.0.0.0", 0, gateway)


def route(target: str, mask: int, gateway: str) -> Table:
    row: Table = {"target": target, "mask": mask, "nexthop": gateway or "0.0.0.0"}
    row["source"] = "0.0.0.0/0"
    return row
