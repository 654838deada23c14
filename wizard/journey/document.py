"""What `status --json` says. Keys are added and never change their meaning while `format` stays the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wizard.model.facts import ExistingTunnel
from wizard.model.journal import FORMAT, Journal
from wizard.model.report import Verdict

if TYPE_CHECKING:
    from wizard.journey.status import Status

DOCUMENT = 1
"""`format` of the document."""
VERDICTS = {Verdict.OK: "ok", Verdict.BROKEN: "broken", Verdict.NOT_TRIED: "not-tried"}


def document(status: Status, target: str) -> Mapping[str, object]:
    """All of it, without a secret."""
    facts = status.facts
    return {
        "format": DOCUMENT,
        "router": target,
        "release": facts.release,
        "lan": str(facts.lan.interface),
        "wan": str(facts.wan.interface) if facts.wan.interface else None,
        "exit_code": int(status.code),
        "problems": list(status.problems),
        "tunnel": _tunnel(facts.tunnel) if facts.tunnel else None,
        "daemon": {
            "running": facts.daemon.running,
            "listening": facts.daemon.listening,
            "enabled": facts.daemon.enabled,
        },
        "checks": [
            {"name": check.name, "verdict": VERDICTS[check.verdict], "detail": check.detail} for check in status.checks
        ],
        "calls": [
            {"client": status.client(call), "address": str(call.address), "device": call.device} for call in facts.calls
        ],
        "versions": status.versions,
        **_journal(facts.journal),
        "files": {
            "noted": len(facts.journal.applied),
            "drifted": [{"path": each.path, "state": each.state.value} for each in status.drifted],
        },
    }


def _tunnel(tunnel: ExistingTunnel) -> Mapping[str, object]:
    clients = [{"name": client.name, "address": str(client.address)} for client in tunnel.answers.clients]
    server = str(tunnel.answers.tunnel.server)
    return {"ours": tunnel.ours, "server": server, "provider": tunnel.provider, "clients": clients}


def _journal(journal: Journal) -> Mapping[str, object]:
    last, holder = journal.last, journal.holder
    return {
        "newer_version": journal.format > FORMAT,
        "last_change": {
            "id": last.id,
            "what": last.what,
            "by": last.by,
            "at": last.at,
            "clock_was_set": last.clock_was_set,
            "result": last.result,
            "why": last.why,
            "version": last.version,
        }
        if last
        else None,
        "under_way": holder.words if holder and holder.alive else None,
        "pending": journal.pending or None,
        "kept": {"steps": list(journal.entries), "original": journal.ours},
        "installed_packages": list(journal.packages),
    }
