"""The fixture `lab`, and what happens where there can be none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import NoReturn

import pytest

from tests.lab import host
from tests.lab.build.debian import DownloadError
from tests.lab.lab import Lab
from tests.lab.report import PROPERTY, Row


@pytest.fixture(scope="session")
def lab_of_this_worker() -> Iterator[Lab]:
    if reason := host.why_not():
        give_up(reason)
    try:
        made = Lab()
    except DownloadError as error:
        give_up(f"the lab's Debian packages could not be downloaded: {error}")
    yield made
    made.close()


def give_up(reason: str) -> NoReturn:
    """A developer's computer may lack what the lab needs; CI may not."""
    if os.environ.get("CI"):
        pytest.fail(f"the lab must run in CI: {reason}")
    pytest.skip(reason)


@pytest.fixture
def lab(lab_of_this_worker: Lab) -> Iterator[Lab]:
    """This worker's lab, with nothing in it from any test before; the test runs on the administrator's computer."""
    with lab_of_this_worker.network.home.entered():
        yield lab_of_this_worker
    lab_of_this_worker.clean()


@pytest.fixture
def row(request: pytest.FixtureRequest) -> Iterator[Row]:
    """The line of the report that this test fills in; the test's first parameter is the release."""
    made = Row(next(iter(request.node.callspec.params.values())))
    yield made
    request.node.user_properties.append((PROPERTY, made.property()))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test marked `sample(N)` run N of its cases, others each day; with LAB_MATRIX=whole, every one.

    With LAB_MATRIX=sample the same goes for tests marked `brief(N)`, all cases of which run otherwise, and of those
    marked `turns` a third runs, others each day.
    """
    matrix = os.environ.get("LAB_MATRIX", "")
    known: dict[str, tuple[str, ...]] = {"whole": (), "sample": ("sample", "brief")}
    markers = known.get(matrix, ("sample",))
    cases: dict[str, list[pytest.Item]] = {}
    sizes: dict[str, int] = {}
    for item in items:
        for marker in filter(None, map(item.get_closest_marker, markers)):
            name = item.nodeid.partition("[")[0]
            cases.setdefault(name, []).append(item)
            sizes[name] = marker.args[0]
    left: set[pytest.Item] = set()
    for name, mine in cases.items():
        kept = Random(f"{date.today()} {name}").sample(mine, min(sizes[name], len(mine)))
        left |= set(mine) - set(kept)
    if matrix == "sample":
        turns = [item for item in items if item.get_closest_marker("turns") and item not in left]
        left |= set(Random(f"{date.today()}").sample(turns, len(turns) - len(turns) // 3))
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]
