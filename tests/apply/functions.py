"""The functions of the apply script in a real shell, on a root of their own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.samples import ANSWERS, FACTORY_FRESH, PASSWORDS
from wizard import apply
from wizard.changes import change
from wizard.plan.build import plan
from wizard.router import script

READY = """
mkdir -p "$work" "$lock"
: >"$work/log"
write_engine
. "$work/engine"
"""


def run(root: Path, shell: Sequence[str], scene: str, **data: object) -> str:
    """What this shell says that has every function of the script, for a first set-up; `data` is filled in besides."""
    (root / "tmp").mkdir(exist_ok=True)
    if not (root / "proc").exists():
        (root / "proc").symlink_to("/proc")
    changes = change(plan(FACTORY_FRESH, ANSWERS, PASSWORDS), FACTORY_FRESH)
    filled = {**apply.script_data(changes, FACTORY_FRESH.dialect, owner="a@b"), **data}
    head, main, _ = script.render("apply", **filled).text.rpartition("main </dev/null")
    assert main
    surroundings = {**os.environ, "IPKG_INSTROOT": str(root)}
    words = f"{head}{READY}{scene}\n"
    ran = subprocess.run(shell, input=words, text=True, capture_output=True, env=surroundings, timeout=60)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
