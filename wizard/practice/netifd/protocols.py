"""How each protocol gets its addresses: from the configuration, or from a program that reports them."""

from __future__ import annotations

from wizard.practice.netifd import addresses, config, status
from wizard.practice.procd.wire import Table

KNOWN = ("static", "dhcp", "pppoe", "none")

Found = dict[str, list[object]]


def static(wanted: config.Interface) -> Found:
    """The addresses, routes and name servers of a static interface. Raises OSError and ValueError for what is none."""
    options = wanted.options
    mask = config.text(options, "netmask")
    found: Found = {"ipv4-address": []}
    for text in config.several(options, "ipaddr"):
        address, length = addresses.split(text, mask)
        found["ipv4-address"].append({"address": address, "mask": length})
    gateway = config.text(options, "gateway")
    found["route"] = [status.default_route(gateway)] if gateway else []
    return _with_settings(found, wanted)


def _with_settings(found: Found, wanted: config.Interface) -> Found:
    """Add what the configuration says on any protocol: routes of its own and name servers, these first."""
    found["route"] = [*found.get("route", []), *map(_route, wanted.routes)]
    own: list[object] = list(config.several(wanted.options, "dns"))
    peer = config.boolean(wanted.options, "peerdns", default=True)
    found["dns-server"] = own + [server for server in found.get("dns-server", []) if peer and server not in own]
    found["dns-search"] = [*config.several(wanted.options, "dns_search"), *found.get("dns-search", [])]
    return found


def _route(options: config.Options) -> Table:
    target, length = addresses.split(config.text(options, "target"), config.text(options, "netmask"))
    return status.route(target, length, config.text(options, "gateway"))


def reported(message: Table, wanted: config.Interface) -> Found:
    """The same from what a protocol's script reported."""
    found: Found = {"ipv4-address": [], "route": []}
    for row in _rows(message.get("ipaddr")):
        address: Table = {"address": row["ipaddr"], "mask": addresses.prefix_length(row.get("mask", "32"))}
        if row.get("ptp"):
            address["ptpaddress"] = row["ptp"]
        found["ipv4-address"].append(address)
    for row in _rows(message.get("routes")):
        if config.boolean(wanted.options, "defaultroute", default=True) or row["netmask"] != "0":
            length = addresses.prefix_length(row["netmask"])
            found["route"].append(status.route(row["target"], length, row.get("gateway", "")))
    for key, word in (("dns-server", "dns"), ("dns-search", "dns_search")):
        names = message.get(word)
        found[key] = list(dict.fromkeys(names)) if isinstance(names, list) else []
    return _with_settings(found, wanted)


def _rows(value: object) -> list[dict[str, str]]:
    return value if isinstance(value, list) else []


def helper(wanted: config.Interface) -> list[str] | None:
    """The program that runs as long as the interface is wanted up, as netifd's protocol scripts start it."""
    if wanted.device is None:
        return None
    if wanted.proto == "dhcp":
        return _udhcpc(wanted, wanted.device.name)
    if wanted.proto == "pppoe":
        return _pppd(wanted, wanted.device.name)
    return None


def _udhcpc(wanted: config.Interface, device: str) -> list[str]:
    name = config.text(wanted.options, "hostname") or "OpenWrt"
    words = ["/bin/busybox", "udhcpc", "-p", f"/var/run/udhcpc-{device}.pid", "-s", "/lib/netifd/dhcp.script"]
    return [*words, "-f", "-t", "0", "-i", device, "-x", f"hostname:{name}", "-C", "-R", "-O", "121"]


def _pppd(wanted: config.Interface, device: str) -> list[str]:
    """As recorded in `ps_w_pppoe`; the name of its device is the protocol's and the interface's."""
    options = wanted.options
    keepalive = config.several(options, "keepalive") or ["5", "1"]
    failure, interval = (keepalive[0].replace(",", " ").split() + keepalive[1:] + ["1"])[:2]
    ifname = config.text(options, "pppname") or f"pppoe-{wanted.name}"
    mtu = config.text(options, "mtu") or "1492"
    words = ["/usr/sbin/pppd", "nodetach", "ipparam", wanted.name, "ifname", ifname]
    words += ["lcp-echo-interval", interval, "lcp-echo-failure", failure, "nodefaultroute"]
    words += ["usepeerdns", "maxfail", "1"]
    for option, word in (("username", "user"), ("password", "password")):
        if value := config.text(options, option):
            words += [word, value]
    words += ["ip-up-script", "/lib/netifd/ppp-up", "ip-down-script", "/lib/netifd/ppp-down", "mtu", mtu, "mru", mtu]
    return [*words, "plugin", "pppoe.so", f"nic-{device}"]
