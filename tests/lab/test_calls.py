"""Where a call breaks: each fault is named by the rungs that can see it and by no other; nothing where all is well."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.lab.call_faults import ADDRESSES, FAULTS, PASSWORDS, CallFault, Scene, Seen, calls
from tests.lab.guest import Disk
from tests.lab.lab import Lab
from tests.lab.test_conversation import at_terminal
from tests.lab.test_releases import RELEASES
from tests.lab.wizard import Wizard, answers
from tests.terminal import DOWN, ENTER
from wizard.journey.line import SILENCE
from wizard.journey.watch import WINDOW

pytestmark = pytest.mark.lab

RELEASE = "24.10"
WATCHED = 40
"""Seconds that somebody watches where no call comes through."""
EVERYWHERE = {"nothing", "wrong password", "GRE swallowed on its way here"}
"""Faults that are tried on every release, one after the other on the same router."""


@pytest.fixture(scope="session")
def tunnels() -> Iterator[dict[str, Disk]]:
    """What a router has written that was set up once: each fault gets a fresh copy."""
    made: dict[str, Disk] = {}
    yield made
    for disk in made.values():
        disk.close()


def set_up(lab: Lab, home: Path, tunnels: dict[str, Disk]) -> Wizard:
    packages = ("pptpd", "kmod-mppe")
    if RELEASE not in tunnels:
        (home / "first").mkdir()
        first = Wizard(lab.router(release=RELEASE, packages=packages), home / "first")
        provide(first)
        tunnels[RELEASE] = first.router.keep()
    (home / "now").mkdir()
    return Wizard(lab.router(release=RELEASE, packages=packages, written=tunnels[RELEASE]), home / "now")


def provide(wizard: Wizard) -> None:
    """A tunnel for anna and bert, who may reach everything."""
    ran = wizard.apply(answers(ADDRESSES, access=["internet = true"]), PASSWORDS)
    assert ran.code == 0, ran.out


def said_by_test(wizard: Wizard) -> Mapping[str, Any]:
    """`test --json`, from the home network."""
    ran = subprocess.run(
        [sys.executable, "-m", "wizard", "test", *wizard.login, "--json", "--no-outside", "--reach", "192.168.1.20"],
        env=wizard.environment(),
        cwd=wizard.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=180,
    )
    assert ran.stderr == b"", ran
    document: Mapping[str, Any] = json.loads(ran.stdout)
    assert document["exit_code"] == ran.returncode
    for password in PASSWORDS.values():
        assert password.encode() not in ran.stdout
    return document


def watched(wizard: Wizard, scene: Scene, fault: CallFault) -> list[Mapping[str, Any]]:
    """`watch --json` while a device dials."""
    with begun(wizard, "--calls", str(fault.count), "--for", str(WATCHED)) as watching:
        dialling = threading.Thread(target=fault.dial, args=(scene,))
        dialling.start()
        said = rest(watching)
        dialling.join()
    return said


@contextmanager
def begun(wizard: Wizard, *flags: str) -> Iterator[subprocess.Popen[str]]:
    """`watch --json`, from when it misses nothing any more."""
    with subprocess.Popen(
        [sys.executable, "-m", "wizard", "watch", *wizard.login, "--json", *flags],
        env=wizard.environment(),
        cwd=wizard.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as watching:
        try:
            assert watching.stdout
            assert json.loads(watching.stdout.readline()) == {"event": "watching"}
            yield watching
        finally:
            watching.kill()


def rest(watching: subprocess.Popen[str]) -> list[Mapping[str, Any]]:
    """What it says until its end."""
    assert watching.stdout
    return [json.loads(line) for line in watching.stdout]


def codes(rungs: list[Mapping[str, Any]]) -> set[str]:
    return {check["code"] for rung in rungs for check in rung["checks"] if check["verdict"] == "broken"}


def is_seen(seen: Seen, found: set[str]) -> bool:
    right = {seen} - {""} if isinstance(seen, str) else set(seen)
    return bool(right & found) if right else not found


@pytest.mark.sample(6)
@pytest.mark.brief(2)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "_"))
def test_each_rung_says_what_it_can_see(lab: Lab, tmp_path: Path, tunnels: dict[str, Disk], fault: CallFault) -> None:
    lab.clients(2)
    wizard = set_up(lab, tmp_path, tunnels)
    scene = Scene(lab, wizard.router)
    before = wizard.router.digest()
    fault.put_in(scene)
    document = said_by_test(wizard)
    on_router, *from_here = document["rungs"]
    print(json.dumps(document, indent=1))
    assert is_seen(fault.router, codes([on_router])), fault.name
    assert is_seen(fault.call, codes(from_here)), fault.name
    for rung in document["rungs"][:2]:
        assert any(check["detail"].startswith("cannot be seen from here") for check in rung["checks"])
    said = watched(wizard, scene, fault)
    print(said)
    finding = said[-1]["finding"]
    assert is_seen(fault.watched, {finding["code"]} if finding else set()), fault.name
    if fault.name == "nothing":
        after = {path: what for path, what in wizard.router.digest().items() if before.get(path) != what}
        assert after == {}


@pytest.mark.turns
def test_where_everybody_is_connected_a_user_comes_and_goes_with_the_test(
    lab: Lab, tmp_path: Path, tunnels: dict[str, Disk]
) -> None:
    anna, bert = lab.clients(2)
    wizard = set_up(lab, tmp_path, tunnels)
    before = wizard.router.digest()
    calls = [anna.dial("anna", PASSWORDS["anna"]), bert.dial("bert", PASSWORDS["bert"])]
    assert all(call.up for call in calls)
    document = said_by_test(wizard)
    assert document["finding"] is None, document
    assert document["exit_code"] == 0
    assert all(call.alive() for call in calls)
    assert wizard.router.digest() == before


@pytest.mark.brief(1)
@pytest.mark.parametrize("release", [name for name in RELEASES if name != RELEASE])
def test_every_release_tells_where_a_call_breaks(lab: Lab, tmp_path: Path, release: str) -> None:
    """Logs, counters and programs differ from one to the next."""
    lab.client()
    wizard = Wizard(lab.router(release=release), tmp_path)
    provide(wizard)
    document = said_by_test(wizard)
    assert document["exit_code"] == 0, document
    scene = Scene(lab, wizard.router)
    for fault in (fault for fault in FAULTS if fault.name in EVERYWHERE):
        fault.put_in(scene)
        said = watched(wizard, scene, fault)
        finding = said[-1]["finding"]
        assert is_seen(fault.watched, {finding["code"]} if finding else set()), (fault.name, said)
        lab.network.wires.clean()


@pytest.mark.turns
def test_somebody_is_guided_through_a_call_from_outside(lab: Lab, tmp_path: Path, tunnels: dict[str, Disk]) -> None:
    """At a terminal of 80 columns, with the steps for the device: one call fails on the way, the next comes in."""
    client = lab.client()
    wizard = set_up(lab, tmp_path, tunnels)
    lab.network.wires.swallow(f"ip saddr {client.address} ip protocol gre")
    for code, said in ((1, "GRE FAILED"), (0, "address ok")):
        with at_terminal(wizard, "test", *wizard.login) as terminal:
            terminal.answer("Try a call from outside now?")
            terminal.answer("Which device will you dial with?", DOWN * 2 + ENTER)
            terminal.wait_for("Calls: nobody dials")
            assert "Point to Point Tunneling Protocol" in terminal.scrollback
            dialling = threading.Thread(target=calls(), args=(Scene(lab, wizard.router),))
            dialling.start()
            assert terminal.end() == code, terminal.scrollback
            dialling.join()
            shown = terminal.scrollback
        assert f"from {client.address}\n" in shown
        assert any("TCP 1723 ok" in line and said in line for line in shown.splitlines()), shown
        lab.network.wires.clean()


@pytest.mark.turns
def test_over_a_line_that_drops_no_call_is_missed(lab: Lab, tmp_path: Path, tunnels: dict[str, Disk]) -> None:
    """A device fails to log in while nothing of ours gets to the router."""
    client = lab.client()
    wizard = set_up(lab, tmp_path, tunnels)
    before = wizard.router.digest()
    with begun(wizard, "--calls", "1", "--for", "150") as watching:
        lab.network.wires.swallow(f"ip saddr {lab.admin} tcp dport 22")
        client.dial("anna", "made-up-wrong", wait=15).hangup()
        time.sleep(SILENCE + 5)
        lab.network.wires.clean()
        said = rest(watching)
    assert {each["call"] for each in said[:-1]} == {1}
    assert said[-1]["finding"]["code"] == "password-wrong"
    assert wizard.router.digest() == before


@pytest.mark.turns
def test_when_nobody_watches_any_more_the_router_ends_the_detailed_log(
    lab: Lab, tmp_path: Path, tunnels: dict[str, Disk]
) -> None:
    wizard = set_up(lab, tmp_path, tunnels)
    before = wizard.router.digest()
    with begun(wizard) as watching:
        assert wizard.router.run("grep -x debug /etc/ppp/options.pptpd").code == 0
        watching.kill()
    left = wizard.router.run("read -r now _ </proc/uptime; echo $(($(cat /tmp/pptp-wizard.*/until) - ${now%%.*}))")
    assert 0 < int(left.out) <= WINDOW
    # As if that time had gone by.
    assert wizard.router.run("for file in /tmp/pptp-wizard.*/until; do echo 0 >$file; done").code == 0
    gone = wizard.router.run("while grep -qx debug /etc/ppp/options.pptpd; do busybox usleep 100000; done", timeout=60)
    assert gone.code == 0
    wizard.router.run("while ls -d /tmp/pptp-wizard.lock; do busybox usleep 100000; done", timeout=60)
    assert wizard.router.digest() == before


@pytest.mark.turns
def test_who_watches_and_is_gone_leaves_nothing_behind(lab: Lab, tmp_path: Path, tunnels: dict[str, Disk]) -> None:
    """The program is killed and the power goes: the router has its quiet options back after its start."""
    wizard = set_up(lab, tmp_path, tunnels)
    before = wizard.router.digest()
    with begun(wizard) as watching:
        assert wizard.router.run("grep -x debug /etc/ppp/options.pptpd").code == 0
        watching.kill()
    wizard.router.power_cut()
    assert wizard.router.digest() == before
