"""Answers that nobody looks over again."""

from __future__ import annotations

from io import StringIO

import pytest

from tests.samples import ANSWERS, FACTORY_FRESH, PASSWORDS
from wizard.journey.settle import _as_written
from wizard.model.errors import ExitCode, WizardError
from wizard.model.secret import Secret
from wizard.screen import Screen


def test_a_slip_in_a_name_of_the_secrets_file_is_named() -> None:
    given = {"vpnuser": Secret("made-up-1"), "latpop": Secret("made-up-2")}
    with pytest.raises(WizardError) as error:
        _as_written(ANSWERS, given, FACTORY_FRESH, Screen(file=StringIO()))
    assert error.value.exit_code is ExitCode.USAGE
    assert "Is laptop meant?" in str(error.value.data["problems"])


def test_a_secrets_file_may_know_more_than_these_clients() -> None:
    given = {**PASSWORDS, "somebody else": Secret("made-up-3")}
    asked = _as_written(ANSWERS, given, FACTORY_FRESH, Screen(file=StringIO()))
    assert asked.passwords == PASSWORDS
    assert not asked.generated


def test_a_kept_password_that_cannot_log_in_is_refused() -> None:
    with pytest.raises(WizardError) as error:
        _as_written(ANSWERS, {**PASSWORDS, "laptop": Secret("@file")}, FACTORY_FRESH, Screen(file=StringIO()))
    assert "laptop" in str(error.value.data["problems"])
    assert "@file" not in str(error.value.data["problems"])
