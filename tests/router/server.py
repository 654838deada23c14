"""An SSH server inside the test: it judges logins as told and runs `sh -s` on this computer."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import paramiko
from paramiko import Channel, PKey, ServerInterface, Transport
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED
from paramiko.ssh_exception import SSHException

from wizard.model.door import Target

OLD_ONLY: Mapping[str, tuple[str, ...]] = {
    "kex": tuple(kex for kex in Transport._preferred_kex if kex != "diffie-hellman-group1-sha1"),  # type: ignore[attr-defined]
    "keys": tuple(key for key in Transport._preferred_keys if key != "ssh-rsa"),  # type: ignore[attr-defined]
    "ciphers": tuple(cipher for cipher in Transport._preferred_ciphers if cipher != "aes128-cbc"),  # type: ignore[attr-defined]
    "macs": tuple(mac for mac in Transport._preferred_macs if mac != "hmac-sha1"),  # type: ignore[attr-defined]
    "pubkeys": ("rsa-sha2-256", "rsa-sha2-512"),
}
"""What a server leaves out that is as old as White Russian's."""


@dataclass
class Rules:
    """How the server behaves."""

    password: str | None = None
    keys: Collection[PKey] = ()
    empty_password: bool = False
    methods: str = "publickey,password"
    tries: int = 10
    """Refused logins after which it hangs up."""
    disabled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    server_sig_algs: bool = True


class SshServer:
    """Listens on a free port of 127.0.0.1 while it is open."""

    def __init__(self, host_keys: Collection[PKey], rules: Rules) -> None:
        self.rules = rules
        self.host_keys = host_keys
        self.attempts: list[str] = []
        """Methods of the logins that were tried, over all connections."""
        self.commands: list[str] = []
        self.transports: list[Transport] = []
        self.peers: list[tuple[str, int]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.target = Target("127.0.0.1", self.port)
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Cut every connection."""
        for transport in self.transports:
            transport.close()
            transport.join(5)

    def _serve(self) -> None:
        while True:
            try:
                plug, peer = self._listener.accept()
            except OSError:
                return
            self.peers.append(peer)
            transport = Transport(
                plug, disabled_algorithms=self.rules.disabled, server_sig_algs=self.rules.server_sig_algs
            )
            for key in self.host_keys:
                transport.add_server_key(key)
            self.transports.append(transport)
            transport.start_server(event=threading.Event(), server=_Judge(self, transport))


class _Judge(ServerInterface):
    def __init__(self, server: SshServer, transport: Transport) -> None:
        self._server, self._transport = server, transport
        self._refused = 0

    def _verdict(self, method: str, good: bool) -> int:
        self._server.attempts.append(method)
        if good:
            return AUTH_SUCCESSFUL
        self._refused += 1
        if self._refused >= self._server.rules.tries:
            threading.Thread(target=self._transport.close).start()
        return AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return self._server.rules.methods

    def check_auth_none(self, username: str) -> int:
        self._server.attempts.append("none")
        # Like OpenSSH and dropbear, this one does not count.
        return AUTH_SUCCESSFUL if self._server.rules.empty_password else AUTH_FAILED

    def check_auth_password(self, username: str, password: str) -> int:
        return self._verdict("password", username == "root" and password == self._server.rules.password)

    def check_auth_publickey(self, username: str, key: PKey) -> int:
        known = [known.asbytes() for known in self._server.rules.keys]
        return self._verdict("publickey", key.asbytes() in known)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: Channel, command: bytes) -> bool:
        self._server.commands.append(command.decode())
        threading.Thread(target=_serve_shell, args=(self._transport, channel, command.decode())).start()
        return True


def _serve_shell(transport: Transport, channel: Channel, command: str) -> None:
    """Run it until it ends or the far end hangs up, which some tests do at any moment."""
    with contextlib.suppress(OSError, EOFError, ValueError, SSHException):
        _run_shell(transport, channel, command)


def _run_shell(transport: Transport, channel: Channel, command: str) -> None:
    """What dropbear does with an `exec` request."""
    with subprocess.Popen(
        command.split() if command == "sh -s" else ["sh", "-c", command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as shell:
        assert shell.stdin and shell.stdout and shell.stderr
        pumps = [
            threading.Thread(target=_pump, args=(channel.recv, shell.stdin.write, shell.stdin.close)),
            threading.Thread(target=_pump, args=(shell.stdout.read, channel.sendall, lambda: None)),
            threading.Thread(target=_pump, args=(shell.stderr.read, channel.sendall_stderr, lambda: None)),
        ]
        for pump in pumps:
            pump.start()
        while transport.is_active() and shell.poll() is None:
            channel.status_event.wait(0.02)
        if shell.poll() is None:
            shell.kill()
        code = shell.wait()
        for pump in pumps[1:]:
            pump.join()
        # The far end may hang up at any moment, and some tests do.
        with contextlib.suppress(OSError, EOFError, SSHException):
            if code >= 0:  # a shell that a signal ended has no exit status (RFC 4254 §6.10)
                channel.send_exit_status(code)
            channel.close()
        pumps[0].join()


def _pump(read: object, write: object, done: object) -> None:
    assert callable(read) and callable(write) and callable(done)
    try:
        while chunk := read(8192):
            write(chunk)
    except OSError:
        pass  # the other end has gone, which is what some tests are about
    finally:
        done()


def rsa_key(bits: int = 2048) -> paramiko.RSAKey:
    """A new RSA key."""
    return paramiko.RSAKey.generate(bits)


def ecdsa_key() -> paramiko.ECDSAKey:
    """A new ECDSA key."""
    return paramiko.ECDSAKey.generate()
