"""A package file that the person has put on this computer."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from wizard.model.facts import Packages


@dataclass(frozen=True, slots=True)
class Archive:
    """What is in it, as far as it tells."""

    path: Path
    name: str
    version: str
    architecture: str
    """"" where it does not tell."""
    depends: tuple[tuple[str, ...], ...]
    """For each need the packages of which one will do."""
    provides: tuple[str, ...]
    """Other names under which others may need it."""
    kernel: str
    """The one version of the kernel that it is for, "" where it is for any."""
    suffix: str
    """How its name ends: `.ipk` or `.apk`."""
    size: int
    md5: str
    content: bytes = field(repr=False)
    tells_needs: bool = True
    """False for apk 3's own format, which is read by name alone."""

    @property
    def managers(self) -> tuple[Packages, ...]:
        """Who can install it."""
        return (Packages.APK,) if self.suffix == ".apk" else (Packages.IPKG, Packages.OPKG)
