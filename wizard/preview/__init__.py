"""What would change on the router, drawn for a person to read before saying yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wizard.preview.back import going_back
from wizard.preview.files import files
from wizard.preview.firewall import firewall
from wizard.preview.packages import packages
from wizard.preview.picture import network_picture
from wizard.preview.service import calls, service, warnings
from wizard.preview.words import counted, heading, listed, sentence

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from wizard.model.changes import ChangeSet
    from wizard.model.facts import RouterFacts
    from wizard.model.plan import Plan

__all__ = ["going_back", "network_picture", "nothing_to_change", "preview"]

ROOM_FOR_TABLES = 60
"""Columns below which a table would break its words, and lines of text say the same."""


def preview(changes: ChangeSet, plan: Plan, facts: RouterFacts, *, plain: bool, width: int) -> Sequence[RenderableType]:
    """Everything that would change, part by part. Nothing is left out, and no secret is in it.

    `plain` asks for lines of text instead of tables; so does a `width` (columns) that is too narrow for them.
    """
    if changes.empty:
        return [nothing_to_change(changes), *warnings(changes)]
    tables = not plain and width >= ROOM_FOR_TABLES
    return [
        *_summary(changes, plan),
        *packages(changes, tables=tables),
        *files(changes.files),
        *firewall(changes.firewall, tables=tables),
        *service(changes.service, facts.daemon),
        *calls(changes.ended_calls),
        *warnings(changes),
    ]


def nothing_to_change(changes: ChangeSet) -> Text:
    """Said instead of a preview where the router is as it should be."""
    looked_at = listed([counted(len(changes.files), "file"), "the VPN service (pptpd)", "the firewall"])
    return sentence(f"Nothing has to be changed: the router is already set up this way. Compared: {looked_at}.")


def _summary(changes: ChangeSet, plan: Plan) -> list[RenderableType]:
    names = listed([seat.name for seat in plan.seats]) or "nobody"
    written = sum(file.changed for file in changes.files)
    parts = [
        counted(len(changes.packages), "package") if changes.packages else "",
        counted(written, "file") if written else "",
        "the firewall" if changes.firewall.reload else "",
        "the VPN service (pptpd)" if changes.service.enable or changes.service.restart else "",
        counted(len(changes.ended_calls), "running call") if changes.ended_calls else "",
    ]
    return [
        heading("What would change on the router"),
        sentence(f"Who will be able to connect: {names}."),
        sentence(f"What this touches: {listed([part for part in parts if part])}. Nothing has been changed yet."),
    ]
