"""The command line, and the one place that turns an error into words and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wizard.commandline import parse
from wizard.model.errors import ExitCode, WizardError

if TYPE_CHECKING:
    from wizard.journey import Outcome
    from wizard.model.options import Options
    from wizard.screen import Screen
    from wizard.verify import Way


def entry() -> None:
    """The console script `pptp-wizard`."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run the wizard; the exit code says how it went (`wizard.model.errors.ExitCode`)."""
    if arguments[:1] == ["demo"]:
        from wizard.practice import demo

        return demo.main(arguments[1:])
    return run(parse(arguments))


def run(options: Options, way: Way | None = None, place: str = "") -> int:
    """The same with options that were read already; calls go another way, and each step says where one is, if given."""
    try:
        # Loaded late: `--version` and `--help` need none of what these load.
        from wizard import journey
        from wizard.screen import Screen
        from wizard.state import new_transcript
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED  # nothing was said yet, so there is nothing to take back
    transcript = new_transcript()
    screen = Screen(plain=options.plain, transcript=transcript, quiet=options.json, place=place)
    outcome = journey.Outcome()
    try:
        return journey.run(options, screen, outcome, *([way] if way else []))
    except WizardError as error:
        _explain(screen, error, outcome)
        return error.exit_code
    except KeyboardInterrupt:
        screen.page("Interrupted.", outcome.words)
        return ExitCode.INTERRUPTED
    except Exception as error:
        import traceback

        screen.record(traceback.format_exc())
        where = f"The details are in {transcript}." if transcript else repr(error)
        screen.page("The wizard made a mistake of its own.", f"{outcome.words}\n\n{where}", error=True)
        return ExitCode.FAILED


def _explain(screen: Screen, error: WizardError, outcome: Outcome) -> None:
    """The page for an error, which ends with the state of the router where it does not say that itself."""
    from wizard import resources

    page = resources.page(error.code, **error.data)
    said = outcome.words in page.body or ("was changed" in page.body and not outcome.touched)
    screen.page(page.headline, page.body if said else f"{page.body}\n\n{outcome.words}", error=True)


if __name__ == "__main__":
    entry()
