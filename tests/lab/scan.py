"""Which TCP ports are open, seen from one address: connections begun by hand, many at a time, never finished."""

from __future__ import annotations

import select
import socket
import struct
from collections.abc import Iterable

from tests.lab import packets

BURST = 150  # their answers must fit into the socket's buffer
QUIET_SECONDS = 0.7
ROUNDS = 3
SYN, ACK, RST = 0x02, 0x10, 0x04


def open_ports(source: str, target: str, ports: Iterable[int]) -> set[int]:
    """The ports of `target` that answer SYN with SYN-ACK. Ports that stay silent are asked three times."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, packets.TCP) as connection:
        scan = _Scan(connection, source, target, set(ports))
        for number in range(ROUNDS):
            scan.ask_silent_ports(source_port=40000 + number)
    return scan.open


class _Scan:
    def __init__(self, connection: socket.socket, source: str, target: str, ports: set[int]) -> None:
        self.open: set[int] = set()
        self._connection, self._source, self._target = connection, source, target
        self._silent = ports

    def ask_silent_ports(self, source_port: int) -> None:
        ports = sorted(self._silent)
        for start in range(0, len(ports), BURST):
            burst = ports[start : start + BURST]
            for port in burst:
                header = packets.tcp_header(self._source, self._target, port, source_port)
                self._connection.sendto(header, (self._target, 0))
            self._listen(source_port, set(burst))

    def _listen(self, source_port: int, burst: set[int]) -> None:
        """Note answers until every port of the burst has given one, or nothing has come for a while."""
        while burst & self._silent:
            if not select.select([self._connection], [], [], QUIET_SECONDS)[0]:
                return
            packet, (address, _) = self._connection.recvfrom(128)
            if address == self._target:
                self._note(packet[(packet[0] & 15) * 4 :], source_port)

    def _note(self, segment: bytes, source_port: int) -> None:
        port, asker, flags = struct.unpack_from("!HH9xB", segment)
        if asker != source_port or not flags & (ACK | RST):
            return
        self._silent.discard(port)
        if flags & (SYN | ACK) == SYN | ACK:
            self.open.add(port)
