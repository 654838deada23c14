"""Where each fault is put in: the points that a run without faults came by, so that a new step brings its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.lab import faults
from tests.lab.faults import Fault, Kind

Points = Sequence[str]
SHORT, LONG, ENOUGH = 30, 90, 60
"""Confirm windows: for faults that are waited out, for a few of each kind, and where a point lies behind much work."""
IN_A_BOUND = ("bounded", "watched")


def marks(points: Points) -> list[str]:
    """The boundaries of steps, and what scripts say inside of one."""
    return [point for point in points if not point.startswith(("in ", "step "))]


def within(points: Points) -> list[str]:
    """The same, and the beginnings of all functions that change something."""
    return [point for point in points if not point.startswith("step ")]


def starts(points: Points) -> list[str]:
    """Where a step begins, and where nothing more is to come."""
    return [point for point in marks(points) if point.split()[0] in ("start", "complete", "confirmed", "undone")]


def writing(points: Points) -> list[str]:
    """Where something is about to be written."""
    return [
        point for point in points if point.startswith(("start ", "in keep ", "in replace ", "in packages_", "in re"))
    ]


def steps(points: Points) -> list[str]:
    """The steps themselves, which can fail."""
    marked = {point.removeprefix("start ") for point in points if point.startswith("start ")}
    return [point for point in points if point.startswith("step ") and point.split()[1] in marked]


def hanging(points: Points) -> list[str]:
    """The steps that nothing ends but the guard."""
    return [point for point in steps(points) if point.split()[2] not in IN_A_BOUND]


def bounded(points: Points) -> list[str]:
    """The commands that are ended when they take too long."""
    return [point for point in points if point.startswith("step ") and point not in steps(points)]


def after_the_reload(points: Points) -> list[str]:
    return [point for point in points if point in ("done firewall", "complete")]


def reload(points: Points) -> list[str]:
    return [point for point in steps(points) if point.split()[1] == "firewall"]


def ends(points: Points) -> list[str]:
    """For the full window: a point in the middle, and the one at which the router waits for somebody."""
    return [point for point in points if point in ("start firewall", "complete")]


@dataclass(frozen=True)
class Column:
    """Tests of one kind of change with one kind of fault, on one release."""

    release: str
    kind: Kind
    fault: Fault
    where: Callable[[Points], list[str]]
    part: int = 0
    parts: int = 1
    window: int = ENOUGH

    def __str__(self) -> str:
        part = f"-{self.part + 1}of{self.parts}" if self.parts > 1 else ""
        name = f"{self.release}-{self.kind.name}-{self.fault.name}-{self.window}{part}"
        return name.replace(",", "").replace(" ", "_")

    def points(self, found: Points) -> list[str]:
        """Those of a fault-free run that are tried: LAB_FAULTS of them ("whole": all), others for each LAB_SEED."""
        mine = self.where(found)[self.part :: self.parts]
        only = os.environ.get("LAB_FAULT_POINT")
        if only:
            return [point for point in mine if only in point]
        if os.environ.get("LAB_FAULTS") == "whole":
            return mine
        count = min(int(os.environ.get("LAB_FAULTS", "1")), len(mine))
        return Random(f"{os.environ.get('LAB_SEED', '')} {self}").sample(mine, count)

    def window_at(self, found: Points, point: str) -> int:
        """What is after the countdown's end needs one that does not end before."""
        late = self.window == SHORT and "complete" in found and found.index(point) > found.index("complete")
        return ENOUGH if late else self.window


RELEASES = ("white-russian", "24.10")
CHANGES = (faults.INSTALL, faults.APPLY, faults.AGAIN, faults.UNDO, faults.UNINSTALL)
WAYS_BACK = (faults.FAILED, faults.TIMED_OUT, faults.AT_BOOT)


def columns() -> list[Column]:
    """The whole matrix."""
    return [column for release in RELEASES for column in (*_forward(release), *_back(release))]


def _split(release: str, kind: Kind, fault: Fault, where: Callable[[Points], list[str]], parts: int) -> list[Column]:
    return [Column(release, kind, fault, where, part, parts) for part in range(parts)]


def _forward(release: str) -> list[Column]:
    install, apply, again, undo, uninstall = CHANGES
    made = [
        *_split(release, install, faults.POWER, within, 4),
        *_split(release, undo, faults.POWER, within, 3),
        *_split(release, uninstall, faults.POWER, within, 3),
        *_split(release, install, faults.WRITTEN, marks, 2),
        *_split(release, uninstall, faults.WRITTEN, marks, 2),
        *_split(release, install, faults.FULL, writing, 2),
    ]
    for kind in (install, undo, uninstall):
        made += [Column(release, kind, faults.FAILS, steps), Column(release, kind, faults.LATE, steps)]
    for kind in (apply, undo, uninstall):
        made += [
            Column(release, kind, faults.CLIENT, starts, window=SHORT),
            Column(release, kind, faults.LOCK_OUT, after_the_reload, window=SHORT),
            Column(release, kind, faults.HALF, reload, window=SHORT),
            Column(release, kind, faults.HALF_HANGS, reload, window=SHORT),
            Column(release, kind, faults.CLIENT, ends, window=LONG),
        ]
    made += [Column(release, kind, faults.LINE, starts, window=SHORT) for kind in (again, uninstall)]
    made += [Column(release, kind, faults.FULL, starts) for kind in (undo, uninstall)]
    made += [
        Column(release, apply, faults.LINE, ends, window=LONG),
        Column(release, apply, faults.LOCK_OUT, ends, window=LONG),
    ]
    made += [
        Column(release, install, faults.HANGS, hanging, window=SHORT),
        Column(release, undo, faults.HANGS, hanging, window=SHORT),
    ]
    return [*made, Column(release, uninstall, faults.BOUND_HANGS, bounded, window=ENOUGH)]


def _back(release: str) -> list[Column]:
    failed, timed_out, at_boot = WAYS_BACK
    return [
        *_split(release, failed, faults.POWER, within, 2),
        *_split(release, at_boot, faults.POWER, within, 2),
        Column(release, timed_out, faults.POWER, marks, window=SHORT),
        Column(release, failed, faults.FULL, starts),
        Column(release, at_boot, faults.FULL, starts),
        Column(release, failed, faults.FAILS, steps),
        Column(release, failed, faults.LATE, steps),
        Column(release, failed, faults.BOUND_HANGS, bounded),
        Column(release, at_boot, faults.FAILS, steps),
        Column(release, failed, faults.CLIENT, starts),
        Column(release, timed_out, faults.LINE, starts, window=SHORT),
    ]
