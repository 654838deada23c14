"""The preview of a way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wizard.model.changes import What
from wizard.preview.files import files
from wizard.preview.service import calls, warnings
from wizard.preview.words import counted, heading, listed, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from wizard.model.changes import ChangeSet

NOTES = "/etc/pptp-wizard/"


def going_back(changes: ChangeSet) -> Sequence[RenderableType]:
    """Everything that would change, part by part. No secret is in it. Our own notes go along and are not shown."""
    shown = tuple(file for file in changes.files if file.changed and not file.path.startswith(NOTES))
    return [
        *map(sentence, _summary(changes, len(shown))),
        *files(shown),
        *_others(changes),
        *calls(changes.ended_calls),
        *warnings(changes),
    ]


def _summary(changes: ChangeSet, written: int) -> Iterator[str]:
    parts = [
        counted(written, "file") if written else "",
        "the firewall" if changes.firewall.reload else "",
        "the VPN service (pptpd)" if changes.service.stop else "",
        counted(len(changes.remove), "package") if changes.remove else "",
        counted(len(changes.ended_calls), "running call") if changes.ended_calls else "",
    ]
    yield f"What this touches: {listed([part for part in parts if part]) or 'nothing'}. Nothing has been changed yet."
    if changes.what is What.UNINSTALL:
        yield "Afterwards nobody can dial in any more, and what this program has kept on the router is gone too."


def _others(changes: ChangeSet) -> Iterator[RenderableType]:
    if changes.service.stop:
        yield heading("The VPN service (pptpd)")
        yield sentence("It is started again as it was before." if changes.service.back else "It is stopped.")
    if changes.firewall.reload:
        yield heading("The firewall")
        yield sentence("It is built anew from the files as they are then.")
    if changes.remove:
        yield heading("Software to take out (packages)")
        names = listed(list(changes.remove))
        yield sentence(f"{names}. They came with the tunnel. One that other software has come to need stays.")
