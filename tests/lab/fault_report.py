"""What became of the router at each point: `build/fault-report.md`, written at the end of a run of the faults."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

PLACE = Path(__file__).parents[2] / "build/fault-report.md"
PROPERTY = "lab-fault"
HEAD = """\
# Faults in changes of a router

From `tests/lab/test_faults.py`: {count} points, at each a fault, and then no help. `before` and `planned`: what the
router is like after that, exactly, in every file, rule, package and listening socket. The seconds are the router's
own, from the last fault, or from the boot after it, until it is so.

"""
TABLE = """\
| release | change | fault | point | window | outcome | seconds |
|---|---|---|---|---:|---|---:|
"""


@dataclass(frozen=True)
class Row:
    """One point."""

    release: str
    kind: str
    fault: str
    point: str
    window: int
    outcome: str
    seconds: float


class FaultTable:
    """Gathers the rows in the process that has all reports, and writes the table when the last test has run."""

    def __init__(self) -> None:
        self._rows: list[Row] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in the rows of a test that is over."""
        for name, rows in report.user_properties if report.when == "teardown" else ():
            if name == PROPERTY and isinstance(rows, list):
                self._rows += [Row(**row) for row in rows]

    def pytest_sessionfinish(self) -> None:
        """Write what there is. A run without any such test leaves the last table alone."""
        if self._rows:
            PLACE.parent.mkdir(exist_ok=True)
            PLACE.write_text(written(self._rows), "utf-8")


def written(rows: list[Row]) -> str:
    """The report: how many of which outcome, and each."""
    counts = Counter((row.release, row.kind, row.fault, row.outcome.partition(":")[0]) for row in rows)
    sums = "".join(f"| {' | '.join(key)} | {count} |\n" for key, count in sorted(counts.items()))
    head = HEAD.format(count=len(rows)) + "| release | change | fault | outcome | points |\n|---|---|---|---|---:|\n"
    return head + sums + "\n" + TABLE + "".join(map(_line, rows))


def _line(row: Row) -> str:
    cells = (row.release, row.kind, row.fault, f"`{row.point}`", row.window, row.outcome, f"{row.seconds:.0f}")
    return f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |\n"


def as_property(rows: list[Row]) -> list[dict[str, object]]:
    """What travels with the test's report, from whichever process ran it."""
    return [asdict(row) for row in rows]
