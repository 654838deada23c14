"""Debian's Python as a router's stand-ins need it: precompiled, below /lib/lab, where no real router has anything."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.lab.build import cache
from tests.lab.build.debian import PACKAGES, Sysroot
from wizard.practice.tree import Tree

HOME = "/lib/lab"
PROGRAM = f"{HOME}/bin/python3"
WIZARD = f"{HOME}/wizard"
PRACTICE = Path(__file__).parents[3] / "wizard/practice"

# Not for a router: half of the standard library.
UNWANTED = """
    asyncio concurrent ctypes curses dbm distutils ensurepip idlelib lib2to3 multiprocessing pydoc_data sqlite3 test
    tkinter turtledemo unittest venv wsgiref xmlrpc turtle.py doctest.py"""
EXTENSIONS = "_bz2 _json _lzma _queue mmap resource termios"

SHIM = f"""#!{PROGRAM} -IS
import sys
sys.path.insert(0, "{WIZARD}")
from MODULE import main
sys.exit(main(sys.argv[1:]))
"""


def shim(module: str) -> str:
    """The program that a router has in the place of the real one: it starts `main` of a module."""
    return SHIM.replace("MODULE", module)


def runtime(sysroot: Sysroot) -> Tree:
    """The interpreter and what it needs, but for libraries of its own (`programs` names it for those)."""
    place = cache.folder(f"python-{cache.digest([Path(__file__)], *PACKAGES)}", lambda place: _build(place, sysroot))
    tree = Tree()
    tree.below(place / "lib", f"{HOME}/lib")
    tree.file(PROGRAM, sysroot.read("/usr/bin/python3.11"), 0o755)
    return tree


def _build(place: Path, sysroot: Sysroot) -> None:
    target = place / "lib/python3.11"
    shutil.copytree(
        sysroot.path("/usr/lib/python3.11"), target, ignore=shutil.ignore_patterns("lib-dynload", *UNWANTED.split())
    )
    _compile(sysroot, target, f"{HOME}/lib/python3.11", "-b")
    for source in target.rglob("*.py"):
        source.unlink()
    (target / "lib-dynload").mkdir()
    for path in extensions(sysroot):
        shutil.copy(path, target / "lib-dynload")


def extensions(sysroot: Sysroot) -> list[Path]:
    """The library's modules that are no Python."""
    folder = sysroot.path("/usr/lib/python3.11/lib-dynload")
    return [next(folder.glob(f"{name}.*.so")) for name in EXTENSIONS.split()]


def stand_ins(sysroot: Sysroot) -> Tree:
    """The package `wizard.practice`, with the sources that tracebacks show."""
    tree = Tree()
    with tempfile.TemporaryDirectory(prefix="pptp-lab-") as folder:
        package = Path(folder) / "wizard"
        for source in stand_in_sources():
            place = package / "practice" / source.relative_to(PRACTICE)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
        (package / "__init__.py").touch()
        _compile(sysroot, package, f"{WIZARD}/wizard")
        tree.below(package, f"{WIZARD}/wizard")
    return tree


def stand_in_sources() -> list[Path]:
    """Every Python file of the stand-ins."""
    return sorted(PRACTICE.rglob("*.py"))


def _compile(sysroot: Sysroot, folder: Path, place: str, *where: str) -> None:
    """Write a .pyc for each .py, never compared with it, that knows its place on the router; `-b` puts it beside."""
    words = [*where, "-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", place, str(folder)]
    subprocess.run(
        [sysroot.path("/usr/bin/python3.11"), "-I", "-m", "compileall", *words],
        check=True,
        capture_output=True,
        env={"LD_LIBRARY_PATH": sysroot.library_path, "PATH": os.defpath},
    )
