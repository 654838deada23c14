"""Lines that are far too long to be read."""

from __future__ import annotations

from wizard.model.changes import Content
from wizard.preview.diff import LONGEST, diff


def content(text: str) -> Content:
    return Content(text.encode(), text)


def test_a_line_around_a_change_is_cut_and_a_changed_one_is_not() -> None:
    long = "x" * (LONGEST + 1000)
    shown = [line.text for line in diff(content(f"{long}\na\n"), content(f"{long}\nb{long}\n")).lines.lines]
    assert f"{'x' * LONGEST}… (1,000 characters more)" in shown
    assert f"b{long}" in shown
