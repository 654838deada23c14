"""Real packets on the loopback interface: within UDP as anybody may, and as raw GRE where the tests have the right."""

from __future__ import annotations

import errno
import os
import select
import shlex
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import IPv4Address
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pptp import fuzz
from wizard.pptp.tunnel import Payload, Tunnel
from wizard.verify import raw
from wizard.verify.carrier import (
    Carrier,
    LoopbackCarrier,
    NoRightError,
    RawCarrier,
    Rejected,
    Rejection,
    missing_right,
    open_carrier,
)
from wizard.verify.datagram import KEPT
from wizard.verify.raw import needed_right, without_header

PATIENCE = 10.0
"""Seconds after which something that has to come has not come; nothing waits for that long otherwise."""
LOCAL = IPv4Address("127.0.0.1")
LARGEST_DATAGRAM = 65507
ON_LINUX = sys.platform == "linux"


def ready(carrier: Carrier) -> None:
    """Wait until the carrier has something."""
    assert select.select([carrier], [], [], PATIENCE)[0], "nothing came"


def received(carrier: Carrier) -> bytes | None:
    ready(carrier)
    return carrier.receive()


def rejections(carrier: Carrier) -> list[Rejected]:
    """What the network said by now."""
    reports = []
    while rejected := carrier.next_rejection():
        reports.append(rejected)
    return reports


@pytest.fixture
def pair() -> Iterator[tuple[LoopbackCarrier, LoopbackCarrier]]:
    one, other = LoopbackCarrier.pair()
    with one, other:
        yield one, other


def test_packets_travel_both_ways(pair: tuple[LoopbackCarrier, LoopbackCarrier]) -> None:
    one, other = pair
    one.send(b"there")
    other.send(b"back")
    assert (received(other), received(one)) == (b"there", b"back")
    assert (one.receive(), other.receive()) == (None, None)


def test_whoever_sends_first_is_the_peer_of_an_end_that_is_called() -> None:
    with LoopbackCarrier() as called, LoopbackCarrier(called.port) as caller, LoopbackCarrier(called.port) as late:
        called.send(b"into the void")
        caller.send(b"first")
        late.send(b"second")
        assert received(called) == b"first"
        assert called.receive() is None
        late.send(b"third")
        caller.send(b"fourth")
        assert received(called) == b"fourth"
        called.send(b"answer")
        assert received(caller) == b"answer"
        assert late.receive() is None
        assert rejections(called) == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", pytest.param("127.0.0.2", marks=pytest.mark.skipif(not ON_LINUX, reason="Linux has it"))]
)
def test_its_name_says_how_packets_travel(address: str) -> None:
    with LoopbackCarrier(address=address) as carrier:
        assert carrier.name == f"GRE within UDP on this computer ({address}, port {carrier.port})"


@pytest.mark.parametrize("address", ["192.0.2.1", "0.0.0.0", "255.255.255.255", "128.0.0.1", "::1", "localhost", ""])
def test_no_other_computer_is_reached_by_loopback(address: str) -> None:
    with pytest.raises(ValueError):
        LoopbackCarrier(1, address=address)
    with pytest.raises(ValueError):
        open_carrier(address, practice_port=1)


def test_a_port_that_is_taken_is_an_error() -> None:
    with LoopbackCarrier() as first, pytest.raises(OSError) as caught:
        LoopbackCarrier(port=first.port)
    assert caught.value.errno == errno.EADDRINUSE


def test_a_packet_of_any_octets_comes_out_as_it_went_in(pair: tuple[LoopbackCarrier, LoopbackCarrier]) -> None:
    one, other = pair
    for octets in [b"", bytes(LARGEST_DATAGRAM), *islice(fuzz.inputs(17, [bytes(range(256))]), 200)]:
        one.send(octets)
        assert received(other) == octets


def test_a_packet_too_large_is_reported_once_and_the_next_one_goes_out(
    pair: tuple[LoopbackCarrier, LoopbackCarrier],
) -> None:
    one, other = pair
    one.send(bytes(LARGEST_DATAGRAM + 1))
    [rejected] = rejections(one)
    assert rejected.reason is Rejection.TOO_LARGE
    assert bool(rejected.mtu) is ON_LINUX
    one.send(b"small")
    assert received(other) == b"small"
    assert rejections(one) == []


def test_an_end_that_is_never_drained_loses_packets_and_nothing_else(
    pair: tuple[LoopbackCarrier, LoopbackCarrier],
) -> None:
    one, other = pair
    for number in range(5000):
        one.send(number.to_bytes(2, "big") * 500)
    kept = []
    while packet := other.receive():
        kept.append(int.from_bytes(packet[:2], "big"))
    assert 0 < len(kept) < 5000
    assert kept == list(range(len(kept)))
    assert rejections(one) == rejections(other) == []


def test_a_port_where_nobody_listens_is_reported_and_costs_no_packet() -> None:
    with LoopbackCarrier() as gone:
        port = gone.port
    with LoopbackCarrier(port) as carrier:
        carrier.send(b"lost")
        assert received(carrier) is None
        assert rejections(carrier) == [Rejected(Rejection.PORT, LOCAL if ON_LINUX else None)]
        carrier.send(b"lost again")
        with LoopbackCarrier(port=port) as back:
            carrier.send(b"here")
            assert received(back) == b"here"


def test_where_there_is_no_error_queue_errors_are_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with LoopbackCarrier() as gone:
        port = gone.port
    with LoopbackCarrier(port) as carrier:
        carrier.send(b"lost")
        assert received(carrier) is None
        assert rejections(carrier) == [Rejected(Rejection.PORT)]
        carrier.send(bytes(LARGEST_DATAGRAM + 1))
        assert rejections(carrier) == [Rejected(Rejection.TOO_LARGE)]


class OnWindows(LoopbackCarrier):
    """There the packet that was rejected is told by the next attempt to receive."""

    def _take(self) -> bytes | None:
        raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")


def test_an_error_in_place_of_a_packet_is_a_report() -> None:
    with OnWindows() as carrier:
        assert carrier.receive() is None
        assert rejections(carrier) == [Rejected(Rejection.PORT)]


def test_a_carrier_is_closed_after_its_block_and_tells_a_bug_from_silence() -> None:
    with LoopbackCarrier(1) as carrier:
        assert carrier.fileno() >= 0
    carrier.close()
    assert carrier.fileno() == -1
    for use in (carrier.receive, lambda: carrier.send(b"x")):
        with pytest.raises(OSError):
            use()


def test_a_call_goes_through(pair: tuple[LoopbackCarrier, LoopbackCarrier]) -> None:
    ends = [(pair[0], Tunnel(1, 2)), (pair[1], Tunnel(2, 1))]
    for carrier, tunnel in ends:
        tunnel.send(b"frame", 0)
        for packet in tunnel.packets_to_send(0):
            carrier.send(packet)
    for carrier, tunnel in ends:
        arrived = received(carrier)
        assert arrived is not None
        tunnel.receive(arrived, 0)
        assert tunnel.next_event() == Payload(b"frame")


# From here on as it is on the Internet.

HEADER = struct.Struct(">BBHHHBBH4s4s")


def header(
    source: IPv4Address, payload: bytes, *, protocol: int = 47, version: int = 4, options: bytes = b"", length: int = 0
) -> bytes:
    """An IPv4 header to this computer as raw(7) gives it; its total length is right unless told."""
    size = HEADER.size + len(options)
    first = version << 4 | size // 4
    fields = (first, 0, length or size + len(payload), 0, 0, 64, protocol, 0, source.packed, LOCAL.packed)
    return HEADER.pack(*fields) + options


FAR = IPv4Address("198.51.100.7")
OTHER = IPv4Address("198.51.100.8")


@pytest.mark.parametrize(
    "head",
    [
        header(FAR, b"gre"),
        header(FAR, b"gre", options=bytes(8)),
        header(FAR, b"gre", length=struct.unpack("<H", struct.pack(">H", 3))[0]),
    ],
    ids=["Linux", "with options", "macOS: in host order, without the header"],
)
def test_the_header_comes_off(head: bytes) -> None:
    assert without_header(head + b"gre", FAR) == b"gre"


def test_a_header_alone_carries_nothing() -> None:
    assert without_header(header(FAR, b""), FAR) == b""


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        header(FAR, b"")[:19],
        header(OTHER, b"gre") + b"gre",
        header(FAR, b"tcp", protocol=6) + b"tcp",
        header(FAR, b"gre", version=6) + b"gre",
        b"\x44" + header(FAR, b"gre")[1:] + b"gre",
        b"\x4f" + header(FAR, b"gre")[1:] + b"gre",
    ],
    ids=["nothing", "cut", "another sender", "TCP", "version 6", "header too short", "header longer than all"],
)
def test_what_is_not_the_peers_gre_is_not_ours(octets: bytes) -> None:
    assert without_header(octets, FAR) is None


@given(st.binary(max_size=80))
def test_random_octets_are_not_ours_or_lose_their_header(octets: bytes) -> None:
    inner = without_header(octets, IPv4Address(0))
    assert inner is None or (octets.endswith(inner) and 20 <= len(octets) - len(inner) <= 60)


def test_on_linux_the_right_is_root_or_a_capability() -> None:
    missing = needed_right("linux")
    assert "root" in missing.right and "CAP_NET_RAW" in missing.right
    again, lasting = (shlex.split(way) for way in missing.ways)
    assert again[:3] == ["sudo", "-E", sys.executable]
    assert again[3:] == sys.orig_argv[1:]
    assert lasting[:3] == ["sudo", "setcap", "cap_net_raw+ep"]
    assert Path(lasting[3]).samefile(sys.executable) and not Path(lasting[3]).is_symlink()


def test_on_macos_the_right_is_root() -> None:
    missing = needed_right("darwin")
    assert "root" in missing.right and "CAP_NET_RAW" not in missing.right
    assert [shlex.split(way)[:2] for way in missing.ways] == [["sudo", "-E"]]


def test_on_windows_nothing_gives_the_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(NoRightError) as caught:
        RawCarrier(LOCAL)
    assert "Windows" in str(caught.value)
    assert caught.value.missing.ways == ()


def may_open_raw_sockets() -> bool:
    with suppress(PermissionError), socket.socket(socket.AF_INET, socket.SOCK_RAW, 47):
        return True
    return False


@contextmanager
def without_rights() -> Iterator[None]:
    """As an ordinary user, whoever runs the tests."""
    if not may_open_raw_sockets():
        yield
        return
    if os.geteuid() != 0:
        pytest.skip("this Python has the capability for good")
    try:
        os.seteuid(65534)
    except OSError:
        pytest.skip("there is no other user in this namespace")
    try:
        yield
    finally:
        os.seteuid(0)


def test_an_ordinary_user_is_told_which_right_is_missing() -> None:
    with without_rights(), pytest.raises(NoRightError) as caught:
        open_carrier(LOCAL)
    assert str(caught.value) == caught.value.missing.right == needed_right(sys.platform).right
    assert caught.value.missing.ways


def test_a_missing_right_is_known_before_anything_is_opened() -> None:
    with without_rights():
        missing = missing_right()
    assert missing and missing.right == needed_right(sys.platform).right
    assert (missing_right() is None) is may_open_raw_sockets()


def test_the_practice_router_takes_no_right() -> None:
    with without_rights(), LoopbackCarrier() as router, open_carrier(LOCAL, practice_port=router.port) as carrier:
        carrier.send(b"gre")
        assert received(router) == b"gre"


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError):
        open_carrier("router.example")


def checksum(octets: bytes) -> int:
    total: int = sum(struct.unpack(f">{len(octets) // 2}H", octets))
    total = (total >> 16) + (total & 0xFFFF)
    return 0xFFFF - (total + (total >> 16) & 0xFFFF)


class Router:
    """The far end, and any router before it: raw sockets with addresses of their own on the loopback interface."""

    def __init__(self) -> None:
        # another address for each process that runs these tests now
        self.address = IPv4Address("127.47.0.0") + os.getpid() % 0xFFF0
        self.gre = self.at(self.address, 47)

    @staticmethod
    def at(address: IPv4Address, protocol: int) -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_RAW, protocol)
        opened.bind((str(address), 0))
        opened.settimeout(PATIENCE)
        return opened

    def hear(self) -> bytes:
        """The next GRE packet to the far end."""
        return self.gre.recv(0xFFFF)[HEADER.size :]

    def say(self, packet: bytes, sender: IPv4Address | None = None) -> None:
        with self.at(sender or self.address, 47) as opened:
            opened.sendto(packet, (str(LOCAL), 0))

    def reject(self, kind: int, code: int, *, by: IPv4Address | None = None, mtu: int = 0) -> None:
        """Send the ICMP message about a GRE packet from here to the far end."""
        about = header(LOCAL, b"")[:16] + self.address.packed + bytes(8)
        plain = struct.pack(">BBHI", kind, code, 0, mtu) + about
        message = plain[:2] + checksum(plain).to_bytes(2, "big") + plain[4:]
        with self.at(by or self.address, socket.IPPROTO_ICMP) as opened:
            opened.sendto(message, (str(LOCAL), 0))


needs_the_right = pytest.mark.skipif(
    not (ON_LINUX and may_open_raw_sockets()),
    reason="takes root's rights and Linux, which has many loopback addresses",
)


@pytest.fixture
def router() -> Iterator[Router]:
    router = Router()
    with router.gre:
        yield router


@pytest.fixture
def carrier(router: Router) -> Iterator[Carrier]:
    with open_carrier(router.address) as carrier:
        yield carrier


@needs_the_right
def test_an_address_that_no_way_leads_to_is_an_error() -> None:
    with pytest.raises(OSError) as caught:
        RawCarrier("255.255.255.255")
    assert caught.value.errno in (errno.EACCES, errno.ENETUNREACH)


@needs_the_right
def test_raw_packets_travel_both_ways(router: Router, carrier: Carrier) -> None:
    carrier.send(b"there")
    assert router.hear() == b"there"
    router.say(b"back")
    assert received(carrier) == b"back"
    assert carrier.receive() is None
    assert carrier.name == f"GRE (IP protocol 47) to {router.address}"


@needs_the_right
def test_raw_packets_of_others_are_not_heard(router: Router, carrier: Carrier) -> None:
    router.say(b"stranger", sender=router.address + 1)
    router.say(b"router")
    assert received(carrier) == b"router"


@needs_the_right
def test_a_packet_of_others_from_before_the_connection_is_left_out(
    router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = raw._raw_socket()
    router.say(b"stranger", sender=router.address + 1)
    monkeypatch.setattr(raw, "_raw_socket", lambda: opened)
    with RawCarrier(router.address) as carrier:
        assert received(carrier) is None
        router.say(b"router")
        assert received(carrier) == b"router"


@needs_the_right
def test_the_largest_raw_packet_arrives_and_a_larger_one_is_reported(router: Router, carrier: Carrier) -> None:
    largest = bytes(0xFFFF - HEADER.size)
    router.say(largest)
    assert received(carrier) == largest
    carrier.send(largest + b"x")
    assert [rejected.reason for rejected in rejections(carrier)] == [Rejection.TOO_LARGE]
    carrier.send(largest)
    assert router.hear() == largest


@needs_the_right
def test_a_raw_peer_that_is_never_drained_breaks_nothing(router: Router, carrier: Carrier) -> None:
    for _ in range(3000):
        carrier.send(bytes(1400))
        assert carrier.receive() is None
    # newer kernels call a raw socket that is full a protocol that nobody takes
    assert {rejected.reason for rejected in rejections(carrier)} <= {Rejection.PROTOCOL}
    assert router.hear() == bytes(1400)


REPORTS = [
    (3, 0, Rejection.UNREACHABLE),
    (3, 1, Rejection.UNREACHABLE),
    (3, 2, Rejection.PROTOCOL),
    (3, 3, Rejection.PORT),
    (3, 4, Rejection.TOO_LARGE),
    (3, 5, Rejection.OTHER),
    (3, 9, Rejection.PROHIBITED),
    (3, 10, Rejection.PROHIBITED),
    (3, 13, Rejection.PROHIBITED),
    (11, 0, Rejection.EXPIRED),
]


@needs_the_right
@pytest.mark.parametrize(("kind", "code", "reason"), REPORTS, ids=lambda value: getattr(value, "name", str(value)))
def test_an_icmp_error_is_a_finding_with_who_said_so(
    router: Router, carrier: Carrier, kind: int, code: int, reason: Rejection
) -> None:
    between = router.address + 1
    router.reject(kind, code, by=between, mtu=1400 if code == 4 else 0)
    assert received(carrier) is None
    assert rejections(carrier) == [Rejected(reason, between, 1400 if code == 4 else 0)]


@needs_the_right
@pytest.mark.skipif(Path("/sys/module/gre").exists(), reason="this kernel takes GRE for tunnels of its own")
def test_a_system_that_takes_no_gre_says_so(router: Router, carrier: Carrier) -> None:
    router.gre.close()
    # an ICMP error counts only where it can quote 8 octets of what it is about
    carrier.send(bytes(8))
    assert received(carrier) is None
    assert rejections(carrier) == [Rejected(Rejection.PROTOCOL, router.address)]


@needs_the_right
def test_an_icmp_error_costs_no_packet_on_either_way(router: Router, carrier: Carrier) -> None:
    router.reject(3, 2)
    carrier.send(b"there")
    assert router.hear() == b"there"
    router.reject(3, 2)
    router.say(b"back")
    assert received(carrier) == b"back"
    assert rejections(carrier) == [Rejected(Rejection.PROTOCOL, router.address)]


@needs_the_right
def test_of_many_reports_the_first_are_kept(router: Router, carrier: Carrier) -> None:
    for number in range(KEPT + 3):
        router.reject(3, 13, by=router.address + number)
    carrier.receive()
    assert [rejected.by for rejected in rejections(carrier)] == [router.address + number for number in range(KEPT)]
