"""The software that would be installed, and whether there is room for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from wizard.preview.words import heading, kilobytes, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from wizard.model.changes import ChangeSet, PackageChange

UNKNOWN = "not known yet"


def packages(changes: ChangeSet, *, tables: bool) -> list[RenderableType]:
    """Each package with version, size and reason, and the sum against what is free."""
    if not changes.packages:
        return [heading("Software (packages)"), sentence("Nothing has to be installed.")]
    shown = [_table(changes.packages)] if tables else [sentence(_line(package)) for package in changes.packages]
    return [heading("Software to install (packages)"), *shown, *map(sentence, _room(changes))]


def _table(packages: tuple[PackageChange, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("Package", overflow="fold")
    table.add_column("Version", overflow="fold")
    table.add_column("Size", justify="right", no_wrap=True)
    table.add_column("Pulled in by", overflow="fold")
    for package in packages:
        cells = (package.name, package.version or UNKNOWN, _size(package), package.needed_by or "(asked for)")
        table.add_row(*map(sentence, cells))
    return table


def _line(package: PackageChange) -> str:
    reason = f", pulled in by {package.needed_by}" if package.needed_by else ""
    return f"- {package.name}, version {package.version or UNKNOWN}, size {_size(package)}{reason}"


def _size(package: PackageChange) -> str:
    return kilobytes(package.size, up=True) if package.size else UNKNOWN


def _room(changes: ChangeSet) -> Iterator[str]:
    if changes.archives:
        names = ", ".join(archive.path.name for archive in changes.archives)
        yield f"They are sent from {changes.archives[0].path.parent} on this computer, in this order: {names}."
    total = sum(package.size for package in changes.packages)
    taken = "" if all(package.size for package in changes.packages) else "at least "
    free = f"{kilobytes(changes.flash_free, up=False)} are free on the router (flash)"
    yield f"Together they take {taken}{kilobytes(total, up=True)}; {free}." if total else f"{free}."
    if not all(package.size and package.version for package in changes.packages):
        yield "A size or version that is not known is not known until the router has fetched its list of packages."
    if total > changes.flash_free:
        yield "They do not fit. Remove software that you do not use from the router, then start again."
