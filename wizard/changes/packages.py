"""Which packages are missing, and what comes with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wizard.model.archive import Archive
from wizard.model.changes import PackageChange
from wizard.model.facts import RouterFacts

WANTED = ("pptpd", "ppp", "kmod-mppe")
"""What has to be there. The package pulls in the rest where its feed declares it, which not every feed does: up to
8.09 pptpd asks for no ppp, up to 12.09 for no kmod-mppe (openwrt.md §2.1)."""


def asked(facts: RouterFacts) -> tuple[str, ...]:
    """What is missing of it."""
    names = [name for name in WANTED if name not in facts.installed]
    if "pptpd" in facts.installed and not (facts.daemon.program if facts.own_script else facts.daemon.script):
        names.append("pptpd")  # its files are gone, whatever the database says
    return tuple(names)


def packages(facts: RouterFacts, archives: Sequence[Archive] = ()) -> tuple[PackageChange, ...]:
    """What is missing, by name first and then what comes with it, as far as the feed or the files say."""
    names = asked(facts)
    if names and archives:
        return tuple(_files(names, archives))
    return (*(_package(facts, name) for name in names), *_all_pulled_in(facts, names))


def _files(names: Sequence[str], archives: Sequence[Archive]) -> Iterator[PackageChange]:
    """The same order: what was asked for by name comes first."""
    for archive in sorted(archives, key=lambda archive: archive.name not in names):
        users = (other.name for other in archives if any(archive.name in need for need in other.depends))
        user = "" if archive.name in names else next(users, "the others")
        yield PackageChange(archive.name, archive.version, archive.size, user, archive.path.name)


def unfit(facts: RouterFacts) -> PackageChange | None:
    """The first of them whose feed has it for another kernel than the router's, if any."""
    present = facts.installed.get("kernel")
    for package in packages(facts):
        offered = facts.offered.get(package.name)
        if present and offered and offered.kernel not in ("", present):
            return package
    return None


def unlisted(facts: RouterFacts) -> tuple[str, ...]:
    """What was asked for by name and is in no feed, as far as every feed was read."""
    if not (facts.offered and facts.offered_whole):
        return ()
    return tuple(name for name in asked(facts) if name not in facts.offered)


def _package(facts: RouterFacts, name: str, needed_by: str = "") -> PackageChange:
    offered = facts.offered.get(name)
    return PackageChange(name, offered.version if offered else "", offered.size if offered else 0, needed_by)


def _all_pulled_in(facts: RouterFacts, names: Sequence[str]) -> Iterator[PackageChange]:
    seen = set(names)
    for name in names:
        yield from _pulled_in(facts, name, seen)


def _pulled_in(facts: RouterFacts, name: str, seen: set[str]) -> Iterator[PackageChange]:
    offered = facts.offered.get(name)
    for needed in offered.depends if offered else ():
        if needed not in facts.installed and needed not in seen:
            seen.add(needed)
            yield _package(facts, needed, name)
            yield from _pulled_in(facts, needed, seen)
