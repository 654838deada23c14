"""The wizard itself, run as a user runs it: a program with a home directory, in the lab's network."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from paramiko import Transport

from tests.lab.router import Router
from wizard.__main__ import main

PASSWORD = "made-up-4-anna"


@dataclass(frozen=True)
class Ran:
    """One run: its exit code and everything it showed."""

    code: int
    out: str


class Wizard:
    """The program at the administrator's computer. Its home knows the router's host key already."""

    def __init__(self, router: Router, home: Path) -> None:
        self.router = router
        self.home = home
        (home / ".ssh").mkdir(mode=0o700)
        self._write("router-password", router.password or "")
        _learn_host_key(router.lan, home / ".ssh" / "known_hosts")

    def environment(self) -> dict[str, str]:
        """What the program sees: its own home, no agent, a plain terminal."""
        return {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
        }

    @property
    def login(self) -> list[str]:
        """The flags that log in without a question."""
        return [self.router.lan, "--password-file", str(self.home / "router-password")]

    def run(self, *arguments: str) -> Ran:
        """Run it to its end, without a terminal."""
        done = subprocess.run(
            [sys.executable, "-m", "wizard", *arguments],
            env=self.environment(),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=240,
        )
        return Ran(done.returncode, done.stdout.decode())

    def apply(self, answers: str, passwords: Mapping[str, str] | None = None, *more: str) -> Ran:
        """`--answers FILE --yes`, with these passwords in a secrets file."""
        return self.run(*self._unattended(answers, passwords), *more)

    def apply_here(self, answers: str, passwords: Mapping[str, str]) -> Ran:
        """The same in this process, so that what it costs can be counted."""
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said), patch.dict(os.environ, self.environment()):
            code = main(self._unattended(answers, passwords))
        return Ran(code, said.getvalue())

    def start(self, answers: str, passwords: Mapping[str, str], *more: str) -> subprocess.Popen[bytes]:
        """The same, while it runs."""
        return subprocess.Popen(
            [sys.executable, "-m", "wizard", *self._unattended(answers, passwords), *more],
            env=self.environment(),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _unattended(self, answers: str, passwords: Mapping[str, str] | None) -> list[str]:
        arguments = [*self.login, "--answers", self._write("answers.toml", answers), "--yes"]
        if passwords is not None:
            lines = "".join(f"{_basic(name)} = {_basic(text)}\n" for name, text in passwords.items())
            arguments += ["--secrets", self._write("secrets.toml", f"[passwords]\n{lines}")]
        return arguments

    def _write(self, name: str, text: str) -> str:
        path = self.home / name
        path.write_text(text)
        path.chmod(0o600)
        return str(path)


def answers(
    clients: Mapping[str, str] | None = None,
    *,
    server: str = "172.16.1.1",
    access: Iterable[str] = (),
    daemon: str = "",
) -> str:
    """An answers file: clients by name and address, lines for `[access]`."""
    seats = clients or {"anna": "172.16.1.2"}
    return "\n".join(
        [
            "version = 1",
            f'[tunnel]\nserver = "{server}"',
            *(f'[[clients]]\nname = {_basic(name)}\naddress = "{address}"' for name, address in seats.items()),
            "[access]",
            *access,
            f"[daemon]\n{daemon}\n",
        ]
    )


def _basic(text: str) -> str:
    """A TOML basic string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _learn_host_key(host: str, known_hosts: Path) -> None:
    transport = Transport((host, 22))
    try:
        transport.start_client(timeout=10)
        key = transport.get_remote_server_key()
    finally:
        transport.close()
    known_hosts.write_text(f"{host} {key.get_name()} {key.get_base64()}\n")
