"""What the router itself says after the change."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.model.changes import ChangeSet
from wizard.model.facts import RouterFacts
from wizard.model.report import Check, Verdict


def on_router(facts: RouterFacts, left: ChangeSet) -> tuple[Check, ...]:
    """The state of everything that was planned. `left` is what still separates the router from the plan."""
    packages, *rest = standing(facts, left)
    changed = [file.path for file in left.files if file.changed]
    return (packages, _check("files", not changed, _list(changed)), *rest)


def firewall_stands(facts: RouterFacts, left: ChangeSet) -> Check:
    """The running packet filter is the planned one, with nothing before it that would undo it."""
    missing = "" if not left.firewall.reload else _missing(facts, left)
    name = "the firewall has the tunnel's rules, and they hold"
    return Check(name, Verdict.BROKEN, missing, "router", "port-blocked") if missing else Check(name, Verdict.OK)


def standing(facts: RouterFacts, left: ChangeSet) -> tuple[Check, ...]:
    """Whether the tunnel works: the same without the files."""
    daemon = facts.daemon
    return (
        _check("packages", not left.packages, ", ".join(package.name for package in left.packages) + " missing"),
        _check("the PPTP server waits for calls (TCP 1723)", daemon.listening, "nothing listens there"),
        _check("the PPTP server starts by itself after a reboot", daemon.enabled, f"{daemon.script} is not started"),
        _check("the firewall has the rules", not left.firewall.reload, _missing(facts, left)),
    )


def _missing(facts: RouterFacts, left: ChangeSet) -> str:
    """Which rules do not run, the first of them in words."""
    missing = left.firewall.missing
    if not missing and any(file.changed for file in left.files if file.path == facts.firewall_file):
        return f"they run, and {facts.firewall_file} has others"
    if not missing:
        return "something else in the running firewall undoes them"
    first = missing[0]
    said = " ".join(filter(None, (first.protocol, first.match)))
    return f"{len(missing)} are missing, as {first.target} for {said} in {first.chain}"


def _check(name: str, well: bool, otherwise: str) -> Check:
    return Check(name, Verdict.OK) if well else Check(name, Verdict.BROKEN, otherwise, "router")


def _list(paths: Iterable[str]) -> str:
    return ", ".join(paths) + " not as planned"
