"""The files that would be written, as differences from what the router has now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from wizard.preview.diff import Diff, diff
from wizard.preview.lines import Line, Lines
from wizard.preview.words import access, heading, sentence
from wizard.resources import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from wizard.model.changes import Content, FileChange

INDENT = 2
CHECKED = {
    "pppd": "checked by the router's own pppd before it counts",
    "firewall": "its syntax is checked on the router before it counts",
    "uci": "read by the router's own uci before it counts",
    "shell": "its syntax is checked on the router before it counts",
}
ASKED_AFTERWARDS = "checked after install: the MPPE words are chosen by the router's own pppd"


def files(changes: tuple[FileChange, ...]) -> list[RenderableType]:
    """Every file: what is new or changed in full detail, what stays in one line."""
    shown = [part for file in changes for part in (_changed(file) if file.changed else [_unchanged(file)])]
    return [heading("Files"), *(shown or [sentence("No file is touched.")])]


def _unchanged(file: FileChange) -> Text:
    return sentence(f"\n{file.path}: unchanged ({file.why})", "dim")


def _changed(file: FileChange) -> list[RenderableType]:
    difference = diff(file.before, file.after)
    said = [*_remarks(file), *_hidden(difference)]
    parts = [*map(sentence, said), difference.lines, *_alternatives(file)]
    return [_title(file), *(Padding(part, (0, 0, 0, INDENT)) for part in parts)]


def _title(file: FileChange) -> Text:
    state = "goes away" if file.gone else "new" if file.before is None else "changed"
    return Text.assemble("\n", (visible(file.path), "bold"), f": {state} ({visible(file.why)})")


def _remarks(file: FileChange) -> Iterator[str]:
    if file.gone:
        return
    if file.link_after:
        yield f"a link to {file.link_after} takes the place of the file"
        return
    if file.before is None:
        yield f"permissions {file.mode}: {access(file.mode)}"
    elif file.mode != file.mode_before:
        yield f"permissions {file.mode_before} → {file.mode}: {access(file.mode)}; until now {access(file.mode_before)}"
    if file.link:
        yield f"a file takes the place of the link to {file.link}"
    if file.before and file.before.raw == file.after.raw:
        yield "the text stays as it is"
    if file.if_pppd_says:
        yield ASKED_AFTERWARDS
    elif file.checked_by:
        yield CHECKED[file.checked_by]


def _hidden(difference: Diff) -> Iterator[str]:
    if difference.hidden:
        alike = ": the lines that have it look the same here" if difference.lines.lines else ""
        yield f"a password changes, which is not shown{alike}"


def _alternatives(file: FileChange) -> Iterator[RenderableType]:
    """The lines in which the other dialects' texts differ from the one that is expected."""
    for mppe, content in file.if_pppd_says.items():
        lines = _only_in(content, file.after)
        if lines:
            yield sentence(f"if the router's pppd wants the words of “{mppe.value}”, these lines instead:")
            yield Lines(tuple(Line(" ", line) for line in lines))


def _only_in(content: Content, other: Content) -> list[str]:
    known = set(other.shown.split("\n"))
    return [line for line in content.shown.split("\n") if line not in known]
