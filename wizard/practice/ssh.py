"""The SSH server of a practice router, on loopback: real logins, and commands that run in the router's folder."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Collection, Mapping
from pathlib import Path

from paramiko import Channel, PKey, ServerInterface, Transport
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED, OPEN_SUCCEEDED
from paramiko.ssh_exception import SSHException

from wizard.practice import watchdog

BANNER = "SSH-2.0-dropbear"
_CHUNK = 32768


class SshServer:
    """Listens from its making until `close`. Root logs in with this password, or, where there is none, without."""

    def __init__(self, host_keys: Collection[PKey], password: str | None, environment: Mapping[str, str]) -> None:
        self.password = password
        self._host_keys = host_keys
        self._environment = environment
        self._transports: list[Transport] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more connections, and cut those that stand."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for transport in self._transports:
            transport.close()

    def _serve(self) -> None:
        while True:
            try:
                plug, _ = self._listener.accept()
            except OSError:
                return
            transport = Transport(plug)
            transport.local_version = BANNER
            for key in self._host_keys:
                transport.add_server_key(key)
            self._transports.append(transport)
            with contextlib.suppress(SSHException):  # somebody who does not speak SSH
                transport.start_server(event=threading.Event(), server=_Door(self.password, self._environment))


class _Door(ServerInterface):
    """One connection's logins and commands."""

    def __init__(self, password: str | None, environment: Mapping[str, str]) -> None:
        self._password = password
        self._environment = environment

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002 - paramiko names it
        return "publickey,password"

    def check_auth_none(self, username: str) -> int:
        return AUTH_SUCCESSFUL if username == "root" and self._password is None else AUTH_FAILED

    def check_auth_password(self, username: str, password: str) -> int:
        return AUTH_SUCCESSFUL if username == "root" and password == (self._password or "") else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: Channel, command: bytes) -> bool:
        words = (channel, command.decode(), self._environment)
        threading.Thread(target=_run, args=words, daemon=True).start()
        return True


def _run(channel: Channel, command: str, environment: Mapping[str, str]) -> None:
    """What dropbear does with a command: the shell gets it, and the far end what that says, until its end."""
    root = environment["IPKG_INSTROOT"]
    shell = subprocess.Popen(
        [f"{root}/bin/sh", "-c", command],
        env=dict(environment),
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
    )
    watchdog.note(shell.pid)
    assert shell.stdin and shell.stdout and shell.stderr
    threading.Thread(target=_feed, args=(channel, shell.stdin), daemon=True).start()
    errors = threading.Thread(target=_pump, args=(shell.stderr, channel.sendall_stderr), daemon=True)
    errors.start()
    if not _pump(shell.stdout, channel.sendall):
        with contextlib.suppress(ProcessLookupError):  # nobody listens any more
            os.kill(shell.pid, signal.SIGHUP)
    errors.join()
    code = shell.wait()
    with contextlib.suppress(OSError, EOFError, SSHException):
        if code >= 0:
            channel.send_exit_status(code)
        channel.close()


def _feed(channel: Channel, stdin: object) -> None:
    assert hasattr(stdin, "write") and hasattr(stdin, "close")
    with contextlib.suppress(OSError):
        while chunk := channel.recv(_CHUNK):
            stdin.write(chunk)
    with contextlib.suppress(OSError):
        stdin.close()


def _pump(stream: object, send: object) -> bool:
    """Pass on what comes; False where the far end has gone."""
    assert hasattr(stream, "read") and callable(send)
    try:
        while chunk := stream.read(_CHUNK):
            send(chunk)
    except (OSError, EOFError, SSHException):
        return False
    return True


def environment(place: Path, path: str) -> dict[str, str]:
    """What a command of the router's sees."""
    folders = ":".join(f"{place}{folder}" for folder in path.split(":"))
    return {"IPKG_INSTROOT": str(place), "PATH": folders, "HOME": str(place / "root"), "USER": "root", "TERM": "dumb"}
