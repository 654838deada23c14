"""What apk fetches, always by the router's own `wget` (io_url_wget.c), and what it makes of wget's exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.practice.packages.apk_session import Session

# process.c: what an exit code of wget's becomes. The rest is a word of the far server.
MEANINGS = {
    3: "I/O error",
    4: "Network unreachable",
    5: "Permission denied",
    6: "Permission denied",
    7: "Protocol error",
}
REMOTE = "remote server returned error (try 'apk update')"


def download(session: Session, url: str, into: str) -> str:
    """Fetch to a path of this machine, which is replaced when all of it is there. Returns what went wrong."""
    words = ["wget", "-q", "-T", session.options.get("timeout", "60"), url, "-O", "-"]
    sys.stdout.flush()
    try:
        with open(f"{into}.new", "wb") as file:
            actions = [(os.POSIX_SPAWN_DUP2, file.fileno(), 1)]
            child = os.posix_spawnp(words[0], words, os.environ, file_actions=actions)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except OSError as error:
        return error.strerror or "error"
    if code:
        os.unlink(f"{into}.new")
        session.error(f"wget: exited with error {code}")
        return MEANINGS.get(code, REMOTE)
    os.replace(f"{into}.new", into)
    return ""
