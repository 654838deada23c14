"""The keys by which SSH servers are known: OpenSSH's known_hosts, read in every form and written in the plain one."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from wizard.model.errors import ExitCode, WizardError

REVOKED = "@revoked"
"""The marker of a key that must not be accepted any more."""

_HASHED = "|1|"


@dataclass(frozen=True, slots=True)
class HostKey:
    """The public key of an SSH server."""

    kind: str
    """As `ssh-ed25519`, whatever signature it is used with (`ssh-rsa` for every RSA key)."""
    blob: bytes
    """In the form of RFC 4253 §6.6."""

    @property
    def fingerprint(self) -> str:
        """As ssh(1) shows it: `SHA256:` and base64 without padding."""
        return "SHA256:" + b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")


def known_keys(text: str, name: str, marker: str = "") -> tuple[HostKey, ...]:
    """The keys that the text of a known_hosts file has for a host (`host` or `[host]:port`), in its order.

    Only lines with the marker count, by default those without any. Lines that are not understood are passed over, as
    ssh(1) does.
    """
    keys = (_key_for(line.split(), name, marker) for line in text.splitlines())
    return tuple(key for key in keys if key)


def _key_for(words: list[str], name: str, marker: str) -> HostKey | None:
    if words and words[0].startswith("@"):
        if words.pop(0) != marker:
            return None
    elif marker:
        return None
    if len(words) < 3 or words[0].startswith("#") or not _names(words[0], name):
        return None
    try:
        return HostKey(words[1], b64decode(words[2], validate=True))
    except ValueError:  # not base64
        return None


def _names(patterns: str, name: str) -> bool:
    """Does the first field of a line mean this host? One `!pattern` that matches outweighs all others."""
    if patterns.startswith(_HASHED):
        return _is_hash_of(patterns, name)
    found = False
    for pattern in patterns.lower().split(","):
        if _matches(pattern.removeprefix("!"), name):
            if pattern.startswith("!"):
                return False
            found = True
    return found


def _matches(pattern: str, name: str) -> bool:
    # Not fnmatch: here the brackets of `[host]:port` stand for themselves.
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, name) is not None


def _is_hash_of(field: str, name: str) -> bool:
    """`|1|salt|HMAC-SHA1 of the name`, both base64 (HashKnownHosts in ssh_config(5))."""
    try:
        salt, digest = (b64decode(part, validate=True) for part in field.removeprefix(_HASHED).split("|"))
    except ValueError:  # not two parts, or not base64
        return False
    return hmac.compare_digest(hmac.digest(salt, name.encode(), "sha1"), digest)


class KnownHosts:
    """One known_hosts file, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keys(self, name: str, marker: str = "") -> tuple[HostKey, ...]:
        """The keys it has for this host. Raises WizardError known-hosts-unusable where it is there and not readable."""
        try:
            return known_keys(self.path.read_text("utf-8", "surrogateescape"), name, marker)
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._unusable(error) from error

    def remember(self, name: str, key: HostKey) -> None:
        """Add a line. Directory and file are made private where they are missing; other lines stay as they are."""
        line = f"{name} {key.kind} {b64encode(key.blob).decode()}\n".encode()
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            with self.path.open("rb+") as file:
                old = file.read()
                file.write(line if not old or old.endswith(b"\n") else b"\n" + line)
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> WizardError:
        return WizardError("known-hosts-unusable", ExitCode.NOT_TRIED, path=self.path, reason=error.strerror)
