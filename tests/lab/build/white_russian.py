"""The White Russian disk: stock files from wizard/practice, programs from Debian, applets as few as there were."""

from __future__ import annotations

from pathlib import Path

from tests.lab.build.debian import Sysroot
from tests.lab.build.programs import FOR_DEBIAN, GUEST, Programs
from wizard.practice.tree import File, Tree

PRACTICE = Path(__file__).parents[3] / "wizard/practice"

# Where each applet was. No base64, cmp, diff, flock, nohup, od, readlink, setsid, sha256sum, stat, timeout, xxd, ip.
APPLETS = {
    "/bin": """
        ash cat chgrp chmod chown cp date dd df dmesg echo egrep false fgrep grep gunzip gzip hostname kill ln ls mkdir
        mknod mktemp more mount mv netstat nice pidof ping ps pwd rm rmdir sed sh sleep sync tar touch true umount uname
        usleep vi zcat""",
    "/sbin": "halt ifconfig init insmod klogd logread lsmod poweroff reboot rmmod route sysctl syslogd udhcpc vconfig",
    "/usr/bin": """
        [ arping awk basename bunzip2 bzcat clear cut dirname du env expr find free head hexdump id killall less logger
        md5sum nc nslookup printf renice reset seq sort strings tail tee telnet test time top tr traceroute uniq uptime
        wc wget which whoami xargs yes""",
    "/usr/sbin": "chroot httpd telnetd",
}

# The extensions of iptables 1.3.3 as packaged; `-m comment`, for one, is refused as it was then.
IPTABLES_EXTENSIONS = """
    ipt_REJECT ipt_icmp ipt_ttl xt_DNAT xt_LOG xt_MARK xt_MASQUERADE xt_NAT xt_REDIRECT xt_SNAT xt_TCPMSS xt_TOS
    xt_conntrack xt_length xt_limit xt_mac xt_mark xt_multiport xt_owner xt_standard xt_state xt_tcp xt_tcpmss xt_tos
    xt_udp"""

# Old dropbear gave commands this PATH, without any sbin.
OLD_PATH = "/usr/bin:/bin"

# Packages a factory-fresh box lists; they have no files of their own here.
PREINSTALLED = {
    "bridge": "1.0.6-1",
    "busybox": "1.00-3",
    "dnsmasq": "2.27-1",
    "dropbear": "0.48.1-1",
    "ipkg": "0.99.149-2",
    "iptables": "1.3.3-2",
    "kernel": "2.4.30-brcm-3",
    "nvram": "1",
}

NVRAM = {
    "dhcp_num": "150",
    "dhcp_start": "100",
    "lan_dns": "",
    "lan_ifname": "br0",
    "lan_ifnames": "vlan0",
    "lan_ipaddr": "192.168.1.1",
    "lan_netmask": "255.255.255.0",
    "lan_proto": "static",
    "static_leases": "",
    "wan_device": "vlan1",
    "wan_dns": "198.51.100.10",
    "wan_gateway": "203.0.113.254",
    "wan_hostname": "OpenWrt",
    "wan_ifname": "vlan1",
    "wan_ipaddr": "203.0.113.1",
    "wan_netmask": "255.255.255.0",
    "wan_proto": "static",
}


def disk(sysroot: Sysroot, host_key: bytes) -> Tree:
    """The whole disk without any package of the PPP family."""
    tree = Tree()
    for folder in ("/proc", "/sys", "/dev", "/tmp", "/root", "/mnt", "/www", "/etc/ppp", "/lib/lab/nvram"):
        tree.folder(folder)
    tree.link("/var", "/tmp")
    for place, target in FOR_DEBIAN.items():
        tree.link(place, target)
    _programs(tree, sysroot)
    _stock_files(tree)
    tree.file("/etc/dropbear/dropbear_rsa_host_key", host_key, 0o600)
    tree.link("/root/.ssh", "/etc/dropbear")
    for name, value in NVRAM.items():
        tree.file(f"/lib/lab/nvram/{name}", value)
    _package_database(tree)
    return tree


def _programs(tree: Tree, sysroot: Sysroot) -> None:
    programs = Programs(tree, sysroot)
    programs.add("/sbin/brctl")
    programs.add("/usr/sbin/dnsmasq")
    programs.dropbear(OLD_PATH)
    programs.iptables(["iptables"], IPTABLES_EXTENSIONS.split())
    programs.busybox({folder: names.split() for folder, names in APPLETS.items()})
    programs.libraries()


def _stock_files(tree: Tree) -> None:
    tree.below(PRACTICE / "white_russian/rom", "/rom")
    for path, entry in list(tree.entries.items()):
        if path.startswith("/rom/") and isinstance(entry, File):
            tree.link(path.removeprefix("/rom"), path)
    tree.file("/usr/sbin/nvram", (PRACTICE / "bin/nvram").read_bytes(), 0o755)
    tree.file("/bin/ipkg", (PRACTICE / "bin/ipkg").read_bytes(), 0o755)
    tree.below(GUEST / "white_russian")
    tree.link("/etc/resolv.conf", "/tmp/resolv.conf")


def _package_database(tree: Tree) -> None:
    stanzas = (
        f"Package: {name}\nVersion: {version}\nStatus: install ok installed\nArchitecture: mipsel\n"
        for name, version in PREINSTALLED.items()
    )
    tree.file("/usr/lib/ipkg/status", "\n".join(stanzas) + "\n")
    tree.folder("/usr/lib/ipkg/info")
    tree.folder("/usr/lib/ipkg/lists")
