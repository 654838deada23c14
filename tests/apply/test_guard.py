"""The guard on the router: what makes it undo a change, and what does not, in real shells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.apply.functions import run
from tests.shells import SHELLS

TOUCHES_NOTHING = """
back() { echo "undone: $1"; : >"$work/end"; }
end_family() { :; }
echo 1 >"$work/pid"
"""
ALIVE, DEAD = "alive() { :; }", "alive() { return 1; }"


def guarded(tmp_path: Path, shell: Sequence[str], scene: str) -> str:
    """What the guard says in this scene, until it ends by itself."""
    return run(tmp_path, shell, f"{TOUCHES_NOTHING}{scene}\nguard")


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> Sequence[str]:
    words: Sequence[str] = request.param
    return words


def test_work_that_has_died_is_undone(tmp_path: Path, shell: Sequence[str]) -> None:
    assert guarded(tmp_path, shell, DEAD) == "undone: broken-off\n"


def test_work_that_is_done_and_waits_is_not_taken_for_dead(tmp_path: Path, shell: Sequence[str]) -> None:
    """It says that it waits and ends at once, between two looks of the guard; then somebody confirms."""
    ends = 'alive() { : >"$work/waiting"; return 1; }\n(sleep 3; mkdir "$work/decided") >/dev/null &'
    assert guarded(tmp_path, shell, ends) == ""


def test_the_countdown_ends_in_going_back(tmp_path: Path, shell: Sequence[str]) -> None:
    waits = ': >"$work/waiting"; echo $(($(uptime_seconds) + 2)) >"$work/until"'
    assert guarded(tmp_path, shell, f"{ALIVE}\n{waits}") == "undone: timer\n"


# Every look comes thirty seconds after the one before.
HURRIED = """
echo 0 >"$work/t"
sleep() { :; }
uptime_seconds() { echo $(($(cat "$work/t") + 30)) >"$work/t.new"; mv "$work/t.new" "$work/t"; cat "$work/t"; }
"""


def test_nothing_moving_for_long_is_a_hang(tmp_path: Path, shell: Sequence[str]) -> None:
    assert guarded(tmp_path, shell, f"{HURRIED}{ALIVE}") == "undone: hung\n"


def test_what_a_package_manager_fetches_is_moving(tmp_path: Path, shell: Sequence[str]) -> None:
    """Figures that change and are no longer than before."""
    fetches = """alive() {
        printf '%04d' "$(cat "$work/t")" >"$work/beat"
        [ "$(cat "$work/t")" -lt 900 ] || : >"$work/end"
    }"""
    assert guarded(tmp_path, shell, f"{HURRIED}{fetches}") == ""
