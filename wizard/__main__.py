"""The command line, and the one place that turns an error into words and an exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wizard import __version__
from wizard.model.damage import Kind
from wizard.model.errors import ExitCode, WizardError
from wizard.model.options import Options

if TYPE_CHECKING:
    from wizard.journey import Outcome
    from wizard.screen import Screen

EXIT_CODES = """\
exit codes: 0 done, 1 failed, 2 wrong use or an answer is missing, 3 could not be tried,
4 changes are pending (--dry-run), 130 interrupted"""


def entry() -> None:
    """The console script `pptp-wizard`."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run the wizard; the exit code says how it went (`wizard.model.errors.ExitCode`)."""
    options = _parse(arguments)
    try:
        # Loaded late: `--version` and `--help` need none of what these load.
        from wizard.journey import Outcome, run
        from wizard.screen import Screen
        from wizard.state import new_transcript
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED  # nothing was said yet, so there is nothing to take back
    transcript = new_transcript()
    screen = Screen(plain=options.plain, transcript=transcript)
    outcome = Outcome()
    try:
        return run(options, screen, outcome)
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


def _parse(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(
        prog="pptp-wizard",
        description="Set up a PPTP VPN server on an OpenWrt router, or change one, step by step.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "router",
        nargs="?",
        metavar="[USER@]HOST[:PORT]",
        help="the router; without it the wizard looks for one by itself",
    )
    files = {
        "--identity": "SSH key to log in to the router with",
        "--password-file": "file with the router's password (- is standard input)",
        "--answers": "answers to all questions, as saved from the preview (TOML)",
        "--secrets": "clients' passwords (TOML, table [passwords]), readable by you alone",
    }
    for flag, meaning in files.items():
        parser.add_argument(flag, type=Path, metavar="FILE", help=meaning)
    parser.add_argument(
        "--packages", type=Path, metavar="DIR", help="install from the package files in this folder, not from a feed"
    )
    parser.add_argument(
        "--mend",
        type=_kinds,
        metavar="all|none|CODE,…",
        help=f"damage on the router that is mended without asking; without it --yes mends none ({', '.join(Kind)})",
    )
    parser.add_argument(
        "--confirm-within",
        type=_seconds,
        default=90,
        metavar="SECONDS",
        help="the router undoes a change by itself when a new connection has not confirmed it in this time (90)",
    )
    parser.add_argument(
        "--break-lock", action="store_true", help="take over from a wizard that is at work there, and undo what it did"
    )
    parser.add_argument(
        "--yes", action="store_true", help="ask nothing: apply what --answers says, or the router's own tunnel again"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="stop after the preview; exit code 4 if it shows changes"
    )
    parser.add_argument("--old-ssh", action="store_true", help="allow the SSH algorithms of routers before 2021")
    parser.add_argument("--plain", action="store_true", help="text lines and numbered choices only")
    parser.add_argument("--version", action="version", version=f"pptp-wizard {__version__}")
    return Options(**vars(parser.parse_args(arguments)))


def _seconds(text: str) -> int:
    """The value of `--confirm-within`."""
    if not text.isdecimal() or not 10 <= int(text) <= 3600:
        raise argparse.ArgumentTypeError("a whole number from 10 to 3600")
    return int(text)


def _kinds(text: str) -> frozenset[Kind]:
    """The value of `--mend`."""
    if text in ("all", "none"):
        return frozenset(Kind) if text == "all" else frozenset()
    try:
        return frozenset(map(Kind, text.split(",")))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; known: all, none, {', '.join(Kind)}") from None


if __name__ == "__main__":
    entry()
