"""From a decision to a tunnel: apply it, check it over a new connection, and say what to do with it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace

from wizard import apply, resources, verify
from wizard.diagnose import packages as diagnosis
from wizard.journey import back
from wizard.journey.arrive import facts_of, pass_gate
from wizard.journey.line import begin, carry_out, decide, fresh_line, why
from wizard.journey.lockout import keep_a_way_in
from wizard.journey.settle import planned, show
from wizard.journey.trip import Outcome, Trip
from wizard.model.archive import Archive
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import RouterFacts
from wizard.model.options import Command
from wizard.model.report import ApplyReport, ApplyStep, Check, Verdict
from wizard.plan import gate
from wizard.router import script
from wizard.router.session import Session
from wizard.screen import Progress, Screen

STEP_NAMES = {
    "turn": "see that no other wizard is at work there",
    "stage": "send the new files and check that they arrived whole",
    "arm": "keep everything as it is, so that the router can go back by itself",
    "packages": "install what is missing",
    "common": "mend what every pppd on the router reads",
    "check": "let the router's own pppd check the settings",
    "stop": "stop the PPTP server",
    "files": "put the new files in place",
    "names": "restart the name server",
    "service": "start the PPTP server",
    "calls": "end calls that may not stand any longer",
    "firewall": "build the firewall anew",
    "undo-stop": "going back: stop the PPTP server",
    "undo-calls": "going back: end calls that may not stand any longer",
    "undo-packages": "going back: take out what was installed",
    "undo-files": "going back: put the old files back",
    "undo-names": "going back: restart the name server",
    "undo-service": "going back: start the PPTP server as before",
    "undo-firewall": "going back: build the firewall as before",
    "remove-packages": "take out the packages that came with the tunnel",
}
PACKAGE_ERRORS = ("feed-unreachable", "package-failed")
"""What the script says where a package manager failed, whose own words tell more."""
SECRETS_FILE = "/etc/ppp/chap-secrets"
SETTLE = 6.0
"""Seconds before a second look: procd starts a server that has just ended again after five."""
LOOKS = 3
"""How often the preview is made again where somebody else changes files meanwhile."""


def apply_changes(trip: Trip) -> Trip:
    """One script does it all; what it says is shown step by step. What it has done waits for `check` to confirm it.

    Where somebody else changed a file since the preview, the router is looked at and shown again.
    """
    assert trip.changes and trip.session and trip.facts
    if trip.changes.empty:
        return trip
    trip.screen.section("Changing the router")
    folder = apply.folder()
    if trip.changes.archives:
        _send(trip, trip.session, trip.changes.archives, folder)
    with trip.screen.progress("Changing the router") as progress:
        work = begin(trip, folder, lambda name, step: _tell(trip.screen, progress, name, step))
        session = carry_out(trip, work, progress)
    report = work.follower.report
    trip = replace(trip, session=session, work=work)
    if report.error == "changed-meanwhile" and trip.looks < LOOKS:
        return _look_again(trip, report.detail)
    if report.error:
        assert trip.facts
        raise failure(report, trip.outcome, trip.facts)
    return trip


def _look_again(trip: Trip, said: str) -> Trip:
    """The preview is made anew from what is there now."""
    assert trip.session
    trip.screen.warn(f"This changed on the router since it was looked at: {said}. Here is the preview again.")
    trip.outcome.touched = False
    trip = replace(trip, facts=facts_of(trip.session, feeds=False), looks=trip.looks + 1, work=None)
    again = (pass_gate, show) if trip.options.command is Command.SET_UP else (back.recall, back.show)
    for step in (*again, keep_a_way_in, apply_changes):
        trip = step(trip)
        if trip.ended is not None:
            break
    return trip


def _send(trip: Trip, session: Session, archives: Sequence[Archive], folder: str) -> None:
    """The package files, into the router's RAM. Nothing else there is changed by that."""
    content = apply.stream(archives)
    size = len(content) // 1024
    with trip.screen.progress("Sending the packages") as progress:
        output = session.send(
            script.command("receive", **apply.receive_data(archives, folder)),
            content,
            on_sent=lambda sent: progress.update("kilobytes on their way", sent // 1024, size),
        )
    if output.code:
        code = "packages-no-memory" if output.code == apply.NO_ROOM else "packages-damaged"
        said = _indented((output.out + output.err).decode("utf-8", "replace"))
        raise WizardError(code, said=said, state=trip.outcome.words, need_kb=apply.need_kb(archives))


def _tell(screen: Screen, progress: Progress, name: str, step: ApplyStep | None) -> None:
    words = STEP_NAMES[name]
    if step is None:
        progress.update(words)
    else:
        screen.step(words, Verdict.BROKEN if step.code else Verdict.OK)


def hand_over_passwords(trip: Trip) -> None:
    """Show the new passwords that count from now on, or may do, once, however the run ended."""
    report = trip.outcome.report
    if trip.asked is None or SECRETS_FILE not in report.changed or report.undone or not trip.outcome.decided:
        return
    new = [client.name for client in trip.asked.answers.clients if client.name in trip.asked.generated]
    if new:
        trip.screen.say("New passwords, shown only now. Type them into the devices, or write them down:")
    for name in new:
        trip.screen.show_once(name, trip.asked.passwords[name])


def failure(report: ApplyReport, outcome: Outcome, facts: RouterFacts) -> WizardError:
    """The error for the page that the script named, where a change did not come to its end."""
    broken = [step.name for step in report.steps if step.code]
    step = STEP_NAMES[broken[0]] if broken else "start"
    code = diagnosis.cause(report.said, report.error) if report.error in PACKAGE_ERRORS else report.error
    if code == "uci-pending":
        return WizardError(code, ExitCode.NOT_TRIED, **gate.pending(report.detail.splitlines()))
    return WizardError(
        code,
        ExitCode.NOT_TRIED if code == "busy" else ExitCode.FAILED,
        step=step,
        said=_indented(report.detail),
        state=outcome.words,
        why=why(report) if report.undone else "",
        firewall_file=facts.firewall_file,
        **diagnosis.words(facts.dialect.packages),
    )


def _indented(said: str) -> str:
    """What the router said, for a page."""
    return "\n".join(f"  {line}" for line in said.splitlines() if line.strip()) or "  (nothing)"


def _script(facts: RouterFacts) -> str:
    """The init script by which the daemon is started by hand."""
    return facts.own_script or facts.daemon.script or "its script in /etc/init.d"


def check(trip: Trip) -> Trip:
    """Over a new connection: is everything there now that was planned, and does the server take a call from here.

    If so, the change is confirmed over that connection and stays; if not, the router goes back at once.
    """
    assert trip.session and trip.asked
    with trip.screen.progress("Checking over a new connection") as progress, fresh_line(trip, progress) as fresh:
        now, checks = _checked(trip, fresh)
        if trip.work and _is_broken(checks):
            progress.update("not all is well, looking once more")
            time.sleep(SETTLE)
            now, checks = _checked(trip, fresh)
        well = not _is_broken(checks)
        decide(trip, fresh, progress, keep=well)
    _show_checks(trip.screen, checks)
    if trip.outcome.report.forgotten:
        trip.screen.warn("The router had no room to keep how it was before this change: undo cannot go back to that.")
    if well:
        return now
    trip.screen.say(f"Not everything is as planned: see FAILED above. {trip.outcome.words}")
    return replace(now, ended=ExitCode.FAILED)


def _checked(trip: Trip, fresh: Session) -> tuple[Trip, tuple[Check, ...]]:
    now = planned(replace(trip, facts=facts_of(fresh, feeds=False)))
    assert now.facts and now.changes
    return now, (*verify.on_router(now.facts, now.changes), *verify.probe(fresh.peer_address, trip.way.port()))


def _is_broken(checks: Iterable[Check]) -> bool:
    return any(check.verdict is Verdict.BROKEN for check in checks)


def _show_checks(screen: Screen, checks: Iterable[Check]) -> None:
    for found in checks:
        screen.step(found.name, found.verdict, found.detail)


def advise(trip: Trip) -> Trip:
    """What to do from outside, on each device, and when it does not work."""
    assert trip.facts and trip.asked and trip.plan
    address = dialled(trip.facts)
    reach = {"internet": trip.plan.reach.internet, "lan": trip.plan.reach.lan}
    first = trip.plan.seats[0].name if trip.plan.seats else "its user name"
    for device in sorted(trip.asked.devices):
        sheet = resources.sheet(device, address=address, name=first, server=trip.plan.server, **reach)
        trip.screen.page(sheet.headline, sheet.body)
    if trip.outcome.touched:
        for code in ("outside", "tips"):
            page = resources.page(code, address=address, log_command="logread", script=_script(trip.facts))
            trip.screen.page(page.headline, page.body)
        trip.screen.say("To change something later, run the wizard again: it opens with what is on the router.")
        trip.screen.note(
            f"To go back to what was there before this change: pptp-wizard undo {trip.target}. "
            f"To take all of it out again: pptp-wizard uninstall {trip.target}."
        )
    else:
        trip.screen.good("All is well. Nothing was changed on the router.")
    return replace(trip, ended=ExitCode.DONE)


def dialled(facts: RouterFacts) -> object:
    """What devices dial: the router's address in the Internet, or words for it where the router has none."""
    in_the_way = {finding.code for finding in gate.findings(facts)}
    if "carrier-grade-nat" in in_the_way:
        return "an address that your provider would have to give you"
    if "modem-in-front" in in_the_way:
        return "the Internet address of the modem in front"
    return facts.wan.interface.ip if facts.wan.interface else "the address your provider gives the router"
