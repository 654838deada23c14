"""What happens to the daemon and to calls that stand, and what should be known besides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from wizard.preview.words import heading, sentence
from wizard.resources import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from wizard.model.changes import ChangeSet, EndedCall, ServiceChange
    from wizard.model.facts import Daemon


def service(change: ServiceChange, daemon: Daemon) -> list[RenderableType]:
    """Whether it starts now, anew, or at boot."""
    return [heading("The VPN service (pptpd)"), *map(sentence, _service_words(change, daemon))]


def calls(ended: tuple[EndedCall, ...]) -> list[RenderableType]:
    """Calls that would be ended, each with the reason; nothing where there are none."""
    if not ended:
        return []
    lines = (sentence(f"- {call.address} ({call.device}): {call.why}") for call in ended)
    return [heading("Connections of clients that will be ended"), *lines]


def warnings(changes: ChangeSet) -> list[RenderableType]:
    """What is left alone but should be known."""
    lines = [Text.assemble(("Warning: ", "bold yellow"), visible(warning)) for warning in changes.warnings]
    return [heading("Left alone, but you should know"), *lines] if lines else []


def _service_words(change: ServiceChange, daemon: Daemon) -> Iterator[str]:
    if change.enable:
        yield "It will start by itself whenever the router starts."
    if change.restart and daemon.running:
        yield "It is started anew, because its own file changes. Calls that stand are not ended by that."
    elif change.restart:
        yield "It is started now."
    if not (change.enable or change.restart):
        yield "It stays as it is."
