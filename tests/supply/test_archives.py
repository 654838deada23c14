"""What is in package files, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.supply.samples import FAMILY, KERNEL, apk_files, as_ar, ipk, package
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import Packages
from wizard.resources import page
from wizard.supply import read_folder


def test_an_ipk_tells_all(tmp_path: Path) -> None:
    found = {archive.name: archive for archive in read_folder(ipk(tmp_path, *FAMILY))}
    assert found.keys() == {one.name for one in FAMILY}
    mppe = found["kmod-mppe"]
    assert (mppe.version, mppe.architecture, mppe.kernel) == ("1.0-r1", "mips_24kc", KERNEL)
    assert mppe.depends == (("kmod-ppp",), ("kmod-crypto-sha1",))
    assert mppe.managers == (Packages.IPKG, Packages.OPKG)
    assert mppe.size == len(mppe.path.read_bytes())


def test_an_ipk_of_the_older_form(tmp_path: Path) -> None:
    (tmp_path / "ppp_1_mips.ipk").write_bytes(as_ar(package("ppp", "libc, kmod-ppp | kmod-pppox (>= 2)")))
    (archive,) = read_folder(tmp_path)
    assert (archive.name, archive.depends) == ("ppp", (("libc",), ("kmod-ppp", "kmod-pppox")))


def test_an_apk_of_version_2(tmp_path: Path) -> None:
    found = {archive.name: archive for archive in read_folder(apk_files(tmp_path, *FAMILY))}
    assert found["kmod-mppe"].kernel == KERNEL
    assert found["kmod-mppe"].depends == (("kmod-ppp",), ("kmod-crypto-sha1",))
    assert found["pptpd"].managers == (Packages.APK,)


def test_an_apk_of_version_3_is_known_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "kmod-ppp-6.12.94-r1.apk").write_bytes(b"ADBd" + bytes(40))
    (archive,) = read_folder(tmp_path)
    assert (archive.name, archive.version, archive.tells_needs) == ("kmod-ppp", "6.12.94-r1", False)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pptpd.ipk", b"<html>not found</html>"),
        ("pptpd.ipk", b""),
        ("pptpd.ipk", package("pptpd").archive()[:200]),
        ("pptpd.ipk", package("../pptpd").archive()),
        ("pptpd.ipk", b"!<arch>\n" + b"x" * 80),
        ("pptpd.apk", b"ADBd" + bytes(40)),
        ("pptpd-1-r1.apk", package("pptpd").archive()),
    ],
)
def test_what_is_no_package_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WizardError) as caught:
        read_folder(tmp_path)
    assert (caught.value.code, caught.value.exit_code) == ("packages-unreadable", ExitCode.USAGE)
    assert name in page(caught.value.code, **caught.value.data).body


@pytest.mark.parametrize("made", [False, True])
def test_a_folder_without_packages(tmp_path: Path, made: bool) -> None:
    folder = tmp_path / "none"
    if made:
        folder.mkdir()
        (folder / "readme.txt").write_text("nothing here")
    with pytest.raises(WizardError) as caught:
        read_folder(folder)
    assert caught.value.code == ("packages-none" if made else "packages-not-a-folder")
    assert caught.value.exit_code is ExitCode.USAGE
    assert str(folder) in page(caught.value.code, **caught.value.data).body
