"""Which way of asking the terminal allows."""

from __future__ import annotations

import sys
from typing import TextIO

from wizard.ask.lines import PlainPrompter
from wizard.ask.prompter import Prompter
from wizard.model.errors import ExitCode, WizardError
from wizard.screen import Screen


def open_prompter(screen: Screen, *, plain: bool, source: TextIO | None = None) -> Prompter:
    """Keys where both ends are a terminal, lines where `plain` was asked for or the screen takes lines only.

    Raises `WizardError("no-terminal", USAGE)` where nobody could answer: input that is no terminal is read for
    `plain` alone, so that nothing waits or answers by accident.
    """
    stream = source or sys.stdin
    if not plain and not stream.isatty():
        raise WizardError("no-terminal", ExitCode.USAGE, flag="--answers FILE --yes")
    if plain or screen.plain:
        return PlainPrompter(screen, stream)
    from wizard.ask.keys import QuestionaryPrompter  # takes longer to load than everything else together

    return QuestionaryPrompter(screen)
