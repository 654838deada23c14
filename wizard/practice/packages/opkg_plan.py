"""Which package will do, and what it still needs (pkg_hash.c, pkg_depends.c), with the questions asked in opkg's order:
since 2020 every candidate's own needs are looked at first, once, which is where the errors about kernels come from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key

from wizard.practice.packages import versions
from wizard.practice.packages.opkg_session import Session
from wizard.practice.packages.opkg_store import Package
from wizard.practice.packages.versions import Need

Test = Callable[[Package], bool]


class Planner:
    """The answers of one run; packages that were looked at are not looked at again."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._seen: dict[bool, set[str]] = {True: set(), False: set()}

    def best(self, name: str, test: Test) -> Package | None:
        """The newest package of that name, or providing it, that passes; else the newest at all."""
        found = self.session.store.called(name)
        usable = [package for package in found if self._runs_here(package) and not self._unresolved(package)]
        if found and not usable:
            text = f"Packages for {name} found, but incompatible with the architectures configured"
            self.session.error("pkg_hash_fetch_best_installation_candidate", text)
        usable.sort(key=cmp_to_key(lambda one, other: versions.compare(one.version, other.version)))
        good = [package for package in usable if test(package)]
        exact = [package for package in good if package.name == name]
        by_hand = [package for package in good if package.by_hand]
        return next(reversed(by_hand or exact or good or usable), None)

    def by_name(self, name: str) -> Package | None:
        """The package to install when somebody asks for this name."""
        best = self.best(name, lambda package: package.name == name)
        return best if best and best.name == name else None

    def _runs_here(self, package: Package) -> bool:
        known = self.session.settings.architectures
        kind = package.stanza.get("Architecture", "all")
        return not known or kind in known or kind in ("all", "noarch")

    def _unresolved(self, package: Package) -> bool:
        if not self.session.age.checks_ahead:
            return False
        lost = self._missing(package, [], ahead=True)
        if self.session.age.says_unresolved:
            for need in lost:
                self.session.error("pkg_hash_check_unresolved", f"cannot find dependency {need} for {package.name}")
        return bool(lost)

    def missing(self, package: Package) -> tuple[list[Package], list[str]]:
        """What must be installed before this package, in order, and what cannot be had."""
        wanted: list[Package] = []
        lost = self._missing(package, wanted, ahead=False)
        return wanted, lost

    def _missing(self, package: Package, wanted: list[Package], *, ahead: bool) -> list[str]:
        if package.name in self._seen[ahead]:
            return []
        self._seen[ahead].add(package.name)
        lost: list[str] = []
        for alternatives in versions.needs(package.stanza.get("Depends", "")):
            if any(self._candidate(need, installed=True) for need in alternatives):
                continue
            chosen = next(filter(None, (self._candidate(need, installed=False) for need in alternatives)), None)
            if chosen is None:
                lost.append(versions.spelled(alternatives))
            elif chosen is not package and chosen not in wanted:
                lost += self._missing(chosen, wanted, ahead=ahead)
                wanted.append(chosen)
        return lost

    def _candidate(self, need: Need, *, installed: bool) -> Package | None:
        name, operator, version = need

        def fits(package: Package) -> bool:
            there = package.there or not installed
            return there and (package.name != name or versions.satisfies(package.version, operator, version))

        best = self.best(name, fits)
        return best if best and fits(best) else None
