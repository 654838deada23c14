"""The networks that netifd reports, asked by running `ubus call network.interface dump`."""

from __future__ import annotations

import json

from wizard.practice.firewall import nets
from wizard.practice.firewall.run import output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Network:
    """A logical network: its devices, and its addresses with the length of their prefixes."""

    __slots__ = ("addresses", "device", "name", "physical", "up", "zone")

    def __init__(self, entry: dict[str, Any]) -> None:
        self.name: str = entry["interface"]
        self.up: bool = bool(entry.get("up"))
        self.physical: str = entry.get("device") or ""
        self.device: str = entry.get("l3_device") or self.physical
        self.zone: str = (entry.get("data") or {}).get("zone") or ""
        self.addresses = [_net(each) for each in _addresses(entry)]


def networks() -> dict[str, Network] | None:
    """Every network by its name, in ubus's order. None where ubus does not answer."""
    code, answer = output(["ubus", "call", "network.interface", "dump"])
    if code:
        return None
    return {entry["interface"]: Network(entry) for entry in json.loads(answer)["interface"]}


def _addresses(entry: dict[str, Any]) -> list[dict[str, Any]]:
    own = [*entry.get("ipv4-address", ()), *entry.get("ipv6-address", ())]
    assigned = entry.get("ipv6-prefix-assignment", ())
    return own + [each["local-address"] for each in assigned if "local-address" in each]


def _net(address: dict[str, Any]) -> nets.Net:
    family, addr = nets.number(address["address"]) or (0, 0)
    return nets.prefix(family, addr, address["mask"])
