"""Places where a router may be, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wizard.discover.gateway import default_gateway
from wizard.discover.sshconfig import configured_hosts
from wizard.model.door import SSH_PORT, Target

USUAL_NAMES = ("192.168.1.1", "openwrt.lan")
"""OpenWrt's address and name on every release, unless somebody changed them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place to knock at."""

    target: Target
    """What is connected to, if the person chooses it."""
    found_by: str
    """Why it is tried, in words."""
    host: str
    """Where it is knocked; other than the target's where that is a name of the SSH config."""
    port: int = SSH_PORT
    configured: bool = False
    """The person's SSH config names it, so it may be anywhere in the world; otherwise it is in this network."""


def candidates() -> tuple[Candidate, ...]:
    """The default gateway, the usual address and name, and the hosts of `~/.ssh/config`."""
    return (*_nearby(), *_configured(Path.home() / ".ssh" / "config"))


def _nearby() -> Iterator[Candidate]:
    if gateway := default_gateway():
        yield Candidate(Target(str(gateway)), "default gateway", str(gateway))
    for name in USUAL_NAMES:
        yield Candidate(Target(name), "usual address", name)


def _configured(config: Path) -> Iterator[Candidate]:
    try:
        text = config.read_text("utf-8", "replace")
    except OSError:
        return  # there mostly is none, and a search does not stop for one that cannot be read
    for entry in configured_hosts(text):
        yield Candidate(
            Target(entry.name), f"SSH config: {entry.name}", host=entry.host, port=entry.port, configured=True
        )
