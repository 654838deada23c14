"""What will be different on the router, ready to be shown and to be applied. Secrets are masked in what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address
from typing import Literal

from wizard.model.archive import Archive
from wizard.model.facts import FilterRule, Mppe

Checker = Literal["pppd", "firewall", "uci", "shell", ""]


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a file twice: as it is, and as it may be shown."""

    raw: bytes = field(repr=False)
    shown: str
    """The same with every secret masked."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file before and after. Equal sides mean that it stays as it is, and that is said too."""

    path: str
    why: str
    """What the file is for, in one line."""
    before: Content | None
    """None: it is not there."""
    after: Content
    mode: str
    """Octal permissions it shall have, as `0600`."""
    mode_before: str = ""
    """Octal permissions it has ("" where it is not there)."""
    checked_by: Checker = ""
    """Which of the router's own programs has to accept it before it goes live."""
    if_pppd_says: Mapping[Mppe, Content] = field(default_factory=dict)
    """One text per MPPE dialect, while no pppd is there to be asked; `after` is the one that the feed's version
    lets us expect, and the router's own pppd chooses once it is installed."""
    link: str = ""
    """Where the file of that name points now, if it is a link into RAM: it gives way to a file then."""
    gone: bool = False
    """It shall not be there any more; `after` is empty then."""
    link_after: str = ""
    """Where it shall point, if it is to be a link; `after` is empty then."""

    @property
    def changed(self) -> bool:
        """The file would be written."""
        before = self.before
        if self.gone:
            return before is not None or bool(self.link)
        if self.link_after:
            return self.link != self.link_after
        return before is None or before.raw != self.after.raw or self.mode != self.mode_before or bool(self.link)


@dataclass(frozen=True, slots=True)
class PackageChange:
    """A package to be installed."""

    name: str
    version: str
    """"" where the feed could not be read yet."""
    size: int
    """Bytes to download, 0 where not known."""
    needed_by: str = ""
    """The package that pulls it in, "" where we ask for it by name."""
    file: str = ""
    """Name of the file on this computer that it comes from, "" where a feed has it."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One row of "who can reach what", before and after."""

    source: str
    destination: str
    before: bool | None
    """None where rules by hand decide it, which nobody here has read."""
    after: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class FirewallChange:
    """What the packet filter will let through."""

    flows: tuple[Flow, ...]
    lines: tuple[str, ...]
    """The lines themselves, as they will stand in the router's own file."""
    missing: tuple[FilterRule, ...]
    """What the running filter has to list afterwards and does not list now."""
    reload: bool
    """The filter has to be built anew: its lines changed, or the running rules are not the expected ones."""
    all_new: bool = False
    """None of the lines is in the file yet, so the file's diff shows every one."""


@dataclass(frozen=True, slots=True)
class ServiceChange:
    """What happens to the daemon."""

    enable: bool
    """It will start at boot from now on."""
    restart: bool
    """It is started, or started anew because its own file changed. Calls that stand are not ended by that."""
    again: tuple[str, ...] = ()
    """Other services that have to read their settings anew, by the name of their init script."""
    stop: bool = False
    """It is stopped before the files change."""
    back: str = ""
    """Who starts it afterwards, where it goes back to what it was: "own", "package", or "" for nobody."""


@dataclass(frozen=True, slots=True)
class EndedCall:
    """A call that will be ended, since its client is out or has another address or password."""

    device: str
    address: IPv4Address
    why: str


class What(StrEnum):
    """Which way a change goes."""

    APPLY = "apply"
    """To what was answered."""
    UNDO = "undo"
    """One step back in the history that the router keeps."""
    UNINSTALL = "uninstall"
    """To what was there before the first change."""
    TRY = "try"
    """For a while only: the router undoes it by itself, and nothing of it is noted or kept."""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Everything that applying would do, in the order in which it does it."""

    packages: tuple[PackageChange, ...]
    flash_free: int
    """Bytes that can be written now."""
    files: tuple[FileChange, ...]
    service: ServiceChange
    ended_calls: tuple[EndedCall, ...]
    firewall: FirewallChange
    keep_calls: tuple[IPv4Address, ...]
    """Addresses whose calls may stand; every other call of this server is ended."""
    warnings: tuple[str, ...] = ()
    """What is left alone but should be known."""
    archives: tuple[Archive, ...] = ()
    """Files that are sent to the router for the packages, in the order in which they are installed; empty where the
    router's own feeds have them."""
    what: What = What.APPLY
    remove: tuple[str, ...] = ()
    """Packages that came with us and go once the change is confirmed."""
    entry: str = ""
    """The file of the router's history that this goes back to, if it does."""

    @property
    def empty(self) -> bool:
        """There is nothing to do."""
        return not (
            self.packages
            or any(file.changed for file in self.files)
            or self.service.enable
            or self.service.restart
            or self.service.again
            or self.service.stop
            or self.remove
            or self.ended_calls
            or self.firewall.reload
        )
