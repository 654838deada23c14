"""The provider's end of a PPPoE line: an access concentrator on a machine of its own, as the router's WAN sees it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from tests.lab.internet import ADDRESS
from tests.lab.remote import Done, Remote
from tests.lab.settings import PPPOE_PASSWORD, PPPOE_USER

if TYPE_CHECKING:
    from tests.lab.guest import Guest
    from tests.lab.hosts import Host

OWN_ADDRESS = "203.0.113.253"
SSH_PASSWORD = "client"

OPTIONS = f"""\
require-chap
ms-dns {ADDRESS}
noccp
novj
noipv6
lcp-echo-interval 2
lcp-echo-failure 3
ip-up-script /etc/line-up
"""

# The subscriber's address belongs to the line: whoever asks for it on the Internet's wire is told to come here. It is
# in the list of addresses more than once because a router that lost its power dials while its last line still stands.
SERVE = f"""
echo 1 >/proc/sys/net/ipv4/ip_forward
modprobe -a ppp_generic ppp_async
echo '{PPPOE_USER} * {PPPOE_PASSWORD} *' >/tmp/ppp/chap-secrets
echo '{OPTIONS}' >/tmp/ppp/line
for again in 1 2 3 4; do echo %s; done >/tmp/ppp/addresses
arp -i eth0 -Ds %s eth0 pub
pppoe-server -C provider -I eth0 -L {OWN_ADDRESS} -N 4 -p /tmp/ppp/addresses -O /tmp/ppp/line </dev/null >/dev/null 2>&1
"""

HANG_UP = """
for comm in /proc/[0-9]*/comm; do
    read -r name <$comm || continue
    case "$name" in pppd|pppoe) pid=${comm#/proc/}; kill -9 "${pid%/comm}" ;; esac
done 2>/dev/null
rm -f /tmp/ppp/device
"""


class AccessConcentrator:
    """Lets one subscriber in over PPPoE and gives it `subscriber` as its address; what it is sent it forwards."""

    def __init__(self, guest: Guest, neighbour: Host, subscriber: str) -> None:
        self.subscriber = subscriber
        self._guest, self._neighbour = guest, neighbour
        self._remote = Remote(self._connect, SSH_PASSWORD)
        self._networks: list[str] = []

    def _connect(self) -> socket.socket:
        with self._neighbour.namespace.entered():
            return socket.create_connection((OWN_ADDRESS, 22), 1)

    def serve(self) -> None:
        """Answer routers from now on. Raises NotAnsweringError."""
        done = self.run(SERVE % (self.subscriber, self.subscriber))
        assert done.code == 0, done.out

    def run(self, command: str, timeout: float = 60) -> Done:
        """Run a shell command; see Remote.run."""
        return self._remote.run(command, timeout)

    @property
    def device(self) -> str:
        """The device of the line that is up. Raises FileNotFoundError when none is."""
        return self._remote.read("/tmp/ppp/device").decode().strip()

    def leads_to(self, network: str) -> None:
        """From now to the end of the test the Internet host's packets for that network go down the line."""
        self.run(f"ip route replace {network} dev {self.device}")
        self._neighbour.namespace.links(f"route replace {network} via {OWN_ADDRESS}")
        self._networks.append(network)

    def clean(self) -> None:
        """Leave nothing of a test to the next; a line that is up ends."""
        while self._networks:
            self._neighbour.namespace.links(f"route del {self._networks.pop()}")
        self.run(HANG_UP)

    def close(self) -> None:
        self._remote.close()
        self._guest.close()
