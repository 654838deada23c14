"""Whatever goes wrong, wherever: without help the router is exactly as before, or exactly as planned, and in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.lab.fault_points import LONG, Column, columns
from tests.lab.fault_report import PROPERTY, Row, as_property
from tests.lab.fault_state import State, changed, difference, with_change
from tests.lab.faults import Ended, Kept, Kind, NotReachedError, Scene, Shot, run, scene_of
from tests.lab.lab import Lab
from tests.lab.remote import NotAnsweringError

pytestmark = pytest.mark.lab

MATRIX = columns()


@dataclass(frozen=True)
class Flawless:
    """A change without a fault beyond those that belong to its kind."""

    plan: State
    """What it changes."""
    points: list[str]


@dataclass
class Known:
    """What this worker has found out so far."""

    flawless: dict[tuple[str, Kind], Flawless] = field(default_factory=dict)
    kept: Kept = field(default_factory=dict)


@pytest.fixture(scope="session")
def known() -> Iterator[Known]:
    made = Known()
    yield made
    for disk in made.kept.values():
        disk.close()


@pytest.fixture
def rows(request: pytest.FixtureRequest) -> Iterator[list[Row]]:
    """The lines of the report that this test adds."""
    made: list[Row] = []
    yield made
    request.node.user_properties.append((PROPERTY, as_property(made)))


def flawless(scene: Scene, kind: Kind) -> Flawless:
    """How it goes where nothing more goes wrong."""
    ended = run(scene, kind, kind.before)
    if not kind.before:
        assert ended.code == 0, ended.said
    plan = changed(ended.before, ended.after)
    assert bool(plan) != bool(kind.before), f"{difference(ended.before, ended.after)}\n{ended.said}"
    marked = [point.startswith(kind.first) for point in ended.points]
    return Flawless(plan, ended.points[marked.index(True) :])


@pytest.mark.sample(3)
@pytest.mark.brief(1)
@pytest.mark.parametrize("column", MATRIX, ids=str)
def test_as_before_or_as_planned(lab: Lab, tmp_path: Path, known: Known, rows: list[Row], column: Column) -> None:
    key = (column.release, column.kind)
    if key not in known.flawless:
        scene = scene_of(lab, tmp_path / "flawless", *key, LONG, known.kept)
        known.flawless[key] = flawless(scene, column.kind)
    reference = known.flawless[key]
    flaws = []
    assert column.where(reference.points), f"this kind of change comes by no such point: {reference.points}"
    for number, point in enumerate(column.points(reference.points)):
        window = column.window_at(reference.points, point)
        row, flaw = tried(scene_of(lab, tmp_path / str(number), *key, window, known.kept), column, reference, point)
        rows.append(row)
        flaws += [flaw] if flaw else []
        print(row)
    assert not flaws, "\n\n".join(flaws)


def tried(scene: Scene, column: Column, reference: Flawless, point: str) -> tuple[Row, str]:
    """One fault at one point, and what is wrong about its end."""
    kind = column.kind
    what = (column.release, kind.name, column.fault.name, point, scene.window)
    here = f"countdown {scene.window}" if point.startswith("countdown ") else point
    try:
        ended = run(scene, kind, [*kind.before, Shot(column.fault, here, kind.boot)])
    except (NotReachedError, NotAnsweringError, TimeoutError) as error:
        return Row(*what, outcome=type(error).__name__, seconds=0), f"{what}: {error}"
    outcome, flaw = judged(ended, reference.plan)
    return Row(*what, outcome, ended.seconds), f"{what}: {flaw}\n{ended.said[-1500:]}" if flaw else ""


def judged(ended: Ended, plan: State) -> tuple[str, str]:
    """The outcome, and what is wrong about it."""
    planned = with_change(ended.before, plan)
    if ended.seconds > ended.allowed:
        return "too late", f"after {ended.seconds} s"
    if ended.after == ended.before:
        return "before", "the wizard said that all is well" if ended.code == 0 and plan else ""
    if plan and ended.after == planned:
        return "planned", ""
    nearer = min((ended.before, planned), key=lambda wanted: len(changed(wanted, ended.after)))
    return "in between", f"in between:\n{difference(nearer, ended.after)}"
