"""What the connection test says at its end, for a person and for a program, and that every fault has its page."""

from __future__ import annotations

import io

import pytest

from tests.verify.test_examine import CASES
from wizard import resources
from wizard.journey import rungs
from wizard.model.errors import ExitCode
from wizard.model.report import Check, Rung, Verdict
from wizard.screen import Screen
from wizard.verify.control import CODES
from wizard.verify.course import BREAKS

THROUGH = {"forwarding-missing", "masquerade-missing", "dns-refused", "mtu-too-large", "link-lost", "port-blocked"}
KNOWN = {*CODES.values(), *(code for code, _ in BREAKS.values()), *(code for code, _ in CASES.values()), *THROUGH}
FINE = Check("all of it", Verdict.OK)
UNSEEN = Check("the other side", Verdict.NOT_TRIED, "cannot be seen from here: it is far away")
DOWN = Check("the server", Verdict.BROKEN, "it does not run", "router", "daemon-down", seconds=1.25)
LATER = Check("the call", Verdict.BROKEN, "no packet of it came", "network", "gre-blocked")


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_every_fault_that_a_rung_can_name_has_a_page(code: str) -> None:
    page = resources.page(code)
    assert page.headline and page.body


def concluded(*found: Rung) -> str:
    out = io.StringIO()
    rungs.conclude(found, Screen(plain=True, file=out, width=80))
    return " ".join(out.getvalue().split())


def test_the_first_thing_that_is_wrong_counts_and_is_explained() -> None:
    found = (Rung("router", (FINE, DOWN)), Rung("call", (LATER,)))
    assert rungs.code(found) is ExitCode.FAILED
    said = concluded(*found)
    assert "it does not run" in said and "Who has to act: router" in said
    assert resources.page("daemon-down").headline in said
    assert "no packet of it came" not in said


def test_where_all_is_well_nothing_is_named() -> None:
    found = (Rung("router", (FINE, UNSEEN)), Rung("call", (FINE,)))
    assert rungs.code(found) is ExitCode.DONE
    assert concluded(*found).endswith("Nothing wrong was found.")


def test_without_a_call_that_was_tried_nobody_says_that_all_is_well() -> None:
    found = (Rung("router", (FINE,)), Rung("call", (UNSEEN,)))
    assert rungs.code(found) is ExitCode.NOT_TRIED
    assert "Nothing wrong was found" not in concluded(*found)
    assert rungs.code(()) is ExitCode.NOT_TRIED


def test_a_program_gets_the_same() -> None:
    said = rungs.document((Rung("router", (FINE, DOWN)), Rung("call", (UNSEEN,))), "192.168.1.1")
    finding = said["finding"]
    assert isinstance(finding, dict)
    assert (finding["code"], finding["who"], finding["seconds"]) == ("daemon-down", "router", 1.25)
    assert (said["format"], said["exit_code"]) == (1, 1)
    assert [rung["name"] for rung in said["rungs"]] == ["router", "call"]  # type: ignore[attr-defined]
