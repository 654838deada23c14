"""The terminal, and the record of what it showed. The only module that prints."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from io import StringIO, TextIOWrapper
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from wizard.model.report import Verdict
from wizard.model.secret import Secret
from wizard.resources import MASK, visible

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rich.console import Console, RenderableType
    from rich.text import Text

NOTICEABLE = 0.1
"""Seconds from which a wait is noticed, and its length said."""
COUNT_INTERVAL = 5.0
"""Seconds between two plain lines that differ in their count only."""
FRAMES, ASCII_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"
FRAMES_PER_SECOND = 10
LINES = 24
BAR = 20
"""Columns of a bar."""
LOOK_ALIKES = str.maketrans("✔✘→…•·–—‘’“”─│×", "+x>.*---''\"\"-|x")
SIGNS = {
    Verdict.OK: ("✔ ", "OK", "green"),
    Verdict.BROKEN: ("✘ ", "FAILED", "red"),
    Verdict.NOT_TRIED: ("– ", "NOT TRIED", ""),
}


class Progress:
    """What is happening now, how much of it is done, and since when."""

    def __init__(self, title: str, tell: Callable[[str], None]) -> None:
        self.title = title
        self._tell = tell
        self._text = self._count = self._bar = ""
        self.clock: Callable[[], str] = lambda: ""
        """Words that change with every look, as those of a countdown."""
        self._began = self._told = monotonic()

    def update(self, text: str, count: int | None = None, of: int | None = None) -> None:
        """Say what is happening now, and the how-many-th of how many it is where that is known."""
        new = text != self._text or monotonic() - self._told >= COUNT_INTERVAL
        self._text, self._count, self._bar = text, _counted(count, of), _bar(count, of)
        if new:
            self._told = monotonic()
            self._tell(f"  {text}{self._count}{self.since}{self.clock()}")

    @property
    def since(self) -> str:
        """How long it has taken, in brackets; nothing where nobody would notice."""
        seconds = monotonic() - self._began
        return f" ({seconds:.1f} s)" if seconds >= NOTICEABLE else ""

    def frame(self, frames: str) -> str:
        """The whole on one line that moves."""
        turn = int((monotonic() - self._began) * FRAMES_PER_SECOND) % len(frames)
        said = (f": {self._text}" if self._text else "") + self._count
        return f"{frames[turn]} {self.title}{self._bar}{self.clock()}{said}{self.since}"


class Screen:
    """Shows text to a person, and keeps the same as plain text in the transcript.

    What is passed in is data: brackets are no markup, and control characters become visible. A `Secret` shows as a
    mask everywhere but in `show_once`. Errors go to `error_file`, everything else to `file`.
    """

    def __init__(
        self,
        plain: bool = False,
        file: TextIO | None = None,
        width: int | None = None,
        transcript: Path | None = None,
        error_file: TextIO | None = None,
        quiet: bool = False,
        place: str = "",
    ) -> None:
        out = file or sys.stdout
        dumb = os.environ.get("TERM", "").lower() in {"dumb", "unknown"}
        self.plain = plain or dumb or not out.isatty()
        """Lines of text alone: no cursor movement, no spinner, no signs."""
        if dumb and width is None:
            width = shutil.get_terminal_size().columns  # rich takes every dumb terminal for 80 columns wide
        self.quiet = quiet
        """Errors and a `document` alone are shown; the record has everything all the same."""
        self._place = place
        """Where one is, said wherever something new begins; "" in front of any router."""
        self._out = _console(out, plain, width)
        self._error = _console(error_file or file or sys.stderr, plain, width)
        self._transcript = transcript
        self._record("")

    @property
    def width(self) -> int:
        """Columns that there are now."""
        return self._out.width

    def heading(self, step: int, of: int, title: str) -> None:
        """Begin a step that a person takes part in: `Step 3 of 7 · Who may connect`."""
        self.section(f"Step {step} of {of} · {title}")

    def section(self, title: str) -> None:
        """Begin something new."""
        from rich.rule import Rule

        line = _text(title, "bold", f" ({self._place})" if self._place else "")
        self._put(_text(""))
        self._put(line if self.plain else Rule(line, align="left", style="dim"), recorded=line)

    def say(self, text: str) -> None:
        """A sentence or a paragraph."""
        self._put(_text(text))

    def note(self, text: str) -> None:
        """Something of lesser weight."""
        self._put(_text(text, "dim"))

    def warn(self, text: str) -> None:
        """Something that should be known before going on."""
        self._put(_text("Warning: ", "bold yellow", text))

    def good(self, text: str) -> None:
        """Something that went well."""
        self._put(_text("" if self.plain else SIGNS[Verdict.OK][0], "bold green", text))

    def page(self, headline: str, body: str, *, error: bool = False) -> None:
        """A page of advice. An error's goes to the error stream."""
        console = self._error if error else self._out
        for line in (_text(""), _text(headline, "bold"), _text(""), _text(body)):
            self._put(line, console)

    def show(self, renderable: RenderableType) -> None:
        """Anything that rich can draw. Who builds it has made its data visible and its secrets masked."""
        self._put(renderable)

    def step(self, name: str, state: Verdict, detail: str = "") -> None:
        """One line on how a step went, with a word for it: `OK`, `FAILED`, `NOT TRIED`."""
        sign, word, colour = SIGNS[state]
        line = _text("" if self.plain else sign, f"bold {colour}", f"{word:10}")
        line.append(visible(f"{name}: {detail}" if detail else name))
        self._put(line)

    def document(self, text: str) -> None:
        """Text for a program to read, as it is."""
        self._out.file.write(f"{text}\n")
        self._out.file.flush()
        self._record(f"{text}\n")

    def show_once(self, name: str, secret: Secret) -> None:
        """Reveal a secret on the terminal, and nowhere else. Never folded, so that it can be copied."""
        self._out.print(_text(f"{name}: ", "", secret.reveal()), soft_wrap=True)
        self._record(f"{name}: {MASK}\n")

    def record(self, text: str) -> None:
        """Add to the transcript what somebody else has shown already, as a question with its answer."""
        self._record(f"{visible(text)}\n")

    @contextmanager
    def progress(self, title: str) -> Iterator[Progress]:
        """Show what happens while it happens: one moving line, or a new line for each state where nothing may move."""
        work = Progress(title, self.say if self.plain else self.record)
        (self.say if self.plain else self.record)(f"{title} …")
        ended = "stopped"
        try:
            with self._spinner(work):
                yield work
            ended = "done"
        finally:
            self.note(f"{title}: {ended}{work.since}")

    def _spinner(self, work: Progress) -> AbstractContextManager[object]:
        if self.plain or self.quiet:
            return nullcontext()
        from rich.live import Live

        frames = ASCII_FRAMES if self._out.options.ascii_only else FRAMES
        return Live(
            get_renderable=lambda: _one_line(work.frame(frames)),
            console=self._out,
            refresh_per_second=FRAMES_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def _put(
        self, shown: RenderableType, console: Console | None = None, *, recorded: RenderableType | None = None
    ) -> None:
        target = console or self._out
        if self.quiet and target is self._out:
            pass
        elif self.plain:  # no blanks up to the edge, which a screen reader or a file would get too
            target.file.write(self._on_paper(shown))
            target.file.flush()
        else:
            target.print(shown)
        if self._transcript:
            self._record(self._on_paper(recorded or shown))

    def _on_paper(self, shown: RenderableType) -> str:
        """The same as plain text, without blanks at the ends of lines."""
        paper = StringIO()
        _console(paper, True, self.width).print(shown)
        return "".join(f"{line.rstrip()}\n" for line in paper.getvalue().splitlines())

    def _record(self, text: str) -> None:
        if not self._transcript:
            return
        try:
            _append(self._transcript, text)
        except OSError as error:
            # A full disk here is no reason to leave a router half done.
            lost, self._transcript = self._transcript, None
            self.warn(f"The record of this run in {lost} ends here: {error.strerror}.")


def _append(path: Path, text: str) -> None:
    """Add to a file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        path.chmod(0o600)
        file.write(text)


def _console(file: TextIO, plain: bool, width: int | None) -> Console:
    from rich.console import Console

    _allow_look_alikes(file)
    return Console(
        file=file,
        width=width,
        height=None if width is None else LINES,  # rich believes a width for a dumb terminal with a height alone
        color_system=None if plain else "auto",
        markup=False,
        emoji=False,
        highlight=False,
    )


def _text(before: str, style: str = "", after: str = "") -> Text:
    from rich.text import Text

    return Text.assemble((visible(before), style), visible(after))


def _one_line(text: str) -> Text:
    from rich.text import Text

    return Text(visible(text), no_wrap=True, overflow="ellipsis")


def _bar(count: int | None, of: int | None) -> str:
    """How much of the whole is done, drawn; nothing where either is not known."""
    if count is None or not of:
        return ""
    done = min(count * BAR // of, BAR)
    return f" [{'#' * done}{'.' * (BAR - done)}]"


def _counted(count: int | None, of: int | None) -> str:
    if count is None:
        return ""
    return f", {count}" + ("" if of is None else f" of {of}")


def _allow_look_alikes(file: TextIO) -> None:
    """Signs that the terminal's encoding lacks come out as ASCII of the same width."""
    if not isinstance(file, TextIOWrapper):
        return
    codecs.register_error("look-alike", _look_alike)
    # In the C locale Python speaks UTF-8 all the same; who asks for that locale has a terminal that may not.
    asked_for_ascii = os.environ.get("LC_ALL") in {"C", "POSIX"}
    file.reconfigure(encoding="ascii" if asked_for_ascii else file.encoding, errors="look-alike")


def _look_alike(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_ascii_char, error.object[error.start : error.end])), error.end


def _ascii_char(char: str) -> str:
    alike = unicodedata.normalize("NFKD", char.translate(LOOK_ALIKES))
    return alike.encode("ascii", "ignore").decode("ascii")[:1] or "?"
