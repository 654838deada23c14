"""Where the packages come from, as a step of the journey."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from tests.changes.test_packages import EARLY, EARLY_FEED
from tests.supply.samples import FAMILY, ipk
from tests.supply.test_choose import ROUTER
from wizard import ask
from wizard.journey.supply import gather, read_packages
from wizard.journey.trip import Outcome, Trip
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import RouterFacts
from wizard.model.options import Options
from wizard.plan import addresses, names
from wizard.resources import page
from wizard.screen import Screen


def trip(facts: RouterFacts, options: Options) -> tuple[Trip, StringIO]:
    out = StringIO()
    screen = Screen(plain=True, file=out, width=80)
    person = ask.person(screen, addresses=addresses, names=names, unattended=True, plain=True)
    return Trip(options, screen, Outcome(), person, facts=facts), out


def code(caught: pytest.ExceptionInfo[WizardError]) -> tuple[str, ExitCode]:
    """Once its page has been rendered from the data that came with it."""
    assert page(caught.value.code, **caught.value.data).body
    return caught.value.code, caught.value.exit_code


def test_files_are_read_before_and_chosen_after_the_look(tmp_path: Path) -> None:
    way, _ = trip(ROUTER, Options(packages=ipk(tmp_path, *FAMILY)))
    gathered = gather(read_packages(way))
    assert len(gathered.archives) == len(FAMILY)
    assert gathered.archives[-1].name == "pptpd", "who needs the others comes last"


def test_files_that_nobody_needs(tmp_path: Path) -> None:
    there = {**ROUTER.installed, "pptpd": "1", "ppp": "1", "kmod-mppe": "1"}
    daemon = replace(ROUTER.daemon, script="/etc/init.d/pptpd", program=True)
    way, out = trip(replace(ROUTER, installed=there, daemon=daemon), Options(packages=ipk(tmp_path, *FAMILY)))
    assert gather(read_packages(way)).archives == ()
    assert "has all the packages already" in out.getvalue()


def test_files_that_do_not_fit_on_the_flash(tmp_path: Path) -> None:
    way, _ = trip(replace(ROUTER, flash_free=20_000), Options(packages=ipk(tmp_path, *FAMILY)))
    with pytest.raises(WizardError) as caught:
        gather(read_packages(way))
    assert code(caught) == ("no-flash", ExitCode.NOT_TRIED)


def test_a_feed_for_another_kernel_stops_before_the_questions() -> None:
    way, _ = trip(replace(EARLY, installed={"kernel": "2.6.25.20-2"}), Options())
    with pytest.raises(WizardError) as caught:
        gather(read_packages(way))
    assert code(caught) == ("packages-other-kernel", ExitCode.NOT_TRIED)


def test_a_feed_without_pptpd_is_said_before_the_questions() -> None:
    lacking = {name: package for name, package in EARLY_FEED.items() if name != "pptpd"}
    way, out = trip(replace(EARLY, offered=lacking), Options(dry_run=True))
    assert gather(way) == way
    assert "Not in it: pptpd." in out.getvalue()


def test_a_feed_that_has_all_is_not_worth_a_word() -> None:
    way, out = trip(EARLY, Options())
    assert gather(way) == way
    assert out.getvalue() == ""
