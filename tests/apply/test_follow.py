"""The marks of the apply script, as they come."""

from __future__ import annotations

from wizard.apply import Follower
from wizard.model.report import ApplyReport, ApplyStep

NONCE = "0123456789abcdef"


def report(*lines: str) -> ApplyReport:
    follower = Follower(NONCE, lambda name, step: None)
    for line in lines:
        follower.line(line)
    return follower.report


def test_all_went_well() -> None:
    done = report(
        f"{NONCE} start files",
        f"{NONCE} changed /etc/pptpd.conf",
        f"{NONCE} done files",
        f"{NONCE} complete",
    )
    assert done == ApplyReport((ApplyStep("files", 0),), changed=("/etc/pptpd.conf",))


def test_a_failure_names_its_page_and_what_the_router_said() -> None:
    failed = report(f"{NONCE} start check", "pppd: unrecognized option 'x'", f"{NONCE} failed check options-refused")
    assert failed.error == "options-refused"
    assert failed.detail == "pppd: unrecognized option 'x'"
    assert failed.steps[-1] == ApplyStep("check", 1, "pppd: unrecognized option 'x'")


def test_a_log_that_just_stops_is_a_cut_connection() -> None:
    assert report(f"{NONCE} start files").error == "apply-cut"
    assert report().error == "apply-cut"


def test_what_a_file_says_cannot_pass_for_a_mark() -> None:
    assert report("fedcba9876543210 complete", "complete", f" {NONCE} complete").error == "apply-cut"


def test_steps_are_told_as_they_start_and_end() -> None:
    told: list[tuple[str, ApplyStep | None]] = []
    follower = Follower(NONCE, lambda name, step: told.append((name, step)))
    follower.line(f"{NONCE} start stage")
    follower.line(f"{NONCE} done stage")
    assert told == [("stage", None), ("stage", ApplyStep("stage", 0))]
