"""One run of opkg: what it was told, what it knows, what it says and the errors that it collects for the end."""

from __future__ import annotations

import fcntl
import os
import sys

from wizard.practice import root
from wizard.practice.packages.opkg_age import Age
from wizard.practice.packages.opkg_settings import Settings
from wizard.practice.packages.opkg_store import Package, Store


class Session:
    """Everything that the commands share."""

    def __init__(self, options: dict[str, str], settings: Settings) -> None:
        self.options, self.settings = options, settings
        self.store = Store(settings)
        opkg = self.store.on_router("opkg")
        self.age = Age(opkg.version if opkg else "")
        self.errors: list[str] = []
        self.work = ""
        self._lock = -1

    def on(self, option: str) -> bool:
        return option in self.options

    @property
    def verbosity(self) -> int:
        level = self.options.get("verbosity", "1")
        return int(level) if level.isdigit() else 0

    @property
    def dest(self) -> str:
        """The name of the place that new packages go to."""
        return self.options.get("dest", next(iter(self.settings.dests)))

    def say(self, text: str, level: int = 1) -> None:
        """A message of that level: 1 is always shown, 2 with -V."""
        if self.verbosity >= level:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()

    def error(self, function: str, text: str) -> None:
        """An error for the end, behind the name of the function that found it."""
        self.errors.append(f"{text}\n" if self.age.first else f"{function}: {text}\n")

    def more(self, text: str) -> None:
        """A part of an error that has no name before it and ends as it is."""
        self.errors.append(text)

    def print_errors(self) -> None:
        if self.errors:
            mark = "" if self.age.first else " * "
            stream = sys.stdout if self.age.errors_to_stdout else sys.stderr
            stream.write("Collected errors:\n" + "".join(mark + error for error in self.errors))
            stream.flush()

    def open(self) -> bool:
        """Take the lock and make a folder to work in. False with an error collected when somebody has the lock."""
        lock = root.path(self.age.lock)
        try:
            self._lock = os.open(lock, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o640)
        except OSError as error:
            self.error("opkg_conf_load", f"Could not create lock file {self.age.lock}: {error.strerror}.")
            return False
        try:
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.error("opkg_conf_load", f"Could not lock {self.age.lock}: {error.strerror}.")
            os.close(self._lock)
            return False
        self.work = f"{root.path(self.options.get('tmp-dir', '/tmp'))}/opkg-{os.getpid()}"
        os.makedirs(self.work, mode=0o700)
        return True

    def close(self) -> None:
        for name in os.listdir(self.work):
            os.unlink(f"{self.work}/{name}")
        os.rmdir(self.work)
        os.close(self._lock)
        os.unlink(root.path(self.age.lock))

    def save(self) -> None:
        """Write the database when something changed; a full disk is an error for the end."""
        if not self.store.changed or self.on("noaction"):
            return
        for error in self.store.write():
            name = self.store.status_file("root" if "root" in self.settings.dests else self.dest)
            self.error("opkg_conf_write_status_files", f"Can't open status file {name}: {error.strerror}.")

    def place(self, package: Package) -> str:
        """The folder that a package's files go below, on this machine."""
        return root.path(self.settings.dests[package.dest or self.dest]).rstrip("/")
