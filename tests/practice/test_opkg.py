"""opkg as it stands in, against what the real one of 24.10.5 said, and the older ones by their sources."""

from __future__ import annotations

import fcntl
import gzip
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.practice.box import Box, Said, opkg_box, package
from tests.recordings import recording
from wizard.practice import feed
from wizard.practice.packages import opkg

STAND_INS = Path(__file__).parents[2] / "wizard/practice/rom/opkg-signed"
CONFFILES = ("/etc/pptpd.conf", "/etc/ppp/options.pptpd", "/etc/config/pptpd")
PPTPD = package(
    "pptpd",
    "1.5.0-r3",
    files={"/usr/sbin/pptpd": "daemon\n", **{path: f"stock {path}\n" for path in CONFFILES}},
    conffiles=CONFFILES,
)


@pytest.fixture
def box(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Box:
    return opkg_box(tmp_path, opkg.main, capfd, monkeypatch)


@pytest.fixture
def offered(box: Box) -> Box:
    """A router that has fetched the list of a feed with pptpd in it."""
    box.offer(PPTPD)
    assert box.run("update").code == 0
    return box


@pytest.fixture
def with_pptpd(offered: Box) -> Box:
    """One where pptpd is installed and every configuration file of it was changed since."""
    assert offered.run("install", "pptpd").code == 0
    for path in CONFFILES:
        offered.file(path).write_text("mine\n")
    return offered


def recorded(name: str) -> Said:
    """A recording of a command that ended in `; echo rc=$?`."""
    record = recording("24.10", name)
    out, _, code = record.out.rpartition("rc=")
    return Said(int(code), out, record.err)


def alike(said: Said) -> Said:
    """What was said with the lines in order of the alphabet: opkg's own order is that of a hash table."""
    return Said(said.code, *("\n".join(sorted(_addresses(text).splitlines())) for text in (said.out, said.err)))


def _addresses(text: str) -> str:
    """The recordings' feed has an architecture in the names."""
    return text.replace("_x86_64.ipk", "_all.ipk")


def test_update(box: Box) -> None:
    box.offer(PPTPD)
    said = box.run("update")
    assert alike(said) == alike(recorded("opkg_update_ok"))
    assert box.file("/var/opkg-lists/openwrt_core").read_bytes()[:2] == b"\x1f\x8b"


def test_update_without_network(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WGET_CODE", "4")
    said, record = box.run("update"), recorded("opkg_update_unreachable")
    assert said == Said(record.code, *(text.replace(".99//", ".254//") for text in (record.out, record.err)))


def test_update_returns_how_many_lists_are_missing(box: Box) -> None:
    box.file("/etc/opkg/customfeeds.conf").write_text(
        "src/gz a http://203.0.113.254/a\nsrc/gz b http://203.0.113.254/b\n"
    )
    said = box.run("update")
    assert said.code == 3
    assert " * opkg_download: Failed to download http://203.0.113.254/a/Packages.gz, wget returned 8.\n" in said.err
    assert "Check your network" not in said.err


def test_install(offered: Box) -> None:
    said = offered.run("install", "pptpd")
    assert said.out == _addresses(recorded("opkg_install_pptpd").out)
    assert (said.code, said.err) == (0, "")
    assert offered.file("/usr/sbin/pptpd").read_text() == "daemon\n"
    assert offered.run("list-installed", "pptpd").out == "pptpd - 1.5.0-r3\n"
    assert alike(offered.run("install", "pptpd")) == alike(recorded("opkg_install_already"))


def test_list_and_find_have_the_description(offered: Box) -> None:
    assert offered.run("list", "pptpd").out == "pptpd - 1.5.0-r3 - A package for tests\n"
    assert offered.run("find", "*pptp*").out == "pptpd - 1.5.0-r3 - A package for tests\n"
    assert offered.run("list", "nosuch*").out == ""


def test_files_and_search(with_pptpd: Box) -> None:
    said, record = with_pptpd.run("files", "pptpd"), recording("24.10", "opkg_files_pptpd")
    assert said.out.splitlines()[0] == record.out.splitlines()[0]
    assert set(CONFFILES) < set(said.out.splitlines())
    assert with_pptpd.run("search", "/usr/sbin/*").out == "pptpd - 1.5.0-r3\n"
    assert with_pptpd.run("files", "nosuchpkg") == Said(
        0, "", "Collected errors:\n * opkg_files_cmd: Package nosuchpkg not installed.\n"
    )


def test_status(with_pptpd: Box) -> None:
    fields = [line.partition(":")[0] for line in recording("24.10", "opkg_status_pptpd").out.splitlines()]
    said = with_pptpd.run("status", "pptpd").out.splitlines()
    assert [line.partition(":")[0] for line in said if line[:1] != " "] == [
        name for name in fields if name[:1] != " " and name != "Depends"
    ]
    assert "Status: install user installed" in said
    assert re.fullmatch(r" /etc/config/pptpd [0-9a-f]{64}", next(line for line in said if "config/pptpd" in line))


def test_info_of_what_nobody_knows_is_empty_and_no_error(box: Box) -> None:
    assert box.run("info", "nosuchpkg") == Said(0, "", recording("24.10", "opkg_info_unknown").out)


@pytest.mark.parametrize("name", ["opkg_install_unknown", "opkg_install_no_lists"])
def test_an_unknown_package(box: Box, name: str) -> None:
    assert box.run("install", "nosuchpkg") == recorded(name)


def test_a_kernel_that_does_not_fit(box: Box) -> None:
    box.offer(package("badkern", depends="kernel (= 6.6.93~deadbeef-r1)"))
    box.run("update")
    assert box.run("install", "badkern") == recorded("opkg_install_kernel_mismatch")


def test_a_missing_dependency(box: Box) -> None:
    box.offer(package("needsmissing", depends="kmod-nosuch"))
    box.run("update")
    assert box.run("install", "needsmissing") == recorded("opkg_install_missing_dep")


def test_a_module_of_another_kernel_behind_a_package(box: Box) -> None:
    """The second look finds the module again, so that opkg begins, and fails later: opkg-lede pkg_hash.c since 2020."""
    box.offer(package("pptpd", depends="kmod-mppe"), package("kmod-mppe", depends="kernel (= 6.6.93~deadbeef-r1)"))
    box.run("update")
    said = box.run("install", "pptpd")
    assert (said.code, said.out.splitlines()[0]) == (255, "Installing pptpd (1.0-r1) to root...")
    assert said.err.splitlines()[-3:] == [
        " * satisfy_dependencies_for: Cannot satisfy the following dependencies for pptpd:",
        " * \tkernel (= 6.6.93~deadbeef-r1)",
        " * opkg_install_cmd: Cannot install package pptpd.",
    ]
    assert not box.file("/usr/lib/opkg/info/pptpd.control").exists()


def test_no_room(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    record = recorded("opkg_install_nospace")
    size = int(re.findall(r"needs (\d+)", record.err)[0]) * 1024
    box.offer(package("bigpkg", size=size))
    box.run("update")
    asked = []

    def statvfs(path: str) -> os.statvfs_result:
        asked.append(path)
        return os.statvfs_result((1024, 1024, 9000, 300, 300, 0, 0, 0, 0, 255))

    monkeypatch.setattr(os, "statvfs", statvfs)
    assert box.run("install", "bigpkg") == record
    assert asked == [str(box.file("/overlay"))]
    assert box.run("--force-space", "install", "bigpkg").code == 0


def test_what_is_kept_when_a_package_goes_and_comes_back(with_pptpd: Box) -> None:
    record = recorded("opkg_remove_pptpd")
    assert alike(with_pptpd.run("remove", "pptpd")) == alike(Said(record.code, record.out, ""))
    assert with_pptpd.file("/etc/pptpd.conf").read_text() == "mine\n"
    assert not with_pptpd.file("/usr/sbin/pptpd").exists()
    assert not with_pptpd.file("/usr/lib/opkg/info/pptpd.list").exists()
    again = with_pptpd.run("install", "pptpd")
    assert len(re.findall("The new conffile will be placed at /etc/", again.err)) == len(CONFFILES)
    assert with_pptpd.file("/etc/pptpd.conf").read_text() == "mine\n"
    assert with_pptpd.file("/etc/pptpd.conf-opkg").read_text() == "stock /etc/pptpd.conf\n"


@pytest.mark.parametrize("order", [("--force-reinstall", "install"), ("install", "-force_reinstall")])
def test_reinstalling(with_pptpd: Box, order: tuple[str, str]) -> None:
    assert alike(with_pptpd.run(*order, "pptpd")) == alike(recorded("opkg_force_reinstall_pptpd"))


def test_removing_what_is_not_there(box: Box) -> None:
    assert box.run("remove", "pptpd") == Said(0, "No packages removed.\n", "")


def test_what_others_need_stays(box: Box) -> None:
    box.offer(package("pptpd", depends="ppp"), package("ppp", files={"/usr/sbin/pppd": ""}))
    box.run("update")
    box.run("install", "pptpd")
    said = box.run("remove", "ppp")
    assert said.code == 255
    assert "Package ppp is depended upon by packages:\n * print_dependents_warning: \tpptpd\n" in said.err
    assert box.file("/usr/sbin/pppd").exists()
    assert box.run("whatdepends", "ppp").out.splitlines()[-1] == "\tpptpd 1.0-r1\tdepends on ppp"
    said = box.run("--autoremove", "remove", "pptpd")
    assert (said.code, "ppp was autoinstalled and is now orphaned, removing.\n" in said.out) == (0, True)
    assert not box.file("/usr/sbin/pppd").exists()


def test_somebody_else_has_the_lock(box: Box) -> None:
    with box.file("/var/lock/opkg.lock").open("w") as lock:
        child = os.fork()
        if child == 0:  # a lock of this process itself would not stand in its way
            fcntl.lockf(lock, fcntl.LOCK_UN)
            os._exit(0)
        os.waitpid(child, 0)
        ready, done = os.pipe(), os.pipe()
        child = os.fork()
        if child == 0:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            os.write(ready[1], b"x")
            os.read(done[0], 1)
            os._exit(0)
        os.read(ready[0], 1)
        said = box.run("print-architecture")
        os.write(done[1], b"x")
        os.waitpid(child, 0)
    record = recording("24.10", "opkg_print_arch")
    assert said == Said(record.code, record.out, record.err)


def test_scripts_run_dependencies_first_and_a_failing_one_is_told(box: Box) -> None:
    note = "#!/bin/sh\necho $0 $* >>$IPKG_INSTROOT/tmp/ran\n"
    box.offer(
        package("one", depends="two", scripts={"postinst": note + "exit 3\n", "prerm": note}),
        package("two", scripts={"postinst": note}),
    )
    box.run("update")
    said = box.run("install", "one")
    assert said.code == 255
    assert ' * pkg_run_script: package "one" postinst script returned status 3.\n' in said.err
    ran = [Path(line).name for line in box.file("/tmp/ran").read_text().splitlines()]
    assert ran == ["two.postinst configure", "one.postinst configure"]
    assert "Status: install user unpacked" in box.run("status", "one").out
    box.run("remove", "one")
    assert box.file("/tmp/ran").read_text().splitlines()[-1].endswith("one.prerm remove")


def test_files_from_the_command_line_find_each_other(box: Box) -> None:
    names = []
    for one in (package("one", depends="two (>= 1.0)"), package("two")):
        (box.root / f"tmp/{one.name}.ipk").write_bytes(one.archive())
        names.append(f"/tmp/{one.name}.ipk")
    said = box.run("install", *names)
    assert (said.code, "Configuring two.\nConfiguring one.\n" in said.out) == (0, True)
    assert box.run("install", "/tmp/none.ipk").code == 255


def test_a_file_of_somebody_else(box: Box) -> None:
    box.offer(package("one", files={"/usr/sbin/x": "1"}), package("two", files={"/usr/sbin/x": "2"}))
    box.run("update")
    box.run("install", "one")
    said = box.run("install", "two")
    assert said.code == 255
    assert (
        "Package two wants to install file /usr/sbin/x\n\tBut that file is already provided by package  * one\n"
        in said.err
    )
    assert box.run("--force-overwrite", "install", "two").code == 0


def test_a_download_that_came_broken(offered: Box) -> None:
    archive = offered.feed / "pptpd_1.5.0-r3_all.ipk"
    archive.write_bytes(archive.read_bytes() + b"more")
    said = offered.run("install", "pptpd")
    assert (said.code, "Checksum or size mismatch for package pptpd." in said.err) == (255, True)


def test_an_archived_release(offered: Box) -> None:
    (offered.feed / "pptpd_1.5.0-r3_all.ipk").unlink()
    assert offered.run("install", "pptpd").err.splitlines()[1:] == [
        " * opkg_download: Failed to download http://203.0.113.254//pptpd_1.5.0-r3_all.ipk, wget returned 8.",
        " * opkg_install_pkg: Failed to download pptpd. Perhaps you need to run 'opkg update'?",
        " * opkg_install_cmd: Cannot install package pptpd.",
    ]


def test_a_full_flash_in_the_middle(offered: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    from wizard.practice.packages import archives

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archives, "write", full)
    said = offered.run("install", "pptpd")
    assert (said.code, "opkg: write: No space left on device\n" in said.err) == (255, True)
    assert " * opkg_install_pkg: Failed to extract data files for pptpd. Package debris may remain!\n" in said.err
    assert offered.file("/usr/lib/opkg/info/pptpd.control").exists()
    assert offered.run("list-installed", "pptpd").out == ""


def test_noaction_changes_nothing(with_pptpd: Box) -> None:
    before = sorted(path for path in with_pptpd.root.rglob("*") if path.is_file())
    assert with_pptpd.run("--noaction", "remove", "pptpd").code == 0
    assert sorted(path for path in with_pptpd.root.rglob("*") if path.is_file()) == before
    assert with_pptpd.run("list-installed", "pptpd").out == "pptpd - 1.5.0-r3\n"


def test_a_cache_is_used_twice(offered: Box) -> None:
    offered.file("/tmp/cache").mkdir()
    assert "Downloading" in offered.run("--cache", "/tmp/cache", "install", "pptpd").out
    offered.run("remove", "pptpd")
    assert "Copying /tmp/cache/pptpd_1.5.0-r3_all.ipk." in offered.run("--cache=/tmp/cache", "install", "pptpd").out


def test_wrong_use(box: Box) -> None:
    assert (box.run().code, box.run("frobnicate").code, box.run("install").code, box.run("--nosuch").code) == (
        1,
        1,
        1,
        1,
    )
    assert box.run().err == "opkg must have one sub-command argument\n"
    assert box.run("-d", "nowhere", "list").err.splitlines()[1:] == [
        " * resolve_pkg_dest_list: Unknown dest name: `nowhere'."
    ]


def test_upgrades(offered: Box) -> None:
    offered.run("install", "pptpd")
    offered.offer(package("pptpd", "1.5.0-r10", files={"/usr/sbin/pptpd": "new\n"}))
    offered.run("update")
    assert offered.run("list-upgradable").out == "pptpd - 1.5.0-r3 - 1.5.0-r10\n"
    said = offered.run("install", "pptpd")
    assert said.out.splitlines()[0] == "Upgrading pptpd on root from 1.5.0-r3 to 1.5.0-r10..."
    assert offered.file("/usr/sbin/pptpd").read_text() == "new\n"
    assert not offered.file("/etc/pptpd.conf").exists()


def test_compare_versions(box: Box) -> None:
    assert box.run("compare-versions", "2.4.9.git-2021-01-04-4", ">>", "2.4.9.git-2021-01-04-3").code == 0
    assert box.run("compare_versions", "6.6.119~abc-r1", "=", "6.6.119~abc-r2").code == 1
    assert box.run("compare-versions", "1.0~rc1", "<<", "1.0").code == 0


@pytest.fixture
def signed(box: Box) -> Box:
    """A router that asks for signatures, and a list with a good one."""
    shutil.copytree(STAND_INS, box.root, dirs_exist_ok=True)
    with box.file("/etc/opkg.conf").open("a") as conf:
        conf.write("option check_signature\n")
    box.offer(PPTPD)
    text = gzip.decompress((box.feed / "Packages.gz").read_bytes())
    (box.feed / "Packages.sig").write_text(feed.signature(text))
    return box


def test_a_good_signature(signed: Box) -> None:
    said = signed.run("update")
    assert (said.code, said.out.splitlines()[-2:]) == (
        0,
        ["Downloading http://203.0.113.254//Packages.sig", "Signature check passed."],
    )
    assert signed.run("install", "pptpd").code == 0


def test_a_bad_signature(signed: Box) -> None:
    (signed.feed / "Packages.sig").write_text("untrusted comment: nobody\n0\n")
    said = signed.run("update")
    assert said.out.splitlines()[-2:] == ["Signature check failed.", "Remove wrong Signature file."]
    assert said.code == 0
    assert signed.run("install", "pptpd").out == "Unknown package 'pptpd'.\n"
    assert signed.run("--force-signature", "update").code == 0
    assert signed.run("install", "pptpd").err.splitlines()[1] == (
        " * opkg_install_pkg: Failed to verify the signature of /var/opkg-lists/openwrt_core."
    )


def test_a_missing_signature(signed: Box) -> None:
    (signed.feed / "Packages.sig").unlink()
    said = signed.run("update")
    assert (said.code, said.out.splitlines()[-2]) == (1, "Signature file download failed.")
