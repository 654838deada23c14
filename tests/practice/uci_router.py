"""A practice root with config files, and the stand-in for `uci` on its PATH."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
SHIM = f"""#!{sys.executable} -IS
import sys
sys.path.insert(0, {str(PROJECT)!r})
from wizard.practice.uci.cli import main
sys.exit(main(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Router:
    """A root folder, and what is done in it."""

    root: Path

    def make(self, configs: dict[str, str], age: str = "") -> Router:
        """Fill it: config files by their names, and the age of its uci."""
        for folder in ("etc/config", "tmp", "sbin", "lib/practice"):
            (self.root / folder).mkdir(parents=True)
        for name, text in configs.items():
            self.config(name).write_bytes(text.encode("utf-8", "surrogateescape"))
        (self.root / "lib/practice/uci").write_text(f"{age}\n", "ascii")
        shim = self.root / "sbin/uci"
        shim.write_text(SHIM)
        shim.chmod(0o755)
        return self

    def config(self, name: str) -> Path:
        return self.root / "etc/config" / name

    @property
    def waiting(self) -> Path:
        return self.root / "tmp/.uci"

    def environment(self) -> dict[str, str]:
        return {"IPKG_INSTROOT": str(self.root), "PATH": f"{self.root / 'sbin'}:{os.environ['PATH']}", "LANG": "C"}

    def shell(self, command: str, *words: str) -> tuple[int, str, str]:
        """Exit code, output and errors of a shell's command line."""
        return self._run(["sh", "-c", command, "sh", *words])

    def uci(self, *words: str, stdin: str = "") -> tuple[int, str, str]:
        """Exit code, output and errors of uci."""
        return self._run([str(self.root / "sbin/uci"), *words], stdin)

    def _run(self, command: list[str], stdin: str = "") -> tuple[int, str, str]:
        data = stdin.encode("utf-8", "surrogateescape")
        done = subprocess.run(command, input=data, env=self.environment(), capture_output=True, check=False)
        return done.returncode, _text(done.stdout), _text(done.stderr)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def packages(export: str) -> dict[str, str]:
    """The config files that an output of `uci export` holds, by their names."""
    found = {}
    for part in ("\n" + export).split("\npackage ")[1:]:
        name, _, text = part.partition("\n")
        found[name] = text
    return found
