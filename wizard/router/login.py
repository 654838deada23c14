"""Proving to the server who one is, from what costs the person nothing to what has to be typed (RFC 4252)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from paramiko import PKey, Transport
from paramiko.ssh_exception import BadAuthenticationType, SSHException

from wizard.model.errors import ExitCode, WizardError
from wizard.model.secret import Secret
from wizard.router.handshake import OLD_ALGORITHMS, Line
from wizard.router.keys import offered, ready_to_sign
from wizard.router.person import Credentials, Doorkeeper
from wizard.router.place import Place

PASSWORD_ATTEMPTS = 3

_SHA2_SIGNATURES = ("rsa-sha2-256", "rsa-sha2-512")
_TYPED = {"password", "keyboard-interactive"}


@dataclass(frozen=True, slots=True)
class KeyProof:
    """A private key. `sha1`: an RSA key signs as `ssh-rsa`, the only way that dropbear up to 2019.78 knows."""

    key: PKey = field(repr=False)
    sha1: bool = False

    def show(self, transport: Transport, user: str) -> None:
        """Log in, or raise SSHException."""
        unwanted = _SHA2_SIGNATURES if self.sha1 else OLD_ALGORITHMS["pubkeys"]
        transport.disabled_algorithms = {**(transport.disabled_algorithms or {}), "pubkeys": unwanted}
        with ready_to_sign(self.key) as key:
            transport.auth_publickey(user, key)


@dataclass(frozen=True, slots=True)
class NoPassword:
    """Method `none`: OpenWrt's dropbear from 17.01 on lets root in by it while root has no password."""

    def show(self, transport: Transport, user: str) -> None:
        """Log in, or raise SSHException."""
        transport.auth_none(user)


@dataclass(frozen=True, slots=True)
class PasswordProof:
    """A password."""

    password: Secret

    def show(self, transport: Transport, user: str) -> None:
        """Log in, or raise SSHException."""
        transport.auth_password(user, self.password.reveal())


Proof = KeyProof | NoPassword | PasswordProof


def log_in(
    line: Line, place: Place, credentials: Credentials, person: Doorkeeper, telnet_answers: Callable[[], bool]
) -> Proof:
    """Find the proof that the server accepts: agent, key files, no password, password.

    Raises WizardError: keys-only, password-missing, password-refused, and those of `keys.offered`.
    """
    line.transport()
    for proof in _keys(line, place, credentials, person):
        if accepts(line, place, proof) is None:
            return proof
    refusal = accepts(line, place, NoPassword())
    if refusal is None:
        return NoPassword()
    if isinstance(refusal, BadAuthenticationType) and not _TYPED.intersection(refusal.allowed_types):
        raise WizardError("keys-only", ExitCode.NOT_TRIED, host=place.host)
    tried = False
    for password in _passwords(place, credentials, person):
        if accepts(line, place, PasswordProof(password)) is None:
            return PasswordProof(password)
        tried = True
    code = "password-refused" if tried else "password-missing"
    raise WizardError(code, ExitCode.NOT_TRIED, host=place.host, telnet=telnet_answers())


def accepts(line: Line, place: Place, proof: Proof) -> SSHException | None:
    """Show a proof. None: the server let us in; otherwise what it said instead."""
    transport = line.transport()
    try:
        proof.show(transport, place.target.user)
    except SSHException as refusal:
        return refusal
    except (EOFError, OSError) as error:
        return SSHException(str(error))
    return None if transport.is_authenticated() else SSHException("the server wants a further proof")


def _keys(line: Line, place: Place, credentials: Credentials, person: Doorkeeper) -> Iterator[KeyProof]:
    for key in offered(place, credentials, person):
        yield KeyProof(key)
        if line.old and key.get_name() == "ssh-rsa":
            yield KeyProof(key, sha1=True)


def _passwords(place: Place, credentials: Credentials, person: Doorkeeper) -> Iterator[Secret]:
    for attempt in range(1, PASSWORD_ATTEMPTS + 1):
        given = credentials.password if attempt == 1 else None
        password = given if given is not None else person.password(place.target, attempt)
        if password is None:
            return
        yield password
