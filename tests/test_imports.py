"""Who may import whom: the walls of the house (the layout in the README's "How it is built")."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

WIZARD = Path(__file__).parents[1] / "wizard"
STEPS = {"discover", "router", "inspect", "ask", "plan", "changes", "preview", "apply", "verify", "supply", "diagnose"}
JOINERS = {"journey", "__main__"}
OUTSIDE = {
    "paramiko": {"router", "discover"},  # discover reads ~/.ssh/config with it
    "questionary": {"ask"},
    "prompt_toolkit": {"ask"},
    "jinja2": {"resources"},
    "Crypto": {"pptp"},
    "socket": {"discover", "verify", "router"},
}
ROUTER_WORDS = ("uci ", "opkg ", "ipkg ", "iptables ", "/etc/init.d/")


def modules() -> list[Path]:
    return [path for path in sorted(WIZARD.rglob("*.py")) if "practice" not in path.parts]


def room(path: Path) -> str:
    """The package or module directly under `wizard/` that a file belongs to."""
    return path.relative_to(WIZARD).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(WIZARD)))
def test_a_module_imports_only_what_its_room_may(path: Path) -> None:
    here = room(path)
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "wizard" and len(parts) > 1:
            there = parts[1]
            assert not (here in STEPS and there in STEPS - {here}), f"{here} imports the step {there}"
            assert here in JOINERS or there not in JOINERS, f"only {JOINERS} know the order"
            assert there != "practice" or here == "__main__", "nothing but the demo knows the practice router"
            assert here not in {"model", "pptp"} or there == here, f"{here} imports {name}"
        elif parts[0] in OUTSIDE:
            assert here in OUTSIDE[parts[0]], f"{here} imports {parts[0]}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(WIZARD)))
def test_only_the_screen_prints(path: Path) -> None:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    prints = [call for call in calls if isinstance(call, ast.Name) and call.id == "print"]
    assert room(path) == "screen" or not prints


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(WIZARD)))
def test_no_command_line_for_the_router_stands_in_python(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    documented = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    for node in strings:
        if node not in documented:
            assert not str(node.value).lstrip().startswith(ROUTER_WORDS), f"{path.name}:{node.lineno}: {node.value!r}"
