"""Which packages are missing, and what can be seen of it before anything is changed."""

from __future__ import annotations

from dataclasses import replace

from tests.samples import ANSWERS, FACTORY_FRESH, PASSWORDS
from wizard.changes import asked, change, unfit, unlisted
from wizard.model.changes import ChangeSet
from wizard.model.facts import Mppe, OfferedPackage, Packages, RouterFacts
from wizard.plan.build import plan

OLD = {"kernel": "2.6.25.20-1"}
EARLY_FEED = {
    "pptpd": OfferedPackage("pptpd", "1.3.0-1", 30_000, ("kmod-ppp", "kmod-gre")),
    "ppp": OfferedPackage("ppp", "2.4.3-10", 90_000, ("kmod-ppp",)),
    "kmod-ppp": OfferedPackage("kmod-ppp", "2.6.25.20-1", 20_000, (), "2.6.25.20-1"),
    "kmod-gre": OfferedPackage("kmod-gre", "2.6.25.20-1", 5_000, (), "2.6.25.20-1"),
    "kmod-mppe": OfferedPackage("kmod-mppe", "2.6.25.20-1", 6_000, ("kmod-ppp", "kmod-crypto-sha1"), "2.6.25.20-1"),
}
EARLY = replace(FACTORY_FRESH, installed=OLD, offered=EARLY_FEED, offered_whole=True)
"""Kamikaze 8.09, whose pptpd asks for neither ppp nor kmod-mppe (openwrt.md §2.1)."""


def changes(facts: RouterFacts) -> ChangeSet:
    return change(plan(facts, ANSWERS, PASSWORDS), facts)


def test_what_its_feed_does_not_pull_in_is_asked_for_by_name() -> None:
    packages = changes(EARLY).packages
    assert [package.name for package in packages if not package.needed_by] == ["pptpd", "ppp", "kmod-mppe"]
    assert {package.name: package.needed_by for package in packages if package.needed_by} == {
        "kmod-ppp": "pptpd",
        "kmod-gre": "pptpd",
        "kmod-crypto-sha1": "kmod-mppe",
    }


def test_nothing_twice() -> None:
    names = [package.name for package in changes(EARLY).packages]
    assert len(names) == len(set(names))
    there = replace(EARLY, installed={**OLD, "ppp": "2.4.3-10", "kmod-ppp": "2.6.25.20-1"})
    assert not {"ppp", "kmod-ppp"} & {package.name for package in changes(there).packages}


def test_modules_for_another_kernel_are_seen_before_anything_happens() -> None:
    assert unfit(EARLY) is None
    found = unfit(replace(EARLY, installed={"kernel": "2.6.25.20-2"}))
    assert found is not None and found.name == "kmod-mppe"
    assert unfit(replace(EARLY, installed={})) is None, "a router that does not tell its kernel is believed"


def test_what_no_feed_has_is_seen_where_every_feed_was_read() -> None:
    lacking = {name: package for name, package in EARLY_FEED.items() if name != "pptpd"}
    assert unlisted(EARLY) == ()
    assert unlisted(replace(EARLY, offered=lacking)) == ("pptpd",)
    assert unlisted(replace(EARLY, offered=lacking, offered_whole=False)) == ()
    assert unlisted(replace(EARLY, offered={})) == ()
    assert asked(replace(EARLY, offered={})) == ("pptpd", "ppp", "kmod-mppe")


def test_which_pppd_is_to_be_expected() -> None:
    def expected(facts: RouterFacts) -> list[Mppe]:
        options = next(file for file in changes(facts).files if file.if_pppd_says)
        return [mppe for mppe, content in options.if_pppd_says.items() if content == options.after]

    later = {**EARLY_FEED, "ppp": OfferedPackage("ppp", "2.5.1-r1", 1)}
    with_apk = replace(EARLY.dialect, packages=Packages.APK)
    assert expected(EARLY) == [Mppe.MPPE]
    assert expected(replace(EARLY, offered=later)) == [Mppe.REQUIRE]
    assert expected(replace(EARLY, offered={})) == [Mppe.MPPE]
    assert expected(replace(EARLY, offered={}, dialect=with_apk)) == [Mppe.REQUIRE]
