"""Scripts that run when all tables are filled, and rules that go to iptables-restore as they are."""

from __future__ import annotations

import os

from wizard.practice import root
from wizard.practice.firewall import nets
from wizard.practice.firewall.run import run
from wizard.practice.firewall.xt.model import Include, State
from wizard.practice.firewall.xt.notices import info

_PRELUDE = 'config() { echo "You cannot use UCI in firewall includes!" >&2; exit 1; }; '


def restore(state: State, family: int, *, reload: bool) -> None:
    """Load the files of rules that are for this family."""
    text = ""
    for include in _wanted(state, reload=reload):
        if include.restore and include.family in (0, family):
            info(f" * Loading include '{include.path}'")
            text += _content(include)
    if text:
        run(["ip6tables-restore" if family == nets.V6 else "iptables-restore", "--noflush"], text)


def scripts(state: State, *, reload: bool) -> None:
    """Run the scripts, each sourced by a shell of its own. That one failed is said, and nothing more."""
    for include in _wanted(state, reload=reload):
        if not include.restore:
            info(f" * Running script '{include.path}'")
            _script(root.path(include.path))


def _wanted(state: State, *, reload: bool) -> list[Include]:
    return [include for include in state.includes if include.reload or not reload]


def _content(include: Include) -> str:
    try:
        with open(root.path(include.path)) as stream:
            return stream.read()
    except OSError as problem:
        info(f"   ! Skipping due to open error: {problem.strerror}")
        return ""


def _script(path: str) -> None:
    try:
        os.stat(path)
    except OSError as problem:
        info(f"   ! Skipping due to path error: {problem.strerror}")
        return
    code = run(["sh", "-c", f"{_PRELUDE}. {path}"])
    if code:
        info(f"   ! Failed with exit code {code}")
