"""Control files, lists and databases of ipkg and opkg: stanzas of `Field: value` lines with an empty line between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Stanza = dict[str, str]
"""Field → value; lines that continue a field are kept with their leading blank."""


def parse(lines: Iterable[str]) -> Iterator[Stanza]:
    """The stanzas of a file, one after the other. Lines that are neither field nor continuation are passed over."""
    stanza: Stanza = {}
    field = ""
    for line in lines:
        line = line.rstrip("\n")
        if not line.strip():
            if stanza:
                yield stanza
            stanza, field = {}, ""
        elif line[0] in " \t":
            if field:
                stanza[field] += "\n" + line
        elif ":" in line:
            field, _, value = line.partition(":")
            stanza[field] = value.strip()
    if stanza:
        yield stanza


def render(stanza: Stanza, fields: Iterable[str]) -> str:
    """The fields that the stanza has, in this order, without the empty line at the end."""
    return "".join(f"{field}:{_spaced(stanza[field])}\n" for field in fields if stanza.get(field))


def _spaced(value: str) -> str:
    return value if value.startswith("\n") else f" {value}"
