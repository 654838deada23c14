"""What became of each release, in one table: `build/lab-report.md`, written at the end of a run of the lab."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.lab.measure import Counter
from tests.lab.router import Router

PLACE = Path(__file__).parents[2] / "build/lab-report.md"
PROPERTY = "lab-report"
HEAD = """\
# Every release in the lab

From a factory-fresh router to a client that gets in; see `tests/lab/test_releases.py`. Round trips, bytes sent and
bytes written to the flash are those of the first set-up, the seconds those of the whole test.

| release | result | seconds | round trips | bytes sent | flash bytes written |
|---|---|---:|---:|---:|---:|
"""


@dataclass
class Row:
    """One line of the table, filled in by the test."""

    release: str
    round_trips: int = 0
    bytes_sent: int = 0
    flash_written: int = 0
    began: float = field(default_factory=time.monotonic)

    @contextmanager
    def first_set_up(self, router: Router) -> Iterator[None]:
        """Measure what happens meanwhile, in this process and on the router's flash."""
        before = router.flash_written()
        counter = Counter()
        with counter.counting():
            yield
        self.round_trips = len(counter.trips)
        self.bytes_sent = sum(size for _, size, _ in counter.trips)
        self.flash_written = router.flash_written() - before

    def property(self) -> dict[str, Any]:
        """What travels with the test's report, from whichever process ran it."""
        return asdict(self) | {"seconds": time.monotonic() - self.began}


class Table:
    """Gathers the rows in the process that has all reports, and writes the table when the last test has run."""

    def __init__(self) -> None:
        self._failures: dict[str, str] = {}
        self._lines: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in how a part of a test went, and its row once all has run."""
        if report.failed:
            self._failures.setdefault(report.nodeid, _reason(report))
        for name, row in report.user_properties if report.when == "teardown" else ():
            if name == PROPERTY and isinstance(row, dict):
                failure = self._failures.get(report.nodeid)
                self._lines[row["release"]] = _line(row, f"failed: {failure}" if failure else "ok")

    def pytest_sessionfinish(self) -> None:
        """Write what there is. A run without any such test leaves the last table alone."""
        if self._lines:
            PLACE.parent.mkdir(exist_ok=True)
            PLACE.write_text(HEAD + "".join(line for _, line in sorted(self._lines.items(), key=_age)), "utf-8")


def _age(item: tuple[str, str]) -> tuple[int, ...]:
    numbers = item[0].split(".")
    return tuple(map(int, numbers)) if numbers[0].isdecimal() else (0,)


def _line(row: dict[str, Any], said: str) -> str:
    cells = (row["release"], said, f"{row['seconds']:.0f}", row["round_trips"], row["bytes_sent"], row["flash_written"])
    return f"| {' | '.join(map(str, cells))} |\n"


def _reason(report: pytest.TestReport) -> str:
    """The line on which it failed, in a few words."""
    crash = getattr(report.longrepr, "reprcrash", None)
    lines = (crash.message if crash else str(report.longrepr)).splitlines() or [""]
    return lines[0].replace("|", "/")[:100]
