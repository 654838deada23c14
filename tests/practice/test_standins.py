"""Every script of the practice router and of the lab's guests is one that old shells can read."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "wizard/practice", ROOT / "tests/lab/guest")


def scripts() -> list[Path]:
    files = (path for folder in FOLDERS for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in files if path.read_bytes().startswith(b"#!/bin/sh")]


@pytest.mark.parametrize("script", scripts(), ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.parametrize("shell", ["dash -n", "busybox ash -n", "shellcheck"])
def test_a_script_is_read_without_complaint(shell: str, script: Path) -> None:
    program, *words = shell.split()
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here")
    done = subprocess.run([program, *words, script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_scripts_that_are_run_are_executable() -> None:
    sourced = {"functions.sh", "profile", "firewall.user"}
    assert [path for path in scripts() if not os.access(path, os.X_OK) and path.name not in sourced] == []


@pytest.fixture
def nvram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder of the flash, with one value in it; the RAM beside it is empty."""
    monkeypatch.setenv("NVRAM_FLASH", str(tmp_path / "flash"))
    monkeypatch.setenv("NVRAM_RAM", str(tmp_path / "ram"))
    (tmp_path / "flash").mkdir()
    (tmp_path / "flash/lan_ifname").write_text("br0")
    return tmp_path / "flash"


def run_nvram(*words: str) -> tuple[int, str]:
    script = FOLDERS[0] / "bin/nvram"
    done = subprocess.run(["sh", script, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_nvram_keeps_in_flash_what_is_committed(nvram: Path) -> None:
    assert run_nvram("get", "lan_ifname") == (0, "br0\n")
    assert run_nvram("get", "unset") == (0, "")
    assert run_nvram("set", "a=1 = 'x' $HOME", "get", "a") == (0, "1 = 'x' $HOME\n")
    assert not (nvram / "a").exists()
    assert run_nvram("commit", "unset", "a") == (0, "")
    assert (nvram / "a").read_text() == "1 = 'x' $HOME"
    assert run_nvram("get", "a") == (0, "")
    assert run_nvram("show") == (0, "lan_ifname=br0\nsize: 15 bytes (32753 left)\n")


@pytest.mark.parametrize("words", [[], ["get"], ["set", "novalue"], ["nonsense"]])
def test_nvram_refuses_what_it_does_not_know(nvram: Path, words: list[str]) -> None:
    assert run_nvram(*words)[0] == 1
