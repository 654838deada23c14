"""The program `/sbin/netifd` where there is no procd (12.09): ubusd and netifd in one, without services or log.

`netifd` puts itself into the background and returns when the bus can be asked; the network is set up by then, or on its
way. Its messages go to syslog. `netifd -f` stays in the foreground.
"""

from __future__ import annotations

import signal
import socket

from wizard.practice import root
from wizard.practice.netifd.network import Network
from wizard.practice.procd import console
from wizard.practice.procd.bus import Bus
from wizard.practice.procd.daemon import background
from wizard.practice.procd.log import DAEMON, Log
from wizard.practice.procd.loop import Loop


class Syslog(Log):
    """Messages go to whoever listens on /dev/log."""

    def write(self, level: int, source: str, text: str, facility: int = DAEMON) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
            try:
                link.sendto(f"<{facility * 8 + level}>{source}: {text}".encode(), root.path("/dev/log"))
            except OSError:  # nobody listens yet: as with syslog(3), the message is lost
                return


def main(argv: list[str]) -> int:
    if argv == ["-f"]:
        return serve()
    background(serve)
    return 0


def serve() -> int:
    loop = Loop()
    bus = Bus(loop)
    bus.show = lambda words, link: console.answer(bus, words, link)
    network = Network(bus, loop, Syslog(loop))
    network.offer()

    def end(_number: int, _frame: object) -> None:
        network.stop()
        loop.after(0.2, loop.stop)

    signal.signal(signal.SIGTERM, end)
    loop.after(0, network.reload)
    bus.open()
    loop.run()
    return 0
