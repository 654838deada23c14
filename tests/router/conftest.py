"""Keys, and what a person brings along, without the real `~/.ssh` or agent of whoever runs the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from paramiko import PKey

from tests.router.server import Rules, SshServer, ecdsa_key, rsa_key
from wizard.router.person import Credentials

Serve = Callable[[Rules], SshServer]


@pytest.fixture(autouse=True)
def _no_agent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def host_rsa() -> PKey:
    return rsa_key()


@pytest.fixture(scope="session")
def host_ecdsa() -> PKey:
    return ecdsa_key()


@pytest.fixture(scope="session")
def user_rsa() -> PKey:
    return rsa_key()


@pytest.fixture
def credentials(tmp_path: Path) -> Credentials:
    return Credentials(ssh_dir=tmp_path / "ssh")


@pytest.fixture
def serve(host_rsa: PKey) -> Iterator[Serve]:
    """Starts servers that are stopped with the test."""
    servers: list[SshServer] = []

    def start(rules: Rules) -> SshServer:
        servers.append(SshServer([host_rsa], rules).__enter__())
        return servers[-1]

    yield start
    for server in servers:
        server.__exit__(None, None, None)
