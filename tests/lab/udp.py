"""Datagram services that threads of this process run: an ear, an echo and a name server."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address

Answer = Callable[[str, bytes], bytes | None]

A_RECORD = b"\0\1"


class UdpService:
    """A port of the calling thread's namespace, of all its addresses or of one, which answers then come from.

    `answer` gets source and data, and returns what goes back, if anything.
    """

    def __init__(self, port: int, answer: Answer, address: str = "") -> None:
        self._answer = answer
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, port))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                data, peer = self._socket.recvfrom(65536)
                if not data:
                    return  # what a shut down socket gives
                if answer := self._answer(peer[0], data):
                    self._socket.sendto(answer, peer)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()


class UdpEar(UdpService):
    """A port that answers nothing. `heard` are the datagrams so far: source address and data."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, bytes]] = []
        super().__init__(port, lambda source, data: self.heard.append((source, data)))

    def wait(self, count: int = 1, seconds: float = 3.0) -> bool:
        """Whether that many datagrams have come, now or within that time."""
        end = time.monotonic() + seconds
        while len(self.heard) < count and time.monotonic() < end:
            time.sleep(0.02)
        return len(self.heard) >= count


def echo(_source: str, data: bytes) -> bytes:
    """Answer with what came."""
    return data


def name_server(known: Mapping[str, str]) -> Answer:
    """A name server that knows these addresses of names, which may change, and nothing else (RFC 1035)."""

    def answer(_source: str, query: bytes) -> bytes:
        question_end = query.index(b"\0", 12) + 5
        question = query[12:question_end]
        address = known.get(_name(question))
        kind = question[-4:-2]
        records = []
        if address and kind == A_RECORD:
            records = [struct.pack("!HHHIH", 0xC00C, 1, 1, 60, 4) + IPv4Address(address).packed]
        flags = 0x8580 if address else 0x8583  # an answer with authority; there is no such name
        return query[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + question + b"".join(records)

    return answer


def _name(question: bytes) -> str:
    labels, rest = [], question
    while length := rest[0]:
        labels.append(rest[1 : 1 + length].decode("ascii", "replace").lower())
        rest = rest[1 + length :]
    return ".".join(labels)
