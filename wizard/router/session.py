"""One SSH connection to a router: how it comes about, and how a script is run through it.

dropbear has no sftp-server, so nothing here uses SFTP or scp: a script goes in on stdin of `sh -s`, and what it says
comes back.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast

from paramiko import Channel, Transport
from paramiko.ssh_exception import SSHException

from wizard.model.door import Target
from wizard.model.errors import ExitCode, WizardError
from wizard.router.handshake import Algorithms, FirstVisit, Line, SameAsBefore
from wizard.router.hostkeys import HostKey, KnownHosts
from wizard.router.login import Proof, accepts, log_in
from wizard.router.person import Credentials, Doorkeeper
from wizard.router.place import Place, place_of

__all__ = ["Credentials", "Doorkeeper", "Output", "Session", "WayIn", "connect", "reconnect"]

CONNECT_TIMEOUT = 10.0
"""Seconds until a TCP connection has to stand."""

TELNET_PORT = 23
TELNET_TIMEOUT = 2.0

_COMMAND = "sh -s"
_OPEN_TIMEOUT = 30.0
_CHUNK = 32768
_LOOK = 0.2
"""Seconds between two looks at stderr and at the clock while stdout is silent. Output itself is never waited for."""

# paramiko's thread logs what it also raises, with tracebacks; without a handler Python would print that to the screen.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Output:
    """What a script said."""

    code: int
    """Its exit status; -1 where a signal ended the shell."""
    out: bytes
    err: bytes


@dataclass(frozen=True, slots=True)
class WayIn:
    """The way that led in: enough to go it once more without asking anybody. Nothing in it prints a secret."""

    place: Place
    host_key: HostKey
    known_hosts: KnownHosts = field(repr=False)
    proof: Proof = field(repr=False)
    old: bool
    """The old algorithms were needed, and allowed."""


class Session:
    """A connection on which root is logged in."""

    def __init__(self, transport: Transport, way_in: WayIn) -> None:
        self._transport = transport
        self.way_in = way_in
        self.target: Target = way_in.place.target
        plug = cast("socket.socket", transport.sock)
        self.own_address, self.own_port = plug.getsockname()[:2]
        """What the router sees as the SSH client, unless something between translates addresses."""
        self.peer_address, self.peer_port = plug.getpeername()[:2]
        """The router's address on this connection."""
        self.round_trips = 0
        """How many scripts were sent, an `exec` channel each."""

    def run(
        self, script: str | bytes, *, on_line: Callable[[str], None] | None = None, timeout: float = 120.0
    ) -> Output:
        """Feed a script to `sh -s` on the router and wait for its end.

        `on_line` gets every complete line of stdout as it comes, without its newline, decoded as UTF-8 with
        surrogateescape. `timeout`: seconds without any output. Raises WizardError: connection-lost, router-silent.
        """
        self.round_trips += 1
        content = script.encode() if isinstance(script, str) else script
        with self._opened(_COMMAND, timeout) as channel:
            self._fed(channel, content, None, timeout)
            return self._followed(channel, on_line, timeout)

    def send(self, command: str, content: bytes, *, on_sent: Callable[[int], None], timeout: float = 120.0) -> Output:
        """Run a command with these bytes on its standard input and wait for its end.

        `on_sent` gets the number of bytes that are on their way so far. `timeout`: seconds without any progress.
        A command may end before it has read everything. Raises WizardError: connection-lost, router-silent.
        """
        self.round_trips += 1
        with self._opened(command, timeout) as channel:
            self._fed(channel, content, on_sent, timeout)
            return self._followed(channel, None, timeout)

    @contextmanager
    def _opened(self, command: str, timeout: float) -> Iterator[Channel]:
        try:
            channel = self._transport.open_session(timeout=_OPEN_TIMEOUT)
            channel.settimeout(timeout)
            channel.exec_command(command)
        except TimeoutError as error:
            raise self._silent(timeout) from error
        except (SSHException, EOFError, OSError) as error:
            raise self._lost(str(error)) from error
        try:
            yield channel
        finally:
            # The farewell goes over the same line: where that has just been cut, closing fails the same way, and
            # its error must not hide the one that says so.
            with suppress(SSHException, EOFError, OSError):
                channel.close()

    def _fed(self, channel: Channel, content: bytes, on_sent: Callable[[int], None] | None, timeout: float) -> None:
        for at in range(0, len(content), _CHUNK):
            if not self._pushed(channel, content[at : at + _CHUNK], timeout):
                return
            if on_sent:
                on_sent(min(at + _CHUNK, len(content)))
        self._pushed(channel, b"", timeout)

    def _pushed(self, channel: Channel, chunk: bytes, timeout: float) -> bool:
        """Send some more, or the end where there is no more. False: the command has ended and wants nothing."""
        try:
            if chunk:
                channel.sendall(chunk)
            else:
                channel.shutdown_write()
        except TimeoutError as error:
            raise self._silent(timeout) from error
        except (SSHException, EOFError, OSError) as error:
            if channel.closed and self._transport.is_active():
                return False
            raise self._lost(str(error)) from error
        return True

    def _followed(self, channel: Channel, on_line: Callable[[str], None] | None, timeout: float) -> Output:
        """Read until the shell is done."""
        out, err = _Lines(on_line), bytearray()
        channel.settimeout(min(_LOOK, timeout))
        heard = time.monotonic()
        while (chunk := _received(channel)) != b"":
            errors = _waiting_errors(channel)
            err += errors
            if chunk or errors:
                heard = time.monotonic()
                out.add(chunk or b"")
            elif time.monotonic() - heard > timeout:
                raise self._silent(timeout)
        if not channel.status_event.wait(timeout):
            raise self._silent(timeout)
        if channel.exit_status == -1 and not self._transport.is_active():
            raise self._lost("the connection ended before the script did")
        return Output(channel.exit_status, bytes(out.data), bytes(err) + _waiting_errors(channel))

    def _silent(self, seconds: float) -> WizardError:
        return WizardError("router-silent", target=self.target, seconds=round(seconds))

    def _lost(self, reason: str) -> WizardError:
        return WizardError("connection-lost", target=self.target, reason=reason)

    def close(self) -> None:
        """Hang up. Doing so twice is fine."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Lines:
    """Bytes as they come, and a call for every line that is complete."""

    def __init__(self, on_line: Callable[[str], None] | None) -> None:
        self.data = bytearray()
        self._on_line = on_line
        self._start = 0

    def add(self, chunk: bytes) -> None:
        self.data += chunk
        if self._on_line is None:
            return
        while (end := self.data.find(b"\n", self._start)) >= 0:
            line = self.data[self._start : end].decode("utf-8", "surrogateescape")
            self._start = end + 1
            self._on_line(line)


def _received(channel: Channel) -> bytes | None:
    """More of stdout, b"" at its end, None while there is nothing."""
    try:
        return channel.recv(_CHUNK)
    except TimeoutError:
        return None


def _waiting_errors(channel: Channel) -> bytes:
    """What has come on stderr. It has to be taken, or the server's window for stdout shuts too (RFC 4254 §5.2)."""
    taken = bytearray()
    while channel.recv_stderr_ready():
        taken += channel.recv_stderr(_CHUNK)
    return bytes(taken)


def connect(target: Target, credentials: Credentials, person: Doorkeeper) -> Session:
    """Reach a router, see whether it is the known one, and log in as root.

    Modern algorithms first; the old ones after those failed and `old_ssh` or the person allowed it. Raises WizardError,
    whose code names the failure; nothing was changed on the router then.
    """
    place = place_of(target, credentials.ssh_dir)
    known = KnownHosts(credentials.ssh_dir / "known_hosts")
    line = Line(
        lambda without: _plugged(place, without),
        FirstVisit(place, known, person),
        lambda: credentials.old_ssh or person.old_algorithms(target),
    )
    try:
        proof = log_in(line, place, credentials, person, lambda: _telnet_answers(place.host))
        return _opened(line, WayIn(place, line.host_key, known, proof, line.old))
    except BaseException:
        line.close()
        raise


def reconnect(way_in: WayIn) -> Session:
    """A new connection by a way that led in before, without a question. Raises WizardError as `connect` does."""
    place = way_in.place
    line = Line(
        lambda without: _plugged(place, without),
        SameAsBefore(place, way_in.host_key, way_in.known_hosts),
        lambda: way_in.old,
        old=way_in.old,
    )
    try:
        if refusal := accepts(line, place, way_in.proof):
            raise WizardError("login-no-longer", ExitCode.NOT_TRIED, target=place.target, reason=refusal)
        return _opened(line, way_in)
    except BaseException:
        line.close()
        raise


def _opened(line: Line, way_in: WayIn) -> Session:
    try:
        return Session(line.current, way_in)
    except OSError as error:  # the router hung up between the login and now
        raise WizardError("connection-lost", target=way_in.place.target, reason=error.strerror) from error


def _plugged(place: Place, without: Algorithms) -> Transport:
    return Transport(_dialled(place), disabled_algorithms=without)


def _dialled(place: Place) -> socket.socket:
    """A TCP connection. Raises WizardError: host-unknown, telnet-only, port-closed, no-route."""
    where = {"host": place.host, "port": place.port, "target": place.target}
    try:
        connection = socket.create_connection((place.host, place.port), timeout=CONNECT_TIMEOUT)
    except (socket.gaierror, UnicodeError) as error:  # UnicodeError: no name at all, as `a..b`
        raise WizardError("host-unknown", ExitCode.NOT_TRIED, **where) from error
    except ConnectionRefusedError as error:
        code = "telnet-only" if _telnet_answers(place.host) else "port-closed"
        raise WizardError(code, ExitCode.NOT_TRIED, **where) from error
    except OSError as error:
        raise WizardError("no-route", ExitCode.NOT_TRIED, reason=error.strerror or str(error), **where) from error
    # The script's last bytes would wait for the answer to its first ones otherwise: 57 instead of 33 ms per round trip.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _telnet_answers(host: str) -> bool:
    try:
        socket.create_connection((host, TELNET_PORT), timeout=TELNET_TIMEOUT).close()
    except OSError:
        return False
    return True
