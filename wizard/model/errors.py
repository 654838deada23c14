"""The one error that reaches the person, and the exit codes of every command."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell is told. The same for every command, for good."""

    DONE = 0
    """Done, or all is well."""
    FAILED = 1
    """It failed, or something is broken."""
    USAGE = 2
    """Wrong use, or an answer is missing."""
    NOT_TRIED = 3
    """It could not be tried."""
    PENDING = 4
    """Changes are pending (`--dry-run`)."""
    INTERRUPTED = 130
    """The person interrupted it (128 + SIGINT)."""


class WizardError(Exception):
    """Something that the person has to know. It carries data; the words are in `templates/advice/<code>.txt`.

    `code` names the page; `data` fills it in. One place prints it (`wizard.__main__`).
    """

    def __init__(self, code: str, exit_code: ExitCode = ExitCode.FAILED, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.exit_code = exit_code
        self.data = data
