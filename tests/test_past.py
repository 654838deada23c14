"""What earlier changes have come to, said before the next one; and the last look at the way in."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.later import OPENWRT_24_10, applied
from tests.samples import ANSWERS, PASSWORDS
from tests.test_heed import Journey
from wizard import ask
from wizard.journey.line import WHY
from wizard.journey.lockout import keep_a_way_in
from wizard.journey.past import ending, heed_past
from wizard.journey.settle import planned
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import LiveCall, RouterFacts
from wizard.model.journal import FORMAT, Holder, Journal, Last
from wizard.model.options import Options
from wizard.plan import names
from wizard.router.session import Session

LAST = Last("ab", "apply", "ann@desk", "2026-11-24 23:00:00", "confirmed", "-")
UNDONE = replace(LAST, result="undone", why="timer")
ALIVE = Holder("ann@desk, for 12 seconds", True)
DEAD = replace(ALIVE, alive=False)


def after(journal: Journal, *lines: str, options: Options | None = None) -> Journey:
    there = Journey(replace(OPENWRT_24_10, journal=journal), options or Options(), *lines)
    there.take(heed_past)
    return there


def test_nothing_is_said_where_all_went_well() -> None:
    assert after(Journal()).seen == ""
    assert after(Journal(last=LAST, ours=True)).seen == ""
    assert after(Journal(last=UNDONE, holder=ALIVE), options=Options(break_lock=True)).seen.startswith("Warning")


def test_what_was_undone_is_said_with_why_when_and_by_whom() -> None:
    seen = after(Journal(last=UNDONE)).seen
    for word in (WHY["timer"], "2026-11-24 23:00:00 by the router's clock", "ann@desk", "as it was before"):
        assert word in seen


@pytest.mark.parametrize("why", WHY)
def test_every_reason_has_words(why: str) -> None:
    assert WHY[why] in ending(replace(UNDONE, why=why))


def test_the_step_that_failed_is_named() -> None:
    assert "build the firewall anew" in ending(replace(UNDONE, why="failed firewall firewall-failed"))
    assert "a step failed" in ending(replace(UNDONE, why="failed nothing-known page"))


def test_a_clock_that_was_not_set_is_not_believed() -> None:
    said = ending(replace(UNDONE, at="1970-01-01 00:02:11"))
    assert "1970" not in said
    assert "the router's clock was not set" in said


def test_going_back_that_is_not_complete() -> None:
    assert "tried again at the router's next start" in ending(replace(UNDONE, result="unfinished"))


@pytest.mark.parametrize("pending", ["armed", ""])
def test_another_wizard_at_work_goes_first(pending: str) -> None:
    journal = Journal(holder=ALIVE, pending=pending)
    with pytest.raises(WizardError) as error:
        after(journal)
    assert (error.value.code, error.value.exit_code) == ("busy", ExitCode.NOT_TRIED)
    assert "ann@desk, for 12 seconds" in str(error.value.data)
    assert after(journal, options=Options(break_lock=True)).trip.ended is None


def test_a_change_that_was_broken_off_is_undone_first() -> None:
    for holder in (None, DEAD):
        assert "first undoes what was broken off" in after(Journal(holder=holder, pending="armed", last=LAST)).seen
    stuck = Journal(pending="armed", last=replace(UNDONE, result="unfinished"))
    assert "not every step of that worked" in after(stuck).seen
    assert "only leftovers" in after(Journal(pending="confirmed")).seen


def test_what_a_newer_version_left_stops_it() -> None:
    with pytest.raises(WizardError) as error:
        after(Journal(format=FORMAT + 1, holder=ALIVE))
    assert (error.value.code, error.value.exit_code) == ("newer-version", ExitCode.NOT_TRIED)


INSIDE = replace(applied(OPENWRT_24_10), calls=(LiveCall("ppp0", IPv4Address("172.16.1.2")),))
"""The tunnel is set up, its rules are not there yet, and somebody is in it."""


def over(source: str, options: Options, *lines: str, facts: RouterFacts = INSIDE) -> Journey:
    there = Journey(facts, options, *lines)
    session = SimpleNamespace(own_address=source, own_port=50000, peer_address="172.16.1.1", peer_port=22)
    asked = ask.unasked(facts, ANSWERS, PASSWORDS, names=names)
    there.trip = planned(replace(there.trip, session=cast(Session, cast(Any, session)), asked=asked))
    return there


@pytest.mark.parametrize("options", [Options(), Options(yes=True)], ids=["a person", "nobody"])
def test_at_home_nothing_is_asked(options: Options) -> None:
    there = over("192.168.1.7", options)
    assert there.take(keep_a_way_in).ended is None
    assert there.seen == ""


@pytest.mark.parametrize(("line", "ended"), [("", ExitCode.DONE), ("1", None), ("2", ExitCode.DONE)])
def test_over_the_tunnel_a_person_has_to_say_yes(line: str, ended: ExitCode | None) -> None:
    there = over("172.16.1.2", Options(), line)
    assert there.take(keep_a_way_in).ended is ended
    assert "reject_from_pptp" in there.seen
    assert "undoes all of it by itself after 90 seconds" in there.seen


def test_unattended_it_takes_the_flag() -> None:
    with pytest.raises(WizardError) as error:
        over("172.16.1.2", Options(yes=True)).take(keep_a_way_in)
    assert (error.value.code, error.value.exit_code) == ("would-lock-out", ExitCode.NOT_TRIED)
    there = over("172.16.1.2", Options(yes=True, even_if_locked_out=True))
    assert there.take(keep_a_way_in).ended is None
    assert "could keep you out" in there.seen
