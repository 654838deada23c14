"""What a script on a router sends back, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Section:
    """What one command printed, and its exit code."""

    text: bytes = field(repr=False)
    code: int

    @property
    def lines(self) -> list[str]:
        """The text by lines; bytes that are not UTF-8 survive as surrogates (PEP 383)."""
        return self.text.decode("utf-8", "surrogateescape").splitlines()
