"""pppd's words, split as pppd splits them; what is expected is what getword() of pppd 2.4.3 makes of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.inspect.words import lines_of_words
from wizard.resources import _quoted_for_pppd


def words(text: str) -> list[list[str]]:
    return [[word.text for word in line] for line in lines_of_words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b  c\n", [["a", "b", "c"]]),
        ("a b", [["a", "b"]]),
        ("a\n\n  b\tc\n", [["a"], ["b", "c"]]),
        ("p#x y\n", [["p"]]),
        ("# all of it\na", [["a"]]),
        (r'"a b\"c\\" d', [['a b"c\\', "d"]]),
        ("'a\"b' c", [['a"b', "c"]]),
        ('a"b c', [['a"b', "c"]]),
        (r"a\ b \x41\101\n", [["a b", "AA\n"]]),
        (r"a\sb", [["a b"]]),
        ('"two\nlines" x\ny', [["two\nlines", "x"], ["y"]]),
        ("a \\\n b\n", [["a", "b"]]),
        ("a\\\nb\n", [["ab"]]),
        ("a b\r\nc\r\n", [["a", "b"], ["c"]]),
        ('"open', [["open"]]),
        ("", []),
    ],
)
def test_words_are_split_as_pppd_splits_them(text: str, expected: list[list[str]]) -> None:
    assert words(text) == expected


@given(st.lists(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30), min_size=1, max_size=5))
def test_what_we_quote_reads_back(texts: list[str]) -> None:
    assert words(" ".join(map(_quoted_for_pppd, texts)) + "\n") == [texts]


@given(st.text(st.characters(max_codepoint=0xFF), max_size=80))
def test_any_text_is_read_and_spans_do_not_overlap(text: str) -> None:
    at = 0
    for line in lines_of_words(text):
        for word in line:
            assert at <= word.start < word.end <= len(text)
            at = word.end
