"""Where a run has to stop, and what it leaves: a full flash, changes of somebody else, packages that lack."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lab.lab import Lab
from tests.lab.router import Router
from tests.lab.wizard import PASSWORD, Wizard, answers

pytestmark = [pytest.mark.lab, pytest.mark.turns]

HAS_NO_ROOM = """
free=$(df -k /overlay | awk 'END { print $(NF - 2) }')
dd if=/dev/zero of=/overlay/fill bs=1024 count=$((free - %d)) 2>/dev/null
sync
df -k /overlay | awk 'END { print $(NF - 2) }'
"""
FILLED_AT_ONCE = """
(
    until [ -d /etc/pptp-wizard/stage ]; do :; done
    dd if=/dev/zero of=/overlay/fill bs=4096 2>/dev/null
    : >/tmp/filled
) >/dev/null 2>&1 </dev/null &
"""


def changed(before: dict[str, str], router: Router) -> dict[str, str | None]:
    """What is different on the disk by now."""
    after = router.digest()
    return {path: after.get(path) for path in before | after if before.get(path) != after.get(path)}


def fill(router: Router, left_kb: int) -> None:
    free = int(router.run(HAS_NO_ROOM % left_kb, timeout=120).out)
    assert abs(free - left_kb) < 8, free


@pytest.mark.parametrize("left_kb", [12, 60])
def test_a_flash_without_room_stops_it_before_the_first_change(lab: Lab, tmp_path: Path, left_kb: int) -> None:
    router = lab.router(release="24.10")
    fill(router, left_kb)
    before = router.digest()
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD})
    assert ran.code == 3, ran.out
    assert f"not enough room on the router: {left_kb} kB are free" in " ".join(ran.out.split())
    assert changed(before, router) == {}


def test_a_flash_that_fills_up_meanwhile_changes_nothing_that_counts(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(release="24.10", packages=("pptpd",))
    before = router.digest()
    router.run(FILLED_AT_ONCE)
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD})
    assert router.run("until [ -f /tmp/filled ]; do sleep 1; done; rm /overlay/fill").code == 0
    assert ran.code == 1, ran.out
    assert "flash memory is full" in ran.out
    assert re.search(r"Everything that was begun was undone|Nothing was changed on the router", ran.out)
    assert set(changed(before, router)) <= {"/etc/pptp-wizard"}


@pytest.mark.parametrize("release", ["19.07", "24.10"])
def test_what_somebody_else_has_not_finished_stops_it(lab: Lab, tmp_path: Path, release: str) -> None:
    router = lab.router(release=release)
    router.run("uci set system.@system[0].hostname=half-done; uci set network.lan.ipaddr=10.9.9.1")
    pending, before = router.run("uci changes").out, router.digest()
    assert "half-done" in pending
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD})
    assert ran.code == 3, ran.out
    assert "half-done" in ran.out and "10.9.9.1" in ran.out
    assert router.run("uci changes").out == pending
    assert changed(before, router) == {}


def test_a_feed_that_is_gone_is_named_and_no_file_is_replaced(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(release="12.09")
    before = router.digest()
    lab.internet_host.feed(False)
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD})
    assert ran.code == 1, ran.out
    assert "--packages DIR" in ran.out
    assert not [path for path in changed(before, router) if path.startswith(("/etc/ppp", "/etc/config", "/etc/init.d"))]


def test_modules_for_another_kernel_stop_it_before_the_first_change(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(release="24.10")
    router.run("sed -i '/^Package: kernel$/,/^$/s/^Version: .*/Version: 6.6.1~made-up-r1/' /usr/lib/opkg/status")
    before = router.digest()
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD})
    assert ran.code == 3, ran.out
    assert "6.6.1~made-up-r1" in ran.out
    assert changed(before, router) == {}
