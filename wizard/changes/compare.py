"""One file before and after, however it comes about."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from wizard import resources
from wizard.model.changes import Checker, Content, FileChange
from wizard.model.damage import Damage
from wizard.model.facts import Mppe, RouterFacts

_PASSWORD_WORD = re.compile(r"^(\s*(?:option\s+)?'?password'?\s+).*$", re.MULTILINE)


def text(facts: RouterFacts, path: str, mended: Collection[Damage] = ()) -> str:
    """A file as it would be with this damage mended; "" where it is not there. Bytes as text of the same length."""
    file = facts.files.get(path)
    whole = file.content.decode("latin-1") if file else ""
    cuts = [cut for damage in mended if damage.path == path for cut in damage.cuts]
    for cut in sorted(cuts, key=lambda cut: cut.start, reverse=True):
        whole = whole[: cut.start] + cut.text + whole[cut.end :]
    return whole


def file_change(
    facts: RouterFacts,
    path: str,
    why: str,
    after: Content,
    mode: str = "",
    checked_by: Checker = "",
    if_pppd_says: Mapping[Mppe, Content] | None = None,
    mask: Callable[[bytes], str] | None = None,
) -> FileChange:
    """What separates the file on the router from `after`. Without a `mode` the file keeps its own."""
    file = facts.files.get(path)
    shown = mask or _shown
    before = octal(file.mode) if file else ""
    link = file.link if file and not file.link.startswith("/rom/") else ""
    return FileChange(
        path=path,
        why=why,
        before=Content(file.content, shown(file.content)) if file else None,
        after=after,
        mode=mode or before or "0644",
        mode_before=before,
        checked_by=checked_by,
        link=link,
        if_pppd_says=if_pppd_says or {},
    )


def same(shown: str) -> Content:
    """Text of ours with no secret in it."""
    return Content(shown.encode(), shown)


def of_bytes(latin: str) -> Content:
    """A file of somebody else's that is changed in a place."""
    raw = latin.encode("latin-1")
    return Content(raw, _shown(raw))


def decode(raw: bytes) -> str:
    """Bytes as they may be shown."""
    return raw.decode("utf-8", "replace")


def octal(letters: str) -> str:
    """`-rw-r--r--` as `0644`."""
    bits = sum((letter != "-") << (8 - place) for place, letter in enumerate(letters[1:10]))
    return f"0{bits:03o}"


def _shown(raw: bytes) -> str:
    return _PASSWORD_WORD.sub(rf"\g<1>{resources.MASK}", decode(raw))
