"""What is asked of the kernel, by busybox's `ip`: the applet may be hidden on the router, the program has it always."""

from __future__ import annotations

import os
import signal
import socket

from wizard.practice.kernel import ip, links

BUSYBOX = "/bin/busybox"


class Kernel:
    """One command at a time, and each is waited for."""

    def present(self, device: str) -> bool:
        if links.in_a_folder():
            return device in links.devices()
        try:
            return socket.if_nametoindex(device) > 0
        except OSError:
            return False

    def run(self, *words: str) -> bool:
        """Run `ip` with these words, and say whether it succeeded. What it prints is not shown anywhere."""
        if links.in_a_folder():
            return ip.main(list(words)) == 0
        null = os.open("/dev/null", os.O_RDWR)
        try:
            quiet = [(os.POSIX_SPAWN_DUP2, null, number) for number in (0, 1, 2)]
            pid = os.posix_spawn(
                BUSYBOX, ["ip", *words], os.environ, file_actions=quiet, setsigdef=[signal.SIGPIPE, signal.SIGXFSZ]
            )
        finally:
            os.close(null)
        return os.waitpid(pid, 0)[1] == 0

    def six(self) -> bool:
        """Whether it has IPv6."""
        return not links.in_a_folder() and os.path.exists("/proc/net/if_inet6")
