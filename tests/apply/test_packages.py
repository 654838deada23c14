"""The steps of the apply script up to the packages, run in real shells on a root folder with the practice opkg."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.axis.test_packages import FEED, made
from tests.practice.box import Box, installed, opkg_box
from tests.samples import ANSWERS, FACTORY_FRESH, PASSWORDS
from tests.shells import SHELLS
from tests.supply.samples import ipk
from wizard import apply
from wizard.apply.payload import sent_name
from wizard.changes import WANTED, change
from wizard.diagnose.packages import cause, words
from wizard.model.archive import Archive
from wizard.model.facts import Packages
from wizard.model.report import ApplyReport
from wizard.plan.build import plan
from wizard.practice.feed import Package
from wizard.practice.packages import opkg
from wizard.router import script
from wizard.supply import choose, read_folder

FACTS = replace(
    FACTORY_FRESH,
    dialect=replace(FACTORY_FRESH.dialect, packages=Packages.OPKG),
    installed={"libc": "1", "kernel": "6.6.119~2f5a-r1"},
    offered={},
)


@dataclass
class Router:
    """Runs the script as it would be sent."""

    box: Box
    words: Sequence[str]

    def apply(self, archives: tuple[Archive, ...], damage: str = "", **environment: str) -> ApplyReport:
        """With these files in RAM already, one of them damaged if it is named."""
        folder = apply.folder()
        if archives:
            (self.box.root / "tmp" / folder).mkdir(parents=True)
        for archive in archives:
            spoiled = b"spoiled" if archive.name == damage else archive.content
            (self.box.root / "tmp" / folder / sent_name(archive)).write_bytes(spoiled)
        changes = change(plan(FACTS, ANSWERS, PASSWORDS), FACTS, archives=archives)
        sent = script.render("apply", **apply.script_data(changes, FACTS.dialect, folder))
        text = sent.text.replace("PATH=/bin:", f'PATH="{os.environ["PATH"]}:"/bin:')
        surroundings = {**os.environ, **environment}
        ran = subprocess.run(self.words, input=text, text=True, capture_output=True, env=surroundings, timeout=60)
        follower = apply.Follower(sent.nonce, lambda name, step: None)
        for line in ran.stdout.splitlines():
            follower.line(line)
        return follower.report

    @property
    def recorded(self) -> list[str]:
        """What the next removal takes away."""
        path = self.box.file("/etc/pptp-wizard/packages")
        return sorted(path.read_text().split()) if path.exists() else []

    def is_as_before(self) -> bool:
        """No package, no note and no start script of ours is left."""
        return not self.recorded and not self.left and "Package: pptpd" not in self.status

    @property
    def status(self) -> str:
        """What the package manager says is there."""
        return self.box.file("/usr/lib/opkg/status").read_text()

    @property
    def left(self) -> list[Path]:
        """What lies there besides the word on how it ended."""
        folder, word = self.box.file("/etc/pptp-wizard"), self.box.file("/etc/pptp-wizard/last")
        hook = self.box.file("/etc/init.d/S11pptp-wizard-undo")
        return [path for path in (*folder.rglob("*"), hook) if path.exists() and path != word]

    @property
    def in_ram(self) -> list[str]:
        return [path.name for path in (self.box.root / "tmp").glob("pptp-wizard-packages*")]


@pytest.fixture(params=SHELLS)
def router(
    request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Router:
    box = opkg_box(tmp_path, opkg.main, capfd, monkeypatch)
    box.file("/usr/lib/opkg/status").write_text(installed("2024.10.16~38eccbb1-r1", libc="1"))
    made(box, "opkg", request.param)
    return Router(box, request.param)


def files(folder: Path, *packages: Package) -> tuple[Archive, ...]:
    return choose(read_folder(ipk(folder, *packages)), FACTS, WANTED, folder, words(Packages.OPKG))


def test_packages_that_were_sent_are_installed_and_recorded(router: Router, tmp_path: Path) -> None:
    report = router.apply(files(tmp_path / "files", *FEED), WGET_CODE="4")
    steps = [(step.name, step.code) for step in report.steps[:4]]
    assert steps == [("turn", 0), ("stage", 0), ("arm", 0), ("packages", 0)]
    assert report.error == "options-refused", "there is no pppd that could run here"
    assert sorted(report.installed) == ["kmod-mppe", "ppp", "pptpd"]
    assert router.in_ram == []
    assert report.undone == "failed check options-refused"
    assert router.is_as_before()


def test_a_package_that_did_not_arrive_whole_is_not_installed(router: Router, tmp_path: Path) -> None:
    report = router.apply(files(tmp_path / "files", *FEED), damage="ppp")
    assert (report.error, report.said) == ("packages-damaged", "ppp.ipk")
    assert report.installed == ()
    assert (router.recorded, router.in_ram) == ([], [])


def test_half_an_install_is_explained_and_taken_back(router: Router) -> None:
    router.box.offer(*(one for one in FEED if one.name != "kmod-mppe"))
    report = router.apply(())
    assert report.error == "package-failed"
    assert cause(report.said, report.error) == "packages-unknown"
    assert list(report.installed) == ["ppp"]
    assert "ppp" in report.detail
    assert router.is_as_before()


def test_what_was_recorded_before_stays_so(router: Router) -> None:
    router.box.offer(*FEED)
    router.box.file("/etc/pptp-wizard").mkdir()
    router.box.file("/etc/pptp-wizard/packages").write_text("other\n")
    assert router.apply(()).error == "options-refused"
    assert router.recorded == ["other"]


@pytest.mark.parametrize(("code", "page"), [("4", "packages-offline"), ("8", "packages-gone"), ("5", "packages-tls")])
def test_a_feed_that_cannot_be_had_leads_to_its_page(router: Router, code: str, page: str) -> None:
    report = router.apply((), WGET_CODE=code)
    assert report.error == "feed-unreachable"
    assert cause(report.said, report.error) == page
