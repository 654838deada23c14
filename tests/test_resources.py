"""Templates are found wherever the program is, and every value is quoted for its reader."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard import resources
from wizard.model.secret import Secret
from wizard.resources import MASK, Page, Sink, page, render, sheet, text, visible

ROOT = Path(__file__).parents[1]
SHELLS = [shell for shell in (["dash"], ["busybox", "ash"], ["sh"]) if shutil.which(shell[0])]
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
PPPD_WORDS = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]))
ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "s": " ", "t": "\t"}


class WriteTemplate(Protocol):
    def __call__(self, source: str, name: str = ...) -> str: ...


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WriteTemplate]:
    """Write a template of the test's own; gives its name."""

    def write_template(source: str, name: str = "some.txt") -> str:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, encoding="utf-8")
        resources._environment.cache_clear()
        return name

    monkeypatch.setattr(resources, "_templates", lambda: tmp_path)
    yield write_template
    resources._environment.cache_clear()


def quoted(value: object, sink: Sink, *, reveal: bool = False) -> str:
    """A value as it comes out of a template that has nothing else in it."""
    return resources._environment(sink, reveal).from_string("{{ value }}").render(value=value)


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: str(shell[0]))
@settings(deadline=None)
@given(value=WORDS)
def test_shell_quoting_round_trips_through_a_real_shell(shell: list[str], value: str) -> None:
    script = f"printf %s {quoted(value, Sink.SHELL)}".encode()
    said = subprocess.run(shell, input=script, capture_output=True, check=True)
    assert said.stdout == value.encode()
    assert not said.stderr


def pppd_words(line: str, *, old: bool) -> list[str]:
    """Split a line as pppd's getword does. `old`: up to 2.4.5, where a quote counts at the start of a word alone."""
    words: list[str] = []
    at = 0
    while at < len(line):
        if line[at] == "#":
            break
        if line[at].isspace() and line[at].isascii():
            at += 1
            continue
        word, at = _pppd_word(line, at, old)
        words.append(word)
    return words


def _pppd_word(line: str, at: int, old: bool) -> tuple[str, int]:
    quote, word, start = "", "", at
    while at < len(line):
        char = line[at]
        if char == "\\":
            word += ESCAPES.get(line[at + 1], line[at + 1])
            assert line[at + 1] not in "01234567x", "an octal or hexadecimal escape is not ours"
            at += 2
            continue
        at += 1
        if quote and char == quote:
            quote = ""
            if old:
                return word, at
        elif not quote and char in "\"'" and (not old or at == start + 1):
            quote = char
        elif not quote and (char == "#" or (char.isspace() and char.isascii())):
            return word, at - 1
        else:
            word += char
    assert not quote, "unterminated quote"
    return word, at


@pytest.mark.parametrize("old", [True, False])
@given(name=PPPD_WORDS, password=PPPD_WORDS)
def test_pppd_quoting_reads_back(old: bool, name: str, password: str) -> None:
    line = f"{quoted(name, Sink.PPPD)} * {quoted(Secret(password), Sink.PPPD, reveal=True)} 192.168.1.2 # end"
    assert pppd_words(line, old=old) == [name, "*", password, "192.168.1.2"]


@pytest.mark.parametrize(
    ("line", "old", "words"),
    [
        ("a  b\tc", True, ["a", "b", "c"]),
        ("p#x", True, ["p"]),
        ("'x y'", True, ["x y"]),
        (r"a\ b\sc", True, ["a b c"]),
        ("a'b", True, ["a'b"]),
        ("a'b c' d", False, ["ab c", "d"]),
    ],
)
def test_the_reader_of_these_tests_reads_as_pppd_was_seen_to(line: str, old: bool, words: list[str]) -> None:
    assert pppd_words(line, old=old) == words


@pytest.mark.parametrize(("value", "sink"), [("a\0b", Sink.SHELL), ("a\nb", Sink.PPPD), ("a\rb", Sink.PPPD)])
def test_what_a_sink_cannot_hold_is_refused(value: str, sink: Sink) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        quoted(value, sink)


@pytest.mark.parametrize("value", ["", "a b", "a\nb", "a\tb", "a\x00b", "a\u00a0b", "\x7f"])
def test_pptpd_conf_takes_single_words_alone(value: str) -> None:
    with pytest.raises(ValueError, match="one word"):
        quoted(value, Sink.PPTPD_CONF)


def test_pptpd_conf_refuses_lines_that_pptpd_would_ignore(write: WriteTemplate) -> None:
    name = write("remoteip {{ list }}\n")
    longest = "x" * (510 - len("remoteip \n"))
    assert render(name, Sink.PPTPD_CONF, list=longest) == f"remoteip {longest}\n"
    with pytest.raises(ValueError, match="too long"):
        render(name, Sink.PPTPD_CONF, list=longest + "x")
    with pytest.raises(ValueError, match="not ended"):
        render(write("speed 115200"), Sink.PPTPD_CONF)


@pytest.mark.parametrize("sink", Sink)
@pytest.mark.parametrize("value", [1400, IPv4Address("192.168.1.1"), IPv4Network("192.168.1.0/24")])
def test_numbers_and_addresses_stand_as_they_are(value: object, sink: Sink) -> None:
    assert quoted(value, sink) == str(value)


@pytest.mark.parametrize("value", [None, True, ["a"], {"a": 1}, b"a", Sink.SHELL])
@pytest.mark.parametrize("sink", [Sink.SHELL, Sink.PPPD, Sink.PPTPD_CONF])
def test_what_has_no_form_in_a_file_is_refused(value: object, sink: Sink) -> None:
    with pytest.raises(TypeError, match="has no form"):
        quoted(value, sink)


@pytest.mark.parametrize(
    "source",
    [
        "{{ value }}",
        "{{ value | replace('x', 'y') }}",
        "{{ value ~ '' }}",
        "{{ ('' | verbatim) ~ value }}",
        "{{ ('' | verbatim) + value }}",
        "{{ value | safe }}",
        "{% for each in [value] %}{{ each }}{% endfor %}",
        "{% include 'inner' %}",
    ],
)
def test_no_way_of_writing_a_value_escapes_the_quotes(write: WriteTemplate, source: str) -> None:
    write("{{ value }}", "inner")
    assert render(write(source), Sink.SHELL, value="$(reboot) it's") == "'$(reboot) it'\\''s'"


def test_what_a_template_builds_is_quoted_rather_twice_than_not_at_all(write: WriteTemplate) -> None:
    built = "{% macro m(v) %}{{ v }}{% endmacro %}{% set s %}{{ value }}{% endset %}{{ m(value) }} {{ s }}"
    said = render(write(built), Sink.SHELL, value="$(reboot)")
    assert said == r"''\''$(reboot)'\''' ''\''$(reboot)'\'''"


def test_verbatim_text_is_inserted_as_it_is(write: WriteTemplate) -> None:
    name = write("{{ script | verbatim }}")
    assert render(name, Sink.SHELL, script="echo 'a'\n") == "echo 'a'\n"
    with pytest.raises(TypeError, match="only text"):
        render(name, Sink.SHELL, script=Secret("hush"), reveal=True)


@pytest.mark.parametrize(("sink", "mask"), [(Sink.SHELL, f"'{MASK}'"), (Sink.PPPD, f'"{MASK}"'), (Sink.PLAIN, MASK)])
def test_a_secret_is_masked_unless_it_is_asked_for(write: WriteTemplate, sink: Sink, mask: str) -> None:
    name = write("{{ password }} {{ 'a' }}")
    assert render(name, sink, password=Secret("hush")).startswith(mask)
    assert "hush" in render(name, sink, password=Secret("hush"), reveal=True)
    assert "hush" not in render(name, sink, password=Secret("hush"))


@pytest.mark.parametrize("sink", Sink)
def test_a_value_that_was_not_given_is_an_error(write: WriteTemplate, sink: Sink) -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError, match="missing"):
        render(write("{{ missing }}\n"), sink)


def test_blocks_leave_no_trace_and_line_ends_stay(write: WriteTemplate) -> None:
    name = write("a\n  {% if yes %}\nb\n  {% endif %}\n{# said #}\n\nc\n")
    assert render(name, Sink.SHELL, yes=True) == "a\nb\n\nc\n"


def test_data_may_have_any_name(write: WriteTemplate) -> None:
    write("{{ name }} {{ sink }} {{ code }}\n\n{{ reveal }}\n", "advice/any.txt")
    assert page("any", name=1, sink=2, reveal=3, **{"code": 4}) == Page("1 2 4", "3")


def test_a_page_is_a_headline_and_what_to_do(write: WriteTemplate) -> None:
    write("It failed with {{ said }}.\n\nDo this.\n\nThen that.\n", "advice/some.txt")
    assert page("some", said="\x1b[2J[x]") == Page("It failed with \\x1b[2J[x].", "Do this.\n\nThen that.")
    assert page("some", said=None).headline == "It failed with None."


def test_a_sheet_is_for_one_kind_of_device(write: WriteTemplate) -> None:
    write("On {{ device }}\n\nType {{ name }}.\n", "clients/some.txt")
    assert sheet("some", device="[it]", name="anna") == Page("On [it]", "Type anna.")


@pytest.mark.parametrize("find", [page, sheet])
def test_a_code_without_a_page_is_a_bug(find: Callable[[str], Page]) -> None:
    with pytest.raises(KeyError, match="no-such-code"):
        find("no-such-code")


@pytest.mark.parametrize("shown", ["a\x1b[31m", "a\x07", "a\x9b", "a\u202eb", "a\ud800", "a\r"])
def test_what_would_steer_a_terminal_becomes_visible(shown: str) -> None:
    assert visible(shown).isprintable()
    assert visible(shown) != shown


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters="\n\t")))
def test_what_can_be_seen_stays(shown: str) -> None:
    assert visible(shown) == shown


def lay_out(kind: str, folder: Path) -> str:
    """Put the program somewhere as it is installed there; gives the entry for sys.path."""
    ignored = shutil.ignore_patterns("__pycache__", "practice")
    shutil.copytree(ROOT / "wizard", folder / "wizard", ignore=ignored)
    shutil.copytree(ROOT / "templates", folder / ("templates" if kind == "checkout" else "wizard/templates"))
    if kind != "zip":
        return str(folder)
    with zipfile.ZipFile(folder / "all.zip", "w") as packed:
        for path in folder.rglob("wizard/**/*"):
            packed.write(path, path.relative_to(folder))
    return str(folder / "all.zip")


READ = """
import sys
sys.path.insert(0, sys.argv[1])
from wizard import resources
assert resources.__file__.startswith(sys.argv[1]), resources.__file__
sys.stdout.write(resources.text("files/options.pptpd"))
assert "jinja2" not in sys.modules
resources.render("files/chap-secrets", resources.Sink.PPPD, seats=(), provider="x")
"""


@pytest.mark.parametrize("kind", ["checkout", "wheel", "zip"])
def test_templates_are_found_wherever_the_program_lies(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", READ, lay_out(kind, tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path.parent)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == text("files/options.pptpd")


def test_a_missing_template_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="no-such"):
        text("files/no-such")


def templates() -> list[Path]:
    return sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())


def test_no_template_goes_round_masking_or_quoting() -> None:
    assert templates()
    for path in templates():
        assert not re.search(r"\{[{%][^}]*(reveal\s*\(|autoescape|\bsafe\b)", path.read_text()), path
