"""The files of the daemon, before and after, as they are and as they may be shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from ipaddress import IPv4Network

from wizard import resources
from wizard.changes.compare import decode, file_change, of_bytes, same, text
from wizard.changes.system import system_files
from wizard.model.changes import Checker, Content, FileChange
from wizard.model.damage import Damage
from wizard.model.facts import Mppe, RouterFacts, SecretsEntry, Service
from wizard.model.marked import without_block
from wizard.model.plan import PROVIDER, SAMPLE, Plan

CONF, OPTIONS, SECRETS = "/etc/pptpd.conf", "/etc/ppp/options.pptpd", "/etc/ppp/chap-secrets"
QUOTED_MASK = f'"{resources.MASK}"'
"""A hidden secret as the template writes it, so that an unchanged line looks unchanged."""


def files(plan: Plan, facts: RouterFacts, expected: Mppe, mended: Collection[Damage] = ()) -> tuple[FileChange, ...]:
    """Every file that belongs to the tunnel. `expected` is the MPPE dialect while no pppd is there to be asked."""
    tunnel = (
        _conf(plan, facts),
        _options(plan, facts, expected),
        _secrets(plan, facts),
        *system_files(plan, facts, mended),
    )
    return (*tunnel, *_mended(facts, mended, {file.path for file in tunnel}))


def _mended(facts: RouterFacts, mended: Collection[Damage], known: Collection[str]) -> Iterator[FileChange]:
    """Files that are none of the tunnel's, with damage in them."""
    for path in dict.fromkeys(damage.path for damage in mended if damage.cuts and damage.path not in known):
        check: Checker = "uci" if path.startswith("/etc/config/") else "shell" if path.endswith(".user") else ""
        yield file_change(facts, path, "mended, as you said", of_bytes(text(facts, path, mended)), checked_by=check)


def _conf(plan: Plan, facts: RouterFacts) -> FileChange:
    conf = resources.render(
        "files/pptpd.conf",
        resources.Sink.PPTPD_CONF,
        server=plan.server,
        connections=plan.connections,
        pool="" if facts.dialect.pppd_gives_addresses else _pool(plan),
        quiet_ip_up=facts.dialect.service is Service.RC_COMMON,
        debug=plan.debug,
    )
    return file_change(facts, CONF, "the daemon that answers calls (pptpd)", same(conf), "0644")


def _pool(plan: Plan) -> str:
    """`remoteip`: as many addresses as calls, in one range of the server's /24 beside the server's own, else in two.

    pptpd takes no more calls than it has addresses (pptpd.conf(5)), and counts in the last part alone.
    """
    base, own = IPv4Network((plan.server, 24), strict=False), int(plan.server) & 255
    free = [number for number in (*range(own + 1, 255), *range(1, own)) if number != own][: plan.connections]
    after, before = [n for n in free if n > own], [n for n in free if n < own]
    spans = (f"{base.network_address + span[0]}-{span[-1]}" for span in (after, before) if span)
    return ",".join(spans)


def _options(plan: Plan, facts: RouterFacts, expected: Mppe) -> FileChange:
    texts = {
        mppe: same(
            resources.render(
                "files/options.pptpd",
                resources.Sink.PPPD,
                server_here=facts.dialect.pppd_gives_addresses,
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
    return file_change(
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
    return file_change(
        facts,
        SECRETS,
        "who may log in, and from which address",
        Content(
            render(True).encode() + _others(raw, facts, masked=False),
            render(False) + decode(_others(raw, facts, masked=True)),
        ),
        "0600",
        mask=lambda content: masked(content, facts.secrets),
    )


def _others(raw: bytes, facts: RouterFacts, *, masked: bool) -> bytes:
    """The file less our part and less the entries that we take over: those for our own server."""
    provider = facts.tunnel.provider if facts.tunnel else None
    pieces: list[bytes] = []
    at = 0
    for entry in facts.secrets:
        if entry.server == PROVIDER or (provider and entry.lets_in(provider)) or _is_sample(entry):
            start, end = _whole_line(raw, *entry.span)
            pieces.append(raw[at:start])
            at = end
        elif masked:
            start, end = entry.secret_span
            pieces += [raw[at:start], QUOTED_MASK.encode()]
            at = end
    rest = b"".join([*pieces, raw[at:]])
    return without_block(rest.decode("latin-1")).encode("latin-1")


def _is_sample(entry: SecretsEntry) -> bool:
    """The login that everybody knows, where it would be let in to our server."""
    return (entry.client, entry.password.reveal()) == SAMPLE and entry.lets_in(PROVIDER)


def _whole_line(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """The span with what surrounds it on its line, a comment behind it and the line end too."""
    line_end = raw.find(b"\n", end)
    return raw.rfind(b"\n", 0, start) + 1, len(raw) if line_end < 0 else line_end + 1


def masked(raw: bytes, entries: Iterable[SecretsEntry]) -> str:
    """A secrets file with these entries as it may be shown: every secret hidden, whoever wrote it."""
    shown: list[str] = []
    at = 0
    for entry in entries:
        start, end = entry.secret_span
        shown += [decode(raw[at:start]), QUOTED_MASK]
        at = end
    return "".join([*shown, decode(raw[at:])])
