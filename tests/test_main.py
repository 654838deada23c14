"""The command line: what it loads, what it refuses, and which exit code says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wizard import __version__
from wizard.__main__ import main

HEAVY = ("questionary", "rich", "paramiko", "jinja2", "prompt_toolkit", "cryptography")


def run(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """The program as a user starts it, away from the home of whoever runs the tests."""
    return subprocess.run(
        [sys.executable, "-m", "wizard", *arguments],
        env={"HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[1]), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_version_and_help_load_nothing_heavy(flag: str) -> None:
    code = f"""
import sys
from wizard.__main__ import main
try:
    main([{flag!r}])
except SystemExit as end:
    assert not end.code
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.endswith("[]\n")


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"pptp-wizard {__version__}\n"


@pytest.mark.parametrize("arguments", [["--no-such-flag"], ["--mend", "everything", "127.0.0.1:1"], ["one", "two"]])
def test_wrong_use_is_two(arguments: list[str], tmp_path: Path) -> None:
    ran = run(*arguments, home=tmp_path)
    assert ran.returncode == 2
    assert "usage: pptp-wizard" in ran.stderr


def test_a_port_nobody_listens_on_could_not_be_tried(tmp_path: Path) -> None:
    ran = run("127.0.0.1:1", home=tmp_path)
    assert ran.returncode == 3
    assert "127.0.0.1" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_address_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    assert run("root@:22", home=tmp_path).returncode == 2


def test_a_missing_password_file_is_said_before_anything_is_dialled(tmp_path: Path) -> None:
    ran = run("127.0.0.1:1", "--password-file", str(tmp_path / "none"), home=tmp_path)
    assert ran.returncode == 2
    assert "none" in ran.stderr


def test_a_document_that_cannot_be_made_leaves_standard_output_empty(tmp_path: Path) -> None:
    ran = run("status", "127.0.0.1:1", "--json", home=tmp_path)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert "127.0.0.1" in ran.stderr


def test_the_exit_codes_of_status_are_in_its_help(tmp_path: Path) -> None:
    said = " ".join(run("status", "--help", home=tmp_path).stdout.split())
    assert "3 there is no tunnel of the wizard's" in said
    assert "--json" in said and "--yes" not in said
