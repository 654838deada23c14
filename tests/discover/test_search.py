"""Knocking at loopback addresses: who is found, in which order, and how long it takes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from wizard.discover import Candidate, candidates, find, search
from wizard.model.door import Door, Target

DROPBEAR = b"SSH-2.0-dropbear_0.48.1\r\n"
OPENSSH = b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"

Serve = Callable[..., list[float]]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


SSH, TELNET = _free_port(), _free_port()
"""Stand for 22 and 23, which only root could listen on."""


@pytest.fixture(autouse=True)
def _ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SSH_PORT", SSH)
    monkeypatch.setattr(search, "TELNET_PORT", TELNET)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers that say something to everybody, and tells when somebody came."""
    with ExitStack() as stack:

        def start(host: str, says: bytes, *, port: int = SSH, hang_up: bool = False) -> list[float]:
            came: list[float] = []
            listener = stack.enter_context(socket.create_server((host, port)))
            plugs = stack.enter_context(ExitStack())

            def answer() -> None:
                while True:
                    try:
                        plug = plugs.enter_context(listener.accept()[0])
                    except OSError:
                        return
                    came.append(time.monotonic())
                    plug.sendall(says)
                    if hang_up:
                        plug.close()

            thread = threading.Thread(target=answer)
            thread.start()
            stack.callback(thread.join)
            stack.callback(listener.shutdown, socket.SHUT_RDWR)
            return came

        yield start


def _at(host: str, found_by: str = "test", *, name: str = "", configured: bool = False, port: int = SSH) -> Candidate:
    return Candidate(Target(name or host), found_by, host, port, configured)


def test_a_router_is_found_with_its_banner(serve: Serve) -> None:
    serve("127.0.0.2", DROPBEAR)
    assert find(candidates=[_at("127.0.0.2", "default gateway")]) == (
        Door(Target("127.0.0.2"), "default gateway", "SSH-2.0-dropbear_0.48.1"),
    )


def test_the_best_guess_comes_first(serve: Serve) -> None:
    serve("127.0.0.2", OPENSSH)
    serve("127.0.0.3", b"", port=TELNET)
    serve("127.0.0.4", DROPBEAR)
    serve("127.0.0.5", DROPBEAR)
    doors = find(candidates=[_at(f"127.0.0.{last}") for last in (2, 3, 5, 4, 6)])
    assert [door.target.host for door in doors] == ["127.0.0.5", "127.0.0.4", "127.0.0.3", "127.0.0.2"]
    assert [door.telnet for door in doors] == [False, False, True, False]


def test_ssh_makes_telnet_uninteresting(serve: Serve) -> None:
    serve("127.0.0.2", DROPBEAR)
    serve("127.0.0.2", b"", port=TELNET)
    (door,) = find(candidates=[_at("127.0.0.2")])
    assert not door.telnet


def test_telnet_is_not_tried_at_hosts_of_the_ssh_config(serve: Serve) -> None:
    came = serve("127.0.0.2", b"", port=TELNET)
    assert find(candidates=[_at("127.0.0.2", configured=True), _at("127.0.0.2", port=SSH + 1)], timeout=0.5) == ()
    assert came == []


def test_one_address_is_knocked_at_once_and_keeps_its_names(serve: Serve) -> None:
    came = serve("127.0.0.2", DROPBEAR)
    doors = find(
        candidates=[
            _at("127.0.0.2", "default gateway"),
            _at("127.0.0.2", "usual address"),
            _at("127.0.0.2", "SSH config: home", name="home", configured=True),
        ]
    )
    assert doors == (
        Door(
            Target("home"), "default gateway, usual address, SSH config: home", banner=DROPBEAR.decode().rstrip("\r\n")
        ),
    )
    assert len(came) == 1


def test_everybody_is_asked_side_by_side(serve: Serve) -> None:
    came = [serve(f"127.0.0.{last}", b"") for last in range(2, 22)]
    begin = time.monotonic()
    assert find(candidates=[_at(f"127.0.0.{last}") for last in range(2, 22)], timeout=1) == ()
    assert max(knock for knocks in came for knock in knocks) - begin < 0.5
    assert time.monotonic() - begin < 1.3


def test_what_has_answered_counts_although_another_swallows_packets(serve: Serve) -> None:
    serve("127.0.0.3", DROPBEAR)
    with ExitStack() as stack:
        # The kernel drops further SYNs once the queue of those that nobody accepts is full.
        stack.enter_context(socket.create_server(("127.0.0.2", SSH), backlog=0))
        for _ in range(3):
            plug = stack.enter_context(socket.socket())
            plug.setblocking(False)
            plug.connect_ex(("127.0.0.2", SSH))
        begin = time.monotonic()
        doors = find(candidates=[_at("127.0.0.2"), _at("127.0.0.3")], timeout=0.7)
        assert 0.6 < time.monotonic() - begin < 1
    assert [door.target.host for door in doors] == ["127.0.0.3"]


def test_a_name_service_that_hangs_holds_nothing_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    serve("127.0.0.2", DROPBEAR)
    real, done = socket.getaddrinfo, threading.Event()

    def hanging(host: str, *rest: object, **options: object) -> object:
        if host == "slow.lan":
            done.wait(10)
            raise socket.gaierror
        return real(host, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    begin = time.monotonic()
    doors = find(candidates=[_at("slow.lan"), _at("127.0.0.2")], timeout=0.5)
    assert time.monotonic() - begin < 0.8
    assert len(doors) == 1
    done.set()


def test_nobody_there_takes_no_time() -> None:
    begin = time.monotonic()
    assert find(candidates=[_at("127.0.0.2"), _at("a..b")], timeout=5) == ()
    assert time.monotonic() - begin < 1


@pytest.mark.parametrize(
    ("says", "banner"),
    [
        (b"Welcome\r\nto SSH-2.0\r\nSSH-2.0-x\r\n", "SSH-2.0-x"),
        (b"SSH-1.99-x\nrest", "SSH-1.99-x"),
        (b"SSH-2.0-no-line-end", "SSH-2.0-no-line-end"),
        (b"SSH-2.0-\x1b[2J\x07\xe2\x80\xaeevil\r\n", "SSH-2.0-[2Jevil"),
        (b"SSH-2.0-" + b"x" * 600 + b"\r\n", "SSH-2.0-" + "x" * 247),
    ],
)
def test_banners(serve: Serve, says: bytes, banner: str) -> None:
    serve("127.0.0.2", says, hang_up=True)
    (door,) = find(candidates=[_at("127.0.0.2")])
    assert door.banner == banner


@pytest.mark.parametrize("says", [b"", b"HTTP/1.0 400 Bad Request\r\n\r\n", b"x" * 20000])
def test_a_server_that_is_none(serve: Serve, says: bytes) -> None:
    serve("127.0.0.2", says, hang_up=True)
    assert find(candidates=[_at("127.0.0.2")]) == ()


def test_places_where_a_router_may_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / ".ssh" / "config"
    config.parent.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("wizard.discover.places.default_gateway", lambda: "192.168.7.1")
    usual = ["192.168.7.1", "192.168.1.1", "openwrt.lan"]
    assert [candidate.host for candidate in candidates()] == usual
    config.write_text("Host home\n  HostName 10.0.0.1\n  Port 2222\n")
    assert [candidate.host for candidate in candidates()] == [*usual, "10.0.0.1"]
    assert candidates()[-1] == Candidate(Target("home"), "SSH config: home", "10.0.0.1", 2222, configured=True)
    monkeypatch.setattr("wizard.discover.places.default_gateway", lambda: None)
    assert candidates()[0] == Candidate(Target("192.168.1.1"), "usual address", "192.168.1.1")


def test_without_candidates_it_looks_for_its_own(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    serve("127.0.0.2", DROPBEAR)
    monkeypatch.setattr(search, "gathered", lambda: (_at("127.0.0.2"),))
    assert len(find()) == 1
