"""What earlier changes by this program have left on the router, and who is at one now."""

from __future__ import annotations

import re
from collections.abc import Mapping

from wizard.model.journal import FORMAT, Holder, Journal, last
from wizard.model.section import Section

PREFIX = "journal "
"""Of the sections that this is read from."""
_ENTRY = re.compile(r"\d{4,}\.tgz")
_MD5 = re.compile(r"[0-9a-f]{32}")


def journal(sections: Mapping[str, Section]) -> Journal:
    """All of it; what is not there, or not whole, is left out."""
    ours = {name.removeprefix(PREFIX): said for name, said in sections.items() if name.startswith(PREFIX)}
    text = {name: said.text.decode("utf-8", "replace") for name, said in ours.items()}
    written, applied = text.get("last", ""), text.get("applied", "")
    return Journal(
        last=last(written),
        holder=Holder(text["holder"].strip(), "alive" in ours) if "holder" in ours else None,
        pending=text.get("pending", "").split()[-1] if text.get("pending", "").strip() else "",
        entries=tuple(sorted(word for word in text.get("history", "").split() if _ENTRY.fullmatch(word))),
        applied=_checksums(applied),
        packages=tuple(text.get("packages", "").split()),
        format=max(FORMAT, _format(written), _format(applied)),
        ours="original.paths" in ours,
    )


def _format(text: str) -> int:
    """From the line `format N`; whoever writes none is as old as the first."""
    found = re.search(r"^format (\d+)$", text, re.MULTILINE)
    return int(found[1]) if found else FORMAT


def _checksums(text: str) -> Mapping[str, str]:
    """Path → MD5."""
    words = (line.split(" ", 1) for line in text.splitlines())
    return {pair[1]: pair[0] for pair in words if len(pair) == 2 and _MD5.fullmatch(pair[0])}
