"""A router's root with a configuration, the networks of a recording behind `ubus`, and a firewall to run on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEARCHED = f"{os.environ['PATH']}:/usr/sbin:/sbin"
OWN_NETWORK = ("unshare", "--user", "--map-root-user", "--net", "--mount")
"""Rules that are loaded there touch nobody's packets."""


class Router:
    """Runs a stand-in as a router would: a process of its own, its root elsewhere."""

    def __init__(self, root: Path, program: str) -> None:
        self.root, self.program = root, program
        for folder in ("etc/config", "etc/nftables.d", "var/run", "tmp", "bin"):
            (root / folder).mkdir(parents=True)

    def configure(self, text: str) -> None:
        """Replace /etc/config/firewall."""
        (self.root / "etc/config/firewall").write_text(text)

    def answer_ubus(self, dump: str) -> None:
        """Let `ubus call network.interface dump` say this."""
        (self.root / "dump").write_text(dump)
        self.install("ubus", f"#!/bin/sh\ncat {self.root}/dump\n")

    def install(self, name: str, script: str) -> None:
        """Put a program on the path."""
        (self.root / "bin" / name).write_text(script)
        (self.root / "bin" / name).chmod(0o755)

    def environment(self) -> dict[str, str]:
        """What the router's processes are told."""
        return {"PATH": f"{self.root}/bin:{SEARCHED}", "IPKG_INSTROOT": str(self.root)}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One run of the stand-in."""
        return self._done(self._command(words))

    def uci(self, *words: str) -> None:
        """Change the configuration, uncommitted."""
        code = "import sys; from wizard.practice.uci.cli import main; sys.exit(main(sys.argv[1:]))"
        subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, env=self.environment(), check=True)

    def session(self, script: str) -> subprocess.CompletedProcess[str]:
        """A shell in a network of its own, where the stand-ins go by their names."""
        self._shim(self.program, f"wizard.practice.firewall.{self.program}")
        self._shim("uci", "wizard.practice.uci.cli")
        return self._done([*OWN_NETWORK, "sh", "-c", script])

    def install_iptables(self) -> None:
        """Put the iptables of the time before nftables on the path."""
        real = shutil.which("xtables-legacy-multi", path=SEARCHED)
        assert real is not None  # `needs` looked
        for name in ("iptables", "ip6tables"):
            for suffix in ("", "-save", "-restore"):
                (self.root / "bin" / f"{name}{suffix}").symlink_to(real)

    def _shim(self, name: str, module: str) -> None:
        lines = [
            f"#!{sys.executable}",
            "import sys",
            f"sys.path.insert(0, {str(ROOT)!r})",
            f"from {module} import main",
        ]
        self.install(name, "\n".join([*lines, "sys.exit(main(sys.argv[1:]))", ""]))

    def _command(self, words: tuple[str, ...]) -> list[str]:
        code = f"import sys; from wizard.practice.firewall.{self.program} import main; sys.exit(main(sys.argv[1:]))"
        return [sys.executable, "-c", code, *words]

    def _done(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False)
        here = str(self.root)
        return subprocess.CompletedProcess(
            command, done.returncode, done.stdout.replace(here, ""), done.stderr.replace(here, "")
        )


def needs(*programs: str) -> None:
    """Skip where one of these is missing, or where no network of one's own can be made."""
    for program in programs:
        if shutil.which(program, path=SEARCHED) is None:
            pytest.skip(f"no {program} here")
    if subprocess.run([*OWN_NETWORK, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces here")
