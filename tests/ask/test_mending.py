"""One question for each kind of damage, by keys and by lines."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.ask.desk import CTRL_C, DOWN, ENTER, ESCAPE, UP, Desk, reading, typing
from tests.plan.scene import WITH_TUNNEL
from wizard.ask import ask_damage, ask_take_over
from wizard.ask.mending import SHOWN, WORDS
from wizard.model.damage import Damage, Kind
from wizard.model.errors import WizardError

EVERYTHING = [Damage(kind, "/etc/x", data={"found": (f"this is {kind}",)}) for kind in Kind]
TWO = [each for each in EVERYTHING if each.code in (Kind.OLD_ZONE, Kind.DEBUG)]


def mended(found: Sequence[Damage], desk: Desk) -> set[Kind] | None:
    answer = ask_damage(found, desk.prompter, desk.screen)
    return None if answer is None else set(answer)


def test_every_kind_has_its_words() -> None:
    assert list(WORDS) == list(Kind)
    for words in WORDS.values():
        assert words.question.title.endswith("?") and len(words.question.title) <= 76
        assert words.question.why and len(words.question.why) <= 80
        assert words.question.more
        assert all(len(line) <= 80 for line in words.question.more.split("\n")[:-1])


def test_enter_mends_all_that_is_safely_mended() -> None:
    with typing(ENTER * len(Kind)) as desk:
        assert mended(EVERYTHING, desk) == set(Kind) - {Kind.PORT_FORWARD}
    assert all(f"Found: this is {kind}" in desk.seen for kind in Kind)


def test_lines_do_the_same() -> None:
    desk = reading(*[""] * len(Kind))
    assert mended(EVERYTHING, desk) == set(Kind) - {Kind.PORT_FORWARD}
    assert max(map(len, desk.seen.splitlines())) <= 80


def test_a_no_is_one() -> None:
    with typing(DOWN + ENTER, ENTER) as desk:
        assert mended(TWO, desk) == {Kind.DEBUG}
    desk = reading("?", "2", "1")
    assert mended(TWO, desk) == {Kind.DEBUG}


def test_back_asks_the_one_before_and_keeps_what_was_said() -> None:
    with typing(DOWN + ENTER, ESCAPE, ENTER, DOWN + ENTER) as desk:
        assert mended(TWO, desk) == set()
    desk = reading("2", "<", "", "2")
    assert mended(TWO, desk) == set()


def test_back_from_the_first_leads_out_after_a_yes() -> None:
    with typing(ESCAPE, UP + ENTER) as desk:
        assert mended(TWO, desk) is None
    desk = reading("<", "2", "", "")
    assert mended(TWO, desk) == {Kind.OLD_ZONE, Kind.DEBUG}


def test_a_kind_in_several_files_is_one_question() -> None:
    several = [Damage(Kind.DEBUG, f"/etc/{n}", data={"found": (f"file {n}",)}) for n in range(SHOWN + 2)]
    desk = reading("")
    assert mended(several, desk) == {Kind.DEBUG}
    assert "Found: 2 more of that kind" in desk.seen


def test_nothing_wrong_is_no_question() -> None:
    desk = reading()
    assert mended([], desk) == set()
    assert not desk.seen


def test_an_interruption_is_one_and_an_end_of_lines_has_its_page() -> None:
    with typing(CTRL_C) as desk, pytest.raises(KeyboardInterrupt):
        mended(TWO, desk)
    desk = reading()
    with pytest.raises(WizardError) as error:
        mended(TWO, desk)
    assert error.value.code == "no-answer"


@pytest.mark.parametrize(
    ("keys", "line", "taken"), [(ENTER, "", True), (DOWN + ENTER, "2", False), (ESCAPE, "<", False)]
)
def test_taking_over_shows_users_and_addresses_and_no_password(keys: str, line: str, taken: bool) -> None:
    assert WITH_TUNNEL.tunnel is not None
    with typing(keys) as desk:
        assert ask_take_over(WITH_TUNNEL.tunnel, desk.prompter, desk.screen) is taken
    by_lines = reading(line)
    assert ask_take_over(WITH_TUNNEL.tunnel, by_lines.prompter, by_lines.screen) is taken
    for seen in (desk.seen, by_lines.seen):
        assert "ann, address 10.9.8.2" in seen
        assert "own" not in seen.replace("own service", "").replace("own start", "")
