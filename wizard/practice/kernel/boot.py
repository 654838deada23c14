"""The kernel's part of a start: /proc with what is read there, and the network ports without an address."""

from __future__ import annotations

import os
import time

from wizard.practice import root
from wizard.practice.kernel import links, processes, state

LAN_HOST = ("192.168.1.20", "02:00:00:00:00:20")
_ARP = "IP address       HW type     Flags       HW address            Mask     Device"


def boot(ports: list[str], lan: str) -> None:
    """Lay /proc out. `lan` is the device behind which a host of the home network is known."""
    os.makedirs(root.path("/proc/net"), exist_ok=True)
    state.write("/proc/practice/booted", str(time.time()))
    links.begin(ports)
    processes.unlisten()
    host, mac = LAN_HOST
    state.write("/proc/net/arp", f"{_ARP}\n{host:<16} 0x1         0x2         {mac}     *        {lan}\n")
    state.write("/proc/net/tcp6", "")
    state.write("/proc/modules", "ppp_generic 40960 0 - Live 0x0\n")
    state.write("/proc/sys/net/ipv4/ip_forward", "1\n")
    state.write("/proc/cpuinfo", "model name\t: practice router\n")
    state.write("/proc/meminfo", "MemTotal:         124000 kB\nMemFree:           80000 kB\n")
    state.write("/proc/loadavg", "0.00 0.00 0.00 1/40 100\n")
    state.write("/proc/mounts", "rootfs / rootfs rw 0 0\n")
    tick()


def tick() -> None:
    """Time has gone by since the start."""
    with open(root.path("/proc/practice/booted"), encoding="utf-8") as file:
        up = time.time() - float(file.read())
    state.write("/proc/uptime", f"{up:.2f} {up:.2f}\n")
