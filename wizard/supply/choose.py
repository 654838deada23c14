"""Of the files that there are, those that a router needs: in the order in which they have to be installed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from wizard.model.archive import Archive
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import RouterFacts

ANY_ARCHITECTURE = ("", "all", "noarch")
RELATIVES = re.compile(r"ppp|pptpd|kmod-(ppp|gre|mppe|slhc|iptunnel|lib-crc-ccitt|crypto-.*)")
"""What may be needed where the files do not say so themselves: what pptpd, ppp and the modules depend on in any
release (openwrt.md §2.1 and §4)."""


def choose(
    archives: Collection[Archive], facts: RouterFacts, wanted: Iterable[str], folder: Path, words: Mapping[str, object]
) -> tuple[Archive, ...]:
    """The archives for `wanted` and all that these need, less what is installed; who is needed comes first.

    `words` say how the router's package manager is spoken to. Raises WizardError: packages-wrong-kind,
    packages-missing, packages-wrong-architecture, packages-other-kernel.
    """
    usable = [archive for archive in archives if facts.dialect.packages in archive.managers]
    if not usable:
        raise WizardError("packages-wrong-kind", ExitCode.USAGE, path=folder, **words)
    search = _Search(usable, facts)
    for name in wanted:
        search.add((name,))
    if any(not archive.tells_needs for archive in search.chosen):
        search.add_relatives()
    if search.missing:
        architecture = next((kind for kind in facts.architectures if kind not in ANY_ARCHITECTURE), "")
        data = {"path": folder, "missing": search.missing, "architecture": architecture}
        raise WizardError("packages-missing", ExitCode.NOT_TRIED, **data, **words)
    for archive in search.chosen:
        _check(archive, facts)
    return tuple(search.chosen)


def _check(archive: Archive, facts: RouterFacts) -> None:
    if not _runs_here(archive, facts):
        accepted = ", ".join(facts.architectures)
        data = {"path": archive.path, "architecture": archive.architecture, "accepted": accepted}
        raise WizardError("packages-wrong-architecture", ExitCode.USAGE, **data)
    if not _fits_kernel(archive, facts):
        data = {"name": archive.path.name, "wanted": archive.kernel, "present": facts.installed["kernel"]}
        raise WizardError("packages-other-kernel", ExitCode.NOT_TRIED, **data)


def _runs_here(archive: Archive, facts: RouterFacts) -> bool:
    known = facts.architectures
    return not known or archive.architecture in (*ANY_ARCHITECTURE, *known)


def _fits_kernel(archive: Archive, facts: RouterFacts) -> bool:
    return archive.kernel in ("", facts.installed.get("kernel", archive.kernel))


def _newness(archive: Archive) -> list[tuple[int, str]]:
    """Orders versions well enough to pick one of two files: numbers as numbers."""
    return [(int(word), "") if word.isdigit() else (-1, word) for word in re.findall(r"\d+|\D+", archive.version)]


@dataclass
class _Search:
    """What was chosen so far, and what is nowhere."""

    archives: Collection[Archive]
    facts: RouterFacts
    chosen: list[Archive] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def add(self, names: tuple[str, ...]) -> None:
        """One of these, and before it what it needs."""
        if any(name in self.facts.installed or name in self.seen for name in names):
            return
        found = [archive for archive in self.archives if {archive.name, *archive.provides} & set(names)]
        if not found:
            self.seen.update(names)
            self.missing.append(" or ".join(names))
            return
        best = max(found, key=self._fitness)
        self.seen |= {best.name, *best.provides}
        for need in best.depends:
            self.add(need)
        self.chosen.append(best)

    def _fitness(self, archive: Archive) -> tuple[bool, bool, list[tuple[int, str]]]:
        return _runs_here(archive, self.facts), _fits_kernel(archive, self.facts), _newness(archive)

    def add_relatives(self) -> None:
        """Files that do not tell their needs: whatever of the family is there."""
        for archive in sorted(self.archives, key=lambda archive: archive.name):
            if RELATIVES.fullmatch(archive.name):
                self.add((archive.name,))
