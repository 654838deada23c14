"""The one directory on this computer that the wizard writes to by itself: records of its runs."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

KEPT_TRANSCRIPTS = 20


def state_directory() -> Path:
    """Where this platform keeps what a program wants to remember (XDG base directories; Apple's and Microsoft's)."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "pptp-wizard"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "pptp-wizard"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "pptp-wizard"


def new_transcript() -> Path | None:
    """A new file for the record of this run, readable by its owner alone; None where none can be written.

    The oldest are deleted when there are more than twenty.
    """
    directory = state_directory()
    path = directory / f"{time.strftime('%Y-%m-%d-%H%M%S')}-{os.getpid()}.log"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        for old in sorted(directory.glob("*.log"))[:-KEPT_TRANSCRIPTS]:
            old.unlink()
    except OSError:
        return None  # a read-only home is no reason not to set up a router
    return path
