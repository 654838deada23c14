"""Lines of a file come out whole, and where they fold it shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.preview.golden import drawn
from wizard.preview.lines import Line, Lines, numbered


def test_the_rest_of_a_line_is_set_in_deeper_than_the_line() -> None:
    assert drawn([numbered(("\tone two three", "x"))], 23).splitlines() == [
        "1          one two",
        "               three",
        "2  x",
    ]


def test_a_line_that_fits_to_the_last_column_does_not_fold() -> None:
    assert drawn([Lines((Line("+", "a" * 39), Line("-", "b" * 40)))], 40).splitlines() == [
        "+" + "a" * 39,
        "-" + "b" * 35,
        "     " + "b" * 5,
    ]


@pytest.mark.parametrize("width", [16, 40, 80])
@given(lines=st.lists(st.text("ab  \t[]/", max_size=120), max_size=5))
def test_no_character_is_lost(width: int, lines: list[str]) -> None:
    shown = drawn([Lines(tuple(Line("+", line) for line in lines))], width)
    assert all(len(line) <= width for line in shown.splitlines())
    assert "".join(shown.split()).replace("+", "") == "".join("".join(lines).split())
