"""What is wrong on a router already, and how it could be mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """One question each, in the order in which they are asked, and what `--mend` calls them."""

    PORT_FORWARD = "port-forward"
    """Calls go to another host."""
    PPP_WILDCARD = "ppp-wildcard"
    """`ppp+`, which an Internet line by PPPoE matches too (openwrt.md §6.6)."""
    OLD_ZONE = "old-zone"
    """A firewall zone for calls, whose rules would come before ours."""
    DUPLICATE_RULES = "duplicate-rules"
    """Rules that we write ourselves, or that stand there several times."""
    SECRETS_LINK = "secrets-link"
    """chap-secrets is a link into RAM."""
    SECRETS_OPEN = "secrets-open"
    """chap-secrets can be read by everybody."""
    STALE_LOGINS = "stale-logins"
    """Users who were deleted and can still log in (openwrt.md P2, P3)."""
    SAMPLE_LOGIN = "sample-login"
    """The login that the package brings along."""
    MPPE_LINE = "mppe-line"
    """Words for MPPE that this pppd refuses (openwrt.md §3.1)."""
    DEBUG = "debug"
    """A detailed log that somebody left on."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One place in a file, and what shall stand there instead."""

    start: int
    """Bytes from the file's beginning."""
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong in one file."""

    code: Kind
    path: str
    cuts: tuple[Cut, ...] = ()
    """What mending changes in the file; empty where the plan itself mends it."""
    data: Mapping[str, object] = field(default_factory=dict)
    """What the question and its page are filled in with."""
    anyway: bool = False
    """What the plan writes mends it, whatever is answered."""
    blocks: str = ""
    """Names the page to stop with where it is to stay, since no tunnel can work then."""
