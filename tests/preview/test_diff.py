"""The diff is a true one: applied to what is there it gives what shall be, and it hides no change."""

from __future__ import annotations

from difflib import unified_diff

from hypothesis import given
from hypothesis import strategies as st

from tests.preview.samples import OLD_PASSWORD, PASSWORD, content
from wizard.model.changes import Content
from wizard.preview.diff import diff
from wizard.resources import MASK

LINES = st.lists(st.sampled_from(["", "a", "b", "c", "-", "+x", "@@ -1 +1 @@"]), max_size=12)
ENDS = st.sampled_from(["", "\n"])


def shown(before: Content | None, after: Content) -> list[str]:
    return [line.mark + line.text for line in diff(before, after).lines.lines]


@given(old=LINES, new=LINES)
def test_it_reads_as_the_standard_librarys(old: list[str], new: list[str]) -> None:
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    expected = list(unified_diff(old, new, lineterm=""))[2:]
    assert shown(content(before), content(after)) == expected


def sides(lines: list[str]) -> tuple[str, str]:
    """What a diff with all its context says that was there, and what shall be."""
    texts = {"-": "", "+": ""}
    last = ""
    for line in lines:
        if line[0] in "-+ ":
            last = line[0]
            for sign in texts:
                texts[sign] += f"{line[1:]}\n" if last in (sign, " ") else ""
        elif line[0] == "\\":
            for sign in texts:
                texts[sign] = texts[sign][:-1] if last in (sign, " ") else texts[sign]
    return texts["-"], texts["+"]


@given(
    old=st.lists(st.sampled_from("abc"), max_size=4), new=st.lists(st.sampled_from("abc"), max_size=4), a=ENDS, b=ENDS
)
def test_it_leads_from_one_text_to_the_other_to_the_last_byte(old: list[str], new: list[str], a: str, b: str) -> None:
    before, after = "\n".join(old) + (a if old else ""), "\n".join(new) + (b if new else "")
    lines = shown(content(before), content(after))
    assert sides(lines) == ((before, after) if before != after else ("", ""))


def test_a_new_file_is_all_added() -> None:
    assert shown(None, content("a\nb\n")) == ["@@ -0,0 +1,2 @@", "+a", "+b"]


def test_a_changed_password_shows_as_a_change_though_both_lines_look_alike() -> None:
    difference = diff(content(f'ben * "{OLD_PASSWORD}" *\n'), content(f'ben * "{PASSWORD}" *\n'))
    assert [line.mark + line.text for line in difference.lines.lines][1:] == [
        f'-ben * "{MASK}" *',
        f'+ben * "{MASK}" *',
    ]
    assert difference.hidden


def test_a_secret_over_several_lines_still_counts() -> None:
    old, new = Content(b'"a\nb" x\n', f"{MASK} x\n"), Content(b'"a\nc" x\n', f"{MASK} x\n")
    assert diff(old, new).hidden
    assert not diff(old, old).hidden


def test_lines_that_move_hide_nothing() -> None:
    assert not diff(content(f"a {PASSWORD}\nb\n"), content(f"b\na {PASSWORD}\n")).hidden
