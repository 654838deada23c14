"""The wheel that people install: everything is in it, and it runs from it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(CHECKOUT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_has_every_template(wheel: Path) -> None:
    inside = {name.removeprefix("wizard/") for name in zipfile.ZipFile(wheel).namelist()}
    templates = [path for path in (CHECKOUT / "templates").rglob("*") if path.is_file()]
    assert templates
    assert not [path for path in templates if path.relative_to(CHECKOUT).as_posix() not in inside]


def test_nothing_but_the_package_is_in_it(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"wizard"}


def test_the_program_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    code = "from wizard import resources; print(resources.page('outside', address='x').headline)"
    for command in (["-m", "wizard", "--version"], ["-c", code]):
        ran = subprocess.run(
            [sys.executable, *command], env={"PYTHONPATH": str(wheel)}, cwd=tmp_path, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.strip()
