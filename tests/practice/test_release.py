"""The data of each release, and what is said of data that are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wizard.practice import release
from wizard.practice.release import PRACTICE, ReleaseError

LEAST: dict[str, Any] = {
    "title": "OpenWrt 99.01",
    "layers": ["common"],
    "packages": "opkg",
    "firewall": "fw4",
    "service": "procd",
    "mppe": "new",
    "programs": {},
    "applets": {"/bin": "ash\n  cat"},
    "installed": {"busybox": "1"},
}


def test_names_are_in_the_order_of_their_age() -> None:
    assert release.names()[:3] == ["7.09", "8.09", "10.03"]
    assert release.names()[-1] == "25.12"


@pytest.mark.parametrize("name", release.names())
def test_all_that_a_release_names_is_there(name: str) -> None:
    found = release.load(name)
    assert [layer for layer in found.layers if not (PRACTICE / "rom" / layer).is_dir()] == []
    for what in found.programs.values():
        kind, _, source = what.rpartition(":")
        if kind == "sh":
            assert (PRACTICE / source).is_file(), source
        elif kind == "":
            assert (PRACTICE.parents[1] / (source.replace(".", "/") + ".py")).is_file(), source
    assert {"busybox", "dropbear"} <= found.installed.keys()
    assert "sleep" in found.applets["/bin"]


def test_the_least_that_a_release_says() -> None:
    found = release.read("99.01", LEAST)
    assert found.applets == {"/bin": ("ash", "cat")}
    assert (found.writable, found.ssh.blank, found.ssh.keys) == ("/overlay", False, ("rsa",))


def test_what_the_loader_does_not_know_is_kept_for_others() -> None:
    assert release.read("99.01", LEAST | {"colour": "green"}).more == {"colour": "green"}


def test_permissions_are_octal() -> None:
    assert release.read("99.01", LEAST | {"modes": {"/etc/shadow": "0600"}}).modes == {"/etc/shadow": 0o600}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"packages": "rpm"}, "packages = 'rpm' is none of ipkg, opkg, apk"),
        ({"mppe": "both"}, "mppe = 'both' is none of old, new"),
        ({"ssh": {"port": 22}}, "knows no port"),
    ],
)
def test_a_word_that_means_nothing_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ReleaseError, match=words):
        release.read("99.01", LEAST | change)


@pytest.mark.parametrize("key", LEAST)
def test_a_missing_key_is_named(key: str) -> None:
    with pytest.raises(ReleaseError, match=f"{key} is missing"):
        release.read("99.01", {name: value for name, value in LEAST.items() if name != key})


def test_an_unknown_release_is_told_with_those_that_are_known() -> None:
    with pytest.raises(ReleaseError, match=r"no release 6\.06; there are 7\.09, 8\.09"):
        release.load("6.06")


def test_a_file_that_is_no_toml_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "FOLDER", tmp_path)
    (tmp_path / "99.01.toml").write_text("title = ")
    with pytest.raises(ReleaseError, match=r"99\.01\.toml: "):
        release.load("99.01")
