"""What a start leaves in /var/run/fw4.state for later runs: which zone covers which network and device."""

from __future__ import annotations

import json
import os
import sys

from wizard.practice import root
from wizard.practice.firewall.nft.state import State, Zone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PATH = "/var/run/fw4.state"


def exists() -> bool:
    """Whether fw4 believes that it is loaded."""
    return os.access(root.path(_PATH), os.F_OK)


def forget() -> None:
    """As if it had never been loaded."""
    if exists():
        os.unlink(root.path(_PATH))


def write(state: State) -> None:
    """Leave the zones as they are now."""
    with open(root.path(_PATH), "w") as stream:
        json.dump({"zones": [_zone(zone) for zone in state.zones]}, stream)


def lookup(command: str, name: str, device: str) -> int:
    """Print the zone of a network or device, or the devices of a zone. 1 where there is none."""
    if not exists():
        sys.stderr.write("Unable to read firewall state - do you need to start the firewall?\n")
        return 1
    with open(root.path(_PATH)) as stream:
        zones = json.load(stream)["zones"]
    found = _devices(zones, name, device) if command == "zone" else _zone_of(zones, command, name)
    if found:
        print("\n".join(found))
    return 1 if found is None else 0


def _zone(zone: Zone) -> dict[str, Any]:
    return {"name": zone.name, "network": zone.networks, "device": [d for r in zone.match_rules for d in r.devices]}


def _zone_of(zones: list[dict[str, Any]], kind: str, name: str) -> list[str] | None:
    return next(([zone["name"]] for zone in zones if name in zone[kind]), None)


def _devices(zones: list[dict[str, Any]], name: str, device: str) -> list[str] | None:
    found: list[str] | None = next((zone["device"] for zone in zones if zone["name"] == name), None)
    if found is None or not device:
        return found
    return [device] if device in found else None
