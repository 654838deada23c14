"""What `status` makes of a router, in words and as a document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from ipaddress import IPv4Address
from typing import Any

import pytest

from tests.changes.test_take_over import IN_UCI
from tests.inspect.test_routers import READ, WITH_A_TUNNEL, facts_of, set_up
from tests.later import CONF, FIREWALL, OPENWRT_24_10, OPTIONS, OWN_SCRIPT, applied
from tests.samples import CHAP_SECRETS
from wizard.changes.drift import State, drift, looked_at
from wizard.journey.document import document
from wizard.journey.status import judge, show
from wizard.model.errors import ExitCode
from wizard.model.facts import LiveCall, RouterFacts
from wizard.model.journal import FORMAT, Holder, Journal, Last
from wizard.screen import Screen

WELL = facts_of("openwrt-24.10-with-a-call")
LAST = Last("ab", "apply", "ann@desk", "2026-11-24 23:00:00", "confirmed", "-", "0.1.0")
NOTED = Journal(last=LAST, ours=True)


def noted(facts: RouterFacts, journal: Journal = NOTED) -> RouterFacts:
    """The router with a journal that knows its files as they are."""
    sums = {
        path: hashlib.md5(facts.files[path].content, usedforsecurity=False).hexdigest()
        for path in (CONF, OPTIONS, CHAP_SECRETS, FIREWALL, OWN_SCRIPT)
        if path in facts.files
    }
    return replace(facts, journal=replace(journal, applied=journal.applied or sums))


def edited(facts: RouterFacts, path: str, more: bytes | None) -> RouterFacts:
    """With something at the end of a file, or without the file."""
    files = dict(facts.files)
    if more is None:
        del files[path]
    else:
        files[path] = replace(files[path], content=files[path].content + more)
    return replace(facts, files=files)


def told(facts: RouterFacts) -> str:
    paper = StringIO()
    show(judge(facts), Screen(plain=True, file=paper, width=200))
    return " ".join(paper.getvalue().split())


def as_document(facts: RouterFacts) -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads(json.dumps(document(judge(facts), "root@192.168.1.1")))
    return read


@pytest.mark.parametrize("folder", WITH_A_TUNNEL)
def test_a_recorded_tunnel_is_well(folder: str) -> None:
    status = judge(noted(facts_of(folder)))
    assert status.problems == ()
    assert status.code is ExitCode.DONE
    seen = told(noted(facts_of(folder)))
    assert "Connected now: anna (172.16.1.2 on ppp0)" in seen
    assert "Client: bert, 172.16.1.3" in seen
    assert "All is well." in seen


@pytest.mark.parametrize("folder", [folder for folder in READ if folder not in WITH_A_TUNNEL])
def test_without_a_tunnel_there_is_nothing_to_judge(folder: str) -> None:
    status = judge(facts_of(folder))
    assert (status.code, status.problems) == (ExitCode.NOT_TRIED, ())
    assert as_document(facts_of(folder))["tunnel"] is None
    assert "nobody" in told(facts_of(folder))


@pytest.mark.parametrize("folder", READ)
def test_every_file_that_is_ever_noted_is_looked_at(folder: str) -> None:
    facts, _, changed = set_up(folder)
    assert {file.path for file in changed.files} <= looked_at(facts)
    assert set(facts.files) - {"/etc/config/network"} <= looked_at(facts)


def test_the_document_has_no_secret_and_its_keys_are_these() -> None:
    read = as_document(noted(WELL))
    assert sorted(read) == sorted(
        [
            *("format", "router", "release", "lan", "wan", "exit_code", "problems", "tunnel", "daemon", "checks"),
            *("calls", "versions", "newer_version", "last_change", "under_way", "pending", "kept"),
            *("installed_packages", "files"),
        ]
    )
    assert read["tunnel"]["clients"][0] == {"name": "anna", "address": "172.16.1.2"}
    assert read["calls"] == [{"client": "anna", "address": "172.16.1.2", "device": "ppp0"}]
    assert read["last_change"]["clock_was_set"] is True
    assert read["versions"]["pptpd"]
    assert WELL.tunnel
    for password in WELL.tunnel.passwords.values():
        assert password.reveal() not in json.dumps(read) + told(noted(WELL))


@pytest.mark.parametrize("path", [CONF, OPTIONS, CHAP_SECRETS, OWN_SCRIPT])
def test_a_file_of_ours_that_was_edited_or_is_gone(path: str) -> None:
    status = judge(edited(noted(WELL), path, b"# by hand\n"))
    assert [(each.path, each.state) for each in status.drifted] == [(path, State.CHANGED)]
    assert status.code is ExitCode.FAILED
    gone = judge(edited(noted(WELL), path, None))
    assert (path, State.GONE) in [(each.path, each.state) for each in gone.drifted]
    assert gone.code is ExitCode.FAILED


def test_a_shared_file_may_have_more_in_it() -> None:
    more = edited(noted(WELL), FIREWALL, b"\nconfig rule\n\toption name 'somebody'\n\toption src 'wan'\n")
    status = judge(more)
    assert [(each.path, each.state) for each in status.drifted] == [(FIREWALL, State.BESIDE)]
    assert status.code is ExitCode.DONE
    assert "what the tunnel needs is in it" in told(more)


def test_a_shared_file_without_our_part_is_drift_and_the_running_rules_are_told_apart() -> None:
    section = b"config rule 'pptp_wizard_gre'"
    text = WELL.files[FIREWALL].content.replace(section, b"config rule 'somebody'")
    files = {**WELL.files, FIREWALL: replace(WELL.files[FIREWALL], content=text)}
    status = judge(replace(noted(WELL), files=files))
    assert [each.state for each in status.drifted] == [State.CHANGED]
    assert any("they run" in problem for problem in status.problems)


def test_a_file_that_is_not_looked_at_is_no_guess() -> None:
    facts = noted(WELL, replace(NOTED, applied={"/etc/elsewhere": "0" * 32}))
    assert [each.state for each in drift(facts, None)] == [State.NOT_SEEN]
    assert judge(facts).code is ExitCode.DONE
    assert "nobody knows" in told(facts)


def test_what_does_not_run_is_broken() -> None:
    dead = replace(noted(WELL), daemon=replace(WELL.daemon, listening=False, running=False))
    assert judge(dead).code is ExitCode.FAILED
    assert "nothing listens there" in " ".join(judge(dead).problems)
    bare = replace(noted(WELL), rules=())
    assert any("the firewall has the rules" in problem for problem in judge(bare).problems)


def test_a_tunnel_of_ours_that_is_gone_is_no_clean_router() -> None:
    there = noted(applied(OPENWRT_24_10))
    gone = replace(OPENWRT_24_10, journal=there.journal, tunnel=None)
    assert judge(gone).code is ExitCode.FAILED


def test_a_server_of_somebody_elses_is_shown_and_not_judged() -> None:
    assert judge(IN_UCI).code is ExitCode.NOT_TRIED
    seen = told(IN_UCI)
    assert "nobody knows what it should be like" in seen
    assert "made-up" not in seen


def test_a_change_under_way_may_be_different_in_a_moment() -> None:
    facts = noted(WELL, replace(NOTED, holder=Holder("ann@desk, for 12 seconds", True), pending="armed"))
    assert judge(facts).code is ExitCode.NOT_TRIED
    assert as_document(facts)["under_way"] == "ann@desk, for 12 seconds"
    assert "right now: ann@desk" in told(facts)


def test_what_is_unfinished_is_a_problem() -> None:
    for facts in (
        noted(WELL, replace(NOTED, pending="armed")),
        noted(WELL, replace(NOTED, last=replace(LAST, result="unfinished", why="boot"))),
    ):
        assert judge(facts).code is ExitCode.FAILED
        assert "Not all is well" in told(facts)


def test_what_was_undone_cleanly_is_told_and_no_problem() -> None:
    facts = noted(WELL, replace(NOTED, last=replace(LAST, result="undone", why="timer", at="1970-01-01 00:03:00")))
    assert judge(facts).code is ExitCode.DONE
    assert "nobody had confirmed it in time" in told(facts)
    assert "the router's clock was not set" in told(facts)
    assert as_document(facts)["last_change"]["clock_was_set"] is False


def test_a_newer_version_is_said_and_its_notes_are_left_alone() -> None:
    facts = noted(edited(WELL, CONF, b"# more\n"), replace(NOTED, format=FORMAT + 1))
    facts = replace(facts, journal=replace(facts.journal, applied={CONF: "0" * 32}))
    status = judge(facts)
    assert status.drifted == ()
    assert status.code is not ExitCode.DONE
    assert as_document(facts)["newer_version"] is True
    assert "A newer version of this program" in told(facts)


def test_what_it_can_go_back_to() -> None:
    facts = noted(WELL, replace(NOTED, entries=("0001.tgz", "0002.tgz"), packages=("pptpd", "ppp")))
    assert as_document(facts)["kept"] == {"steps": ["0001.tgz", "0002.tgz"], "original": True}
    seen = told(facts)
    assert "2 step(s): 0001.tgz, 0002.tgz" in seen
    assert "installed for the tunnel: pptpd, ppp" in seen


def test_somebody_nobody_knows_is_called_so() -> None:
    stranger = replace(noted(WELL), calls=(LiveCall("ppp3", IPv4Address("10.1.1.1")),))
    assert "nobody we know (10.1.1.1 on ppp3)" in told(stranger)


def test_a_quiet_screen_shows_documents_and_errors_alone() -> None:
    paper, errors = StringIO(), StringIO()
    screen = Screen(file=paper, error_file=errors, quiet=True)
    screen.say("one")
    with screen.progress("two"):
        screen.warn("three")
    screen.document("{}")
    screen.page("four", "five", error=True)
    assert paper.getvalue() == "{}\n"
    assert "five" in errors.getvalue()
