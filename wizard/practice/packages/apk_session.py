"""One run of apk: the options, what it says, the databases, the lock, and the repositories' indexes."""

from __future__ import annotations

import fcntl
import os
import sys
import time

from wizard.practice import root
from wizard.practice.packages import apk_store
from wizard.practice.packages.apk_store import CACHE, Need, Package, Repository

LOCK = "/lib/apk/db/lock"
FRESH = 4 * 60 * 60
"""An index that is older is fetched anew by who writes (apk's --cache-max-age); who only asks takes what is there."""


class LockedError(Exception):
    """Somebody else writes; the text is the system's."""


class Session:
    """Everything that the commands share."""

    def __init__(self, options: dict[str, str]) -> None:
        self.options = options
        self.installed = apk_store.read_installed()
        self.world = apk_store.read_world()
        self.repositories: list[Repository] = []
        self.offered: list[Package] = []
        self.unavailable = self.stale = 0
        self._lock = -1

    def on(self, option: str) -> bool:
        return option in self.options

    @property
    def verbosity(self) -> int:
        return 1 + int(self.options.get("verbose", "0")) - int(self.options.get("quiet", "0"))

    def say(self, text: str) -> None:
        if self.verbosity >= 1:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()

    def warn(self, text: str) -> None:
        sys.stderr.write(f"WARNING: {text}\n")

    def error(self, text: str) -> None:
        sys.stderr.write(f"ERROR: {text}\n")

    def lock(self) -> None:
        """Be the only one who writes. Raises LockedError, and OSError when there is no database."""
        self._lock = os.open(root.path(LOCK), os.O_CREAT | os.O_RDWR, 0o600)
        end = time.monotonic() + float(self.options.get("wait", "0"))
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError as error:
                if time.monotonic() >= end:
                    raise LockedError(error.strerror) from error
                time.sleep(0.1)

    def close(self) -> None:
        """Let others write."""
        if self._lock >= 0:
            os.close(self._lock)

    def open_repositories(self, *, anew: bool = False) -> None:
        """Read what is offered; fetch what is missing, too old or wanted anew."""
        for repository in apk_store.repositories():
            self.repositories.append(repository)
            self._open(repository, anew)

    def _open(self, repository: Repository, anew: bool) -> None:
        complaint = "" if self._is_fresh(repository, anew) else self._fetch(repository)
        try:
            text = self._text(repository)
        except FileNotFoundError as error:
            self.unavailable += 1
            self.warn(f"{self._doing(complaint, there=False)} {repository.url}: {complaint or error.strerror}")
            return
        if not text[0]:
            self.unavailable += 1
            self.warn(f"updating and opening {repository.url}: {text[1]}")
            return
        if complaint:
            self.stale += 1
            self.warn(f"{self._doing(complaint, there=True)} {repository.url}: {complaint}")
        self._take(repository, text[1])

    def _doing(self, complaint: str, *, there: bool) -> str:
        if not complaint:
            return "opening from cache"
        return "updating" if there else "updating and opening"

    def _is_fresh(self, repository: Repository, anew: bool) -> bool:
        if self.on("no-network") or self._lock < 0:  # APK_OPENF_WRITE alone makes it fetch (database.c)
            return True
        kept = root.path(repository.kept)
        return not anew and os.path.exists(kept) and time.time() - os.stat(kept).st_mtime < FRESH

    def _fetch(self, repository: Repository) -> str:
        """What went wrong, if anything."""
        from wizard.practice.packages.apk_download import download

        os.makedirs(root.path(CACHE), exist_ok=True)
        return download(self, repository.url, root.path(repository.kept))

    def _text(self, repository: Repository) -> tuple[bool, str]:
        """The index, or why it is not one. Raises FileNotFoundError."""
        from wizard.practice.packages.apk_archive import index
        from wizard.practice.packages.archives import BadArchiveError

        with open(root.path(repository.kept), "rb") as file:
            data = file.read()
        try:
            text = index(data, self._keys(), whoever=self.on("allow-untrusted"))
        except BadArchiveError:
            return False, "file format is invalid or inconsistent"
        return text is not None, "UNTRUSTED signature" if text is None else text

    def _keys(self) -> list[tuple[str, bytes]]:
        folder = root.path("/etc/apk/keys")
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        keys = []
        for name in names:
            with open(f"{folder}/{name}", "rb") as file:
                keys.append((name, file.read()))
        return keys

    def _take(self, repository: Repository, text: str) -> None:
        repository.available = True
        for package in apk_store.parse(text.splitlines()):
            package.repository = repository
            self.offered.append(package)

    def everything(self) -> list[Package]:
        """The installed packages, then those on offer that are not the same."""
        there = {str(package) for package in self.installed}
        return [*self.installed, *(package for package in self.offered if str(package) not in there)]

    def wants(self, name: str) -> Need | None:
        return next((need for need in self.world if need.name == name and not need.against), None)
