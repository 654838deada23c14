"""What a person sees, what the record keeps, and that the record never has a secret."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard import screen as screen_module
from wizard.model.report import Verdict
from wizard.model.secret import Secret
from wizard.resources import MASK
from wizard.screen import Progress, Screen


class Terminal(StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def usual_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "LC_ALL", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def show_everything(screen: Screen) -> None:
    screen.heading(3, 7, "Who may connect")
    screen.say("Said.")
    screen.note("Noted.")
    screen.warn("Warned.")
    screen.good("Went well.")
    screen.step("Copy the files", Verdict.OK)
    screen.step("Start pptpd", Verdict.BROKEN, "no such file")
    screen.step("Call it", Verdict.NOT_TRIED)
    screen.page("A headline.", "What to do.\nAnd then.")
    with screen.progress("Looking for the router") as work:
        work.update("192.168.1.1")
        work.update("192.168.1.254", 2, 3)


PLAIN = """\

Step 3 of 7 · Who may connect
Said.
Noted.
Warning: Warned.
Went well.
OK        Copy the files
FAILED    Start pptpd: no such file
NOT TRIED Call it

A headline.

What to do.
And then.
Looking for the router …
  192.168.1.1
  192.168.1.254, 2 of 3
Looking for the router: done
"""


@pytest.mark.parametrize("how", ["asked for", "dumb terminal", "no terminal", "no terminal, no colour"])
def test_plain_is_lines_of_text(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = StringIO() if how.startswith("no terminal") else Terminal()
    if how == "dumb terminal":
        monkeypatch.setenv("TERM", "dumb")
    if how.endswith("no colour"):
        monkeypatch.setenv("NO_COLOR", "1")
    screen = Screen(plain=how == "asked for", file=file, width=80)
    show_everything(screen)
    assert screen.plain
    assert file.getvalue() == PLAIN


def test_a_terminal_gets_signs_and_colours_beside_the_same_words() -> None:
    file = Terminal()
    screen = Screen(file=file, width=80)
    screen.step("Copy the files", Verdict.OK)
    screen.step("Start pptpd", Verdict.BROKEN)
    screen.good("Went well.")
    screen.heading(1, 2, "Title")
    shown = file.getvalue()
    assert not screen.plain
    assert "\x1b[1;32m✔ \x1b[0mOK        Copy the files\n" in shown
    assert "\x1b[1;31m✘ \x1b[0mFAILED    Start pptpd\n" in shown
    assert "✔ \x1b[0mWent well.\n" in shown
    assert "Step 1 of 2 · Title\x1b[0m" in shown
    assert "──" in shown


def test_a_section_is_a_heading_without_a_number() -> None:
    file = StringIO()
    Screen(file=file, width=80).section("What [will] change")
    assert file.getvalue() == "\nWhat [will] change\n"


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    file = Terminal()
    show_everything(Screen(file=file, width=80))
    assert not re.search(r"\x1b\[[\d;]*3\d[;m]", file.getvalue())


@given(st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" [];", exclude_characters="\0")))
def test_text_is_never_markup(words: str) -> None:
    file = StringIO()
    screen = Screen(file=file, width=10_000)
    screen.say(f"[bold]{words}[/bold] :warning:")
    assert file.getvalue().rstrip() == f"[bold]{words}[/bold] :warning:"


@pytest.mark.parametrize("method", ["say", "note", "warn", "good"])
def test_what_a_router_sends_cannot_steer_the_terminal(method: str) -> None:
    file = StringIO()
    getattr(Screen(file=file, width=80), method)("a\x1b[2Jb\x07")
    assert "a\\x1b[2Jb\\x07\n" in file.getvalue()


def test_long_text_folds_at_words() -> None:
    file = StringIO()
    Screen(file=file, width=40).say("word " * 30)
    lines = file.getvalue().splitlines()
    assert len(lines) == 4
    assert all(len(line) <= 40 and line.split() == ["word"] * len(line.split()) for line in lines)


def test_errors_go_to_their_own_stream() -> None:
    file, errors = StringIO(), StringIO()
    screen = Screen(file=file, error_file=errors, width=80)
    screen.page("It failed.", "Do this.", error=True)
    screen.page("Advice.", "Do that.")
    assert errors.getvalue() == "\nIt failed.\n\nDo this.\n"
    assert file.getvalue() == "\nAdvice.\n\nDo that.\n"


def test_the_standard_streams_are_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(width=80)
    screen.say("out")
    screen.page("bad", "so", error=True)
    said = capsys.readouterr()
    assert (said.out, said.err) == ("out\n", "\nbad\n\nso\n")


def test_the_transcript_is_what_was_shown_as_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "transcript"
    screen = Screen(file=Terminal(), width=80, transcript=path)
    show_everything(screen)
    screen.record("Name of the client: [anna]")
    shown = re.sub(r"^[✔✘–] ", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert shown == PLAIN + "Name of the client: [anna]\n"


def test_the_transcript_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "transcript"
    path.write_text("before\n")
    path.chmod(0o644)
    screen = Screen(file=StringIO(), width=80, transcript=path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    screen.say("after")
    assert path.read_text() == "before\nafter\n"


def test_a_secret_is_revealed_once_and_never_in_the_transcript(tmp_path: Path) -> None:
    path, file = tmp_path / "transcript", StringIO()
    screen = Screen(file=file, width=20, transcript=path)
    secret = Secret("[b]correct horse battery staple[/b]")
    screen.show_once("Password of anna", secret)
    screen.say(f"It is {secret}.")
    assert f"Password of anna: {secret.reveal()}\n" in file.getvalue(), "not folded, so that it can be copied"
    assert file.getvalue().count("horse") == 1
    assert path.read_text(encoding="utf-8").startswith(f"Password of anna: {MASK}\n")
    assert "horse" not in path.read_text(encoding="utf-8")


def test_a_transcript_that_cannot_be_written_ends_in_words_and_the_run_goes_on(tmp_path: Path) -> None:
    path, file = tmp_path / "gone" / "transcript", StringIO()
    path.parent.mkdir()
    screen = Screen(file=file, width=400, transcript=path)
    path.unlink()
    path.parent.rmdir()
    screen.say("one")
    screen.say("two")
    assert (
        file.getvalue()
        == f"one\nWarning: The record of this run in {path} ends here: No such file or directory.\ntwo\n"
    )


@pytest.mark.parametrize("plain", [True, False])
def test_progress_says_when_it_was_stopped(plain: bool) -> None:
    file = Terminal()
    screen = Screen(plain=plain, file=file, width=80)
    with pytest.raises(KeyboardInterrupt), screen.progress("Copying"):
        raise KeyboardInterrupt
    assert "Copying: stopped" in file.getvalue()
    if not plain:
        assert file.getvalue().rindex("\x1b[?25h") < file.getvalue().index("Copying: stopped"), "the cursor is back"


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(screen_module, "monotonic", clock)
    return clock


def test_progress_tells_each_state_once_and_counts_now_and_then(clock: Clock) -> None:
    told: list[str] = []
    work = Progress("Looking", told.append)
    work.update("usual addresses", 1, 9)
    clock.now += 1
    work.update("usual addresses", 2, 9)
    clock.now += 4
    work.update("usual addresses", 7, 9)
    work.update("gateway")
    assert told == ["  usual addresses, 1 of 9", "  usual addresses, 7 of 9 (5.0 s)", "  gateway (5.0 s)"]


@pytest.mark.parametrize(("seconds", "said"), [(0.0, ""), (0.09, ""), (0.11, " (0.1 s)"), (12.34, " (12.3 s)")])
def test_seconds_are_said_once_anybody_would_notice(clock: Clock, seconds: float, said: str) -> None:
    work = Progress("Looking", lambda text: None)
    clock.now += seconds
    assert work.since == said


def test_the_moving_line_has_state_count_and_seconds(clock: Clock) -> None:
    work = Progress("Looking", lambda text: None)
    assert work.frame("|/") == "| Looking"
    clock.now += 0.1001
    work.update("gateway", 3)
    assert work.frame("|/") == "/ Looking: gateway, 3 (0.1 s)"


def test_signs_become_ascii_where_the_terminal_has_no_more() -> None:
    raw = BytesIO()
    screen = Screen(file=TextIOWrapper(raw, encoding="ascii", write_through=True), width=80)
    show_everything(screen)
    screen.say("“Grüße” – ✔ ✘ → 漢")
    shown = raw.getvalue().decode("ascii")
    assert "Step 3 of 7 - Who may connect" in shown
    assert '"Gru?e" - + x > ?\n' in shown


def test_letters_that_the_terminal_has_stay() -> None:
    raw = BytesIO()
    file = TextIOWrapper(raw, encoding="latin-1", write_through=True)
    Screen(file=file, width=80).say("Grüße →")
    assert raw.getvalue().decode("latin-1") == "Grüße >\n"


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_the_c_locale_is_ascii_though_python_speaks_utf_8(locale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    raw = BytesIO()
    file = TextIOWrapper(raw, encoding="utf-8", write_through=True)
    Screen(file=file, width=80).say("é …")
    assert raw.getvalue() == b"e .\n"


def test_importing_it_does_not_import_rich() -> None:
    code = "import sys, wizard.screen; sys.exit('rich' in sys.modules or 'jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
