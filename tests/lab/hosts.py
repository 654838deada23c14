"""Computers that need no machine of their own: a namespace each, with services that threads of this process run."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
from collections.abc import Sequence
from typing import Literal, Protocol

from tests.lab import packets
from tests.lab.namespaces import Namespace, set_kernel
from tests.lab.remote import Done
from tests.lab.udp import UdpEar

TcpAnswer = Literal["open", "refused", "timeout"]


class Closable(Protocol):
    def close(self) -> None: ...


class Host:
    """A computer with the address `address`; TCP ports 22 and 8080 answer on it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.namespace = Namespace()
        self.address = ""
        self._services: list[Closable] = []
        self._opened: list[Closable] = []

    def take(self, addresses: Sequence[str], gateway: str | None = None, *, forwards: bool = False) -> None:
        """Have exactly these addresses (the first is `address`), and this way out."""
        self.address = addresses[0].split("/")[0]
        self.namespace.links(
            "addr flush dev eth0",
            *(f"addr add {address} dev eth0" for address in addresses),
            "link set eth0 up gso_max_segs 1",  # a guest drops what is larger than a packet
            *([f"route replace default via {gateway}"] if gateway else []),
        )
        with self.namespace.entered():
            set_kernel("net/ipv4/ip_forward", int(forwards))
            self._services = self._services or self.services()

    def services(self) -> list[Closable]:
        """What answers here all the time."""
        return [Listener(22), Listener(8080)]

    def add(self, address: str) -> None:
        """Have this address (with /length) too."""
        self.namespace.links(f"addr add {address} dev eth0")

    def run(self, command: Sequence[str], timeout: float = 60) -> Done:
        """Run a program of this computer in the host's place. Raises TimeoutExpired."""
        with self.namespace.entered():
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
        out, _ = process.communicate(timeout=timeout)
        return Done(process.returncode, out)

    def ping(self, address: str, tries: int = 3, wait: float = 1.0) -> bool:
        """Whether the address answers one of `tries` echo requests, each within `wait` seconds."""
        with self.namespace.entered(), packets.echo_socket() as connection:
            return any(packets.echo(connection, address, number, wait) for number in range(1, tries + 1))

    def tcp(self, address: str, port: int, wait: float = 3.0) -> TcpAnswer:
        """What a connection to that port comes to within `wait` seconds; unreachable counts as refused."""
        with self.namespace.entered(), socket.socket() as connection:
            connection.settimeout(wait)
            try:
                connection.connect((address, port))
            except TimeoutError:
                return "timeout"
            except OSError:
                return "refused"
            return "open"

    def listen(self, port: int) -> Listener:
        """Accept TCP connections on a port from now to the end of the test, and greet each."""
        with self.namespace.entered():
            listener = Listener(port)
        self._opened.append(listener)
        return listener

    def hear_udp(self, port: int) -> UdpEar:
        """Write down the datagrams that reach a port, from now to the end of the test."""
        with self.namespace.entered():
            ear = UdpEar(port)
        self._opened.append(ear)
        return ear

    def send_raw(self, packet: bytes) -> None:
        """Send a whole IPv4 packet, whatever source it claims; see `packets` for making one."""
        with self.namespace.entered():
            packets.send(packet)

    def clean(self) -> None:
        """Close what a test opened."""
        while self._opened:
            self._opened.pop().close()

    def close(self) -> None:
        self.clean()
        for service in self._services:
            service.close()
        self.namespace.close()


class Listener:
    """A TCP port that is open. `peers` are the addresses that connected."""

    def __init__(self, port: int) -> None:
        self.peers: list[str] = []
        self._socket = socket.create_server(("", port), backlog=64)
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                connection, (peer, _) = self._socket.accept()
                self.peers.append(peer)
                with connection, contextlib.suppress(OSError):
                    connection.sendall(b"hello from the lab\n")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread, which `close` would not
        self._thread.join()
        self._socket.close()
