"""`status` in front of a real router, from before the first change to what somebody has edited by hand."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.lab.lab import Lab
from tests.lab.wizard import PASSWORD, Wizard, answers

pytestmark = [pytest.mark.lab, pytest.mark.turns]

WINDOW = 10
PATIENCE = 90


class Viewer:
    """Who asks for the status."""

    def __init__(self, wizard: Wizard) -> None:
        self.wizard = wizard

    def text(self, code: int) -> str:
        """For people, with that exit code."""
        ran = self.wizard.run("status", *self.wizard.login)
        assert ran.code == code, ran.out
        assert PASSWORD not in ran.out
        return " ".join(ran.out.split())

    def document(self, code: int) -> Mapping[str, Any]:
        """For programs: nothing but the document on standard output, nothing at all on the other."""
        ran = subprocess.run(
            [sys.executable, "-m", "wizard", "status", *self.wizard.login, "--json"],
            env=self.wizard.environment(),
            cwd=self.wizard.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
        )
        assert (ran.returncode, ran.stderr) == (code, b""), ran
        assert PASSWORD.encode() not in ran.stdout
        read: Mapping[str, Any] = json.loads(ran.stdout)
        assert read["exit_code"] == code
        return read


def break_off(wizard: Wizard) -> None:
    """A change whose wizard is killed as soon as the countdown has begun; the router goes back by itself."""
    flags = ("--yes", "--confirm-within", str(WINDOW), "--answers", str(wizard.home / "answers.toml"))
    running = subprocess.Popen(
        [sys.executable, "-m", "wizard", *wizard.login, *flags],
        env=wizard.environment(),
        cwd=wizard.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait(wizard, '[ -f "$(cat /tmp/pptp-wizard.lock/holder)/until" ]')
    running.send_signal(signal.SIGKILL)
    running.wait(PATIENCE)


def wait(wizard: Wizard, condition: str) -> None:
    """Until that holds on the router. It is watched there, since a moment later may be too late."""
    assert wizard.router.run(f"until {condition}; do busybox usleep 20000; done", timeout=PATIENCE).code == 0


@pytest.mark.parametrize("release", ["24.10"])
def test_from_before_the_first_change_to_an_edit_by_hand(lab: Lab, tmp_path: Path, release: str) -> None:
    client = lab.client()
    wizard = Wizard(lab.router(release=release), tmp_path)
    viewer = Viewer(wizard)
    before = wizard.router.digest()
    assert "no PPTP server of the wizard's" in viewer.text(3)
    fresh = viewer.document(3)
    assert (fresh["tunnel"], fresh["last_change"]) == (None, None)
    assert wizard.router.digest() == before

    assert wizard.apply(answers(), {"anna": PASSWORD}).code == 0
    assert client.dial("anna", PASSWORD).up
    seen = viewer.text(0)
    assert "All is well." in seen
    assert "Connected now: anna (172.16.1.2 on ppp0)" in seen
    well = viewer.document(0)
    assert well["calls"] == [{"client": "anna", "address": "172.16.1.2", "device": "ppp0"}]
    assert (well["last_change"]["result"], well["kept"]["original"]) == ("confirmed", True)
    assert well["files"]["drifted"] == [] and well["files"]["noted"] > 4
    assert "pptpd" in well["installed_packages"] and well["versions"]["pptpd"]

    (tmp_path / "answers.toml").write_text(answers(daemon="mtu = 1300"))
    break_off(wizard)
    under_way = viewer.document(3)
    assert "@" in under_way["under_way"]
    busy = wizard.run(*wizard.login, "--yes")
    assert (busy.code, "Another wizard" in busy.out) == (3, True), busy.out
    wait(wizard, "[ ! -d /tmp/pptp-wizard.lock ]")
    undone = viewer.document(0)["last_change"]
    assert (undone["result"], undone["why"]) == ("undone", "timer")
    assert "nobody had confirmed it in time" in viewer.text(0)
    again = wizard.run(*wizard.login, "--yes")
    assert again.code == 0 and "nobody had confirmed it in time" in " ".join(again.out.split()), again.out

    wizard.router.run("echo '# by hand' >>/etc/pptpd.conf; uci set system.@system[0].hostname=other; uci commit system")
    wizard.router.run("printf '\\nconfig rule\\n\\toption name somebody\\n' >>/etc/config/firewall")
    edited = viewer.document(1)
    assert edited["files"]["drifted"] == [
        {"path": "/etc/config/firewall", "state": "changed-beside"},
        {"path": "/etc/pptpd.conf", "state": "changed"},
    ]
    assert "/etc/pptpd.conf: somebody has changed it" in viewer.text(1)


def test_nobody_there_is_said_on_the_other_output(lab: Lab, tmp_path: Path) -> None:
    wizard = Wizard(lab.router(), tmp_path)
    ran = subprocess.run(
        [sys.executable, "-m", "wizard", "status", f"{wizard.router.lan}:23456", "--json"],
        env=wizard.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
    )
    assert (ran.returncode, ran.stdout) == (3, b"")
    assert wizard.router.lan.encode() in ran.stderr


def test_what_a_newer_version_has_left(lab: Lab, tmp_path: Path) -> None:
    wizard = Wizard(lab.router(), tmp_path)
    assert wizard.apply(answers(), {"anna": PASSWORD}).code == 0
    wizard.router.run("sed -i 's/^format 1$/format 2/' /etc/pptp-wizard/last")
    before = wizard.router.digest()
    for command in ((), ("undo",), ("uninstall",)):
        ran = wizard.run(*command, *wizard.login, "--yes")
        assert (ran.code, "newer version" in ran.out) == (3, True), ran.out
    viewer = Viewer(wizard)
    assert viewer.document(3)["newer_version"] is True
    assert "A newer version of this program" in viewer.text(3)
    assert wizard.router.digest() == before
