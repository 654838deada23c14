"""The whole of the questions by lines, for those who cannot or will not use a moving cursor."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from tests.ask.desk import Desk, reading
from tests.ask.test_flow import PROPOSED, asked_at
from tests.plan.scene import KEPT, WITH_TUNNEL
from wizard.ask.flow import STAGES
from wizard.model.answers import Access, Client
from wizard.model.errors import WizardError
from wizard.model.secret import Secret


def test_empty_lines_all_the_way() -> None:
    asked = asked_at(reading(*[""] * len(STAGES)))
    assert asked
    assert asked.answers == PROPOSED
    assert asked.generated == {"vpnuser"}


@pytest.mark.parametrize("steps", range(len(STAGES)))
def test_back_loses_no_later_answer(steps: int) -> None:
    lines = ["1,2", "4", "10.9.8.1", "2", "ann", "", ""]
    desk = reading(*lines, *["<"] * steps, *[""] * steps, "")
    asked = asked_at(desk)
    assert asked
    assert desk.steps == [1, 2, 3, 4, 5, *range(4, 4 - steps, -1), *range(6 - steps, 6)]
    assert asked.devices == {"windows", "linux"}
    assert asked.answers.access == Access(lan="none")
    assert asked.answers.clients == (
        Client("vpnuser", IPv4Address("10.9.8.2")),
        Client("ann", IPv4Address("10.9.8.3")),
    )


@pytest.mark.parametrize("count", range(len(STAGES)))
def test_lines_that_end_early_name_the_flag(count: int) -> None:
    with pytest.raises(WizardError) as caught:
        asked_at(reading(*[""] * count))
    assert caught.value.code == "no-answer"


def test_a_typed_password_does_not_show_up() -> None:
    desk = reading("", "", "", "3", "3", "my own", "my own", "", "")
    asked = asked_at(desk, WITH_TUNNEL)
    assert asked
    assert asked.passwords == {**KEPT, "ann": Secret("my own")}
    assert "my own" not in desk.seen


def test_clients_are_lines_instead_of_a_table() -> None:
    desk = reading("", "", "", "", "")
    asked_at(desk, WITH_TUNNEL)
    assert "Client ann: address 10.9.8.2, password kept" in desk.seen


def test_nothing_moves_and_no_line_is_too_long() -> None:
    desk: Desk = reading("?", "", "?", "", "?", "", "?", "2", "?", "", "?", "", "", "?", "")
    assert asked_at(desk)
    assert not set("\x1b\r\b") & set(desk.seen)
    assert max(map(len, desk.seen.splitlines())) <= 80
