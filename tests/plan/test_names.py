"""User names and passwords: everything that pppd takes is taken, the rest is refused with the reason."""

from __future__ import annotations

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.plan import names

PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=names.MAX_LENGTH)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("", "at least one"),
        ("*", "everyone"),
        ("a\tb", "control character"),
        ("a\nb", "control character"),
        ("a\x7f", "control character"),
        ("jörg", "differently"),
        ("x" * 256, "256 characters"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(name: str, word: str) -> None:
    assert word in (names.name_problem(name) or "")


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("", "at least one"),
        ("@home", "must not start with @"),
        ("a\rb", "control character"),
        ("paßwort", "differently"),
        ("\x00", "control character"),
        ("x" * 256, "256 characters"),
    ],
)
def test_a_password_that_cannot_be_is_refused_with_the_reason(password: str, word: str) -> None:
    problem = names.password_problem(password) or ""
    assert word in problem
    assert len(password) < 3 or password not in problem


@given(PRINTABLE)
def test_all_other_printable_ascii_is_taken(text: str) -> None:
    assert (names.name_problem(text) is None) == (text != "*")
    assert (names.password_problem(text) is None) == (not text.startswith("@"))


@pytest.mark.parametrize("text", ["john doe", 'a"b', "#1", "back\\slash", "@ann", "**", " ", "it's", "x" * 255])
def test_odd_names_are_fine(text: str) -> None:
    assert names.name_problem(text) is None


def test_a_new_password_is_strong_and_cannot_be_misread() -> None:
    password = names.generate_password().reveal()
    signs = password.replace("-", "")
    assert not set(signs) & set("0Oo1lI")
    assert set(signs) <= set(string.ascii_lowercase + string.digits)
    assert len(signs) >= 16
    assert len(signs) * math.log2(len(set(names.ALPHABET))) >= 80
    assert names.password_problem(password) is None


def test_new_passwords_differ() -> None:
    assert len({names.generate_password() for _ in range(100)}) == 100
