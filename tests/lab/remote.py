"""The lab's own SSH connection to a guest: kept open, opened again after a reboot."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

import paramiko

BOOT_SECONDS = 90.0
PATH = "/bin:/sbin:/usr/bin:/usr/sbin"


@dataclass(frozen=True)
class Done:
    """How a command ended: its exit code, and what it printed on both channels."""

    code: int
    out: str


class NotAnsweringError(Exception):
    """No SSH login within the time; the text is the last thing that went wrong."""


class Remote:
    """Commands and files on a guest. `connect` makes a TCP connection to its SSH port.

    Without a password it asks to be let in for none, as OpenWrt does from 17.01 on.
    """

    def __init__(self, connect: Callable[[], socket.socket], password: str | None) -> None:
        self._connect = connect
        self._password = password
        self._transport: paramiko.Transport | None = None

    def wait(self, seconds: float = BOOT_SECONDS) -> None:
        """Log in, as soon as that works. Raises NotAnsweringError."""
        end = time.monotonic() + seconds
        while True:
            try:
                self._log_in()
                return
            except (OSError, EOFError, paramiko.SSHException) as error:
                if time.monotonic() > end:
                    raise NotAnsweringError(repr(error)) from error
                time.sleep(0.05)

    def _log_in(self) -> None:
        self.close()
        connection = self._connect()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = paramiko.Transport(connection)
        transport.auth_timeout = 10  # a guest that is switched off meanwhile never answers
        try:
            transport.start_client(timeout=5)
            if self._password is None:
                transport.auth_none("root")
            else:
                transport.auth_password("root", self._password)
        except BaseException:
            transport.close()
            raise
        self._transport = transport

    def run(self, command: str, timeout: float = 60, *, stdin: bytes = b"", path: str | None = PATH) -> Done:
        """Run a shell command; `path` None leaves the PATH as the SSH server gave it.

        Raises TimeoutError when it has not ended in `timeout` seconds, NotAnsweringError when there is no connection.
        """
        if self._transport is None or not self._transport.is_active():
            self.wait()
        prefix = f"export PATH={path}\n" if path else ""
        return self._run(prefix + command, timeout, stdin)

    def _run(self, command: str, timeout: float, stdin: bytes) -> Done:
        assert self._transport is not None
        with contextlib.closing(self._transport.open_session(timeout=10)) as channel:
            channel.set_combine_stderr(True)
            channel.settimeout(timeout)
            channel.exec_command(command)
            channel.sendall(stdin)
            channel.shutdown_write()
            end = time.monotonic() + timeout
            out = bytearray()
            while chunk := channel.recv(65536):
                out += chunk
                if time.monotonic() > end:
                    raise TimeoutError(command)
            return Done(channel.recv_exit_status(), out.decode(errors="replace"))

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises FileNotFoundError."""
        assert self._transport is not None
        with contextlib.closing(self._transport.open_session(timeout=10)) as channel:
            channel.settimeout(60)
            channel.exec_command(f"cat '{path}'")
            out = bytearray()
            while chunk := channel.recv(65536):
                out += chunk
            if channel.recv_exit_status() != 0:
                raise FileNotFoundError(path)
        return bytes(out)

    def write(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Put a file there; a symbolic link of that name is replaced. Raises OSError."""
        new = f"{path}.new"
        done = self.run(f"cat >'{new}' && chmod {mode:o} '{new}' && mv '{new}' '{path}'", stdin=data)
        if done.code != 0:
            raise OSError(done.out)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None
