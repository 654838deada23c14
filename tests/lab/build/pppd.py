"""The pppd of the lab: Debian's, taught the old MPPE words or left with the new ones."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Literal

from tests.lab.build.debian import Sysroot
from wizard.practice.tree import Tree

Dialect = Literal["old", "new"]

NATIVE = Path(__file__).parent / "native"

# The option names that the MPPE/MPPC patch took out of pppd. `-mppe` and `+mppe` come back with mppe_old.c.
REMOVED_BY_PATCH = (
    b"require-mppe",
    b"+mppe",
    b"require-mppe-40",
    b"+mppe-40",
    b"nomppe-40",
    b"require-mppe-128",
    b"+mppe-128",
    b"nomppe-128",
    b"nomppe-stateful",
)


def compile_library(source: str, into: Path, *flags: str) -> Path:
    """Compile native/SOURCE.c to a shared library in the folder `into`. Raises CalledProcessError."""
    library = into / f"lab_{source}.so"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", *flags, "-o", library, NATIVE / f"{source}.c"], check=True)
    return library


def pppd(sysroot: Sysroot, dialect: Dialect, *, addresses: bool) -> Tree:
    """/usr/sbin/pppd and what it is linked to. Without `addresses` it ignores those that pptpctrl passes."""
    tree = Tree()
    sources = [*([] if addresses else ["white_russian"]), *(["mppe_old"] if dialect == "old" else [])]
    with tempfile.TemporaryDirectory(prefix="pptp-lab-") as name:
        folder = Path(name)
        program = folder / "pppd"
        shutil.copyfile(sysroot.path("/usr/sbin/pppd"), program)
        for source in sources:
            library = compile_library(source, folder, f"-I{sysroot.folder}/usr/include")
            tree.file(f"/usr/lib/lab/{library.name}", library.read_bytes(), 0o755)
            subprocess.run(["patchelf", "--add-needed", f"/usr/lib/lab/{library.name}", program], check=True)
        data = program.read_bytes()
    tree.file("/usr/sbin/pppd", without_words(data, REMOVED_BY_PATCH) if dialect == "old" else data, 0o755)
    return tree


def without_words(program: bytes, words: tuple[bytes, ...]) -> bytes:
    """The program with these strings overwritten by what nobody types. Raises ValueError if one is not in it."""
    for word in words:
        if b"\0" + word + b"\0" not in program:
            raise ValueError(f"this pppd has no {word!r}")
        program = program.replace(b"\0" + word + b"\0", b"\0" + b"\x01" * len(word) + b"\0")
    return program
