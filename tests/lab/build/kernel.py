"""The kernel modules a guest gets: the wanted ones, what they need, and the index that modprobe reads."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from wizard.practice.tree import Tree


def index(modules: Path) -> dict[str, list[str]]:
    """Path of a module below `modules` → paths of those it needs."""
    lines = (modules / "modules.dep").read_text().splitlines()
    return {path: needs.split() for path, needs in (line.split(":") for line in lines)}


def with_dependencies(modules: Path, wanted: list[str]) -> list[str]:
    """The wanted modules (by name, with _ or -) and all they need, as paths below `modules`, in loading order."""
    needs = index(modules)
    by_name = {Path(path).stem.replace("-", "_"): path for path in needs}
    order: dict[str, None] = {}

    def add(path: str) -> None:
        for need in reversed(needs[path]):
            add(need)
        order.setdefault(path)

    for name in wanted:
        add(by_name[name.replace("-", "_")])
    return list(order)


def stripped(module: Path) -> bytes:
    """The module without debugging symbols."""
    with tempfile.TemporaryDirectory(prefix="pptp-lab-") as folder:
        out = Path(folder) / module.name
        subprocess.run(["strip", "--strip-debug", "-o", out, module], check=True)
        return out.read_bytes()


def install(tree: Tree, modules: Path, wanted: list[str]) -> str:
    """Put the wanted modules into the tree. Returns the words for one `modprobe -a`: one process loads them all."""
    place = f"/lib/modules/{modules.name}"
    needs = index(modules)
    order = with_dependencies(modules, wanted)
    lines = []
    for path in order:
        tree.file(f"{place}/{Path(path).name}", stripped(modules / path))
        lines.append(f"{Path(path).name}: {' '.join(Path(need).name for need in needs[path])}\n")
    tree.file(f"{place}/modules.dep", "".join(lines))
    return " ".join(Path(path).stem for path in order)
