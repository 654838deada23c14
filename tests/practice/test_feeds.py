"""The lab's feeds and the package programs together: what a release offers is what its router can install.

Programs and kernel modules are a few bytes each here; the lab has the real ones.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lab.build import feed, kernel
from tests.practice.box import Said
from wizard.practice import release as releases
from wizard.practice import stock
from wizard.practice.database import database
from wizard.practice.feed import Package
from wizard.practice.packages import apk, opkg
from wizard.practice.tree import Tree

MODULES = "crc-ccitt ecb libarc4 nf_conntrack_pptp nf_nat_pptp ppp_async ppp_generic ppp_mppe pppoe pppox slhc"
WITH_PYTHON = [name for name in releases.names() if releases.load(name).packages != "ipkg"]

WGET = """#!/bin/sh
# Copies from the feeds' folder what an address names; both ways to say where to.
for word in "$@"; do
	case "$word" in
	http*) file=$FEEDS/${word#*://*/} ;;
	esac
	[ "$before" != -O ] || into=$word
	before=$word
done
[ "$into" != - ] || into=/dev/stdout
cat "$file" >"$into" 2>/dev/null || exit 8
"""


class Sysroot:
    """Stands in for Debian's packages."""

    def __init__(self, folder: Path) -> None:
        self._modules = folder / "6.1.0"
        self._modules.mkdir()
        (self._modules / "modules.dep").write_text("".join(f"{name}.ko:\n" for name in MODULES.split()))
        self._folder = folder / "debian"
        plugins = self.path("/usr/lib/pppd") / "2.4.9"
        plugins.mkdir(parents=True)
        (plugins / "pppoe.so").write_text("a plugin")

    def path(self, name: str) -> Path:
        return self._folder / name.lstrip("/")

    def read(self, name: str) -> bytes:
        return name.encode()

    def kernel_modules(self) -> Path:
        return self._modules


@pytest.fixture
def sysroot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sysroot:
    def pppd(*_: object, addresses: bool) -> Tree:
        tree = Tree()
        tree.file("/usr/sbin/pppd", f"addresses {addresses}", 0o755)
        return tree

    monkeypatch.setattr(feed, "pppd", pppd)
    monkeypatch.setattr(kernel, "stripped", lambda path: path.name.encode())
    return Sysroot(tmp_path)


def made(name: str, sysroot: Sysroot) -> dict[str, Package]:
    return feed.packages(name, sysroot, "old")  # type: ignore[arg-type]


def router(name: str, packages: dict[str, Package], root: Path) -> Path:
    """The files of a factory-fresh router that its package program reads."""
    release = releases.load(name)
    tree = database(release)
    for layer in ("opkg-signed", f"feeds-{name}"):
        if layer in release.layers:
            tree.below(releases.PRACTICE / "rom" / layer)
    tree = feed.with_packages(tree, feed.factory(name, packages), rom=True, release=name)
    for folder in ("/tmp", "/var/lock", release.writable):
        tree.folder(folder)
    if release.packages == "apk":
        tree.folder("/lib/apk/db")
    root.mkdir()
    tree.write(root)
    return root


def run(name: str, capture: pytest.CaptureFixture[str], *words: str) -> Said:
    capture.readouterr()
    code = (apk if releases.load(name).packages == "apk" else opkg).main(list(words))
    said = capture.readouterr()
    return Said(code, said.out, said.err)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the feeds, and the root, which is made later; PATH has the `wget`."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/wget").write_text(WGET)
    (tmp_path / "bin/wget").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("FEEDS", str(tmp_path / "feeds"))
    monkeypatch.setenv("IPKG_INSTROOT", str(tmp_path / "root"))
    return tmp_path


@pytest.mark.parametrize("name", WITH_PYTHON)
def test_a_fresh_router_gets_pptpd_and_what_it_needs(
    name: str, sysroot: Sysroot, machine: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    packages = made(name, sysroot)
    feed.write(packages, machine / "feeds", name)
    root = router(name, packages, machine / "root")
    add = "add" if releases.load(name).packages == "apk" else "install"
    assert run(name, capfd, "update").code == 0
    said = run(name, capfd, add, "pptpd", "kmod-mppe", "ppp")
    assert (said.code, said.err) == (0, "")
    for path, text in {"usr/sbin/pptpd": "/usr/sbin/pptpd", "usr/sbin/pppd": "addresses True"}.items():
        assert (root / path).read_text() == text
    module = "ppp_mppe_mppc" if name == "8.09" else "ppp_mppe"
    assert (root / f"lib/modules/6.1.0/{module}.ko").read_text() == "ppp_mppe.ko"
    assert _is_listed(name, capfd, stock.entries(name)["pptpd"].version)


def _is_listed(name: str, capture: pytest.CaptureFixture[str], version: str) -> bool:
    if releases.load(name).packages == "apk":
        return f"pptpd-{version} " in run(name, capture, "list", "-I", "pptpd").out
    return run(name, capture, "list_installed", "pptpd").out.startswith(f"pptpd - {version}")


@pytest.mark.parametrize("name", ["24.10", "25.12"])
def test_what_was_there_before_pptpd_stays_after_it(
    name: str, sysroot: Sysroot, machine: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    packages = made(name, sysroot)
    feed.write(packages, machine / "feeds", name)
    root = router(name, packages, machine / "root")
    run(name, capfd, "update")
    run(name, capfd, "add" if name == "25.12" else "install", "pptpd")
    said = run(name, capfd, *(["del", "pptpd"] if name == "25.12" else ["--autoremove", "remove", "pptpd"]))
    assert (said.code, said.err) == (0, "")
    assert (root / "usr/sbin/pppd").exists()
    assert not (root / "usr/sbin/pptpd").exists()
    assert not (root / "lib/modules/6.1.0/ppp_mppe.ko").exists()
    assert (root / "lib/modules/6.1.0/ppp_generic.ko").exists()


def test_white_russians_pppd_alone_ignores_addresses(sysroot: Sysroot) -> None:
    assert made("white-russian", sysroot)["ppp"].data.read("/usr/sbin/pppd") == b"addresses False"
    assert made("7.09", sysroot)["ppp"].data.read("/usr/sbin/pppd") == b"addresses True"


@pytest.mark.parametrize(("name", "link"), [("14.07", False), ("15.05.1", True), ("25.12", True)])
def test_an_installed_pptpd_is_enabled_where_its_package_does_that(name: str, link: bool, sysroot: Sysroot) -> None:
    packages = made(name, sysroot)
    tree = feed.with_packages(database(releases.load(name)), packages.values(), rom=False, release=name)
    assert ("/etc/rc.d/S60pptpd" in tree) == link


@pytest.mark.parametrize("name", ["7.09", "14.07", "24.10"])
def test_the_database_has_every_package_once(name: str, sysroot: Sysroot) -> None:
    packages = made(name, sysroot)
    release = releases.load(name)
    tree = feed.with_packages(database(release), packages.values(), rom=False, release=name)
    text = tree.read(f"/usr/lib/{release.packages}/status").decode()
    names = re.findall(r"^Package: (.*)$", text, re.MULTILINE)
    assert sorted(names) == sorted({*release.installed, *packages})
