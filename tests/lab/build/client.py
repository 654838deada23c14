"""The root of a machine on the Internet, a client or a provider: Debian's pptp-linux, pppd and pppoe as they are.

The disk is only read.
"""

from __future__ import annotations

from pathlib import Path

from tests.lab.build import kernel
from tests.lab.build.debian import Sysroot
from tests.lab.build.programs import applets_of
from wizard.practice.tree import Tree

GUEST = Path(__file__).parents[1] / "guest/client"
PROGRAMS = (
    "/usr/sbin/dropbear",
    "/usr/sbin/pppd",
    "/usr/sbin/pppoe",
    "/usr/sbin/pppoe-server",
    "/usr/sbin/pptp",
    "/bin/busybox",
)
KERNEL_MODULES = ["ppp_generic", "ppp_async", "ppp_mppe"]


def disk(sysroot: Sysroot, host_key: bytes) -> Tree:
    """The whole disk; `lab.address=` and `lab.gateway=` on the kernel's command line say who it is."""
    tree = Tree()
    for folder in ("/proc", "/sys", "/dev", "/tmp", "/root"):
        tree.folder(folder)
    for path, target in {"/var": "/tmp", "/run": "/tmp/run", "/etc/ppp": "/tmp/ppp"}.items():
        tree.link(path, target)
    for program in PROGRAMS:
        tree.file(program, sysroot.read(program), 0o755)
    for path, data in sysroot.libraries(*(sysroot.path(program) for program in PROGRAMS)).items():
        tree.file(path, data, 0o755)
    for applet in applets_of(sysroot):
        if applet != "busybox":
            tree.link(f"/bin/{applet}", "busybox")
    modules = kernel.install(tree, sysroot.kernel_modules(), KERNEL_MODULES)
    tree.file("/etc/modules", modules + "\n")
    tree.file("/etc/dropbear_host_key", host_key, 0o600)
    tree.file("/etc/group", "root:x:0:\n")
    tree.file("/etc/shells", "/bin/sh\n")
    tree.file("/etc/protocols", "icmp 1 ICMP\ntcp 6 TCP\nudp 17 UDP\ngre 47 GRE\n")
    tree.below(GUEST)
    return tree
