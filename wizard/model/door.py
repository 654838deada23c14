"""Where a router may be reached."""

from __future__ import annotations

from dataclasses import dataclass

SSH_PORT = 22


@dataclass(frozen=True, slots=True)
class Target:
    """A router as a person names it: `[[USER@]HOST[:PORT]]`."""

    host: str
    port: int = SSH_PORT
    user: str = "root"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = "" if self.user == "root" else f"{self.user}@"
        return f"{user}{host}" + ("" if self.port == SSH_PORT else f":{self.port}")


@dataclass(frozen=True, slots=True)
class Door:
    """A place that answered while looking for the router."""

    target: Target
    found_by: str
    """Why it was tried, in words: "default gateway", "usual address", an entry of the SSH config."""
    banner: str = ""
    """What the SSH server said first (RFC 4253 §4.2), or "" where only telnet answered."""
    telnet: bool = False
    """Port 23 answers and 22 does not: an old router without a root password."""
