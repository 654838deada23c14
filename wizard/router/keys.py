"""Private keys: those of the ssh agent, and those in files."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from cryptography.exceptions import UnsupportedAlgorithm
from paramiko import Agent, PKey
from paramiko.agent import AgentKey
from paramiko.pkey import UnknownKeyType
from paramiko.ssh_exception import AuthenticationException, SSHException

from wizard.model.errors import ExitCode, WizardError
from wizard.router.person import Credentials, Doorkeeper
from wizard.router.place import Place

USUAL_NAMES = ("id_rsa", "id_ecdsa", "id_ed25519")
"""Keys that ssh(1) tries when no other is named and that a router can know."""

PASSPHRASE_ATTEMPTS = 3

_OPENSSH_BEGIN, _OPENSSH_END = b"-----BEGIN OPENSSH PRIVATE KEY-----", b"-----END"
_OPENSSH_MAGIC = b"openssh-key-v1\0"
_NO_CIPHER = b"\0\0\0\x04none"


def offered(place: Place, credentials: Credentials, person: Doorkeeper) -> Iterator[PKey]:
    """Keys in the order in which they are worth showing: the agent's, then those in files, none twice.

    A passphrase is asked only for a key that somebody named; a usual one with a passphrase is left to the agent, since
    paramiko cannot ask the server beforehand whether it knows the key. Raises WizardError identity-unreadable and
    passphrase-refused.
    """
    shown: set[bytes] = set()
    for key in _agent_keys() if credentials.agent and not place.identities_only else ():
        shown.add(key.asbytes())
        yield key
    for path in _named(place, credentials):
        if _public_blob(path) not in shown and (loaded := load(path, person)):
            yield loaded
    if not (credentials.identity or place.identities):
        yield from _usual(credentials.ssh_dir, shown)


def _agent_keys() -> tuple[AgentKey, ...]:
    try:
        agent = Agent()
    except (SSHException, OSError):
        return ()  # as ssh(1): an agent that does not answer is no agent
    try:
        # Keys that paramiko cannot read (security keys, certificates) are none that an OpenWrt router accepts.
        return tuple(key for key in agent.get_keys() if getattr(key, "inner_key", None) is not None)
    finally:
        agent.close()


@contextmanager
def ready_to_sign(key: PKey) -> Iterator[PKey]:
    """The key itself, or the agent's key of the same name on a connection to the agent that is open meanwhile.

    Raises AuthenticationException where the agent no longer has it.
    """
    if not isinstance(key, AgentKey):
        yield key
        return
    agent = Agent()
    try:
        again = [held for held in agent.get_keys() if held.asbytes() == key.asbytes()]
        if not again:
            raise AuthenticationException("the agent no longer holds this key")
        yield again[0]
    finally:
        agent.close()


def _named(place: Place, credentials: Credentials) -> Iterator[Path]:
    """Files that somebody named. Those of the SSH config may be missing (ssh_config(5), IdentityFile)."""
    if credentials.identity:
        yield credentials.identity.expanduser()
    else:
        yield from (path for path in place.identities if path.is_file())


def _usual(ssh_dir: Path, shown: set[bytes]) -> Iterator[PKey]:
    for path in (ssh_dir / name for name in USUAL_NAMES):
        if path.is_file() and not is_encrypted(path.read_bytes()):
            key = _parsed(path, None)
            if key.asbytes() not in shown:
                yield key


def load(path: Path, person: Doorkeeper) -> PKey | None:
    """The private key in a file. None: it has a passphrase, and the person goes on without it."""
    try:
        locked = is_encrypted(path.read_bytes())
    except OSError as error:
        raise WizardError("identity-unreadable", ExitCode.USAGE, path=path, reason=error.strerror) from error
    return _unlocked(path, person) if locked else _parsed(path, None)


def _unlocked(path: Path, person: Doorkeeper) -> PKey | None:
    for _ in range(PASSPHRASE_ATTEMPTS):
        if (passphrase := person.passphrase(path)) is None:
            return None
        try:
            return _parsed(path, passphrase.reveal().encode())
        except WizardError:
            continue
    raise WizardError("passphrase-refused", ExitCode.NOT_TRIED, path=path)


def _parsed(path: Path, passphrase: bytes | None) -> PKey:
    try:
        # The stubs are those of paramiko 5; 4.0 hands the passphrase on to cryptography, which takes bytes alone.
        return PKey.from_path(path, cast("str | None", passphrase))
    except (OSError, ValueError, TypeError, SSHException, UnknownKeyType, UnsupportedAlgorithm) as error:
        raise WizardError("identity-unreadable", ExitCode.USAGE, path=path, reason=error) from error


def is_encrypted(data: bytes) -> bool:
    """Has this private key a passphrase? PEM says so in words; OpenSSH's own form names a cipher (PROTOCOL.key)."""
    begin = data.find(_OPENSSH_BEGIN)
    if begin < 0:
        return b"ENCRYPTED" in data
    body = data[begin + len(_OPENSSH_BEGIN) : data.find(_OPENSSH_END, begin + 1)]
    try:
        content = b64decode(body)
    except binascii.Error:
        return False  # no key at all; whoever parses it will say so
    return content.startswith(_OPENSSH_MAGIC) and not content.startswith(_OPENSSH_MAGIC + _NO_CIPHER)


def _public_blob(path: Path) -> bytes:
    """The key in the `.pub` file beside a private one, b"" where there is none."""
    try:
        return b64decode(path.with_name(path.name + ".pub").read_bytes().split()[1])
    except (OSError, IndexError, binascii.Error):
        return b""
