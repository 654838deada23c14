"""What a person gives to get in, and what a person is asked on the way in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from wizard.model.door import Target
from wizard.model.secret import Secret


def _own_ssh_dir() -> Path:
    return Path.home() / ".ssh"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What was given before the first connection."""

    identity: Path | None = None
    """A private key to use instead of those that the SSH config or OpenSSH's usual names lead to."""
    password: Secret | None = field(default=None, repr=False)
    """Tried before anyone is asked."""
    old_ssh: bool = False
    """The old algorithms may be used without asking, where the modern ones fail."""
    agent: bool = True
    """The keys of a running ssh-agent (or Pageant) may be used."""
    ssh_dir: Path = field(default_factory=_own_ssh_dir)
    """Holds `config`, `known_hosts` and the private keys, as ssh(1) has it."""


class Doorkeeper(Protocol):
    """The person at the door. A program without a person answers from flags, or raises a WizardError naming one."""

    def trust(self, host: str, kind: str, fingerprint: str) -> bool:
        """Is this the router's key? Asked on the first visit only; `fingerprint` as ssh(1) shows it (`SHA256:…`)."""

    def password(self, target: Target, attempt: int) -> Secret | None:
        """The password; `attempt` counts from 1, and a higher one means that the last was refused. None: give up."""

    def passphrase(self, key: Path) -> Secret | None:
        """The passphrase of a private key, asked up to three times. None: go on without this key."""

    def old_algorithms(self, target: Target) -> bool:
        """May algorithms be used that are no longer safe against somebody in the same network?"""
