"""Following calls: what a router says line by line, with the boxes, the counters, and what is wrong in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.diagnose.calls import NOTHING, Known, Progress, Stage, State
from wizard.journey.calls import SETTLED, SIGNS, Watch, boxes, document, is_up
from wizard.journey.watch import VERDICTS
from wizard.model.report import Verdict

NONCE = "0123456789abcdef"
LOGS = Path(__file__).parent / "logs"
BEFORE = "daemon.info pptpd[9]: CTRL: Client 198.51.100.9 control connection started"


def watching(*lines: str, counters: tuple[int, ...] = (0,)) -> tuple[Watch, list[Progress]]:
    told: list[Progress] = []
    watch = Watch(told.append, Known())
    look(watch, *lines, counters=counters)
    return watch, told


def look(watch: Watch, *lines: str, past: tuple[str, ...] = (), counters: tuple[int, ...] = (0,)) -> None:
    """One script watches: what the log has of before it, these lines, and beats of its own in between."""
    number = watch.begin()
    for line in (
        BEFORE,
        f"user.notice pptp-wizard: watching {NONCE} {number}",
        *(f"{NONCE} past {line}" for line in past),
        f"{NONCE} caught-up",
        *lines,
    ):
        watch.line(line, NONCE)
    for packets in counters:
        rule = f"{packets} 60 ACCEPT tcp -- wan * 0.0.0.0/0 0.0.0.0/0 tcp dpt:1723"
        watch.line(f"{NONCE} traffic {rule}", NONCE)
        watch.line(f"{NONCE} beat", NONCE)


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
    assert watch.finding == NOTHING
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


def test_a_call_that_came_through_has_to_stay_for_a_moment() -> None:
    """Some devices turn the router's address down only after both sides have agreed on all of them."""
    now = [0.0]
    watch = Watch(lambda _: None, Known(), clock=lambda: now[0])
    stands = log("ok")
    stands = stands[: next(at for at, line in enumerate(stands) if "remote IP address" in line) + 1]
    look(watch, *stands)
    now[0] = SETTLED
    assert watch.finished == ()
    now[0] += 0.1
    assert len(watch.finished) == 1
    pppd = next(line for line in stands if "remote IP address" in line).partition("remote")[0]
    watch.line(f'{pppd}rcvd [IPCP TermReq id=0x66 "Refused our IP address"]', NONCE)
    assert watch.finding.code == "address-refused"


def test_no_verdict_is_forgotten() -> None:
    assert set(SIGNS) == set(VERDICTS) == set(State)
    assert {VERDICTS[State.NOT_YET], VERDICTS[State.UNSEEN]} == {Verdict.NOT_TRIED}


def test_what_came_while_the_connection_was_broken_is_read_from_the_log_and_nothing_is_told_twice() -> None:
    lines = log("ok")
    for cut in (0, 1, len(lines) // 2, len(lines)):
        watch, told = watching(*lines[:cut])
        look(watch, past=tuple(lines))
        again, whole = watching(*lines)
        assert told[-1] == whole[-1]
        assert len(told) <= len(whole)
        assert watch.calls == again.calls


def test_a_call_that_began_before_the_connection_broke_goes_on_after_it() -> None:
    lines = log("ok")
    half = len(lines) // 2
    watch, told = watching(*lines[:half])
    look(watch, *lines[half:], past=tuple(lines[:half]))
    assert len(watch.calls) == 1
    assert is_up(told[-1])


def test_lines_that_come_before_those_of_before_are_kept_for_later() -> None:
    lines = log("ok")
    half = len(lines) // 2
    watch, told = watching()
    number = watch.begin()
    past = [f"{NONCE} past {line}" for line in lines[:half]]
    mark = f"user.notice pptp-wizard: watching {NONCE} {number}"
    for line in (*past[:3], mark, *lines[half:], *past[3:], f"{NONCE} caught-up"):
        watch.line(line, NONCE)
    assert is_up(told[-1])
    assert [call.number for call in told] == [1] * len(told)


def test_a_log_that_has_lost_its_beginning_makes_new_calls_and_changes_none() -> None:
    watch, told = watching(*log("ok"))
    before = dict(watch.calls)
    look(watch, *log("wrong_password"))
    assert {number: watch.calls[number] for number in before} == before
    assert told[-1].number == len(before) + 1
    assert told[-1].cause.code == "password-wrong"
