"""`make packaging`: wheel and sdist in fresh environments, the lowest versions, the newest Python that is here.

Runs the fast tests in each environment, and ends with 1 at the first that fails.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
FLOOR = (3, 11)
TOOLS = ("pytest", "pytest-xdist", "hypothesis", "pyte", "pexpect", "scapy")
"""What the fast tests need; ruff, mypy and the builder say nothing about versions of ours."""
FAST = ("ask", "screen", "preview", "plan", "advice", "router", "test_main.py", "test_resources.py")


def lowest(requirements: Iterable[str]) -> list[str]:
    """Each requirement at exactly its lower bound."""
    return [re.sub(r">=([\d.]+),.*", r"==\1", requirement) for requirement in requirements]


def tools() -> list[str]:
    """The test tools among the development requirements, as they are bounded."""
    return [each for each in PROJECT["optional-dependencies"]["dev"] if each.partition(">")[0] in TOOLS]


def newest() -> str:
    """The newest Python from the floor on that can be started here: on the path, or one of pyenv's."""
    found = {version: path for path in _pythons() if (version := _version(path)) >= FLOOR}
    return found[max(found)]


def _pythons() -> Iterator[str]:
    yield sys.executable
    for minor in range(FLOOR[1], FLOOR[1] + 10):
        if path := shutil.which(f"python3.{minor}"):
            yield path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, pyenv.glob("versions/3.*/bin/python"))


def _version(python: str) -> tuple[int, ...]:
    """(0,) for one that does not start, as a shim of pyenv's for a version that is not chosen."""
    code = "import sys; print(*sys.version_info[:2])"
    ran = subprocess.run([python, "-c", code], capture_output=True, text=True)
    return tuple(map(int, ran.stdout.split())) if ran.returncode == 0 else (0,)


def environment(python: str, folder: Path, wanted: Iterable[str]) -> Path:
    """A fresh virtual environment with these packages; its python."""
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    inside = folder / "bin" / "python"
    pip = [str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *wanted], check=True)
    return inside


def try_installed(python: Path, folder: Path) -> None:
    """The program as installed, away from the checkout: it starts, and finds its templates."""
    page = "from wizard import resources; print(resources.page('outside', address='x').headline)"
    program = str(python.parent / "pptp-wizard")
    for command in ([program, "--version"], [program, "--help"], [str(python), "-c", page]):
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def try_fast_tests(python: Path) -> None:
    """The fast tests, from the checkout, with the packages of this environment."""
    tests = [f"tests/{name}" for name in FAST]
    path = f"{CHECKOUT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not lab", "-n", "2", *tests]
    subprocess.run(command, cwd=CHECKOUT, check=True, env={**os.environ, "PATH": path})


def main() -> None:
    """Everything in turn. Raises CalledProcessError at the first that fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", name, str(CHECKOUT)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        for kind in ("*.whl", "*.tar.gz"):
            print(f"installed from {kind}", flush=True)
            package = str(next(folder.glob(kind)))
            try_installed(environment(sys.executable, folder / kind[-3:], [package]), folder)
        print("lower bounds", flush=True)
        try_fast_tests(environment(sys.executable, folder / "low", lowest([*PROJECT["dependencies"], *tools()])))
        python = newest()
        print(f"newest Python here: {python}", flush=True)
        try_fast_tests(environment(python, folder / "new", [*PROJECT["dependencies"], *tools()]))


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{error}\n{error.stderr or ''}")
