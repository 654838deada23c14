"""What ubus says about a device: as recorded in `ubus_network_device_status`, with the kernel's numbers in it."""

from __future__ import annotations

import os

from wizard.practice.netifd import config
from wizard.practice.procd.files import read
from wizard.practice.procd.wire import Table

FOLDER = "/sys/class/net"

BRIDGE: Table = {
    "stp": False, "forward_delay": 8, "priority": 32767, "ageing_time": 0, "hello_time": 1, "max_age": 10,
    "igmp_snooping": False, "bridge_empty": False, "multicast_querier": False, "hash_max": 512, "robustness": 2,
    "query_interval": 12500, "query_response_interval": 1000, "last_member_interval": 100, "vlan_filtering": False,
    "stp_kernel": False,
}  # fmt: skip

# Nobody sets these on a practice router; they read as on a device that was left alone.
SETTINGS: Table = {
    "ip6segmentrouting": False, "promisc": False, "rpfilter": 0, "acceptlocal": False, "igmpversion": 0,
    "mldversion": 0, "neigh4reachabletime": 30000, "neigh6reachabletime": 30000, "neigh4gcstaletime": 60,
    "neigh6gcstaletime": 60, "neigh4locktime": 100, "dadtransmits": 1,
}  # fmt: skip
FILTERS: Table = {
    "sendredirects": True, "drop_v4_unicast_in_l2_multicast": False, "drop_v6_unicast_in_l2_multicast": False,
    "drop_gratuitous_arp": False, "drop_unsolicited_na": False, "arp_accept": False, "gro": True,
}  # fmt: skip

STATISTICS = [
    "collisions",
    "rx_frame_errors",
    "tx_compressed",
    "multicast",
    "rx_length_errors",
    "tx_dropped",
    "rx_bytes",
    "rx_missed_errors",
    "tx_errors",
    "rx_compressed",
    "rx_over_errors",
    "tx_fifo_errors",
    "rx_crc_errors",
    "rx_packets",
    "tx_heartbeat_errors",
    "rx_dropped",
    "tx_aborted_errors",
    "tx_packets",
    "rx_errors",
    "tx_bytes",
    "tx_window_errors",
    "rx_fifo_errors",
    "tx_carrier_errors",
]

IFF_UP, IFF_MULTICAST = 0x1, 0x1000


def table(name: str, configured: config.Device | None, *, port: bool) -> Table:
    """The device's table. One that no section names is `external`; a bridge's port has no IPv6."""
    if not os.path.isdir(f"{FOLDER}/{name}"):
        return {"external": configured is None, "present": False, "type": "Network device"}
    flags = int(_text(name, "flags") or "0", 16)
    bridge = configured is not None and configured.kind == "bridge"
    row: Table = {"external": configured is None, "present": True, "type": "bridge" if bridge else "Network device"}
    row |= {"up": bool(flags & IFF_UP), "carrier": _text(name, "carrier") == "1", "auth_status": False}
    if bridge and configured:
        row |= _bridge(configured)
    mtu = _number(name, "mtu")
    row |= {"mtu": mtu, "mtu6": mtu, "macaddr": _text(name, "address") or "00:00:00:00:00:00"}
    row |= {"txqueuelen": _number(name, "tx_queue_len"), "ipv6": not port, **SETTINGS}
    row |= {"multicast": bool(flags & IFF_MULTICAST), **FILTERS}
    row["statistics"] = {word: _number(name, f"statistics/{word}") for word in STATISTICS}
    return row


def _bridge(device: config.Device) -> Table:
    links: Table = {word: [] for word in ("link-advertising", "link-partner-advertising", "link-supported")}
    flow: Table = {"autoneg": True, "supported": [], "link-advertising": [], "link-partner-advertising": []}
    row: Table = {**links, "autoneg": False, "flow-control": {**flow, "negotiated": []}, "hw-tc-offload": False}
    return row | {"devtype": "bridge", "bridge-members": list(device.ports), "bridge-attributes": dict(BRIDGE)}


def _text(name: str, file: str) -> str:
    try:
        return read(f"{FOLDER}/{name}/{file}").strip()
    except OSError:  # the carrier of a device that is down cannot be read
        return ""


def _number(name: str, file: str) -> int:
    return int(_text(name, file) or "0")
