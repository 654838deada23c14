"""Scripts on their way to a router, and the marked sections that come back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from wizard import resources
from wizard.model.errors import WizardError
from wizard.model.section import Section


@dataclass(frozen=True, slots=True)
class Script:
    """A rendered script; its nonce tells its own marks from whatever a file on the router may contain."""

    text: str = field(repr=False)
    nonce: str


def render(name: str, **data: object) -> Script:
    """The script `templates/router/<name>.sh` with every value quoted for the shell.

    It may hold secrets, so it goes to the router on standard input and nowhere else.
    """
    return about(secrets.token_hex(8), name, **data)


def about(nonce: str, name: str, /, **data: object) -> Script:
    """The same, about the work of an earlier script: it goes by that one's nonce."""
    text = resources.render(f"router/{name}.sh", resources.Sink.SHELL, reveal=True, nonce=nonce, **data)
    return Script(text, nonce)


def command(name: str, **data: object) -> str:
    """The same as a command line, for what reads something else than a script on standard input. No secret in it."""
    return resources.render(f"router/{name}.sh", resources.Sink.SHELL, reveal=False, **data)


def split(output: bytes, nonce: str) -> Mapping[str, Section]:
    """The sections of `output` by name.

    A section is everything between `NONCE begin NAME` and `NONCE end CODE`, each on a line of its own, less the line
    feed that the script puts before the second. Raises `WizardError("inspect-cut")` for one that does not end.
    """
    sections: dict[str, Section] = {}
    begin = f"\n{nonce} begin ".encode()
    end = f"\n{nonce} end ".encode()
    for part in output.split(begin)[1:]:
        name, _, rest = part.partition(b"\n")
        text, found, tail = rest.partition(end)
        code, whole, _ = tail.partition(b"\n")
        if not (found and whole):
            raise WizardError("inspect-cut", section=name.decode("ascii", "replace"))
        sections[name.decode("utf-8", "surrogateescape")] = Section(text, int(code))
    return sections
