"""Where the packages come from: the router's feeds, or files on this computer."""

from __future__ import annotations

from dataclasses import replace

from wizard import changes, resources, supply
from wizard.diagnose import packages as manager
from wizard.journey.trip import Trip, left
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import RouterFacts

OVERHEAD = 96 * 1024
"""Bytes that our own files take besides."""


def read_packages(trip: Trip) -> Trip:
    """The files of `--packages`, before anything is looked for: a slip in the folder's name costs no login."""
    return replace(trip, folder=supply.read_folder(trip.options.packages)) if trip.options.packages else trip


def gather(trip: Trip) -> Trip:
    """Everything that has to be installed is there and fits this router, as far as can be seen before the questions.

    Raises `WizardError` with the page of what is missing or does not fit.
    """
    assert trip.facts
    if not trip.options.packages:
        return _from_feeds(trip, trip.facts)
    names = changes.asked(trip.facts)
    there = {name: version for name, version in trip.facts.installed.items() if name not in names}
    words = manager.words(trip.facts.dialect.packages)
    chosen = supply.choose(trip.folder, replace(trip.facts, installed=there), names, trip.options.packages, words)
    if not chosen:
        trip.screen.note("The router has all the packages already: nothing is needed from the folder of --packages.")
    need = sum(archive.size for archive in chosen) + OVERHEAD
    if chosen and need > trip.facts.flash_free:
        sizes = {"free_kb": trip.facts.flash_free // 1024, "need_kb": need // 1024}
        raise WizardError("no-flash", ExitCode.NOT_TRIED, **sizes, **words)
    return replace(trip, archives=chosen)


def _from_feeds(trip: Trip, facts: RouterFacts) -> Trip:
    if unfit := changes.unfit(facts):
        data = {"name": f"{unfit.name} {unfit.version}", "wanted": facts.offered[unfit.name].kernel}
        raise WizardError("packages-other-kernel", ExitCode.NOT_TRIED, present=facts.installed["kernel"], **data)
    missing = changes.unlisted(facts)
    if not missing:
        return trip
    words = manager.words(facts.dialect.packages)
    page = resources.page("packages-not-listed", missing=", ".join(missing), **words)
    trip.screen.page(page.headline, page.body)
    # The list may be old, and a new one is fetched before anything is installed.
    return trip if trip.options.dry_run or trip.person.go_on() else left(trip)
