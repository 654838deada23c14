"""Several calls at once are followed line by line, and what a log cannot tell is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diagnose.scenes import (
    ANNA,
    ASKED,
    BERT,
    HUNG_UP,
    IS_ASKED,
    LCP,
    MPPE,
    PPPOE,
    WINDOWS,
    begun,
    by_syslog,
    connected,
    expected,
    logged_in,
    quiet,
    recorded,
    renumbered,
    response,
    router,
    up,
)
from wizard.diagnose.calls import NOTHING, Progress, Reader, Stage, State, cause

R, F, N, U = State.REACHED, State.FAILED, State.NOT_YET, State.UNSEEN


def followed(lines: Iterable[str], reader: Reader | None = None) -> dict[int, Progress]:
    """Each call as it stood at its last line."""
    reader = reader or Reader()
    return {progress.number: progress for line in lines if (progress := reader.read(line))}


def only(lines: Iterable[str]) -> Progress:
    (progress,) = followed(lines).values()
    return progress


def boxes(progress: Progress) -> tuple[State, ...]:
    return tuple(progress.stages[stage] for stage in Stage)


@pytest.mark.parametrize(
    ("said", "states"),
    [
        (begun()[:1], (R, N, N, N, N, N)),
        (begun(), (R, N, N, N, N, N)),
        ((*begun(), ASKED), (R, N, N, N, N, N)),
        ((*begun(), "GRE: accepting packet #0"), (R, R, N, N, N, N)),
        ((*begun(), ASKED, IS_ASKED), (R, R, N, N, N, N)),
        ((*begun(), *LCP), (R, R, R, N, N, N)),
        ((*begun(), *LCP, response("anna")), (R, R, R, N, N, N)),
        ((*begun(), *logged_in()), (R, R, R, R, N, N)),
        ((*begun(), *logged_in(), MPPE), (R, R, R, R, R, N)),
        ((*begun(), *logged_in(), MPPE, *connected()), (R, R, R, R, R, R)),
        ((*begun(), *logged_in(), *connected()), (R, R, R, R, F, R)),
        ((*begun(), *logged_in(), "MPPE required, but kernel has no support."), (R, R, R, R, F, N)),
        ((*begun(), *LCP, "No CHAP secret found for authenticating x"), (R, R, R, F, N, N)),
        ((*begun(), *[ASKED] * 3), (R, F, N, N, N, N)),
        ((*begun()[:3], "unrecognized option 'mppe'"), (R, N, F, N, N, N)),
    ],
)
def test_how_far_a_call_came(said: tuple[str, ...], states: tuple[State, ...]) -> None:
    assert boxes(only(router(*said))) == states


def test_a_device_whose_pppd_runs_has_not_reached_the_router_by_that() -> None:
    said = ["pty pptp 203.0.113.1 --nolaunchpppd\t\t# (from command line)", "Connect: ppp0 <--> /dev/pts/0"]
    assert boxes(only(said))[0] is N
    refused = only([*said, "anon warn[open_inetsock]: connect: Connection refused"])
    assert boxes(refused) == (F, N, N, N, N, N)


def test_who_calls_from_where_and_what_the_device_is_given() -> None:
    progress = only(up("anna", ANNA, "172.16.1.2"))
    assert (progress.source, progress.user, progress.address) == (ANNA, "anna", "172.16.1.2")
    assert (progress.cause, progress.ended, progress.unseen) == (NOTHING, False, ())
    (client,) = followed(by_syslog("ok/client.log")).values()
    assert (client.user, client.address) == ("alice", "192.168.1.201")


@pytest.mark.parametrize(
    ("said", "user"),
    [
        (response(r"HOME\\anna"), r"HOME\anna"),
        (response(r"an\"na"), 'an"na'),
        ('rcvd [PAP AuthReq id=0x1 user="anna" password="made-up-1"]', "anna"),
        ("Peer anna failed CHAP authentication", "anna"),
        ("Peer anna authenticated with CHAP", "anna"),
        ("No CHAP secret found for authenticating anna", "anna"),
        ("No CHAP secret found for authenticating us to pptp-server", ""),
        (response("anna")[:-3], ""),
    ],
)
def test_a_user_is_known_by_any_line_that_has_the_name(said: str, user: str) -> None:
    assert only(router(*begun(), *LCP, said)).user == user


def test_an_ended_call_is_told_once_more_and_forgotten() -> None:
    reader = Reader()
    for line in WINDOWS[:-1]:
        progress = reader.read(line)
        assert progress is None or not progress.ended
    last = reader.read(WINDOWS[-1])
    assert last is not None
    assert last.ended
    assert boxes(last) == (R,) * 6
    assert reader.calls == ()
    assert reader.read("pppd[101]: Exit.") is None


def test_a_process_that_is_used_again_is_another_call() -> None:
    again = followed([*up("anna"), *router(*HUNG_UP), *up("bert")])
    assert [progress.user for progress in again.values()] == ["anna", "bert"]
    cut = followed([*up("anna"), *router(*begun(BERT), *logged_in("bert", BERT))])
    assert [progress.user for progress in cut.values()] == ["anna", "bert"]


def test_no_more_calls_are_kept_than_was_said() -> None:
    reader = Reader(at_most=3)
    for number in range(50):
        for line in up(f"user{number}", ANNA, f"172.16.1.{number + 2}", pid=100 + 2 * number):
            reader.read(line)
        for line in PPPOE[:7]:
            reader.read(line.replace("[50]", f"[{10_000 + number}]"))
    assert [progress.user for progress in reader.calls] == ["user47", "user48", "user49"]


def test_lines_about_no_call_are_passed_over() -> None:
    reader = Reader()
    for line in ["", "== syslog ==", "Jan  1 00:00:20 r x.y dnsmasq[1]: Connect: ppp0", *PPPOE]:
        assert reader.read(line) is None
    assert reader.calls == ()


def test_a_pppd_that_serves_something_else_leaves_the_call_that_waited_for_its_own() -> None:
    waiting = router(*begun()[:3], pid=40)
    modem = [PPPOE[2], PPPOE[5], PPPOE[6]]
    progress = followed([*waiting, *modem, *router(*begun()[3:], *logged_in(), pid=60)])
    assert progress[1].user == "anna"
    assert [each.source for each in progress.values()] == [ANNA]


def test_the_end_of_such_a_pppd_gives_its_number_free() -> None:
    assert followed([*PPPOE, "pppd[50]: Using interface ppp0", f"pppd[50]: {LCP[-1]}"])


def test_full_is_as_long_as_nobody_leaves() -> None:
    reader = Reader()
    reader.read("pptpd[9]: MGR: No free connection slots or IPs - no more clients can connect!")
    assert reader.full
    assert reader.server.code == "no-free-slot"
    reader.read(router(HUNG_UP[-1])[0])
    assert not reader.full
    assert reader.server == NOTHING


# What cannot be known


def test_a_quiet_pppd_hides_what_it_does_not_say() -> None:
    progress = only(quiet(ANNA))
    assert boxes(progress) == (R, U, U, N, N, N)
    assert len(progress.unseen) == 2
    there = only(quiet(ANNA, f"peer from calling number {ANNA} authorized", MPPE, *connected()))
    assert boxes(there) == (R,) * 6
    assert there.user == ""
    assert any("who called" in words for words in there.unseen)


def test_a_quiet_pppd_beside_a_pptpd_that_counts_hides_less() -> None:
    counting = quiet(ANNA, "CTRL: Received PPTP Control Message (type: 7)")
    assert boxes(only(counting)) == (R, N, U, N, N, N)


def test_a_call_whose_pppd_writes_elsewhere() -> None:
    progress = only(router(*begun()[:3], HUNG_UP[-1]))
    assert boxes(progress) == (R, U, U, U, U, U)
    assert "pppd" in progress.unseen[0]
    assert boxes(only(router(*begun()[:3]))) == (R, N, N, N, N, N)


def test_a_call_whose_beginning_is_missing() -> None:
    progress = only(router(*connected()))
    assert boxes(progress) == (R, R, R, R, U, R)
    assert progress.cause == NOTHING
    assert "began" in progress.unseen[0]


# Several at once


def alone(lines: list[str]) -> Progress:
    """The call of a log that has one, by its last line."""
    (progress,) = followed(lines).values()
    return replace(progress, number=0)


ONES = [
    path for path in expected() if path.endswith("router.log") and not path.startswith("two_logins") and by_syslog(path)
]


def of_another(path: str, numbers: dict[int, int]) -> list[str]:
    """The same call, of another user from another address who is given another."""
    lines = by_syslog(path)
    names = (ANNA, BERT), ("192.168.", "10.7."), ("10.9.", "10.8."), ("alice", "bert")
    for mine, theirs in names:
        lines = [line.replace(mine, theirs) for line in lines]
    return renumbered(lines, numbers)


def processes(path: str) -> list[int]:
    return sorted({int(line.split("[")[1].split("]")[0]) for line in by_syslog(path)})


@settings(deadline=None)
@given(st.sampled_from(ONES), st.sampled_from(ONES), st.booleans(), st.randoms(use_true_random=False))
def test_two_calls_at_once_are_told_apart(one: str, other: str, entangled: bool, random: Random) -> None:
    first, second = processes(one), processes(other)
    # pptpd, pppd of the first; then of the second: in turn, or the two pptpd before the two pppd
    order = ((1, 3), (2, 4)) if entangled else ((1, 2), (3, 4))
    mine = renumbered(by_syslog(one), dict(zip(first[-2:], order[0], strict=True)))
    theirs = of_another(other, dict(zip(second[-2:], order[1], strict=True)))
    rest = [iter(mine), iter(theirs)]
    turns = [0] * len(mine) + [1] * len(theirs)
    random.shuffle(turns)
    found = sorted(followed(next(rest[turn]) for turn in turns).values(), key=lambda progress: progress.source == BERT)
    assert [replace(progress, number=0) for progress in found] == [alone(mine), alone(theirs)]


def test_a_pppd_that_was_counted_to_the_wrong_connection_is_put_right_when_it_says_who_called() -> None:
    reader = Reader()
    both = [*router(*begun(ANNA)[:3], pid=10), *router(*begun(BERT)[:3], pid=11)]
    pppds = ["pppd[12]: Using interface ppp0", f"pppd[12]: {response('anna')}", "pppd[13]: Using interface ppp1"]
    for line in [*both, *pppds, f"pppd[13]: {response('bert')}"]:
        reader.read(line)
    assert [(call.source, call.user) for call in reader.calls] == [(ANNA, "bert"), (BERT, "anna")], "a guess"
    told = reader.read(f"pppd[12]: peer from calling number {ANNA} authorized")
    assert told is not None
    assert (told.source, told.user) == (ANNA, "anna")
    assert [(call.source, call.user) for call in reader.calls] == [(ANNA, "anna"), (BERT, "bert")]


def test_a_pppd_that_was_counted_to_the_wrong_connection_is_put_right_when_pptpd_waits_for_it() -> None:
    both = [*router(*begun(ANNA)[:3], pid=10), *router(*begun(BERT)[:3], pid=11)]
    pppds = ["pppd[12]: unrecognized option 'mppe'", "pppd[13]: Using interface ppp1", f"pppd[13]: {response('bert')}"]
    ends = ["pptpd[10]: CTRL: Reaping child PPP[12]", f"pptpd[10]: CTRL: Client {ANNA} control connection finished"]
    reader = Reader()
    ended = followed([*both, *pppds, *ends], reader)[1]
    assert (ended.source, ended.cause.code, ended.ended) == (ANNA, "option-unknown", True)
    standing = reader.calls
    assert [(call.source, call.user, call.cause) for call in standing] == [(BERT, "bert", NOTHING)]


def test_what_was_counted_to_the_wrong_call_is_not_held_against_it() -> None:
    both = [*router(*begun(ANNA)[:3], pid=10), *router(*begun(BERT)[:3], pid=11)]
    annas, berts = "MPPE required, but kernel has no support.", "Peer bert failed CHAP authentication"
    lines = [*both, f"pppd[12]: {annas}", f"pppd[13]: {berts}"]
    assert cause(lines).code == "password-wrong", "a guess"
    assert cause([*lines, f"pppd[13]: remotenumber {BERT}"]).code == "mppe-missing"


def test_what_belongs_together_for_certain_is_not_torn_apart_again() -> None:
    reader = Reader()
    lost = router(*begun()[3:], response("bert"), pid=40)
    for line in [*lost, *up("anna", ANNA), f"pppd[41]: peer from calling number {ANNA} authorized"]:
        reader.read(line)
    assert [(call.source, call.user, call.address) for call in reader.calls] == [
        (ANNA, "bert", ""),
        (ANNA, "anna", "172.16.1.2"),
    ]


def test_of_two_calls_with_one_address_the_later_is_blamed() -> None:
    reader = Reader()
    for line in [*up("anna"), *up("anna", BERT, pid=200), "pppd[101]: sent [LCP EchoReq id=0x0 magic=0x31]"]:
        reader.read(line)
    assert [call.cause.code for call in reader.calls] == ["none", "user-twice"]


def test_a_pppd_seen_before_its_connection_is_joined_to_it() -> None:
    reader = Reader()
    for line in router(*begun()[3:], pid=100) + router(begun()[0], pid=100):
        reader.read(line)
    assert [call.number for call in reader.calls] == [1, 2]
    reader.read(f"pppd[101]: peer from calling number {ANNA} authorized")
    assert [call.number for call in reader.calls] == [2]
    assert boxes(reader.calls[0])[:4] == (R, R, R, R)


def test_calls_of_a_plain_log_follow_each_other() -> None:
    plain = [line for line in recorded("two_logins_same_user/router.log") if not line.startswith("Nov ")]
    assert [(call.user, call.cause) for call in followed(plain).values()] == [("alice", NOTHING)] * 2
