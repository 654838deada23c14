"""From a plug to an encrypted line: the algorithms that are offered, and whether the server is the one it was."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from paramiko import Transport
from paramiko.ssh_exception import IncompatiblePeer, SSHException

from wizard.model.errors import ExitCode, WizardError
from wizard.router.hostkeys import REVOKED, HostKey, KnownHosts
from wizard.router.person import Doorkeeper
from wizard.router.place import Place

Algorithms = Mapping[str, tuple[str, ...]]

OLD_ALGORITHMS: Algorithms = {
    "kex": ("diffie-hellman-group-exchange-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"),
    "keys": ("ssh-rsa", "ssh-dss"),
    "pubkeys": ("ssh-rsa", "ssh-dss"),
    "ciphers": ("aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"),
    "macs": ("hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"),
}
"""What paramiko 4 offers by default and we offer only after the modern ones failed and the person agreed."""

HANDSHAKE_TIMEOUT = 60.0
"""Seconds. A router of 2006 needs some of them for one Diffie-Hellman exchange, more while it is busy."""

Plug = Callable[[Algorithms], Transport]
"""Opens a TCP connection and puts a transport on it that leaves these algorithms out."""


class Gate(Protocol):
    """Decides whether a server may be talked to."""

    def kinds(self) -> Collection[str]:
        """Kinds of key that are known for it, which the server is asked to show first."""

    def admit(self, key: HostKey) -> None:
        """Raise WizardError unless this is the server it ought to be."""


class FirstVisit:
    """known_hosts and, where it knows nothing about the host, the person."""

    def __init__(self, place: Place, known: KnownHosts, person: Doorkeeper) -> None:
        self._place, self._known, self._person = place, known, person

    def kinds(self) -> Collection[str]:
        return {key.kind for key in self._known.keys(self._place.known_as)}

    def admit(self, key: HostKey) -> None:
        name = self._place.known_as
        known = self._known.keys(name)
        if key in self._known.keys(name, REVOKED) or (known and key not in known):
            raise _changed(self._place, key, known, self._known)
        if known:
            return
        if not self._person.trust(self._place.host, key.kind, key.fingerprint):
            raise WizardError("host-key-declined", ExitCode.NOT_TRIED, host=name, fingerprint=key.fingerprint)
        self._known.remember(name, key)


class SameAsBefore:
    """The very key that was admitted earlier in this run."""

    def __init__(self, place: Place, key: HostKey, known: KnownHosts) -> None:
        self._place, self._key, self._known = place, key, known

    def kinds(self) -> Collection[str]:
        return {self._key.kind}

    def admit(self, key: HostKey) -> None:
        if key != self._key:
            raise _changed(self._place, key, (self._key,), self._known)


def _changed(place: Place, key: HostKey, known: Collection[HostKey], file: KnownHosts) -> WizardError:
    expected = ", ".join(f"{old.fingerprint} ({old.kind})" for old in known)
    return WizardError(
        "host-key-changed",
        ExitCode.NOT_TRIED,
        host=place.host,
        name=place.known_as,
        found=f"{key.fingerprint} ({key.kind})",
        expected=expected or "none: this key is marked as revoked",
        path=file.path,
    )


class Line:
    """An encrypted line to an admitted server, before or after login.

    A server hangs up after some refused logins (`MaxAuthTries`) or while a person thinks: then the next `transport()`
    opens the line again. There is never more than one connection at a time (dropbear: `MAX_UNAUTH_PER_IP` is 5).
    """

    def __init__(self, plug: Plug, gate: Gate, may_be_old: Callable[[], bool], *, old: bool = False) -> None:
        self._plug, self._gate, self._may_be_old = plug, gate, may_be_old
        self._transport: Transport | None = None
        self.old = old
        """The old algorithms are in use."""

    def transport(self) -> Transport:
        """The line, opened where it is not open. Raises WizardError with the reason where that fails."""
        if self._transport is None or not self._transport.is_active():
            self.close()
            self._transport = self._admitted(self._greeted())
        return self._transport

    @property
    def current(self) -> Transport:
        """The line as it is, open or not. To be asked for after `transport` only."""
        if self._transport is None:
            raise RuntimeError("the line was never opened")
        return self._transport

    @property
    def host_key(self) -> HostKey:
        """The key of the server that was reached."""
        return _host_key(self.current)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _admitted(self, transport: Transport) -> Transport:
        try:
            self._gate.admit(_host_key(transport))
        except BaseException:
            transport.close()
            raise
        return transport

    def _greeted(self) -> Transport:
        if not self.old:
            try:
                return _greet(self._plug(OLD_ALGORITHMS), self._gate.kinds())
            except IncompatiblePeer as error:
                if not self._may_be_old():
                    raise WizardError("old-ssh-declined", ExitCode.NOT_TRIED, reason=error) from error
                self.old = True
        try:
            return _greet(self._plug({}), self._gate.kinds())
        except IncompatiblePeer as error:
            raise WizardError("no-common-algorithm", ExitCode.NOT_TRIED, reason=error) from error


def _greet(transport: Transport, kinds: Collection[str]) -> Transport:
    """Exchange versions and keys (RFC 4253 §4.2, §7). IncompatiblePeer: no algorithm is known to both sides."""
    transport.handshake_timeout = HANDSHAKE_TIMEOUT
    options = transport.get_security_options()
    options.key_types = tuple(sorted(options.key_types, key=lambda algorithm: _kind(algorithm) not in kinds))
    try:
        transport.start_client()
    except IncompatiblePeer:
        raise
    except UnsupportedAlgorithm as error:
        raise WizardError("crypto-policy", ExitCode.NOT_TRIED, reason=error) from error
    except (SSHException, EOFError, OSError) as error:
        reason = str(error) or type(error).__name__
        banner = transport.remote_version
        raise WizardError("handshake-failed", ExitCode.NOT_TRIED, banner=banner, reason=reason) from error
    except BaseException:
        transport.close()  # an interrupted thread would go on shaking hands
        raise
    return transport


def _host_key(transport: Transport) -> HostKey:
    key = transport.get_remote_server_key()
    return HostKey(key.get_name(), key.asbytes())


def _kind(algorithm: str) -> str:
    """The kind of key behind a signature algorithm (RFC 8332: `rsa-sha2-256` signs with an `ssh-rsa` key)."""
    return "ssh-rsa" if algorithm.startswith("rsa-sha2-") else algorithm
