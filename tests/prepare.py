"""What the fast tests run against on Debian: `python -m tests.prepare` installs it as root, and names it otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = {
    "busybox": "busybox",
    "dash": "dash",
    "dropbear": "dropbear-bin",
    "ssh-keygen": "openssh-client",
    "sshd": "openssh-server",
}
SYSTEMD_UNITS = Path("/etc/systemd/system")


def missing() -> list[str]:
    """Debian packages of the programs that are not here."""
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
    return sorted(package for program, package in PROGRAMS.items() if shutil.which(program, path=path) is None)


def main() -> int:
    """Install what is missing where that is possible; 1 where it failed. Tests say themselves what they lack."""
    packages = missing()
    if not packages or shutil.which("apt-get") is None:
        return 0
    if os.geteuid() != 0:
        print(f"Some tests will be skipped without these packages: {' '.join(packages)}", file=sys.stderr)
        return 0
    if "openssh-server" in packages:
        _keep_from_starting("ssh.service", "ssh.socket")
    # RUNLEVEL=1: invoke-rc.d starts no service where there is no systemd either.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update"], ["-y", "--no-install-recommends", "install", *packages]):
        done = subprocess.run(["apt-get", "-qq", *command], env=environment, stdout=subprocess.DEVNULL)
        if done.returncode != 0:
            return 1
    return 0


def _keep_from_starting(*units: str) -> None:
    """Mask units that are about to be installed: the tests want the program, nobody wants another open port."""
    SYSTEMD_UNITS.mkdir(parents=True, exist_ok=True)
    for unit in units:
        mask = SYSTEMD_UNITS / unit
        if not mask.is_symlink() and not mask.exists():
            mask.symlink_to("/dev/null")


if __name__ == "__main__":
    sys.exit(main())
