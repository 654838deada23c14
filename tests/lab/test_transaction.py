"""Others at the same router: another wizard, a file that changes meanwhile, changes that are not committed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.lab import Lab
from tests.lab.router import Router
from tests.lab.wizard import PASSWORD, Wizard, answers
from wizard.journey import act, line
from wizard.journey.trip import Trip, Work

pytestmark = [pytest.mark.lab, pytest.mark.turns]

OURS, LOCK = "/etc/pptp-wizard", "/tmp/pptp-wizard.lock"
# A lock as a wizard leaves it that is at work, and one whose work has died.
HELD = f"""
mkdir -p {LOCK} /tmp/pptp-wizard.0123456789abcdef
sleep 300 </dev/null >/dev/null 2>&1 &
echo $! >/tmp/pptp-wizard.0123456789abcdef/pid
echo $! >{LOCK}/guard
echo /tmp/pptp-wizard.0123456789abcdef >{LOCK}/holder
echo made-up@another-computer >{LOCK}/owner
echo 1 >{LOCK}/since
"""
DEAD = f"kill $(cat {LOCK}/guard); sleep 1"


def once_before_the_change(monkeypatch: pytest.MonkeyPatch, disturb: Callable[[], object]) -> None:
    """Do this between the preview and the change, the first time."""
    begin = line.begin
    done: list[object] = []

    def disturbed(trip: Trip, *more: object) -> Work:
        if not done:
            done.append(disturb())
        return begin(trip, *more)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(act, "begin", disturbed)


def test_a_wizard_that_is_at_work_is_left_to_it_and_a_dead_one_is_not(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(pptpd=True)
    wizard, before = Wizard(router, tmp_path), router.digest()
    router.run(HELD)
    refused = wizard.apply(answers(), {"anna": PASSWORD})
    assert refused.code == 3, refused.out
    assert "made-up@another-computer" in refused.out
    assert "--break-lock" in refused.out
    assert router.digest() == before

    router.run(DEAD)
    assert wizard.apply(answers(), {"anna": PASSWORD}).code == 0


def test_a_lock_can_be_broken(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(pptpd=True)
    router.run(HELD)
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD}, "--break-lock")
    assert ran.code == 0, ran.out
    assert router.run(f"ls -d {LOCK}").code != 0


def test_of_two_at_once_the_second_changes_nothing(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock is taken on the router between the other's look and its change."""
    router = lab.router(pptpd=True)
    wizard = Wizard(router, tmp_path)
    once_before_the_change(monkeypatch, lambda: router.run(HELD))
    before = router.digest()
    ran = wizard.apply_here(answers(), {"anna": PASSWORD})
    assert ran.code in (1, 3), ran.out
    assert "made-up@another-computer" in ran.out
    assert "changed nothing" in ran.out
    assert "undoes all of it" not in " ".join(ran.out.split())
    assert router.digest() == before


def test_a_file_that_changes_meanwhile_is_shown_again_and_kept(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = lab.router(pptpd=True)
    wizard = Wizard(router, tmp_path)
    once_before_the_change(monkeypatch, lambda: router.write("/etc/firewall.user", b"# by hand\n"))
    ran = wizard.apply_here(answers(), {"anna": PASSWORD})
    assert ran.code == 0, ran.out
    said = " ".join(ran.out.split())
    assert "This changed on the router since it was looked at: /etc/firewall.user" in said
    assert said.count("What would change on the router") == 2
    assert router.read("/etc/firewall.user").startswith(b"# by hand\n")


@pytest.mark.parametrize("release", ["19.07", "24.10"])
def test_what_others_set_meanwhile_and_did_not_commit_stops_it(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, release: str
) -> None:
    router = lab.router(release=release, packages=("pptpd", "kmod-mppe"))
    wizard, before = Wizard(router, tmp_path), router.digest()
    once_before_the_change(monkeypatch, lambda: router.run("uci set firewall.@zone[1].input=ACCEPT"))
    ran = wizard.apply_here(answers(), {"anna": PASSWORD})
    assert ran.code == 3, ran.out
    assert "firewall" in ran.out and "uci revert" in ran.out
    assert {path for path, what in router.digest().items() if before.get(path) != what} == set()
    router.run("uci revert firewall")
    assert wizard.apply_here(answers(), {"anna": PASSWORD}).code == 0


@pytest.mark.parametrize("release", ["white-russian", "24.10"])
def test_where_nothing_has_to_change_no_byte_is_written(lab: Lab, tmp_path: Path, release: str) -> None:
    router: Router = lab.router(release=release)
    wizard = Wizard(router, tmp_path)
    assert wizard.apply(answers(), {"anna": PASSWORD}).code == 0
    # The lab's file system moves what was written from its journal to its place in its own time: the first look at the
    # files sees to that.
    assert wizard.apply(answers()).code == 0
    before = router.flash_written()
    again = wizard.apply(answers())
    assert again.code == 0, again.out
    assert router.flash_written() == before
