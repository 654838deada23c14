"""Why a package manager failed: its own words, and the page that explains them (`templates/diagnose/packages.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from wizard import resources
from wizard.model.facts import Packages

TABLE = "diagnose/packages.toml"


@dataclass(frozen=True, slots=True)
class Cause:
    """One way to fail."""

    code: str
    """The page that explains it."""
    words: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    """Words beside which it is only what came of something else."""

    def fits(self, said: str) -> bool:
        """The package manager's words name this cause."""
        return any(words.search(said) for words in self.words) and not (self.unless and self.unless.search(said))


def cause(said: str, otherwise: str) -> str:
    """The page for a failure with these words; `otherwise` where nothing in them is known."""
    return next((cause.code for cause in _causes() if cause.fits(said)), otherwise)


def words(packages: Packages) -> Mapping[str, object]:
    """How this package manager is spoken to: what the pages about packages have to be given.

    Keys: name, update, install, remove, list (commands), feeds (the file with the feeds' addresses), suffix.
    """
    section = _table()[packages.value]
    assert isinstance(section, dict)
    return {"manager": section}


@cache
def _causes() -> tuple[Cause, ...]:
    found = _table()["cause"]
    assert isinstance(found, list)
    return tuple(
        Cause(
            entry["code"],
            tuple(re.compile(pattern) for pattern in entry["words"]),
            re.compile(entry["unless"]) if "unless" in entry else None,
        )
        for entry in found
    )


@cache
def _table() -> Mapping[str, object]:
    return tomllib.loads(resources.text(TABLE))
