"""The first thing that is wrong with a call is named, and who has to put it right; where all is well, nothing is."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diagnose.faults import DEVICE, FAULTS, KNOWN, WELL
from tests.diagnose.scenes import (
    ASKED,
    BERT,
    LCP,
    WINDOWS,
    begun,
    by_syslog,
    expected,
    in_front,
    recorded,
    response,
    router,
    up,
)
from wizard import resources
from wizard.diagnose import call as call_module
from wizard.diagnose import table
from wizard.diagnose.calls import NOTHING, Reader, blame, cause

WHO = {"router", "client", "network"}


@pytest.mark.parametrize(("path", "right"), expected().items())
def test_every_recorded_log_comes_out_right(path: str, right: tuple[list[str], list[str]]) -> None:
    found = cause(recorded(path))
    assert found.code in right[0]
    assert found.who in right[1]


@pytest.mark.parametrize(("path", "right"), expected().items())
def test_as_long_as_a_recorded_log_grows_nothing_else_is_named(path: str, right: tuple[list[str], list[str]]) -> None:
    reader = Reader()
    seen = [progress for line in recorded(path) if (progress := reader.read(line))]
    assert {progress.cause.code for progress in seen} <= {*right[0], "none"}


@pytest.mark.parametrize(("code", "who", "lines"), FAULTS, ids=[f"{code}-{who}" for code, who, _ in FAULTS])
def test_a_fault_is_named_with_who_has_to_act(code: str, who: str, lines: list[str]) -> None:
    found = cause(lines, KNOWN)
    assert (found.code, found.who) == (code, who)
    assert found.said


@pytest.mark.parametrize(("code", "who", "lines"), FAULTS, ids=[f"{code}-{who}" for code, who, _ in FAULTS])
@pytest.mark.parametrize("front", ["Jan  1 00:00:20 (none) local2.info ", "Fri Jan  5 08:00:00 2024 daemon.err "])
def test_a_fault_is_named_whatever_syslog_puts_in_front(front: str, code: str, who: str, lines: list[str]) -> None:
    tagged = [line if "]: " in line[:14] else f"pppd[5]: {line}" for line in lines]
    assert cause(in_front(tagged, front), KNOWN).code == code


@pytest.mark.parametrize("name", WELL)
def test_where_all_is_well_nothing_is_named(name: str) -> None:
    assert cause(WELL[name], KNOWN) == NOTHING


GOOD = [WINDOWS, up(), by_syslog("ok/router.log"), by_syslog("ok/client.log"), recorded("ok/router.log")[:60]]


@settings(deadline=None)
@given(st.sampled_from(GOOD), st.data())
def test_a_good_call_of_which_a_part_is_missing_is_not_blamed(lines: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    assert cause(lines[first:last]) == NOTHING


@settings(deadline=None)
@given(st.sampled_from(GOOD), st.data())
def test_a_good_call_of_which_one_line_is_cut_is_not_blamed(lines: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    cut = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    assert cause([*lines[:at], cut, *lines[at + 1 :]]) == NOTHING


@settings(deadline=None)
@given(st.lists(st.text()), st.sampled_from([lines for _, _, lines in FAULTS]), st.randoms(use_true_random=False))
def test_any_text_between_changes_nothing_and_raises_nothing(
    noise: list[str], lines: list[str], random: Random
) -> None:
    places = sorted(random.randint(0, len(lines)) for _ in noise)
    mixed = list(lines)
    for place, text in zip(reversed(places), noise, strict=True):
        mixed.insert(place, f"Jan  1 00:00:20 r daemon.info dnsmasq[7]: {text}")
    assert cause(mixed, KNOWN) == cause(lines, KNOWN)
    assert cause(noise) == NOTHING


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["pptpd[9]: ", "pppd[9]: ", "pptp[9]: ", "pppd: ", ""]), st.text()), max_size=9)
)
def test_whatever_the_programs_say_raises_nothing(said: list[tuple[str, str]]) -> None:
    assert cause([front + text for front, text in said]).who in WHO | {"none"}


SEEN_IN_LOGS = [each for each in table.causes() if each.words or each.code in call_module.COMPARED]


@pytest.mark.parametrize("each", SEEN_IN_LOGS, ids=lambda each: f"{each.code}-{each.who}-{each.side}")
def test_no_cause_can_be_taken_out_of_the_table_unnoticed(each: table.Cause, monkeypatch: pytest.MonkeyPatch) -> None:
    rest = tuple(other for other in table.causes() if other is not each)
    monkeypatch.setattr(table, "causes", lambda: rest)
    monkeypatch.setattr(call_module, "causes", lambda: rest)
    assert any((found := cause(lines, KNOWN)).code != code or found.who != who for code, who, lines in FAULTS)


CODES = sorted({each.code for each in table.causes()})


@pytest.mark.parametrize("code", CODES)
def test_a_cause_has_somebody_who_has_to_act_and_a_page_that_needs_no_data(code: str) -> None:
    assert blame(code) in WHO
    pages = {each.page for each in table.causes() if each.code == code}
    assert len(pages) == 1
    assert resources.page(pages.pop()).body


def test_a_code_that_is_not_in_the_table_is_a_bug() -> None:
    with pytest.raises(KeyError, match="no-such-code"):
        blame("no-such-code")


def test_a_finding_has_its_page() -> None:
    refused = cause(["pptp[7]: anon warn[open_inetsock]: connect: Connection refused"])
    assert (refused.code, refused.page) == ("port-closed", "port-refused")
    assert cause(router(*begun(), *[ASKED] * 3)).page == "gre-blocked-in"


def test_what_told_so_has_no_secret_in_it() -> None:
    said = cause([*DEVICE, 'rcvd [CHAP Failure id=0xc5 "E=691 R=1 C=2cd122c81b8d989e7e0d8b19faa954de V=0 M=x"]']).said
    assert "2cd122c8" not in said
    assert "E=691" in said


def test_the_first_call_with_a_fault_counts() -> None:
    wrong, unknown = router("Peer anna failed CHAP authentication"), router("MPPE required, but kernel has no support.")
    assert cause([*up("bert"), *wrong]).code == "password-wrong"
    first, second = router(*begun(), *LCP, response("anna")), router(*begun(BERT), *LCP, response("x"), pid=200)
    failed = router("No CHAP secret found for authenticating x", pid=200)
    assert cause([*first, *second, *failed, *wrong]).code == "password-wrong"
    assert cause([*up("bert"), *unknown]).code == "mppe-missing"
