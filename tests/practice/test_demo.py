"""`pptp-wizard demo`: a whole set-up on a practice router, and nothing of it left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest

from tests.terminal import DOWN, ENTER, Terminal
from wizard.practice.demo import ANSWERS, known
from wizard.practice.troubles import TROUBLES

DEMO = [sys.executable, "-m", "wizard", "demo"]
FEWEST = 8
"""Times that Enter is pressed from the beginning to a finished tunnel."""


def some(names: Iterable[str], count: int = 3) -> list[str]:
    """So many of them, others each day; all where the environment variable PRACTICE is `whole`."""
    known = sorted(names)
    return known if os.environ.get("PRACTICE") == "whole" else sorted(Random(f"{date.today()}").sample(known, count))


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for whatever lasts only a while, with a short name, and a home beside it."""
    with tempfile.TemporaryDirectory(prefix="demo-") as name:
        (Path(name) / "home").mkdir()
        yield Path(name)


def surroundings(place: Path) -> dict[str, str]:
    return {
        "HOME": str(place / "home"),
        "TMPDIR": str(place),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
    }


def assert_nothing_is_left(place: Path) -> None:
    """No file but the home, and nobody who runs in the folder."""
    until = time.monotonic() + 20
    while (left := [path.name for path in place.iterdir() if path.name != "home"]) and time.monotonic() < until:
        time.sleep(0.1)
    assert left == []
    assert list((place / "home").iterdir()) == []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            assert f"IPKG_INSTROOT={place}".encode() not in environment.read_bytes(), environment
        except OSError:
            continue


@pytest.mark.parametrize("release", some(known()))
def test_a_router_of_each_release_gets_a_tunnel_without_a_question(place: Path, release: str) -> None:
    ran = subprocess.run(
        [*DEMO, release, "--yes"], env=surroundings(place), cwd=place, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "the router took the call" in ran.stdout
    assert "OK        the firewall has the rules" in ran.stdout
    assert_nothing_is_left(place)


def test_enter_all_the_way_leads_to_a_tunnel(place: Path) -> None:
    terminal = Terminal(DEMO, surroundings(place), place)
    pressed = 0
    try:
        for question in (
            "Is this your router?",
            "Which devices will dial in?",
            "What may they reach?",
            "Server's address in the tunnel",
            "Who may dial in?",
            "Is this right?",
            "What now?",
            "What next, on the practice router?",
        ):
            terminal.answer(question, ENTER)
            pressed += 1
        assert terminal.end() == 0, terminal.scrollback
        assert "practice router" in terminal.scrollback
        assert "the router took the call" in terminal.scrollback
    finally:
        terminal.close()
    assert pressed <= FEWEST
    assert_nothing_is_left(place)


def test_the_connection_test_goes_all_the_way_there(place: Path) -> None:
    terminal = Terminal([*DEMO, "--answers", "answers.toml"], surroundings(place), place / "home")
    (place / "home/answers.toml").write_text(ANSWERS)
    try:
        terminal.answer("Is this your router?")
        terminal.answer("Is this right?")
        terminal.answer("What now?")
        terminal.answer("What next, on the practice router?", DOWN + ENTER)
        terminal.wait_for("Nothing wrong was found")
        terminal.answer("What next, on the practice router?")
        assert terminal.end() == 0, terminal.scrollback
        shown = terminal.scrollback
    finally:
        terminal.close()
        (place / "home/answers.toml").unlink()
    for said in ("the tunnel is encrypted (MPPE, 128 bit)", "the client gets its address (IPCP): 172.16.1.2"):
        assert f"OK        {said}" in shown, shown
    assert "FAILED" not in shown
    assert_nothing_is_left(place)


@pytest.mark.parametrize("name", some(TROUBLES))
def test_each_trouble_is_found_and_nothing_else_is(place: Path, name: str) -> None:
    words = [*DEMO, "--trouble", name, "--json", "--reach", "192.168.1.20"]
    ran = subprocess.run(words, env=surroundings(place), cwd=place, capture_output=True, text=True, timeout=120)
    document = json.loads(ran.stdout[ran.stdout.index("{") :])
    assert ran.returncode == document["exit_code"] == 1, ran.stdout
    assert document["finding"]["code"] == TROUBLES[name].code
    broken = {check["code"] for check in document["rungs"][0]["checks"] if check["verdict"] == "broken"}
    assert broken == {TROUBLES[name].code}
    assert_nothing_is_left(place)


def test_what_there_is_can_be_listed() -> None:
    ran = subprocess.run([*DEMO, "--list"], capture_output=True, text=True, check=True)
    assert all(name in ran.stdout for name in (*known(), *TROUBLES))


def test_a_demo_that_is_killed_leaves_nothing_either(place: Path) -> None:
    with subprocess.Popen([*DEMO, "--plain"], env=surroundings(place), cwd=place, stdout=subprocess.PIPE) as demo:
        assert demo.stdout
        while "Is this your router" not in demo.stdout.readline().decode():
            assert demo.poll() is None
        demo.send_signal(signal.SIGKILL)
    assert_nothing_is_left(place)
