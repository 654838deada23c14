"""What is on the router already, on the way from the gate to the preview."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from io import StringIO

import pytest

from tests.changes.test_take_over import IN_UCI
from tests.inspect.test_damage import AWAY, with_rules
from tests.later import ALL_THERE, COMMON, FIREWALL, OPENWRT_24_10, OPTIONS, applied, found
from tests.samples import ANSWERS, CHAP_SECRETS, FACTORY_FRESH, PASSWORDS
from wizard import ask
from wizard.journey import Outcome
from wizard.journey.heed import mend, take_over
from wizard.journey.settle import ask_all, planned
from wizard.journey.trip import Trip
from wizard.model.damage import Kind
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import RouterFacts
from wizard.model.options import Options
from wizard.plan import addresses, names
from wizard.plan.gate import findings
from wizard.screen import Screen

ALIVE = {name: version for name, version in OPENWRT_24_10.installed.items() if name not in ALL_THERE}
UPGRADED = replace(applied(OPENWRT_24_10), installed=ALIVE)
"""Our files are there, and no package."""
DEBUG_ON = found(OPENWRT_24_10, {OPTIONS: b"name vpn\ndebug\n", CHAP_SECRETS: b"ann vpn made-up 172.16.1.9\n"})


class Journey:
    """A trip that begins after the look."""

    def __init__(self, facts: RouterFacts, options: Options, *lines: str) -> None:
        sys.stdin = StringIO("".join(f"{line}\n" for line in lines))
        self.paper = StringIO()
        self.screen = Screen(plain=True, file=self.paper, width=80)
        person = ask.person(self.screen, addresses=addresses, names=names, unattended=options.yes, plain=True)
        self.trip = Trip(options, self.screen, Outcome(), person, facts=facts)

    def take(self, *steps: Callable[[Trip], Trip]) -> Trip:
        for step in steps:
            self.trip = step(self.trip)
            if self.trip.ended is not None:
                break
        return self.trip

    @property
    def seen(self) -> str:
        return " ".join(self.paper.getvalue().split())


@pytest.fixture(autouse=True)
def own_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", sys.stdin)


YES = Options(yes=True)


def test_a_set_up_of_the_package_is_taken_over_by_enter() -> None:
    there = Journey(IN_UCI, Options(), "", "", *[""] * 5)
    trip = there.take(take_over, mend, ask_all, planned)
    assert trip.asked and IN_UCI.tunnel
    assert trip.asked.answers.clients == IN_UCI.tunnel.answers.clients
    assert trip.asked.passwords == IN_UCI.tunnel.passwords
    assert trip.mended == {Kind.SAMPLE_LOGIN}
    assert "ann, address 192.168.0.25" in there.seen
    assert "made-up" not in there.seen


def test_or_left_entirely_alone() -> None:
    there = Journey(IN_UCI, Options(), "2")
    assert there.take(take_over, mend).ended is ExitCode.DONE
    assert "Nothing was changed on the router" in there.seen


def test_unattended_only_the_answers_are_taken_over() -> None:
    assert IN_UCI.tunnel
    ann = replace(IN_UCI.tunnel.answers, clients=IN_UCI.tunnel.answers.clients[:1])
    there = Journey(IN_UCI, YES)
    there.trip = replace(there.trip, start=ann)
    trip = there.take(take_over, mend, ask_all)
    assert trip.asked and trip.asked.passwords == {"ann": IN_UCI.tunnel.passwords["ann"]}
    assert not trip.asked.generated
    assert "User bob of the package's own set-up is not in the answers" in there.seen


def test_unattended_without_answers_there_is_nothing_to_say_yes_to() -> None:
    for facts in (IN_UCI, OPENWRT_24_10, FACTORY_FRESH):
        with pytest.raises(WizardError) as error:
            Journey(facts, YES).take(take_over, mend, ask_all)
        assert (error.value.code, error.value.exit_code) == ("answer-missing", ExitCode.USAGE)


def test_unattended_our_own_tunnel_is_answer_enough() -> None:
    there = applied(OPENWRT_24_10)
    trip = Journey(there, YES).take(take_over, mend, ask_all, planned)
    assert trip.asked and trip.asked.answers == ANSWERS and trip.asked.passwords == PASSWORDS
    assert trip.changes and not any(file.changed for file in trip.changes.files)


@pytest.mark.parametrize("options", [Options(), YES], ids=["a person", "nobody"])
def test_after_a_firmware_upgrade_nothing_is_asked(options: Options) -> None:
    there = Journey(UPGRADED, options)
    trip = there.take(take_over, mend, ask_all, planned)
    assert trip.asked and trip.asked.answers == ANSWERS and trip.asked.passwords == PASSWORDS
    assert trip.changes and [package.name for package in trip.changes.packages] == list(ALL_THERE)
    assert options.yes or "A firmware upgrade does that" in there.seen


def test_damage_waits_then_unless_it_is_in_the_way() -> None:
    rules = UPGRADED.files[FIREWALL].content
    noisy = found(UPGRADED, {FIREWALL: rules + AWAY, COMMON: b"debug\n"})
    assert {each.code for each in noisy.damage} == {Kind.PORT_FORWARD, Kind.DEBUG}
    assert Journey(noisy, Options(), "1").take(mend).mended == {Kind.PORT_FORWARD}


def test_where_it_does_not_fit_any_more_the_review_comes() -> None:
    moved = replace(UPGRADED, lan=replace(UPGRADED.lan, interface=type(UPGRADED.lan.interface)("172.16.1.2/24")))
    there = Journey(moved, Options())
    with pytest.raises(WizardError) as error:
        there.take(mend, ask_all)
    assert error.value.code == "no-answer"
    assert "Step 5 of 6" in there.seen
    with pytest.raises(WizardError) as error:
        Journey(moved, YES).take(mend, ask_all)
    assert error.value.code == "tunnel-unfit"


def test_a_forward_of_calls_is_asked_about_and_kept_stops() -> None:
    facts = replace(with_rules(AWAY), forwarded_to="192.168.1.20:1723")
    assert not findings(facts)
    assert Journey(facts, Options(), "1").take(mend).mended == {Kind.PORT_FORWARD}
    for options in (Options(), YES, Options(mend=frozenset())):
        with pytest.raises(WizardError) as error:
            Journey(facts, options, "").take(mend)
        assert (error.value.code, error.value.exit_code) == ("port-forwarded", ExitCode.NOT_TRIED)
    assert Journey(facts, Options(yes=True, mend=frozenset(Kind))).take(mend).mended == set(Kind)


def test_a_forward_that_is_nowhere_in_the_settings_still_stops_at_the_gate() -> None:
    for facts in (OPENWRT_24_10, with_rules(AWAY)):
        stopping = findings(replace(facts, forwarded_to="192.168.1.30"))
        assert [(each.code, each.stops) for each in stopping] == [("port-forwarded", True)]


def test_a_link_to_nothing_stops_if_it_is_to_stay_and_goes_where_nobody_says_so() -> None:
    facts = found(OPENWRT_24_10, {}, link="/var/etc/chap-secrets")
    for options in (Options(), Options(yes=True, mend=frozenset())):
        with pytest.raises(WizardError) as error:
            Journey(facts, options, "2").take(mend)
        assert error.value.code == "secrets-link"
    assert Journey(facts, YES).take(mend).mended == set()
    assert Journey(facts, Options(yes=True, mend=frozenset({Kind.DEBUG}))).take(mend).mended == {Kind.DEBUG}


def test_what_goes_anyway_is_said() -> None:
    facts = found(OPENWRT_24_10, {CHAP_SECRETS: b"x other made-up *\n"}, {CHAP_SECRETS: "-rw-r--r--"})
    there = Journey(facts, Options(), "2")
    assert there.take(mend).mended == set()
    assert "It is closed all the same" in there.seen


def test_what_stays_unattended_is_said_with_its_flag() -> None:
    there = Journey(found(OPENWRT_24_10, {COMMON: b"debug\n"}), YES)
    assert there.take(mend).mended == set()
    assert "--mend debug" in there.seen


@pytest.mark.parametrize(("line", "debug"), [("", False), ("2", True)])
def test_a_log_that_was_left_on_is_not_proposed_again(line: str, debug: bool) -> None:
    trip = Journey(DEBUG_ON, Options(), line, *[""] * 5).take(mend, ask_all)
    assert trip.asked and trip.asked.answers.daemon.debug is debug


def test_what_was_mended_is_not_mended_twice() -> None:
    facts = found(OPENWRT_24_10, {COMMON: b"debug\nlock\n"})
    trip = replace(Journey(facts, Options(), "").take(mend), asked=ask.unasked(facts, ANSWERS, PASSWORDS, names=names))
    changes = planned(trip).changes
    assert changes
    after = found(facts, {file.path: file.after.raw for file in changes.files})
    assert after.files[COMMON].content == b"lock\n"
    again = planned(replace(trip, facts=after)).changes
    assert again and COMMON not in [file.path for file in again.files]


def test_pending_changes_of_somebody_else_stop_at_the_gate_with_no_secret() -> None:
    lines = ("firewall.@defaults[0].input='ACCEPT'", "wireless.@wifi-iface[0].key='made-up'", "-network.guest")
    (pending,) = findings(replace(OPENWRT_24_10, pending=lines * 3))
    assert (pending.code, pending.stops) == ("uci-pending", True)
    assert pending.data["files"] == ["firewall", "network", "wireless"]
    assert pending.data["more"] == 4
    assert "made-up" not in str(pending.data)
    assert "firewall.@defaults[0].input='ACCEPT'" in str(pending.data)
