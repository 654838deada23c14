"""The wizard typed into, in a real terminal of 80×24, against a real router."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.lab import Lab
from tests.lab.wizard import Wizard, answers
from tests.terminal import CTRL_C, DOWN, ENTER, ESCAPE, Terminal

pytestmark = pytest.mark.lab

QUESTIONS = [
    "Which devices will dial in?",
    "What may they reach?",
    "Server's address in the tunnel",
    "Who may dial in?",
    "Is this right?",
]


@contextmanager
def at_terminal(wizard: Wizard, *arguments: str) -> Iterator[Terminal]:
    terminal = Terminal([sys.executable, "-m", "wizard", *arguments], wizard.environment(), wizard.home)
    try:
        yield terminal
    finally:
        terminal.close()


def test_enter_all_the_way_leads_to_a_tunnel(lab: Lab, tmp_path: Path) -> None:
    client = lab.client()
    router = lab.router()
    wizard = Wizard(router, tmp_path)
    (tmp_path / ".ssh" / "known_hosts").unlink()
    with at_terminal(wizard) as terminal:
        assert router.lan in terminal.answer("Which router?")
        assert "SHA256:" in terminal.answer("Is this your router?")
        terminal.answer(f"Password for {router.lan}", "wrong-made-up" + ENTER)
        terminal.wait_for("did not take that password")
        terminal.answer(f"Password for {router.lan}", f"{router.password}{ENTER}")
        for question in QUESTIONS:
            terminal.answer(question)
        terminal.answer("What now?")
        assert terminal.end(240) == 0, terminal.scrollback
        shown = terminal.scrollback
    password = re.search(r"^vpnuser: (\S+)$", shown, re.MULTILINE)
    assert password, shown
    call = client.dial("vpnuser", password[1])
    assert call.up, call.log
    assert (call.address, call.peer) == ("172.16.1.2", "172.16.1.1")
    assert call.mppe and "128-bit stateless" in call.mppe
    record = next((tmp_path / ".local/state/pptp-wizard").glob("*.log"))
    assert password[1] not in record.read_text()
    assert (record.stat().st_mode & 0o777) == 0o600


def test_a_client_is_added_to_the_tunnel_that_is_there(lab: Lab, tmp_path: Path) -> None:
    client = lab.client()
    router = lab.router(ppp=True)
    wizard = Wizard(router, tmp_path)
    assert wizard.apply(answers(), {"anna": "made-up-1"}).code == 0
    with at_terminal(wizard, *wizard.login) as terminal:
        for question in QUESTIONS[:3]:
            terminal.answer(question)
        assert re.search(r"anna\s+172\.16\.1\.2\s+kept", terminal.answer(QUESTIONS[3], DOWN + ENTER))
        terminal.answer("User name", ENTER)
        terminal.answer("Address of this client", ENTER)
        terminal.wait_for(r"172\.16\.1\.3\s+new")
        terminal.answer(QUESTIONS[3])
        terminal.answer(QUESTIONS[4])
        terminal.answer("What now?")
        assert terminal.end(240) == 0, terminal.scrollback
        new = re.search(r"^(vpnuser): (\S+)$", terminal.scrollback, re.MULTILINE)
    assert new
    assert client.dial("anna", "made-up-1").address == "172.16.1.2"
    assert client.dial(new[1], new[2]).address == "172.16.1.3"


def test_back_ctrl_c_and_leaving_change_nothing(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(ppp=True)
    wizard = Wizard(router, tmp_path)
    before = router.digest()
    with at_terminal(wizard, *wizard.login) as terminal:
        terminal.answer(QUESTIONS[0])
        terminal.answer(QUESTIONS[1], ESCAPE)
        terminal.answer(QUESTIONS[0])
        terminal.answer(QUESTIONS[1])
        terminal.answer(QUESTIONS[2], CTRL_C)
        assert terminal.end() == 130
        assert "Nothing was changed on the router." in terminal.scrollback
    with at_terminal(wizard, *wizard.login) as terminal:
        for question in QUESTIONS:
            terminal.answer(question)
        terminal.answer("What now?", DOWN * 3 + ENTER)
        assert terminal.end() == 0
        assert "Nothing was changed on the router." in terminal.scrollback
    assert router.digest() == before


def test_an_interrupted_change_is_undone_and_says_so(lab: Lab, tmp_path: Path) -> None:
    router = lab.router()
    before = router.digest()
    wizard = Wizard(router, tmp_path)
    with at_terminal(wizard, *wizard.login, "--confirm-within", "15") as terminal:
        for question in (*QUESTIONS, "What now?"):
            terminal.answer(question)
        terminal.wait_for("install what is missing")
        terminal.type(CTRL_C)
        assert terminal.end() == 130
        shown = terminal.scrollback
    assert "undoes all of it by itself" in " ".join(shown.split())
    assert not re.search(r"^vpnuser: \S+$", shown, re.MULTILINE), "a password that will not count"
    router.run("while [ -d /tmp/pptp-wizard.lock ]; do sleep 1; done", timeout=150)
    after = router.digest()
    left = {path for path in before | after if before.get(path) != after.get(path) and " " in after.get(path, "- -")}
    assert not [path for path in left if path.startswith("/etc/") and not path.startswith("/etc/pptp-wizard")]


def test_without_a_terminal_it_names_the_flag_and_changes_nothing(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(ppp=True)
    before = router.digest()
    wizard = Wizard(router, tmp_path)
    ran = wizard.run(*wizard.login)
    assert ran.code == 2
    assert "--answers" in ran.out
    assert router.digest() == before
