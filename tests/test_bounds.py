"""What the program needs is bounded on both sides, and what Windows lacks is asked for by the practice router alone."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
ASKED = [
    *PROJECT["build-system"]["requires"],
    *PROJECT["project"]["dependencies"],
    *PROJECT["project"]["optional-dependencies"]["dev"],
]
WINDOWS = """
import importlib, os, pkgutil, select, sys
import asyncio, getpass, multiprocessing, socket, subprocess, tempfile  # the system's own modules are not tested
import Crypto, jinja2, paramiko, prompt_toolkit, questionary, rich.console
for name in ("fcntl", "termios", "resource", "pwd", "grp", "tty", "pty", "syslog"):
    sys.modules[name] = None
for module, names in ((os, "geteuid getuid getgid fork setsid killpg mkfifo openpty"), (select, "epoll poll")):
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
sys.platform = "win32"
import wizard
for module in pkgutil.walk_packages(wizard.__path__, "wizard."):
    if not module.name.startswith("wizard.practice") and module.name != "wizard.__main__":
        importlib.import_module(module.name)
        print(module.name)
import wizard.__main__
"""


@pytest.mark.parametrize("requirement", ASKED)
def test_every_requirement_has_both_bounds(requirement: str) -> None:
    assert re.fullmatch(r"[\w-]+>=[\d.]+,<[\d.]+", requirement)


def test_everything_but_the_practice_router_imports_without_what_windows_lacks() -> None:
    ran = subprocess.run([sys.executable, "-c", WINDOWS], cwd=CHECKOUT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert {"wizard.discover.gateway", "wizard.verify", "wizard.ask.terminal"} <= set(ran.stdout.split())
