"""The wizard's scripts with points in them are still scripts that a router's shell reads."""

from __future__ import annotations

import subprocess

import pytest

from tests.lab.fault_script import FOLDER, PROGRAMS, edited
from tests.shells import SHELLS
from tests.test_scripts import scripts

CHANGING = {name: text for name, text in scripts().items() if name.startswith("apply")}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", CHANGING)
def test_it_is_read_by_each_shell(name: str, shell: tuple[str, ...]) -> None:
    subprocess.run([*shell, "-n"], input=edited(CHANGING[name]).encode(), check=True, capture_output=True)


@pytest.mark.parametrize("name", CHANGING)
def test_nothing_but_points_has_come_in(name: str) -> None:
    lost = set(CHANGING[name].splitlines()) - set(edited(CHANGING[name]).splitlines())
    assert all(line.endswith(('"$@"', '"$@" 2>&1; then')) for line in lost) and len(lost) == 3


def test_what_travels_in_the_script_stays_as_it_is() -> None:
    script = edited(CHANGING["apply fresh"])
    assert f"{FOLDER}/at in arm" in script and f"{FOLDER}/at in put_back" in script
    with pytest.raises(ValueError, match="times"):
        edited("\nmark() {\n\techo something\n}\n")


@pytest.mark.parametrize("program", sorted(path.name for path in PROGRAMS.iterdir()))
def test_shellcheck_has_nothing_against_the_programs(program: str) -> None:
    subprocess.run(["shellcheck", "-s", "dash", str(PROGRAMS / program)], check=True)
