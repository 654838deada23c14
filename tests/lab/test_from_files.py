"""A router without the Internet gets its packages from files on the administrator's computer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.lab.build.images import images
from tests.lab.lab import WHITE_RUSSIAN, Lab
from tests.lab.wizard import PASSWORD, Wizard, answers
from wizard.practice.release import load

pytestmark = [pytest.mark.lab, pytest.mark.turns]

RELEASES = (WHITE_RUSSIAN, "7.09", "8.09", "12.09", "15.05.1", "24.10", "25.12")
"""One for each package manager and each age of it that takes files in its own way."""


def downloaded(release: str, folder: Path) -> Path:
    """The folder of a person who has fetched every file of the release's feeds."""
    feed = images().feed("old") if release == WHITE_RUSSIAN else images().release_feed(load(release))
    folder.mkdir()
    for path in [*feed.rglob("*.ipk"), *feed.rglob("*.apk")]:
        shutil.copy(path, folder)
    return folder


@pytest.mark.sample(2)
@pytest.mark.parametrize("release", RELEASES)
def test_from_files_to_a_client_that_gets_in(lab: Lab, tmp_path: Path, release: str) -> None:
    client = lab.client()
    router = lab.router(release=release)
    lab.internet_host.feed(False)
    lab.internet_host.requests.clear()
    (tmp_path / "home").mkdir()
    files = downloaded(release, tmp_path / "files")
    wizard = Wizard(router, tmp_path / "home")

    ran = wizard.apply(answers(), {"anna": PASSWORD}, "--packages", str(files))

    assert ran.code == 0, ran.out
    assert f"They are sent from {files}" in ran.out.replace("\n", " ")
    assert lab.internet_host.requests == []
    call = client.dial("anna", PASSWORD)
    assert call.up, call.log
    assert router.run("ls /tmp | grep pptp-wizard-packages").out == ""
    assert "pptpd" in router.run("cat /etc/pptp-wizard/packages").out.split()


@pytest.mark.parametrize("release", [WHITE_RUSSIAN, "24.10", "25.12"])
def test_without_a_feed_and_without_files_the_page_names_the_way_out(lab: Lab, tmp_path: Path, release: str) -> None:
    router = lab.router(release=release)
    lab.internet_host.feed(False)
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD})
    assert ran.code == 1, ran.out
    assert "--packages DIR" in ran.out
    assert "Everything that was begun was undone" in ran.out


@pytest.mark.parametrize("release", [WHITE_RUSSIAN, "24.10"])
def test_a_missing_file_is_named_and_nothing_is_sent(lab: Lab, tmp_path: Path, release: str) -> None:
    router = lab.router(release=release)
    before = router.digest()
    (tmp_path / "home").mkdir()
    files = downloaded(release, tmp_path / "files")
    for path in files.glob("kmod-mppe*"):
        path.unlink()
    ran = Wizard(router, tmp_path / "home").apply(answers(), {"anna": PASSWORD}, "--packages", str(files))
    assert ran.code == 3, ran.out
    assert "kmod-mppe" in ran.out and "Nothing was changed" in ran.out
    assert router.digest() == before
