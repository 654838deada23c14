"""A person at the door who answers from a list and remembers what was asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from wizard.model.door import Target
from wizard.model.secret import Secret


@dataclass
class Person:
    """An implementation of `Doorkeeper`. Whatever is not set is a question that the test does not expect."""

    trusts: bool | None = True
    passwords: Iterable[str | None] = ()
    passphrases: Iterable[str | None] = ()
    allows_old: bool | None = None
    asked: list[tuple[str, object]] = field(default_factory=list)

    def trust(self, host: str, kind: str, fingerprint: str) -> bool:
        self.asked.append(("trust", (host, kind, fingerprint)))
        assert self.trusts is not None, "asked about a host key"
        return self.trusts

    def password(self, target: Target, attempt: int) -> Secret | None:
        self.asked.append(("password", attempt))
        return self._next("passwords")

    def passphrase(self, key: Path) -> Secret | None:
        self.asked.append(("passphrase", key))
        return self._next("passphrases")

    def old_algorithms(self, target: Target) -> bool:
        self.asked.append(("old", target))
        assert self.allows_old is not None, "asked about old algorithms"
        return self.allows_old

    def questions(self, kind: str) -> list[object]:
        """What was asked of this kind, in order."""
        return [what for asked, what in self.asked if asked == kind]

    def _next(self, name: str) -> Secret | None:
        left = list(getattr(self, name))
        assert left, f"asked for one of the {name} too often"
        setattr(self, name, left[1:])
        return None if left[0] is None else Secret(left[0])
