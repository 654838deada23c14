"""Which algorithms are offered, in which order, and how a connection fails before anyone can log in."""

from __future__ import annotations

import dataclasses
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from paramiko import Message, RSAKey, Transport

from tests.router.conftest import Serve
from tests.router.person import Person
from tests.router.server import OLD_ONLY, Rules
from wizard.model.door import Target
from wizard.model.errors import ExitCode, WizardError
from wizard.resources import page
from wizard.router.session import Credentials, connect

WEAK = ("sha1", "md5", "-cbc", "group1-", "ssh-rsa", "ssh-dss", "-96", "3des")


@contextmanager
def _listening(says: bytes, *, listen_for: int = 0) -> Iterator[tuple[Target, list[bytes]]]:
    """A server that says something, hears at most so many bytes, and hangs up."""
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        plug, _ = listener.accept()
        with plug:
            plug.sendall(says)
            while sum(map(len, heard)) < listen_for and (chunk := plug.recv(4096)):
                heard.append(chunk)

    thread = threading.Thread(target=serve)
    thread.start()
    with listener:
        yield Target("127.0.0.1", listener.getsockname()[1]), heard
        thread.join()


def _fails(target: Target, credentials: Credentials, person: Person | None = None) -> WizardError:
    """The error, once its page has been rendered from its data."""
    with pytest.raises(WizardError) as caught:
        connect(target, credentials, person or Person(trusts=None))
    assert page(caught.value.code, **caught.value.data).body
    return caught.value


def test_nothing_weak_is_in_the_first_offer(credentials: Credentials) -> None:
    with _listening(b"SSH-2.0-test\r\n", listen_for=900) as (target, heard):
        _fails(target, credentials)
    message = Message(b"".join(heard).split(b"\r\n", 1)[1])
    message.get_bytes(6 + 16)  # length, padding, type, cookie (RFC 4253 §6, §7.1)
    offers = [message.get_list() for _ in range(6)]
    assert all(offers)
    assert [name for offer in offers for name in offer if any(weak in name for weak in WEAK)] == []


def test_a_modern_server_is_not_asked_about(serve: Serve, credentials: Credentials) -> None:
    with connect(serve(Rules(empty_password=True)).target, credentials, Person()) as session:
        assert session.way_in.old is False


def test_old_algorithms_are_used_once_the_person_agrees(serve: Serve, credentials: Credentials) -> None:
    server, person = serve(Rules(empty_password=True, disabled=OLD_ONLY)), Person(allows_old=True)
    with connect(server.target, credentials, person) as session:
        assert session.run("echo in").out == b"in\n"
        assert session.way_in.old is True
    assert person.questions("old") == [server.target]


def test_old_algorithms_are_not_used_against_the_persons_will(serve: Serve, credentials: Credentials) -> None:
    server = serve(Rules(empty_password=True, disabled=OLD_ONLY))
    error = _fails(server.target, credentials, Person(allows_old=False))
    assert error.code == "old-ssh-declined"
    assert server.attempts == []


def test_old_ssh_answers_the_question(serve: Serve, credentials: Credentials) -> None:
    server = serve(Rules(empty_password=True, disabled=OLD_ONLY))
    with connect(server.target, dataclasses.replace(credentials, old_ssh=True), Person()) as session:
        assert session.way_in.old is True


def test_old_ssh_leaves_a_modern_server_modern(serve: Serve, credentials: Credentials) -> None:
    server = serve(Rules(empty_password=True))
    with connect(server.target, dataclasses.replace(credentials, old_ssh=True), Person()) as session:
        assert session.way_in.old is False


def test_nothing_in_common_at_all(serve: Serve, credentials: Credentials) -> None:
    everything = {"kex": tuple(Transport._preferred_kex)}  # type: ignore[attr-defined]
    error = _fails(serve(Rules(disabled=everything)).target, credentials, Person(allows_old=True))
    assert error.code == "no-common-algorithm"


QUIETLY = """
import sys
from pathlib import Path
from tests.router.person import Person
from wizard.model.door import Target
from wizard.model.errors import WizardError
from wizard.router.session import Credentials, connect
try:
    connect(Target("127.0.0.1", int(sys.argv[1])), Credentials(ssh_dir=Path(sys.argv[2])), Person(allows_old=False))
except WizardError as error:
    print(error.code)
"""


def test_failing_says_nothing_on_the_screen(serve: Serve, credentials: Credentials) -> None:
    """In a process of its own: pytest takes what is logged, so that here nothing would show anyway."""
    port = serve(Rules(disabled=OLD_ONLY)).port
    command = [sys.executable, "-c", QUIETLY, str(port), str(credentials.ssh_dir)]
    done = subprocess.run(command, capture_output=True, cwd=Path(__file__).parents[2], check=True)
    assert (done.stdout, done.stderr) == (b"old-ssh-declined\n", b"")


@pytest.mark.parametrize("says", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-dropbear\r\n"])
def test_a_server_that_breaks_off(credentials: Credentials, says: bytes) -> None:
    with _listening(says) as (target, _):
        error = _fails(target, credentials)
    assert error.code == "handshake-failed"
    assert error.data["banner"] == says.decode().strip() if says.startswith(b"SSH-") else error.data["reason"]


def test_a_computer_that_forbids_sha1(serve: Serve, credentials: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
    def verify(self: RSAKey, data: bytes, message: Message) -> bool:
        raise UnsupportedAlgorithm("sha1 is not supported by this backend for RSA signing.")

    monkeypatch.setattr(RSAKey, "verify_ssh_sig", verify)
    assert _fails(serve(Rules()).target, credentials).code == "crypto-policy"


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_closed_port(credentials: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.router.session.TELNET_PORT", _closed_port())
    error = _fails(Target("127.0.0.1", _closed_port()), credentials)
    assert (error.code, error.exit_code) == ("port-closed", ExitCode.NOT_TRIED)


def test_telnet_alone(credentials: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as telnet:
        monkeypatch.setattr("wizard.router.session.TELNET_PORT", telnet.getsockname()[1])
        error = _fails(Target("127.0.0.1", _closed_port()), credentials)
    assert error.code == "telnet-only"
    assert "telnet 127.0.0.1" in page(error.code, **error.data).body


def test_no_answer(credentials: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.router.session.CONNECT_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        # The kernel drops further SYNs once the queue of those that nobody accepts is full.
        plugs = [socket.socket() for _ in range(3)]
        for plug in plugs:
            plug.setblocking(False)
            plug.connect_ex(address)
        try:
            assert _fails(Target(*address), credentials).code == "no-route"
        finally:
            for plug in plugs:
                plug.close()


@pytest.mark.parametrize("host", ["no.such.name.invalid", "a..b", "x" * 64])
def test_a_name_without_an_address(credentials: Credentials, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*asked: object, **options: object) -> None:
        host.encode("idna")  # what the real one does first
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    assert _fails(Target(host), credentials).code == "host-unknown"


def test_small_packets_are_not_held_back(serve: Serve, credentials: Credentials) -> None:
    with connect(serve(Rules(empty_password=True)).target, credentials, Person()) as session:
        plug = session._transport.sock
        assert isinstance(plug, socket.socket)
        assert plug.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
