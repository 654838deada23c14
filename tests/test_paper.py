"""What README.md and CONTRIBUTING.md say is there is there: paths, flags, and keys of documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wizard.commandline import _parser
from wizard.diagnose.calls import NOTHING, Finding, Progress
from wizard.journey import calls, rungs
from wizard.model.options import Command
from wizard.model.report import Check, Rung, Verdict

CHECKOUT = Path(__file__).parents[1]
README = (CHECKOUT / "README.md").read_text()
PLACES = re.compile(r"[`(]((?:wizard|templates|tests)/[\w./-]+|[A-Z]+\.md)[`)]")


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_path_that_is_named_exists(page: str) -> None:
    named = PLACES.findall((CHECKOUT / page).read_text())
    assert named
    assert not [path for path in named if not (CHECKOUT / path).exists()]


@pytest.mark.parametrize("command", list(Command))
def test_every_flag_of_each_command_is_in_the_readme(command: Command) -> None:
    flags = set(re.findall(r"--[a-z-]+", _parser(command).format_help())) - {"--help", "--version", "--no-outside"}
    assert not {flag for flag in flags if flag not in README}


def test_the_table_of_the_test_names_its_keys() -> None:
    check = Check("a call", Verdict.BROKEN, "no", "router", "daemon-down")
    document = rungs.document((Rung("From here", (check,)),), "192.168.1.1")
    finding = document["finding"]
    assert isinstance(finding, dict)
    assert {*document, *finding, "checks"} == _keys("The document of `test --json`")


def test_the_table_of_watching_names_its_keys() -> None:
    finding = calls.finding_document(Finding("port-taken", "router"))
    assert finding
    progress = Progress(1, "", "", "", {}, NOTHING, False, ())
    assert {*calls.document(progress), *finding} == _keys("The lines of `watch --json`")


def _keys(title: str) -> set[str]:
    """The words in code type in the table after this line."""
    table = README.split(title)[1].split("|---|---|\n")[1].split("\n\n")[0]
    return {key for key in re.findall(r"`(\w+)`", table) if not key.isdigit()} - {"null"}
