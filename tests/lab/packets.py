"""IPv4 packets made by hand: echo requests, and packets with a source that is not the sender's."""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from ipaddress import IPv4Address

ICMP, TCP, UDP = socket.IPPROTO_ICMP, socket.IPPROTO_TCP, socket.IPPROTO_UDP
ECHO_REQUEST, ECHO_REPLY = 8, 0
SYN = 0x02


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    words: tuple[int, ...] = struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2))
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(source: str, destination: str, protocol: int, payload: bytes) -> bytes:
    """A whole packet; the kernel that sends it fills in its checksum."""
    ends = IPv4Address(source).packed, IPv4Address(destination).packed
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, *ends) + payload


def udp(source: str, destination: str, port: int, data: bytes) -> bytes:
    """A datagram from port 9 of `source`, without a checksum of its own."""
    return ipv4(source, destination, UDP, struct.pack("!HHHH", 9, port, 8 + len(data), 0) + data)


def tcp_syn(source: str, destination: str, port: int, source_port: int = 40000) -> bytes:
    """The first packet of a connection."""
    return ipv4(source, destination, TCP, tcp_header(source, destination, port, source_port))


def tcp_header(source: str, destination: str, port: int, source_port: int) -> bytes:
    """The TCP part of `tcp_syn`."""
    header = struct.pack("!HHIIBBHHH", source_port, port, 1, 0, 5 << 4, SYN, 1024, 0, 0)
    pseudo = IPv4Address(source).packed + IPv4Address(destination).packed + struct.pack("!HH", TCP, len(header))
    return header[:16] + struct.pack("!H", checksum(pseudo + header)) + header[18:]


def echo_request(source: str, destination: str) -> bytes:
    """A ping that claims to come from `source`."""
    return ipv4(source, destination, ICMP, _echo(1, 1))


def _echo(identity: int, number: int) -> bytes:
    header = struct.pack("!BBHHH", ECHO_REQUEST, 0, 0, identity, number)
    return header[:2] + struct.pack("!H", checksum(header)) + header[4:]


def send(packet: bytes) -> None:
    """Send a whole packet from the calling thread's namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as connection:
        connection.sendto(packet, (str(IPv4Address(packet[16:20])), 0))


def echo_socket() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_RAW, ICMP)


def echo(connection: socket.socket, address: str, number: int, wait: float) -> bool:
    """Send one echo request; whether its reply comes within `wait` seconds."""
    identity = os.getpid() & 0xFFFF
    try:
        connection.sendto(_echo(identity, number), (address, 0))
    except OSError:  # no route
        return False
    end = time.monotonic() + wait
    while (left := end - time.monotonic()) > 0:
        if not select.select([connection], [], [], left)[0]:
            return False
        packet, (source, _) = connection.recvfrom(2048)
        kind, _, _, *whose = struct.unpack_from("!BBHHH", packet, (packet[0] & 15) * 4)
        if (kind, source, whose) == (ECHO_REPLY, address, [identity, number]):
            return True
    return False
