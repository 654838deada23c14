"""How a router is: its tunnel, who is connected, what the last change came to, and what has been changed since."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from wizard import changes, resources, verify
from wizard.changes import Drifted
from wizard.journey.arrive import facts_of
from wizard.journey.document import document
from wizard.journey.past import ending
from wizard.journey.trip import Trip
from wizard.model.changes import ChangeSet
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import Daemon, ExistingTunnel, LiveCall, RouterFacts
from wizard.model.journal import FORMAT, Journal
from wizard.model.report import Check, Verdict
from wizard.plan.build import plan
from wizard.screen import Screen

DRIFT = {
    "changed": "somebody has changed it since the wizard wrote it",
    "changed-beside": "somebody has changed it since, and what the tunnel needs is in it",
    "gone": "it is gone",
    "not-looked-at": "this version does not look at it on such a router, so nobody knows",
}
VERSIONS = ("pptpd", "ppp", "kmod-mppe", "kmod-ppp", "kernel")
"""Packages whose versions are of interest."""


@dataclass(frozen=True, slots=True)
class Status:
    """What one look comes to."""

    facts: RouterFacts
    checks: tuple[Check, ...]
    """Of a tunnel of ours; nobody knows what another one should be like."""
    drifted: tuple[Drifted, ...]
    problems: tuple[str, ...]

    @property
    def code(self) -> ExitCode:
        """While a change is under way, and where there is nothing of ours, there is nothing to judge."""
        journal, tunnel = self.facts.journal, self.facts.tunnel
        if journal.holder and journal.holder.alive:
            return ExitCode.NOT_TRIED
        if self.problems:
            return ExitCode.FAILED
        judged = tunnel is not None and tunnel.ours and journal.format <= FORMAT
        return ExitCode.DONE if judged else ExitCode.NOT_TRIED

    @property
    def versions(self) -> dict[str, str]:
        """Package → version, of those that are there."""
        installed = self.facts.installed
        return {name: installed[name] for name in VERSIONS if name in installed}

    def client(self, call: LiveCall) -> str | None:
        """Whose address that is."""
        clients = self.facts.tunnel.answers.clients if self.facts.tunnel else ()
        return next((client.name for client in clients if client.address == call.address), None)


def look(trip: Trip) -> Trip:
    """One look at the router. Its feeds are not asked."""
    assert trip.session
    with trip.screen.progress("Looking at the router"):
        return replace(trip, facts=facts_of(trip.session, feeds=False))


def tell(trip: Trip) -> Trip:
    """All of it, for a person or for a program."""
    assert trip.facts and trip.target
    status = judge(trip.facts)
    if trip.options.json:
        trip.screen.document(json.dumps(document(status, str(trip.target)), indent=2))
    else:
        show(status, trip.screen)
    return replace(trip, ended=status.code)


def judge(facts: RouterFacts) -> Status:
    """What is right and what is not. Nothing is changed, and nothing else is asked."""
    left, checks = _compared(facts)
    # What a newer version has noted may mean something else.
    drifted = changes.drift(facts, left) if facts.journal.format <= FORMAT else ()
    problems = (
        *(f"{check.name}: {check.detail}" for check in checks if check.verdict is Verdict.BROKEN),
        *(f"{each.path}: {DRIFT[each.state]}" for each in drifted if each.ours),
        *_unfinished(facts.journal),
    )
    return Status(facts, checks, drifted, problems)


def _compared(facts: RouterFacts) -> tuple[ChangeSet | None, tuple[Check, ...]]:
    """What separates a tunnel of ours from what its own files say of it, and how it stands."""
    tunnel = facts.tunnel
    if tunnel is None or not tunnel.ours:
        return None, ()
    try:
        left = changes.change(plan(facts, tunnel.answers, tunnel.passwords), facts)
    except WizardError as error:
        said = resources.page(error.code, **error.data).headline
        return None, (Check("the tunnel's files can be read", Verdict.BROKEN, said, "router"),)
    return left, verify.standing(facts, left)


def _unfinished(journal: Journal) -> tuple[str, ...]:
    if journal.pending and not (journal.holder and journal.holder.alive):
        return (f"a change was broken off and is not ended yet ({journal.pending})",)
    if journal.last and journal.last.result not in ("confirmed", "undone"):
        return (f"going back is not complete ({journal.last.result})",)
    return ()


def show(status: Status, screen: Screen) -> None:
    """For a person."""
    facts = status.facts
    screen.section("The router")
    screen.say(facts.release)
    said = ", ".join(f"{name} {version}" for name, version in status.versions.items())
    screen.say(f"Versions: {said or 'none of the packages is installed'}")
    screen.section("The tunnel")
    if facts.tunnel:
        _show_tunnel(status, facts.tunnel, screen)
    else:
        screen.say("There is no PPTP server of the wizard's on this router, and no other with users.")
        _show_daemon(facts.daemon, screen)
    _show_calls(status, screen)
    screen.section("Changes")
    _show_journal(facts.journal, screen)
    _show_drift(status, screen)
    _show_verdict(status, screen)


def _show_tunnel(status: Status, tunnel: ExistingTunnel, screen: Screen) -> None:
    screen.say(f"Server: {tunnel.answers.tunnel.server}, which calls itself {tunnel.provider}")
    if not tunnel.ours:
        screen.warn("The wizard has not set it up, so nobody knows what it should be like.")
        _show_daemon(status.facts.daemon, screen)
    for check in status.checks:
        screen.step(check.name, check.verdict, check.detail)
    connected = {call.address for call in status.facts.calls}
    for client in tunnel.answers.clients:
        state = ", connected now" if client.address in connected else ""
        screen.say(f"Client: {client.name}, {client.address}{state}")


def _show_daemon(daemon: Daemon, screen: Screen) -> None:
    if daemon.program or daemon.running or daemon.listening:
        states = (("runs", daemon.running), ("waits for calls", daemon.listening), ("starts at boot", daemon.enabled))
        screen.say("pptpd: " + ", ".join(f"{word}: {'yes' if state else 'no'}" for word, state in states))


def _show_calls(status: Status, screen: Screen) -> None:
    calls = status.facts.calls
    said = (f"{status.client(call) or 'nobody we know'} ({call.address} on {call.device})" for call in calls)
    screen.say(f"Connected now: {', '.join(said) if calls else 'nobody'}")


def _show_journal(journal: Journal, screen: Screen) -> None:
    if journal.format > FORMAT:
        screen.warn("A newer version of this program has been at work there: what it noted is not told here in full.")
    screen.say(ending(journal.last) if journal.last else "The wizard has not changed this router, as far as is noted.")
    at_work = journal.holder is not None and journal.holder.alive
    if journal.holder and at_work:
        screen.warn(
            f"A wizard is changing it right now: {journal.holder.words}. All this may be different in a moment."
        )
    elif journal.pending:
        screen.warn("A change was broken off. It is ended at the next start, or as soon as something is changed.")
    if journal.entries:
        screen.say(f"It can go back {len(journal.entries)} step(s): {', '.join(journal.entries)}")
    if journal.ours:
        screen.say("It can go back to what was there before the first change (pptp-wizard uninstall).")
    if journal.packages:
        screen.say(f"Packages that were installed for the tunnel: {', '.join(journal.packages)}")


def _show_drift(status: Status, screen: Screen) -> None:
    noted = len(status.facts.journal.applied)
    for each in status.drifted:
        screen.say(f"{each.path}: {DRIFT[each.state]}")
    if noted and not status.drifted and status.facts.journal.format <= FORMAT:
        screen.say(f"All {noted} files are as the wizard wrote them.")


def _show_verdict(status: Status, screen: Screen) -> None:
    screen.section("In short")
    if status.problems:
        screen.warn(f"Not all is well: {'; '.join(status.problems)}.")
    elif status.code is ExitCode.DONE:
        screen.good("All is well.")
    else:
        screen.say(
            "There is nothing to judge: no tunnel of the wizard's, or not in a state that this version can judge."
        )
