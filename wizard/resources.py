"""Where `templates/` is, and the one place that fills a template in and quotes what goes into it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from wizard.model import uci
from wizard.model.secret import Secret

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from jinja2 import Environment

MASK = "••••••••"
"""What stands where a secret is."""

PPTPD_LINE_BYTES = 510
"""pptpd reads at most this many bytes of a line, its newline among them, and ignores longer ones (configfile.c)."""

_SCRIPTS = ("router/", "axis/")
_COMMENT_LINE = re.compile(r"^[ \t]*#(?!!).*\n", re.MULTILINE)
_SAFE_WORD = re.compile(r"[A-Za-z0-9_./:@%+-]+")

_BARE = (int, float, IPv4Address, IPv4Interface, IPv4Network, IPv6Address)
"""Types whose text has no character that any sink would have to quote."""


class Sink(Enum):
    """Who will read what is rendered, and so how a value is quoted."""

    SHELL = "shell"
    """A POSIX shell, down to ash of 2004: text in single quotes."""
    PPPD = "pppd"
    """pppd's option and secrets files: text in double quotes, valid in 2.4.3 … 2.5.3 (openwrt.md §3.3)."""
    PPTPD_CONF = "pptpd.conf"
    """pptpd.conf(5): a keyword and a value per line; there is no quoting, so a value with white space is refused."""
    UCI = "uci"
    """libuci's file format: text in single quotes."""
    PLAIN = "plain"
    """A person: nothing is quoted, and control characters become visible."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of advice."""

    headline: str
    """One sentence."""
    body: str
    """What to do."""


class _Verbatim(str):
    """Text that is inserted as it is. Whatever a template does to it gives a plain `str`, which is quoted again."""


def text(name: str) -> str:
    """The raw text of a template, as `router/inspect.sh`. Raises FileNotFoundError where there is none."""
    return _templates().joinpath(*name.split("/")).read_text(encoding="utf-8")


def render(name: str, sink: Sink, /, *, reveal: bool = False, **data: object) -> str:
    """Fill a template in. Every `{{ value }}` is quoted for its sink; `{{ script | verbatim }}` alone is not.

    A `Secret` shows as a mask of the same form unless `reveal` is set. Raises ValueError for a value that the sink
    cannot hold, TypeError for one that has no place in a file (None, a list), jinja2.UndefinedError for one that was
    not given. `{#` begins a comment of the template, so a shell script there writes the length of a variable otherwise.
    """
    return _filled(name, sink, reveal, data)


def page(code: str, /, **data: object) -> Page:
    """The page of advice for an error or a finding. A code without a page is a bug: KeyError."""
    return _page("advice", code, data)


def sheet(device: str, /, **data: object) -> Page:
    """The instructions for one kind of device that dials in. A device without a sheet is a bug: KeyError."""
    return _page("clients", device, data)


def _page(folder: str, name: str, data: Mapping[str, object]) -> Page:
    if not _templates().joinpath(folder, f"{name}.txt").is_file():
        raise KeyError(name)
    headline, _, body = _filled(f"{folder}/{name}.txt", Sink.PLAIN, False, data).partition("\n")
    return Page(headline.strip(), body.strip("\n"))


def visible(shown: str) -> str:
    """The text with every character that would steer a terminal, or hide text, written as an escape (`\\x1b`).

    Newline and tab stay. What a router sends is shown to people only like this.
    """
    return "".join(map(_visible_char, shown))


def _visible_char(char: str) -> str:
    if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return char
    return char.encode("unicode_escape").decode("ascii")


def _templates() -> Traversable:
    """In a wheel or a zip they are in the package; in a checkout, editable or bare, beside it."""
    inside = files("wizard") / "templates"
    return inside if inside.is_dir() else Path(__file__).parents[1] / "templates"


def _filled(name: str, sink: Sink, reveal: bool, data: Mapping[str, object]) -> str:
    rendered = _environment(sink, reveal).get_template(name).render(data)
    if sink is Sink.PPTPD_CONF:
        _check_pptpd_lines(rendered)
    return rendered


@cache
def _environment(sink: Sink, reveal: bool) -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    # No autoescape: jinja2 has it for HTML only. `finalize` sees every value on its way out and cannot be left out.
    environment = Environment(
        loader=FunctionLoader(_source),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: _written(value, sink, reveal),
    )
    environment.filters["verbatim"] = _verbatim
    return environment


def _source(name: str) -> str | None:
    try:
        source = text(name)
    except FileNotFoundError:
        return None  # jinja2 then raises TemplateNotFound, which names the template that asked for it
    # Comments in scripts are for those who read the templates; a router on a slow line gets a third fewer bytes.
    return _COMMENT_LINE.sub("", source) if name.startswith(_SCRIPTS) else source


def _verbatim(script: object) -> _Verbatim:
    if not isinstance(script, str):
        raise TypeError(f"only text can be inserted verbatim, not {type(script).__name__}")
    return _Verbatim(script)


def _written(value: object, sink: Sink, reveal: bool) -> str:
    """A value as it stands in what is rendered: the one place that quotes."""
    if isinstance(value, _Verbatim):
        return value
    if isinstance(value, Secret):
        return _QUOTE[sink](value.reveal() if reveal else MASK)
    if isinstance(value, _BARE) and not isinstance(value, bool):
        return str(value)
    return _QUOTE[sink](_as_text(value, sink))


def _as_text(value: object, sink: Sink) -> str:
    from jinja2 import Undefined

    # For people anything with words will do: a page that explains an error must not fail over how it was given.
    if sink is Sink.PLAIN or isinstance(value, str | PurePath | Undefined):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in a file for {sink.value}")


def _quoted_for_shell(value: str) -> str:
    if "\0" in value:
        raise ValueError("a shell word cannot hold NUL")
    # A word that a shell would take as it is stays readable in what engineers are shown.
    return value if _SAFE_WORD.fullmatch(value) else "'" + value.replace("'", "'\\''") + "'"


def _quoted_for_pppd(value: str) -> str:
    # A newline inside quotes would become part of the word, and the rest of the file of the string (openwrt.md §3.3).
    if any(char in value for char in "\0\r\n"):
        raise ValueError("a word for pppd cannot hold a line break or NUL")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _quoted_for_uci(value: str) -> str:
    # uci itself would keep a line break inside quotes, but nothing that we write has one
    if any(char in value for char in "\0\r\n"):
        raise ValueError("a value for uci cannot hold a line break or NUL")
    return uci.quoted(value)


def _checked_for_pptpd(value: str) -> str:
    if not value or any(char.isspace() or unicodedata.category(char) == "Cc" for char in value):
        raise ValueError("a value in pptpd.conf is one word without white space")
    return value


def _check_pptpd_lines(rendered: str) -> None:
    for line in rendered.encode().splitlines(keepends=True):
        if len(line) > PPTPD_LINE_BYTES or not line.endswith(b"\n"):
            raise ValueError(f"pptpd would ignore this line, which is too long or not ended: {line[:40]!r}")


_QUOTE: Mapping[Sink, Callable[[str], str]] = {
    Sink.SHELL: _quoted_for_shell,
    Sink.PPPD: _quoted_for_pppd,
    Sink.PPTPD_CONF: _checked_for_pptpd,
    Sink.UCI: _quoted_for_uci,
    Sink.PLAIN: visible,
}
