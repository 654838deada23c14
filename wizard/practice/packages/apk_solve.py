"""Which packages the world asks for, and what stands in its way: what solver.c promises, not how it searches."""

from __future__ import annotations

from functools import cmp_to_key

from wizard.practice.packages import versions
from wizard.practice.packages.apk_session import Session
from wizard.practice.packages.apk_store import Need, Package

WORLD = "world"


def _older(one: Package, other: Package) -> int:
    return versions.compare(one.version, other.version)


class Solution:
    """What will be installed in the end, dependencies first; and what is wrong with it."""

    def __init__(self, session: Session, world: list[Need], fresh: set[str]) -> None:
        self.chosen: dict[str, Package] = {}
        self.order: list[Package] = []
        self.missing: dict[str, list[str]] = {}
        """Name → who asks for it."""
        self.broken: dict[str, list[str]] = {}
        """Package → the demands that it does not meet."""
        self.met: dict[str, list[str]] = {}
        self._session, self._fresh = session, fresh
        """Names of which the newest is taken, also when an older one is installed."""
        self._demands: list[tuple[str, Need]] = []
        self._by_name: dict[str, list[Package]] = {}
        for package in session.everything():
            for name in package.names:
                self._by_name.setdefault(name, []).append(package)
        for need in world:
            self._want(need, WORLD, world)
        self._judge()

    @property
    def errors(self) -> int:
        return len(self.missing) + len(self.broken)

    def _want(self, need: Need, asker: str, world: list[Need]) -> None:
        if need.against:
            return
        self._demands.append((asker, need))
        package = self.chosen.get(need.name) or self._candidate(need, world)
        if package is None:
            self.missing.setdefault(need.name, []).append(f"{asker}[{need.text}]")
            return
        if package.name in self.chosen:
            return
        for name in package.names:
            self.chosen[name] = package
        for further in package.needs:
            self._want(further, str(package), world)
        self.order.append(package)

    def _candidate(self, need: Need, world: list[Need]) -> Package | None:
        """The installed one if it will do, else the newest that will, else the newest."""
        found = [package for package in self._by_name.get(need.name, ()) if package.there or self._can_be_had(package)]
        newest = sorted(found, key=cmp_to_key(_older))
        asked = [other for other in world if other.name == need.name and other.operator]
        fits = [package for package in newest if all(other.met_by(package) for other in [need, *asked])]
        there = [package for package in fits if package.there and need.name not in self._fresh]
        return next(reversed(there or fits or newest), None)

    def _can_be_had(self, package: Package) -> bool:
        return bool(package.archive) or (package.repository is not None and not self._session.on("no-network"))

    def _judge(self) -> None:
        for asker, need in self._demands:
            package = self.chosen.get(need.name)
            if package is not None:
                where = self.met if need.met_by(package) else self.broken
                where.setdefault(str(package), []).append(f"{asker}[{need.text}]")

    def complain(self) -> None:
        """Tell what is in the way, as `apk_solver_print_errors` does."""
        lines = ["unable to select packages:"]
        for name, askers in sorted(self.missing.items()):
            lines += [f"  {name} (no such package):", f"    required by: {' '.join(askers)}"]
        for package, demands in sorted(self.broken.items()):
            lines += [f"  {package}:", f"    breaks: {' '.join(demands)}"]
            if package in self.met:
                lines.append(f"    satisfies: {' '.join(self.met[package])}")
        self._session.error("\n".join(lines))
