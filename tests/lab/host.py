"""What the lab asks of the computer it runs on."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

from tests.lab.namespaces import Namespace

# Program → Debian package.
TOOLS = {
    "apt-get": "apt",
    "bc": "bc",
    "bison": "bison",
    "debugfs": "e2fsprogs",
    "dpkg-deb": "dpkg",
    "flex": "flex",
    "gcc": "gcc",
    "ip": "iproute2",
    "make": "make",
    "mkfs.ext4": "e2fsprogs",
    "nft": "nftables",
    "openssl": "openssl",
    "patchelf": "patchelf",
    "readelf": "binutils",
    "setarch": "util-linux",
    "tar": "tar",
    "setpriv": "util-linux",
    "taskset": "util-linux",
    "unshare": "util-linux",
    "xz": "xz-utils",
}
# gcc without the headers compiles nothing.
HEADERS = ("/usr/include/stdio.h", "libc6-dev")

SUITABLE = sys.platform == "linux" and os.uname().machine == "x86_64"
"""This computer could run User-mode Linux and Debian's programs, given what `prepare` installs."""

SBIN = "/usr/local/sbin:/usr/sbin:/sbin"


def use_sbin() -> None:
    """Find the programs of administrators too, which an ordinary user's PATH leaves out."""
    path = os.environ.get("PATH", os.defpath)
    if not path.endswith(SBIN):
        os.environ["PATH"] = f"{path}:{SBIN}"


def missing_packages() -> list[str]:
    """The Debian packages to install first, in alphabetical order."""
    use_sbin()
    missing = {package for tool, package in TOOLS.items() if shutil.which(tool) is None}
    header, package = HEADERS
    return sorted(missing | (set() if Path(header).exists() else {package}))


def why_not() -> str | None:
    """Why no lab can run here, or None if one can."""
    if not SUITABLE:
        return "the lab needs Linux on x86-64"
    if missing := missing_packages():
        return f"the lab needs the packages {' '.join(missing)}: run `python -m tests.lab prepare`"
    if os.geteuid() != 0:
        return "the lab needs root, or user namespaces and `python -m tests.lab enter` before the command"
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
        Namespace().close()
    except OSError as error:
        return f"the lab needs /dev/net/tun and network namespaces: {error}"
    return None


def enter(command: list[str]) -> NoReturn:
    """Become this command, as root of fresh namespaces that end with it. Raises OSError when there is no `unshare`.

    Where there are no namespaces it is just this command: the tests in it then say that they cannot run.
    """
    use_sbin()
    if not SUITABLE:
        os.execvp(command[0], command)
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    fresh = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    os.execvp("unshare", ["unshare", *user, *fresh, "--", *command])
