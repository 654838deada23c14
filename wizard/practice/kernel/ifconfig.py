"""Stands in for busybox's `ifconfig`, which only shows here: all devices that are up, or the one that is named."""

from __future__ import annotations

import socket
import struct
import sys

from wizard.practice.kernel import links


def main(argv: list[str]) -> int:
    """Show devices. 1 for one that there is not."""
    known = links.devices()
    if argv and argv[0] != "-a":
        if argv[0] not in known:
            sys.stderr.write(f"ifconfig: {argv[0]}: error fetching interface information: Device not found\n")
            return 1
        sys.stdout.write(_text(argv[0], known[argv[0]]))
        return 0
    sys.stdout.write("".join(_text(name, each) for name, each in sorted(known.items()) if each["up"] or argv))
    return 0


def _text(name: str, device: links.Device) -> str:
    kind = device["kind"]
    hardware = f"{kind}  HWaddr {device['mac']}  " if kind == links.ETHERNET else f"{kind}  "
    lines = [f"{name:<9} Link encap:{hardware}"]
    lines += [f"          {_address(device, address)}" for address in device["addresses"][:1]]
    up = "UP " if device["up"] else ""
    flags = {links.ETHERNET: "BROADCAST RUNNING MULTICAST", links.LOOPBACK: "LOOPBACK RUNNING"}
    mtu = 65536 if kind == links.LOOPBACK else 1500 if kind == links.ETHERNET else 1400
    lines.append(f"          {up}{flags.get(kind, 'POINTOPOINT RUNNING NOARP MULTICAST')}  MTU:{mtu}  Metric:1")
    lines.append("          RX packets:0 errors:0 dropped:0 overruns:0 frame:0")
    lines.append("          TX packets:0 errors:0 dropped:0 overruns:0 carrier:0")
    lines.append("          collisions:0 txqueuelen:1000 ")
    lines.append("          RX bytes:0 (0.0 B)  TX bytes:0 (0.0 B)")
    return "\n".join(lines) + "\n\n"


def _address(device: links.Device, address: str) -> str:
    own, _, length = address.partition("/")
    if device["peer"]:
        return f"inet addr:{own}  P-t-P:{device['peer']}  Mask:255.255.255.255"
    mask = links.mask(length or "32")
    if device["kind"] == links.LOOPBACK:
        return f"inet addr:{own}  Mask:{mask}"
    number = struct.unpack("!I", socket.inet_aton(own))[0] | 0xFFFFFFFF >> int(length or 32)
    return f"inet addr:{own}  Bcast:{socket.inet_ntoa(struct.pack('!I', number))}  Mask:{mask}"
