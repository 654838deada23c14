"""Who can reach what, before and after, and the lines that make it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from wizard.preview.lines import numbered
from wizard.preview.words import counted, heading, sentence

if TYPE_CHECKING:
    from rich.console import RenderableType

    from wizard.model.changes import FirewallChange, Flow

INDENT = 2
OPENED, CLOSED, SAME = ("+", "bold green"), ("-", "bold red"), (" ", "")


def firewall(change: FirewallChange, *, tables: bool) -> list[RenderableType]:
    """The flows, what happens to the packet filter, and its lines where they are written anew."""
    flows = [_table(change.flows)] if tables else [_line(flow) for flow in change.flows]
    changing = any(flow.before != flow.after for flow in change.flows)
    legend = [sentence("+ will be possible, - will not be possible any more.")] if changing else []
    return [heading("Who can reach what (firewall)"), *(flows if change.flows else []), *legend, *_filter(change)]


def _table(flows: tuple[Flow, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("")
    for title in ("From", "To", "Now", "After"):
        table.add_column(title, overflow="fold")
    if any(flow.note for flow in flows):
        table.add_column("Note", overflow="fold")
    for flow in flows:
        cells = (flow.source, flow.destination, _word(flow.before), _word(flow.after), flow.note)
        style = _sign(flow)[1]
        table.add_row(Text(*_sign(flow)), *map(sentence, cells[:3]), sentence(cells[3], style), *_note(table, cells[4]))
    return table


def _note(table: Table, note: str) -> list[Text]:
    return [sentence(note)] if table.columns[-1].header == "Note" else []


def _line(flow: Flow) -> Text:
    note = f" ({flow.note})" if flow.note else ""
    answer = f"{_word(flow.before)} now, {_word(flow.after)} after"
    line = Text.assemble(_sign(flow), " ")
    return line.append(sentence(f"{flow.source} → {flow.destination}: {answer}{note}"))


def _word(possible: bool | None) -> str:
    return "as by hand" if possible is None else "yes" if possible else "no"


def _sign(flow: Flow) -> tuple[str, str]:
    if flow.before is None or flow.before == flow.after:
        return SAME
    return OPENED if flow.after else CLOSED


def _filter(change: FirewallChange) -> list[RenderableType]:
    if not change.reload:
        lines = counted(len(change.lines), "line")
        return [sentence(f"The packet filter stays as it is: its {lines} and the rules that run are right already.")]
    anew = sentence("The packet filter is built anew from its file. Connections that are running stay.")
    if change.all_new:
        return [anew, sentence("The lines themselves are those with a + in the router's own file above.")]
    return [
        anew,
        sentence("The lines themselves, as they will stand in the router's own file:"),
        Padding(numbered(change.lines), (0, 0, 0, INDENT)),
    ]
