"""Against real servers, run on a loopback port: Debian's sshd as old as it can still be made, and its dropbear."""

from __future__ import annotations

import dataclasses
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.router.person import Person
from wizard.model.door import Target
from wizard.model.errors import WizardError
from wizard.router.session import Credentials, connect, reconnect

OLD_CONFIG = """
KexAlgorithms diffie-hellman-group1-sha1
HostKeyAlgorithms ssh-rsa
PubkeyAcceptedAlgorithms ssh-rsa
Ciphers aes128-cbc
MACs hmac-sha1
"""
"""What White Russian's dropbear 0.48.1 offers (openwrt.md §8.1)."""

SSHD_CONFIG = """
ListenAddress 127.0.0.1:{port}
HostKey {directory}/host
AuthorizedKeysFile {directory}/authorized_keys
PidFile none
PermitRootLogin yes
PasswordAuthentication no
StrictModes no
UsePAM no
RequiredRSASize 1024
"""


def _program(name: str) -> str:
    """Where a server is. The test is skipped where it is missing, and fails where it has to be there."""
    path = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path and os.geteuid() == 0:
        return path
    why = f"{name} is not installed" if not path else "only root can be logged in, and only by root's own sshd"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def _key(path: Path, bits: int = 2048) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", str(bits), "-N", "", "-f", str(path)], check=True)
    return path


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[Target]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            _wait_for(process, port)
            yield Target("127.0.0.1", port)
        finally:
            process.terminate()
            process.communicate(timeout=10)


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(500):
        if process.poll() is not None:
            assert process.stderr
            pytest.fail(process.stderr.read().decode())
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.01)
    pytest.fail("the server does not listen")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def _sshd(directory: Path, config: str) -> Iterator[Target]:
    """An sshd that lets root in by the key `user`."""
    program, port = _program("sshd"), _free_port()
    _key(directory / "host", 1024)
    shutil.copy(f"{_key(directory / 'user')}.pub", directory / "authorized_keys")
    (directory / "config").write_text(SSHD_CONFIG.format(port=port, directory=directory) + config)
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd(8) wants it for privilege separation
    with _running([program, "-D", "-e", "-f", str(directory / "config")], port) as target:
        yield target


def test_an_sshd_like_white_russians(tmp_path: Path, credentials: Credentials) -> None:
    person = Person(allows_old=True)
    with _sshd(tmp_path, OLD_CONFIG) as target:
        given = dataclasses.replace(credentials, identity=tmp_path / "user")
        with connect(target, given, person) as session:
            assert session.run("echo in; exit 3").code == 3
            assert (session._transport.local_cipher, session._transport.local_mac) == ("aes128-cbc", "hmac-sha1")
            asked = len(person.asked)
            with reconnect(session.way_in) as again:
                assert again.run("echo in").out == b"in\n"
    assert [kind for kind, _ in person.asked] == ["old", "trust"]
    assert len(person.asked) == asked


def test_an_old_sshd_is_left_alone_unless_allowed(tmp_path: Path, credentials: Credentials) -> None:
    with _sshd(tmp_path, OLD_CONFIG) as target, pytest.raises(WizardError) as caught:
        connect(target, credentials, Person(allows_old=False, trusts=None))
    assert caught.value.code == "old-ssh-declined"


@pytest.mark.parametrize(
    "line",
    [
        "KexAlgorithms diffie-hellman-group1-sha1",
        "KexAlgorithms diffie-hellman-group14-sha1",
        "HostKeyAlgorithms ssh-rsa",
        "Ciphers aes128-cbc",
        "Ciphers 3des-cbc",
        "MACs hmac-sha1",
        "MACs hmac-md5",
    ],
)
def test_each_old_algorithm_alone_is_asked_about(tmp_path: Path, credentials: Credentials, line: str) -> None:
    person = Person(allows_old=True)
    with _sshd(tmp_path, line) as target:
        connect(target, dataclasses.replace(credentials, identity=tmp_path / "user"), person).close()
    assert len(person.questions("old")) == 1


def test_a_modern_sshd_needs_no_question(tmp_path: Path, credentials: Credentials) -> None:
    person, given = Person(), dataclasses.replace(credentials, identity=tmp_path / "user")
    with _sshd(tmp_path, "") as target, connect(target, given, person) as session:
        assert session.run("kill -9 $$").code == -1
        assert session.run("echo still here").out == b"still here\n"
    assert [kind for kind, _ in person.asked] == ["trust"]


@pytest.mark.parametrize("tries", [1, 10])
def test_three_passwords_for_dropbear(tmp_path: Path, credentials: Credentials, tries: int) -> None:
    """It hangs up after `-T` refused ones, which OpenWrt sets to 3."""
    program, port = _program("dropbear"), _free_port()
    key = tmp_path / "host"
    subprocess.run([_program("dropbearkey"), "-t", "rsa", "-f", str(key)], check=True, capture_output=True)
    person = Person(passwords=["not this", "nor this", "nor that"])
    command = [program, "-F", "-E", "-r", str(key), "-p", f"127.0.0.1:{port}", "-T", str(tries)]
    with _running(command, port) as target, pytest.raises(WizardError) as caught:
        connect(target, credentials, person)
    assert caught.value.code == "password-refused"
    assert person.questions("password") == [1, 2, 3]
    assert len(person.questions("trust")) == 1
