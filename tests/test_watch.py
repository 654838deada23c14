"""Following calls: what a router says line by line, with the boxes, the counters, and what is wrong in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.diagnose.calls import NOTHING, Progress, Stage, State
from wizard.journey.watch import Watch, boxes, document, is_up
from wizard.model.report import Verdict

NONCE = "0123456789abcdef"
LOGS = Path(__file__).parent / "logs"
BEFORE = "daemon.info pptpd[9]: CTRL: Client 198.51.100.9 control connection started"


def watching(*lines: str, counters: tuple[int, ...] = (0,)) -> tuple[Watch, list[Progress]]:
    told: list[Progress] = []
    watch = Watch(told.append)
    for line in (BEFORE, f"user.notice pptp-wizard: watching {NONCE}", *lines):
        watch.line(line, NONCE)
    for packets in counters:
        rule = f"{packets} 60 ACCEPT tcp -- wan * 0.0.0.0/0 0.0.0.0/0 tcp dpt:1723"
        watch.line(f"{NONCE} traffic {rule}", NONCE)
        watch.line(f"{NONCE} beat", NONCE)
    return watch, told


def log(name: str) -> list[str]:
    """The part of it that a router's syslog has."""
    return (LOGS / name / "router.log").read_text().partition("== pppd logfile ==")[0].splitlines()


def test_what_was_in_the_log_before_is_not_of_interest() -> None:
    watch, told = watching()
    assert watch.live and not told and not watch.calls


def test_a_call_fills_its_boxes_one_after_the_other() -> None:
    watch, told = watching(*log("ok"))
    reached = [sum(state is State.REACHED for state in progress.stages.values()) for progress in told]
    assert reached == sorted(reached) and reached[-1] == len(Stage)
    assert watch.finding == NOTHING and len(watch.finished) == 1
    assert is_up(told[-1])
    assert boxes(told[-1]).count(" ok") == len(Stage)
    assert document(told[-1])["finding"] is None


@pytest.mark.parametrize(
    ("name", "code"),
    [("wrong_password", "password-wrong"), ("unknown_user", "user-unknown"), ("gre_blocked_input", "gre-blocked-in")],
)
def test_the_first_box_that_fails_is_named(name: str, code: str) -> None:
    watch, told = watching(*log(name))
    assert watch.finding.code == code
    last = told[-1]
    failed = [stage for stage, state in last.stages.items() if state is State.FAILED]
    assert len(failed) == 1
    assert f"{failed[0].value} FAILED" in boxes(last)
    said = document(last)["finding"]
    assert isinstance(said, dict) and said["code"] == code


def test_where_no_call_is_in_the_log_the_counters_tell_how_far_one_came() -> None:
    silent, _ = watching(counters=(7, 7))
    assert silent.finding.code == "nothing-came"
    deaf, _ = watching(counters=(7, 8, 10))
    assert (deaf.finding.code, deaf.finding.who) == ("port-closed", "router")
    assert deaf.finding.said.startswith("3 connections")


def test_no_verdict_is_forgotten() -> None:
    from wizard.journey.watch import SIGNS, VERDICTS

    assert set(SIGNS) == set(VERDICTS) == set(State)
    assert {VERDICTS[State.NOT_YET], VERDICTS[State.UNSEEN]} == {Verdict.NOT_TRIED}
