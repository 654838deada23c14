"""The opkg of older releases: what was different by the sources of their day."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.practice.box import Box, Said, opkg_box, package
from wizard.practice.packages import opkg

KAMIKAZE, BACKFIRE, ATTITUDE, BARRIER = "4564-2", "513-2", "618-3", "9c97d5ecd795709c8584e972bfdf3aee3a5b846d-7"
LEDE, OPENWRT_18 = "2019-01-18-7708a01a-1", "2020-01-25-c09fe209-1"
BAD = package("badkern", depends="kernel (= 2.6.0-1)")

Make = Callable[[str], Box]


@pytest.fixture
def make(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Make:
    def make(version: str) -> Box:
        box = opkg_box(tmp_path, opkg.main, capfd, monkeypatch, version)
        box.offer(BAD, package("good", files={"/usr/bin/good": ""}))
        assert box.run("update").code == 0
        return box

    return make


def test_kamikaze_knows_no_hyphens_and_has_exit_codes_of_its_own(make: Make) -> None:
    box = make(KAMIKAZE)
    assert box.run("list_installed", "opkg").out == "opkg - 4564-2\n"
    assert box.run("list-installed").code == 1
    assert box.run("install", "nosuch") == Said(
        4,
        "Nothing to be done\nAn error ocurred, return value: 4.\nCollected errors:\nCannot find package nosuch.\n"
        "Check the spelling or perhaps run 'opkg update'\n",
        "",
    )
    said = box.run("install", "badkern")
    assert (said.code, said.err) == (5, "")
    text = "ERROR: Cannot satisfy the following dependencies for badkern:\n\t kernel (= 2.6.0-1)\n"
    assert said.out.endswith(f"Collected errors:\n{text}")
    assert box.run("install", "good").out.endswith("Configuring good\n")


@pytest.mark.parametrize("version", [KAMIKAZE, BACKFIRE, ATTITUDE, BARRIER])
def test_lists_are_inflated(make: Make, version: str) -> None:
    box = make(version)
    assert box.file("/var/opkg-lists/openwrt_core").read_text().startswith("Package: badkern\n")
    stop = "" if version == KAMIKAZE else "."
    assert box.run("update").out == (
        f"Downloading http://203.0.113.254//Packages.gz{stop}\nInflating http://203.0.113.254//Packages.gz{stop}\n"
        f"Updated list of available packages in /var/opkg-lists/openwrt_core{stop}\n"
    )


def test_lede_keeps_them_packed(make: Make) -> None:
    box = make(LEDE)
    assert gzip.decompress(box.file("/var/opkg-lists/openwrt_core").read_bytes()).startswith(b"Package: badkern\n")


@pytest.mark.parametrize(("version", "stream"), [(BACKFIRE, "out"), (ATTITUDE, "err"), (BARRIER, "err"), (LEDE, "err")])
def test_where_the_errors_go(make: Make, version: str, stream: str) -> None:
    said = make(version).run("install", "nosuch")
    assert said.code == 255
    assert " * opkg_install_cmd: Cannot install package nosuch.\n" in getattr(said, stream)
    assert ("Unknown package 'nosuch'.\n" in said.out) == (version != BACKFIRE)


def test_dependencies_before_and_after_lede(make: Make) -> None:
    text = "satisfy_dependencies_for: Cannot satisfy the following dependencies for badkern:"
    said = make(ATTITUDE).run("install", "badkern")
    assert said.out.startswith("Installing badkern (1.0-r1) to root...\n")
    assert said.err.splitlines()[1:] == [
        f" * {text}",
        " * \tkernel (= 2.6.0-1) * ",
        " * opkg_install_cmd: Cannot install package badkern.",
    ]


def test_dependencies_in_18_06(make: Make) -> None:
    said = make(OPENWRT_18).run("install", "badkern")
    assert said.err.splitlines()[2] == " * \tkernel (= 2.6.0-1)"


def test_sums_of_configuration_files_were_md5(make: Make) -> None:
    box = make(BARRIER)
    box.offer(package("conf", files={"/etc/conf": "stock"}, conffiles=("/etc/conf",)))
    box.run("update")
    box.run("install", "conf")
    digest = hashlib.md5(b"stock", usedforsecurity=False).hexdigest()
    assert f" /etc/conf {digest}\n" in box.run("status", "conf").out
    box.file("/etc/conf").write_text("mine")
    assert "Not deleting modified conffile /etc/conf.\n" in box.run("remove", "conf").out
