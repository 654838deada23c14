"""Questions on the way in and at the end, by a person and by flags."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ask.desk import CLEAR, CTRL_C, DOWN, ENTER, ESCAPE, UP, press, reading, typing
from tests.ask.test_flow import PROPOSED
from tests.plan.scene import FRESH, WITH_TUNNEL
from wizard import resources
from wizard.ask import Asked, Unattended, ask_path, confirm_preview, doorkeeper, person, pick_router
from wizard.ask.people import AtTerminal
from wizard.model.door import Door, Target
from wizard.model.errors import ExitCode, WizardError
from wizard.model.secret import Secret
from wizard.plan import addresses, names
from wizard.router.person import Doorkeeper as WhatTheRouterWants

TARGET = Target("192.168.1.1")
DOORS = (
    Door(TARGET, "default gateway", "SSH-2.0-dropbear_0.48"),
    Door(Target("192.168.2.1", 2222, "admin"), "usual address", telnet=True),
)


@pytest.mark.parametrize(("line", "answer"), [("", True), ("1", True), ("2", False), ("<", False)])
def test_a_new_key_is_shown_and_trusted_or_not(line: str, answer: bool) -> None:
    desk = reading(line)
    assert doorkeeper(desk.prompter, desk.screen).trust("192.168.1.1", "ssh-rsa", "SHA256:abc") is answer
    assert "SHA256:abc" in desk.seen


@pytest.mark.parametrize(("line", "answer"), [("", True), ("2", False), ("<", False)])
def test_old_algorithms_are_used_or_not(line: str, answer: bool) -> None:
    desk = reading(line)
    assert doorkeeper(desk.prompter, desk.screen).old_algorithms(TARGET) is answer


def test_a_password_is_asked_for_again_with_a_reason() -> None:
    desk = reading("first", "second", "<")
    door = doorkeeper(desk.prompter, desk.screen)
    assert [door.password(TARGET, attempt) for attempt in (1, 2, 3)] == [Secret("first"), Secret("second"), None]
    assert desk.seen.count("did not take that password") == 2
    assert "first" not in desk.seen


def test_a_passphrase_is_asked_for() -> None:
    desk = reading("open", "<")
    door = doorkeeper(desk.prompter, desk.screen)
    assert [door.passphrase(Path("id_rsa")) for _ in range(2)] == [Secret("open"), None]
    assert "id_rsa" in desk.seen


UNATTENDED: list[tuple[Callable[[Unattended], object], str]] = [
    (lambda door: door.trust("192.168.1.1", "ssh-rsa", "SHA256:abc"), "ssh 192.168.1.1"),
    (lambda door: door.password(TARGET, 1), "--password-file"),
    (lambda door: door.passphrase(Path("id_rsa")), "--identity"),
    (lambda door: door.old_algorithms(TARGET), "--old-ssh"),
]


@pytest.mark.parametrize(("ask", "words"), UNATTENDED)
def test_unattended_every_question_names_its_flag(ask: Callable[[Unattended], object], words: str) -> None:
    with pytest.raises(WizardError) as caught:
        ask(Unattended())
    assert caught.value.exit_code is ExitCode.USAGE
    assert words in resources.page(caught.value.code, **caught.value.data).body


def test_the_best_router_is_one_enter_away() -> None:
    with typing(ENTER) as desk:
        assert pick_router(DOORS, desk.prompter, desk.screen) == "192.168.1.1"


@pytest.mark.parametrize(
    ("keys", "router"),
    [
        (DOWN + ENTER, "admin@192.168.2.1:2222"),
        (DOWN * 2 + ENTER + " 10.0.0.1 " + ENTER, "10.0.0.1"),
        (DOWN * 2 + ENTER + "my router" + ENTER + CLEAR + ENTER + "openwrt.lan" + ENTER, "openwrt.lan"),
        (DOWN * 2 + ENTER + ESCAPE + ENTER, "192.168.1.1"),
        (ESCAPE, None),
        (UP + ENTER, None),
    ],
)
def test_another_router_is_picked_or_typed(keys: str, router: str | None) -> None:
    with typing(keys) as desk:
        assert pick_router(DOORS, desk.prompter, desk.screen) == router


def test_where_none_was_found_the_usual_address_is_offered() -> None:
    with typing(ENTER) as desk:
        assert pick_router((), desk.prompter, desk.screen) == "192.168.1.1"
    with typing(ESCAPE) as desk:
        assert pick_router((), desk.prompter, desk.screen) is None


def test_a_banner_cannot_steer_the_terminal() -> None:
    desk = reading("")
    pick_router([Door(TARGET, "default gateway", "SSH-2.0-\x1b[2J")], desk.prompter, desk.screen)
    assert "\x1b" not in desk.seen


@pytest.mark.parametrize(
    ("keys", "decision"),
    [
        (ENTER, "apply"),
        (DOWN + ENTER, "change"),
        (DOWN * 2 + ENTER, "save"),
        (DOWN * 3 + ENTER, "leave"),
        (ESCAPE, "change"),
        (UP + ENTER, "change"),
    ],
)
def test_the_preview_is_applied_by_enter(keys: str, decision: str) -> None:
    assert press(keys, confirm_preview) == decision


def test_the_preview_is_not_applied_by_ctrl_c() -> None:
    with pytest.raises(KeyboardInterrupt):
        press(CTRL_C, confirm_preview)


def test_answers_are_saved_where_they_can_be(tmp_path: Path) -> None:
    there = tmp_path / "there.toml"
    there.touch()
    lines = ["", str(tmp_path), str(tmp_path / "no" / "x.toml"), " ", str(there), "", str(there), "1"]
    desk = reading(*lines)
    assert ask_path(desk.prompter, tmp_path / "new.toml") == tmp_path / "new.toml"
    assert ask_path(desk.prompter, tmp_path / "new.toml") == there
    assert "is a folder" in desk.words
    assert "There is no folder" in desk.words
    assert ask_path(reading("<").prompter, there) is None


def test_a_home_folder_can_be_abbreviated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert ask_path(reading("~/a.toml").prompter, Path("x")) == tmp_path / "a.toml"


def at_terminal(monkeypatch: pytest.MonkeyPatch, *lines: str) -> AtTerminal:
    """A person who answers in lines."""
    desk = reading(*lines)
    monkeypatch.setattr("wizard.ask.people.open_prompter", lambda screen, plain: desk.prompter)
    whoever = person(desk.screen, addresses=addresses, names=names, plain=True)
    assert isinstance(whoever, AtTerminal)
    return whoever


def test_one_person_answers_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    whoever = at_terminal(monkeypatch, "", "", "pw", *[""] * 5, "9", "2", "", "", "", "")
    door: WhatTheRouterWants = whoever
    assert whoever.pick_router(DOORS) == "192.168.1.1"
    assert whoever.go_on()
    assert door.password(TARGET, 1) == Secret("pw")
    asked = whoever.ask(FRESH, None, {})
    assert asked
    assert asked.answers == PROPOSED
    again = whoever.ask_again(FRESH, asked)
    assert again
    assert again.answers.access.router == "all"
    assert (again.passwords, again.generated, again.devices) == (asked.passwords, asked.generated, asked.devices)
    assert whoever.decide() == "apply"
    assert whoever.where_to_save() == Path("pptp-answers.toml")


def test_a_file_of_answers_opens_at_the_review(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = at_terminal(monkeypatch, "").ask(WITH_TUNNEL, PROPOSED, {})
    assert asked
    assert asked.answers == PROPOSED


def test_nobody_is_looked_for_before_there_is_a_question() -> None:
    person(reading().screen, addresses=addresses, names=names)


def test_flags_answer_what_they_can_and_name_the_rest() -> None:
    nobody = person(reading().screen, addresses=addresses, names=names, unattended=True)
    asked = Asked(PROPOSED, {}, frozenset())
    assert nobody.go_on()
    assert nobody.ask_again(FRESH, asked) is asked
    assert nobody.decide() == "apply"
    assert nobody.where_to_save() is None
    with pytest.raises(WizardError, match="answer-missing"):
        nobody.ask(FRESH, None, {})
    with pytest.raises(WizardError) as caught:
        nobody.pick_router(DOORS)
    assert "192.168.1.1, admin@192.168.2.1:2222" in resources.page(caught.value.code, **caught.value.data).body
