"""What earlier changes have come to, told before the next one."""

from __future__ import annotations

from wizard import resources
from wizard.journey.act import STEP_NAMES
from wizard.journey.line import because
from wizard.journey.trip import Trip
from wizard.model.errors import ExitCode, WizardError
from wizard.model.journal import FORMAT, Journal, Last

WHAT = {
    "apply": "setting up the tunnel, or changing it",
    "undo": "going back one step",
    "uninstall": "taking everything out",
}
"""What a change was, by the router's word for it."""


def heed_past(trip: Trip) -> Trip:
    """Whoever is at work there goes first, and what was undone or broken off is said.

    Raises `WizardError`: "newer-version" where a newer version of this program has left what this one cannot read,
    "busy" where another wizard is at work, unless that one is to be ended.
    """
    assert trip.facts
    journal = trip.facts.journal
    if journal.format > FORMAT:
        raise WizardError("newer-version", ExitCode.NOT_TRIED, what="/etc/pptp-wizard")
    at_work = journal.holder is not None and journal.holder.alive
    if journal.holder and at_work and not trip.options.break_lock:
        raise WizardError("busy", ExitCode.NOT_TRIED, said=f"  {journal.holder.words}")
    if journal.pending and not at_work:
        page = resources.page("broken-off", stuck=_stuck(journal), decided=journal.pending != "armed")
        trip.screen.page(page.headline, page.body)
    elif journal.last and journal.last.result == "undone":
        trip.screen.warn(ending(journal.last))
    return trip


def _stuck(journal: Journal) -> bool:
    """Going back was tried, and did not come to its end."""
    return journal.last is not None and journal.last.result == "unfinished"


def ending(last: Last) -> str:
    """How a change ended, in a sentence or two."""
    begun = f"The last change ({WHAT.get(last.what, last.what)}; begun {when(last)} by {last.by})"
    if last.result == "confirmed":
        return f"{begun} was confirmed, and stays."
    if last.result == "undone":
        return f"{begun} was undone because {reason(last)}. The router is as it was before."
    tried = "was to be undone because" if last.result == "unfinished" else f"ended as “{last.result}”:"
    return f"{begun} {tried} {reason(last)}. That is not complete, and is tried again at the router's next start."


def when(last: Last) -> str:
    """By the router's clock, or that there was none."""
    if last.clock_was_set:
        return f"{last.at} by the router's clock"
    return "at a time that nobody knows, since the router's clock was not set,"


def reason(last: Last) -> str:
    """Why it did not stay, with the step that failed by its name."""
    words = last.why.split()
    if words[:1] == ["failed"] and len(words) > 1 and words[1] in STEP_NAMES:
        return f"a step failed ({STEP_NAMES[words[1]]})"
    return because(last.why)
