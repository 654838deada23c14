"""Which of the files go to the router, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.samples import ANSWERS, FACTORY_FRESH, PASSWORDS
from tests.supply.samples import FAMILY, KERNEL, apk_files, ipk, package
from wizard.changes import WANTED, change
from wizard.diagnose.packages import words
from wizard.model.archive import Archive
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import Packages, RouterFacts
from wizard.plan.build import plan
from wizard.practice.feed import Package
from wizard.resources import page
from wizard.supply import choose, read_folder

ROUTER = replace(
    FACTORY_FRESH,
    dialect=replace(FACTORY_FRESH.dialect, packages=Packages.OPKG),
    installed={"libc": "1.2.5-r4", "kernel": KERNEL},
    architectures=("all", "mips_24kc"),
    offered={},
)
APK = replace(ROUTER, dialect=replace(ROUTER.dialect, packages=Packages.APK))


def chosen(folder: Path, facts: RouterFacts = ROUTER) -> tuple[Archive, ...]:
    return choose(read_folder(folder), facts, WANTED, folder, words(facts.dialect.packages))


def refused(folder: Path, facts: RouterFacts = ROUTER) -> tuple[str, ExitCode, str]:
    with pytest.raises(WizardError) as caught:
        chosen(folder, facts)
    return caught.value.code, caught.value.exit_code, page(caught.value.code, **caught.value.data).body


@pytest.mark.parametrize(("files", "facts"), [(ipk, ROUTER), (apk_files, APK)])
def test_all_that_is_needed_and_nothing_else_in_an_order_that_can_be_installed(
    tmp_path: Path, files: Callable[..., Path], facts: RouterFacts
) -> None:
    names = [archive.name for archive in chosen(files(tmp_path, *FAMILY, package("tcpdump")), facts)]
    assert sorted(names) == sorted(one.name for one in FAMILY)
    for one in FAMILY:
        needs = [need.strip() for need in one.value("Depends").split(",")]
        assert all(names.index(need) < names.index(one.name) for need in needs if need in names), names


def test_what_is_installed_stays_away(tmp_path: Path) -> None:
    there = replace(ROUTER, installed={**ROUTER.installed, "kmod-ppp": "1", "ppp": "1", "kmod-crypto-sha1": "1"})
    assert [archive.name for archive in chosen(ipk(tmp_path, *FAMILY), there)] == ["kmod-mppe", "pptpd"]


def test_what_is_missing_is_named_before_anything_happens(tmp_path: Path) -> None:
    code, exit_code, said = refused(ipk(tmp_path, *FAMILY[:3]))
    assert (code, exit_code) == ("packages-missing", ExitCode.NOT_TRIED)
    assert "kmod-ppp" in said and "kmod-crypto-sha1" in said and "mips_24kc" in said
    assert "/etc/opkg/distfeeds.conf" in said


def test_the_wrong_kind(tmp_path: Path) -> None:
    assert refused(apk_files(tmp_path, *FAMILY))[:2] == ("packages-wrong-kind", ExitCode.USAGE)


def test_the_wrong_architecture(tmp_path: Path) -> None:
    code, exit_code, said = refused(ipk(tmp_path, *FAMILY[1:], package("pptpd", "ppp", architecture="x86_64")))
    assert (code, exit_code) == ("packages-wrong-architecture", ExitCode.USAGE)
    assert "x86_64" in said and "mips_24kc" in said


def test_the_wrong_kernel(tmp_path: Path) -> None:
    code, exit_code, said = refused(ipk(tmp_path, *FAMILY), replace(ROUTER, installed={"libc": "1", "kernel": "6.6.1"}))
    assert (code, exit_code) == ("packages-other-kernel", ExitCode.NOT_TRIED)
    assert KERNEL in said and "6.6.1" in said


def test_of_two_files_the_one_that_fits_then_the_newer(tmp_path: Path) -> None:
    others: tuple[Package, ...] = (
        package("pptpd", "ppp", version="9.0-r1", architecture="x86_64"),
        package("ppp", "libc, kmod-ppp", version="1.10-r1"),
        package("ppp", "libc, kmod-ppp", version="1.9-r1"),
        package("kmod-ppp", "kernel (= 9.9)", version="9.9-r1"),
    )
    found = {archive.name: archive.version for archive in chosen(ipk(tmp_path, *FAMILY, *others))}
    assert (found["pptpd"], found["ppp"], found["kmod-ppp"]) == ("1.0-r1", "1.10-r1", "1.0-r1")


def test_files_that_do_not_tell_their_needs_bring_their_family(tmp_path: Path) -> None:
    for name in ("pptpd", "ppp", "kmod-ppp", "kmod-mppe", "kmod-crypto-sha1", "kmod-slhc", "tcpdump"):
        (tmp_path / f"{name}-1.0-r1.apk").write_bytes(b"ADBd" + bytes(40))
    names = {archive.name for archive in chosen(tmp_path, APK)}
    assert names == {"pptpd", "ppp", "kmod-ppp", "kmod-mppe", "kmod-crypto-sha1", "kmod-slhc"}


def test_they_stand_in_the_change_set_with_their_sizes(tmp_path: Path) -> None:
    archives = chosen(ipk(tmp_path, *FAMILY))
    changes = change(plan(ROUTER, ANSWERS, PASSWORDS), ROUTER, archives=archives)
    assert {package.name: package.size for package in changes.packages} == {one.name: one.size for one in archives}
    assert [package.name for package in changes.packages if not package.needed_by] == ["kmod-mppe", "ppp", "pptpd"]
    assert changes.archives == archives


def test_nothing_is_sent_to_a_router_that_has_it_all(tmp_path: Path) -> None:
    there = replace(
        ROUTER,
        installed={**ROUTER.installed, **dict.fromkeys(WANTED, "1")},
        daemon=replace(ROUTER.daemon, script="/etc/init.d/pptpd", program=True),
    )
    archives = chosen(ipk(tmp_path, *FAMILY))
    assert change(plan(there, ANSWERS, PASSWORDS), there, archives=archives).archives == ()
