"""A PPTP client on the Internet: pptp-linux and pppd on a machine of its own."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.lab.call import Call, Options, dial
from tests.lab.pair import Attempt, Outcome, attempt
from tests.lab.remote import Done, Remote

if TYPE_CHECKING:
    from tests.lab.between import Nat
    from tests.lab.guest import Guest
    from tests.lab.hosts import Host, TcpAnswer

SSH_PASSWORD = "client"
SERVER = "203.0.113.1"

# Ends whatever a test left: calls, pptp's call manager (which would swallow later calls), listeners, neighbours.
CLEAN = f"""
for comm in /proc/[0-9]*/comm; do
    read -r name <$comm || continue
    case "$name" in pppd|pptp*|nc) pid=${{comm#/proc/}}; kill -9 "${{pid%/comm}}" ;; esac
done 2>/dev/null
rm -rf /tmp/run/pptp /tmp/call
ip route del {SERVER}
ip addr flush dev eth0 label eth0:behind
ip neigh flush dev eth0 # the next router may have its address behind a provider
"""


class Client:
    """A computer on the Internet. Its address is `address`."""

    def __init__(self, guest: Guest, address: str, neighbour: Host) -> None:
        self.address = address
        self._guest = guest
        self._neighbour = neighbour  # in whose place this process reaches the client
        self._remote = Remote(self._connect, SSH_PASSWORD)
        self._used = False

    def _connect(self) -> socket.socket:
        with self._neighbour.namespace.entered():
            return socket.create_connection((self.address, 22), 1)

    def run(self, command: str, timeout: float = 60, *, stdin: bytes = b"") -> Done:
        """Run a shell command; see Remote.run."""
        self._used = True
        return self._remote.run(command, timeout, stdin=stdin)

    def dial(
        self,
        user: str,
        password: str,
        *,
        server: str = SERVER,
        login: str = "mschap-v2",
        options: Sequence[str] = ("require-mppe-128",),
        wait: float = 20,
    ) -> Call:
        """Call the server and wait up to `wait` seconds for the tunnel; a call in progress is ended.

        `login` is the only kind that it knows ("pap", "mschap", …), `options` are more words of pppd. A call that fails
        is returned as well, with `up` false.
        """
        return dial(self, Options(user, password, server, login, tuple(options)), wait)

    def ping(self, address: str, source: str | None = None, tries: int = 3) -> bool:
        """Whether one of `tries` echo requests is answered within a second; `source` is an address of ours."""
        which = f"-I {source} " if source else ""
        return self.run(f"for n in $(seq {tries}); do ping -c1 -W1 {which}{address} && exit; done; exit 1").code == 0

    def tcp(self, address: str, port: int, wait: int = 3) -> TcpAnswer:
        """What a connection to that port comes to within `wait` seconds; unreachable counts as refused."""
        done = self.run(f"timeout {wait} nc -w {wait} {address} {port} -e true")
        if done.code == 0:
            return "open"
        return "timeout" if done.code == 143 or "timed out" in done.out else "refused"

    def udp_dns(self, name: str, server: str) -> str | None:
        """The IPv4 address that the name server gives for the name, or None."""
        done = self.run(f"timeout 6 nslookup -type=a {name} {server}")
        answers = done.out.split("\n\n", 1)[-1]
        found = re.search(r"^Address[^:]*: (\d+\.\d+\.\d+\.\d+)$", answers, re.MULTILINE)
        return found[1] if found else None

    def move_behind(self, nat: Nat) -> None:
        """Reach the server through that router from now to the end of the test, and no other way."""
        own, way = nat.seat(int(self.address.rpartition(".")[2]))
        done = self.run(
            f"ip addr add {own} dev eth0 label eth0:behind && "
            "echo 0 >/proc/sys/net/ipv4/conf/eth0/accept_redirects && "
            f"ip route add {SERVER} via {way} src {own.partition('/')[0]}"
        )
        assert done.code == 0, done.out

    def route(self, network: str) -> None:
        """Send what is for that network (`address/length`, or `default`) into the tunnel."""
        self.run(f"ip route replace {network} dev ppp0")

    def listen(self, port: int) -> None:
        """Accept TCP connections on a port from now to the end of the test."""
        start = f"nc -ll -p {port} -e echo hello </dev/null >/dev/null 2>&1 &"
        self.run(f"{start} until netstat -ltn | grep -q ':{port} '; do usleep 20000; done", timeout=10)

    def attempt(self, attempts: Sequence[Attempt]) -> list[Outcome]:
        """Try logins against chap-secrets texts with two pppds on this machine and no network; see `pair`."""
        return attempt(self, attempts)

    def clean(self) -> None:
        """Leave nothing of a test to the next."""
        if self._used:
            self.run(CLEAN)
            self._used = False

    def close(self) -> None:
        self._remote.close()
        self._guest.close()
