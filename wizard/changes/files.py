"""The files of the daemon and of the packet filter, before and after, as they are and as they may be shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from wizard import resources
from wizard.model.changes import Content, FileChange
from wizard.model.errors import WizardError
from wizard.model.facts import Mppe, RouterFacts, RouterFile
from wizard.model.marked import block, stray_mark, without_block
from wizard.model.plan import PROVIDER, Plan

CONF, OPTIONS, SECRETS = "/etc/pptpd.conf", "/etc/ppp/options.pptpd", "/etc/ppp/chap-secrets"
QUOTED_MASK = f'"{resources.MASK}"'
"""A hidden secret as the template writes it, so that an unchanged line looks unchanged."""
_PASSWORD_WORD = re.compile(r"^(\s*password\s+).*$", re.MULTILINE)
_EXIT = re.compile(r"^exit\b", re.MULTILINE)


def files(plan: Plan, facts: RouterFacts, expected: Mppe) -> tuple[FileChange, ...]:
    """Every file that belongs to the tunnel. `expected` is the MPPE dialect while no pppd is there to be asked."""
    return (
        _conf(plan, facts),
        _options(plan, facts, expected),
        _secrets(plan, facts),
        _firewall(plan, facts),
    )


def _conf(plan: Plan, facts: RouterFacts) -> FileChange:
    text = resources.render(
        "files/pptpd.conf",
        resources.Sink.PPTPD_CONF,
        server=plan.server,
        connections=plan.connections,
        debug=plan.debug,
    )
    return _change(facts, CONF, "the daemon that answers calls (pptpd)", _same(text), "0644")


def _options(plan: Plan, facts: RouterFacts, expected: Mppe) -> FileChange:
    texts = {
        mppe: _same(
            resources.render(
                "files/options.pptpd",
                resources.Sink.PPPD,
                server=plan.server,
                provider=PROVIDER,
                mppe=mppe.value,
                mtu=plan.mtu,
                dns=plan.dns,
                proxy_arp=plan.proxy_arp,
                debug=plan.debug,
            )
        )
        for mppe in Mppe
    }
    known = facts.dialect.mppe
    return _change(
        facts,
        OPTIONS,
        "how each call is made: addresses, login, encryption (pppd)",
        texts[known or expected],
        "0644",
        "pppd",
        {} if known else texts,
    )


def _secrets(plan: Plan, facts: RouterFacts) -> FileChange:
    def render(reveal: bool) -> str:
        return resources.render(
            "files/chap-secrets", resources.Sink.PPPD, reveal=reveal, seats=plan.seats, provider=PROVIDER
        )

    before = facts.files.get(SECRETS)
    raw = before.content if before else b""
    return _change(
        facts,
        SECRETS,
        "who may log in, and from which address",
        Content(
            render(True).encode() + _others(raw, facts, masked=False),
            render(False) + _decode(_others(raw, facts, masked=True)),
        ),
        "0600",
        mask=lambda content: _masked(content, facts),
    )


def _others(raw: bytes, facts: RouterFacts, *, masked: bool) -> bytes:
    """The file less our part and less the entries that we take over: those for our own server."""
    provider = facts.tunnel.provider if facts.tunnel else None
    pieces: list[bytes] = []
    at = 0
    for entry in facts.secrets:
        if entry.server == PROVIDER or (provider and entry.lets_in(provider)):
            start, end = _whole_line(raw, *entry.span)
            pieces.append(raw[at:start])
            at = end
        elif masked:
            start, end = entry.secret_span
            pieces += [raw[at:start], QUOTED_MASK.encode()]
            at = end
    rest = b"".join([*pieces, raw[at:]])
    return without_block(rest.decode("latin-1")).encode("latin-1")


def _whole_line(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """The span with what surrounds it on its line, a comment behind it and the line end too."""
    line_end = raw.find(b"\n", end)
    return raw.rfind(b"\n", 0, start) + 1, len(raw) if line_end < 0 else line_end + 1


def _masked(raw: bytes, facts: RouterFacts) -> str:
    """A secrets file as it may be shown: every secret of every entry hidden, whoever wrote it."""
    shown: list[str] = []
    at = 0
    for entry in facts.secrets:
        start, end = entry.secret_span
        shown += [_decode(raw[at:start]), QUOTED_MASK]
        at = end
    return "".join([*shown, _decode(raw[at:])])


def _firewall(plan: Plan, facts: RouterFacts) -> FileChange:
    path = facts.firewall_file
    before = facts.files.get(path)
    ours = resources.render("files/firewall.user", resources.Sink.SHELL, seats=plan.seats, reach=plan.reach)
    if stray_mark(without_block(_text(before))):
        raise WizardError("marks-damaged", path=path)
    text = _with_block(_text(before), ours)
    mode = _octal(before.mode) if before else "0644"
    return _change(
        facts,
        path,
        "what the router lets through",
        Content(text.encode("latin-1"), _decode(text.encode("latin-1"))),
        mode,
        "firewall",
    )


def _with_block(text: str, ours: str) -> str:
    """`text` with our part in it once: where it is now, else at the end, or before a line that leaves the script."""
    old, rest = block(text), without_block(text)
    at = text.index(old) if old else _end(rest)
    head = rest[:at]
    joint = "" if not head or head.endswith("\n") else "\n"
    return head + joint + ours + rest[at:]


def _end(text: str) -> int:
    leave = _EXIT.search(text)
    return leave.start() if leave else len(text)


def _text(file: RouterFile | None) -> str:
    """Bytes as text of the same length, whatever they are."""
    return file.content.decode("latin-1") if file else ""


def _change(
    facts: RouterFacts,
    path: str,
    why: str,
    after: Content,
    mode: str,
    checked_by: Literal["pppd", "firewall", ""] = "",
    if_pppd_says: dict[Mppe, Content] | None = None,
    mask: Callable[[bytes], str] | None = None,
) -> FileChange:
    file = facts.files.get(path)
    shown = mask or (lambda raw: _PASSWORD_WORD.sub(rf"\g<1>{resources.MASK}", _decode(raw)))
    return FileChange(
        path=path,
        why=why,
        before=Content(file.content, shown(file.content)) if file else None,
        after=after,
        mode=mode,
        mode_before=_octal(file.mode) if file else "",
        checked_by=checked_by,
        if_pppd_says=if_pppd_says or {},
    )


def _same(text: str) -> Content:
    """Text with no secret in it."""
    return Content(text.encode(), text)


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _octal(letters: str) -> str:
    """`-rw-r--r--` as `0644`."""
    bits = sum((letter != "-") << (8 - place) for place, letter in enumerate(letters[1:10]))
    return f"0{bits:03o}"
