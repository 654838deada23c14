"""What was asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address
from pathlib import Path

from wizard.model.damage import Kind


class Command(Enum):
    """What is to be done; the value is the word for it, "" for the wizard itself."""

    SET_UP = ""
    STATUS = "status"
    TEST = "test"
    WATCH = "watch"
    UNDO = "undo"
    UNINSTALL = "uninstall"


@dataclass(frozen=True, slots=True)
class Options:
    """The command line, checked for form only."""

    router: str | None = None
    """`[[USER@]HOST[:PORT]]` as typed, None to look for the router."""
    identity: Path | None = None
    password_file: Path | None = None
    """`-` is standard input."""
    answers: Path | None = None
    secrets: Path | None = None
    packages: Path | None = None
    """Folder with package files to install from, None for the router's own feeds."""
    mend: frozenset[Kind] | None = None
    """Damage on the router that is mended, and no other; None asks."""
    confirm_within: int = 90
    """Seconds from the first change of configuration until the router goes back by itself, unless it is confirmed."""
    break_lock: bool = False
    """Take over from another wizard that is still at work on the router."""
    even_if_locked_out: bool = False
    """Go on where the new rules could keep out the very connection that makes the change."""
    command: Command = Command.SET_UP
    client: str | None = None
    """As whom the connection test dials; None for one that is not connected, or a user for the time of the test."""
    reach: IPv4Address | None = None
    """A host of the LAN that the connection test pings; None for one that the router knows."""
    beyond: IPv4Address | None = None
    """An address of the Internet for the same; None for the router's own next hop."""
    outside: bool | None = None
    """Guide through a call from outside; None asks."""
    calls: int | None = None
    """`watch` ends after so many calls, None for never."""
    seconds: int | None = None
    """`watch` ends after so many seconds, None for never."""
    json: bool = False
    """Say it for a program: one JSON document on standard output."""
    yes: bool = False
    dry_run: bool = False
    old_ssh: bool = False
    plain: bool = False
