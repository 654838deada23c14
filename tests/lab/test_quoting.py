"""User names and passwords of printable ASCII log in, as a real pppd sees it; the rest is refused at the question."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.lab.lab import Lab
from tests.lab.pair import Attempt
from tests.samples import ANSWERS, FACTORY_FRESH
from wizard.changes import change
from wizard.model.answers import Client
from wizard.model.secret import Secret
from wizard.plan.build import plan
from wizard.plan.names import name_problem, password_problem

PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
NASTY = st.sampled_from(list("\"'\\#* @!-\t$`%{}"))
WORDS = st.one_of(st.text(PRINTABLE, min_size=1, max_size=24), st.text(NASTY, min_size=1, max_size=6))
NAMES = WORDS.filter(lambda text: name_problem(text) is None)
PASSWORDS = WORDS.filter(lambda text: password_problem(text) is None)
LONGEST = {"n" * 255: "p" * 255, "\\" * 255: '"' * 255}
# pppd takes a star for "everybody" and "every address", but a secret is never a wildcard.
STARS = {"a*": "*", "**": "**", "# ": "! -"}


def chap_secrets(passwords: dict[str, str]) -> bytes:
    """The file that the wizard would put in place for these clients, in that order, the first at 172.16.1.2."""
    clients = tuple(Client(name, IPv4Address("172.16.1.2") + place) for place, name in enumerate(passwords))
    secrets = {name: Secret(password) for name, password in passwords.items()}
    changes = change(plan(FACTORY_FRESH, replace(ANSWERS, clients=clients), secrets), FACTORY_FRESH)
    return next(file.after.raw for file in changes.files if file.path.endswith("chap-secrets"))


@pytest.mark.lab
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, PASSWORDS, min_size=6, max_size=9))
@example(LONGEST)
@example(STARS)
def test_every_accepted_name_and_password_logs_in(lab: Lab, passwords: dict[str, str]) -> None:
    file = chap_secrets(passwords)
    attempts = [Attempt(file, name, password) for name, password in passwords.items()]
    for place, (attempt, outcome) in enumerate(zip(attempts, lab.client().attempt(attempts), strict=True)):
        assert outcome.login, f"{attempt}\n{outcome.log}"
        assert outcome.address == str(IPv4Address("172.16.1.2") + place), f"{attempt}\n{outcome.log}"


@pytest.mark.lab
def test_a_wrong_password_is_refused_by_the_same_means(lab: Lab) -> None:
    file = chap_secrets({"anna": "made-up-1"})
    wrong = [Attempt(file, "anna", "made-up-2"), Attempt(file, "bert", "made-up-1")]
    assert [outcome.login for outcome in lab.client().attempt(wrong)] == [False, False]


@given(st.text(PRINTABLE, min_size=1, max_size=255))
@example("*")
@example("@")
def test_only_what_cannot_work_is_refused(text: str) -> None:
    assert (name_problem(text) is None) == (text != "*")
    assert (password_problem(text) is None) == (not text.startswith("@"))


@pytest.mark.parametrize("text", ["", "a\nb", "a\tb", "\x7f", "é", "x" * 256])
def test_what_pppd_cannot_hold_is_refused_with_the_reason(text: str) -> None:
    assert name_problem(text)
    assert password_problem(text)
