"""The marks of the apply script, as they come."""

from __future__ import annotations

from wizard.apply import Follower
from wizard.model.changes import What
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
    assert done == ApplyReport((ApplyStep("files", 0),), changed=("/etc/pptpd.conf",), waiting=True)


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


def follower(*lines: str) -> Follower:
    made = Follower(NONCE, lambda name, step: None)
    for line in lines:
        made.line(line)
    return made


def test_a_beat_is_no_line_of_the_log() -> None:
    assert follower(f"{NONCE} start files", f"{NONCE} beat", "words").lines == 2


def test_the_countdown_begins_when_the_router_says_so() -> None:
    assert follower(f"{NONCE} start files").left is None
    left = follower(f"{NONCE} countdown 90").left
    assert left is not None and 85 <= left <= 90


def test_going_back_is_told_with_its_reason() -> None:
    assert report(f"{NONCE} complete", f"{NONCE} undo timer", f"{NONCE} undone timer").undone == "timer"
    assert report(f"{NONCE} undone timer").over


WRITTEN = f"format 1\nid {NONCE}\nwhat apply\nby a@b\nat 1970-01-01 00:01:02\nresult undone\nwhy boot"


def test_where_the_log_is_gone_what_the_router_has_written_down_counts() -> None:
    restarted = report(f"{NONCE} start files", f"{NONCE} gone", *WRITTEN.splitlines())
    assert (restarted.undone, restarted.waiting) == ("boot", False)
    kept = WRITTEN.replace("undone", "confirmed")
    assert report(f"{NONCE} complete", f"{NONCE} gone", *kept.splitlines()).confirmed


def test_another_changes_end_is_not_ours() -> None:
    """Power was cut before it was armed, so nothing had been changed and nothing was written down."""
    foreign = WRITTEN.replace(NONCE, "f" * 16).replace("undone", "confirmed")
    assert report(f"{NONCE} start stage", f"{NONCE} gone", *foreign.splitlines()).undone == "boot"


def test_an_uninstall_leaves_not_even_a_note() -> None:
    """A power cut while the packages went: the router has ended it at its start, and nothing of ours is there."""
    follower = Follower(NONCE, lambda name, step: None, What.UNINSTALL)
    for line in (f"{NONCE} start files", f"{NONCE} complete", f"{NONCE} gone"):
        follower.line(line)
    assert follower.report.confirmed
    assert report(f"{NONCE} start files", f"{NONCE} complete", f"{NONCE} gone").undone == "boot"


def test_a_log_that_just_stops_may_go_on() -> None:
    """Whoever leaves in the middle is not told that nothing was changed."""
    assert follower(f"{NONCE} start turn").touched
    assert not follower(f"{NONCE} start turn", f"{NONCE} failed turn busy").touched
    assert not follower(f"{NONCE} start stage", f"{NONCE} undone failed").touched
    assert not follower(f"{NONCE} gone").touched


def test_a_state_that_found_no_room_is_told() -> None:
    kept = report(f"{NONCE} complete", f"{NONCE} forgotten", f"{NONCE} confirmed")
    assert (kept.confirmed, kept.forgotten) == (True, True)
