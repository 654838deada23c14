"""A state of the router that it keeps for going back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file, or a link, as it was."""

    content: bytes = field(repr=False)
    """Empty for a link."""
    mode: str
    """Octal permissions, as `0600`."""
    link: str = ""
    """Where it pointed, "" for a file."""


@dataclass(frozen=True, slots=True)
class State:
    """What every path was that a change was about to touch."""

    name: str
    """Of the archive on the router."""
    at: str
    """When, by the router's clock."""
    daemon: str
    """Who had started what waited for calls: "own", "package", "-" for nobody."""
    files: Mapping[str, KeptFile]
    absent: frozenset[str]
    """Paths that were not there."""

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them, in order."""
        return tuple(sorted({*self.files, *self.absent}))
