"""A practice root with the daemon in it, and the programs that ask it on its PATH."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.practice import release

PROJECT = Path(__file__).parents[2]
ROM = PROJECT / "wizard/practice/rom"
SHIM = f"#!{sys.executable} -IS\nimport sys\nsys.path.insert(0, {str(PROJECT)!r})\n"
CALL = "from {0} import main\nsys.exit(main(sys.argv[1:]))\n"

Ran = tuple[int, str, str]


APPLETS = ("false", "sh", "sleep")
"""Programs of this computer that services are made of here."""


@dataclass(frozen=True)
class ProcdRouter:
    """The files of a release below a folder. No addresses are set, for nothing here asks netifd to reload."""

    root: Path

    def make(self, name: str) -> ProcdRouter:
        """Lay the release's layers over each other, and its programs on top."""
        data = release.load(name)
        for layer in data.layers:
            shutil.copytree(ROM / layer, self.root, dirs_exist_ok=True)
        for folder in ("tmp", "dev", "etc/rc.d", "var/run"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        for place, what in data.programs.items():
            if ":" not in what:
                self.script(place, SHIM + CALL.format(what))
        (self.root / "bin").mkdir(exist_ok=True)
        for name in APPLETS:
            (self.root / "bin" / name).symlink_to(shutil.which(name, path="/bin:/usr/bin") or name)
        for word, text in data.practice.items():
            (self.root / "lib/practice" / word).write_text(f"{text}\n")
        return self

    def script(self, place: str, text: str) -> Path:
        path = self.root / place.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def environment(self) -> dict[str, str]:
        folders = ":".join(str(self.root / folder) for folder in ("sbin", "bin", "usr/bin"))
        return {"IPKG_INSTROOT": str(self.root), "PATH": f"{folders}:/usr/bin:/bin", "LANG": "C"}

    def run(self, *command: str) -> Ran:
        """Exit code, output and errors."""
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def shell(self, command: str) -> Ran:
        return self.run("sh", "-c", command)

    def ubus(self, *words: str) -> Ran:
        return self.run(str(self.root / "bin/ubus"), *words)

    def service(self, name: str, action: str) -> Ran:
        """`/etc/init.d/NAME ACTION`, by way of rc.common as its first line says."""
        return self.run("sh", str(self.root / "etc/rc.common"), str(self.root / "etc/init.d" / name), action)

    def instances(self, name: str) -> dict[str, Any]:
        code, out, _ = self.ubus("call", "service", "list", json.dumps({"name": name}))
        assert code == 0
        found: dict[str, Any] = json.loads(out).get(name, {}).get("instances", {})
        return found

    def set(self, name: str, **instances: dict[str, Any]) -> None:
        assert self.ubus("call", "service", "set", json.dumps({"name": name, "instances": instances}))[0] == 0

    @contextmanager
    def daemon(self) -> Iterator[None]:
        """The daemon runs, and everything it started ends with it."""
        command = [str(self.root / "sbin/procd"), "serve"]
        process = subprocess.Popen(command, env=self.environment())
        try:
            until(lambda: (self.root / "var/run/ubus/ubus.sock").exists())
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def until(true: Callable[[], object], seconds: float = 10) -> None:
    """Wait for it. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def without_numbers(text: str) -> str:
    """The same with every process ID and time replaced, which differ from run to run."""
    return re.sub(r'"(pid|uptime)": \d+', r'"\1": 0', text)
