"""apk as it stands in, with a feed in a folder: texts and exit codes by apk-tools v3.0.5."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

import pytest

from tests.practice.box import Box, Said, package
from wizard.practice import apk as build
from wizard.practice.feed import Package
from wizard.practice.packages import apk

URL = "https://downloads.example/packages"
KERNEL = "6.12.94~93e5-r1"
CONFIG = "/etc/config/pptpd"

WGET = """#!/bin/sh
# wget -q -T SECONDS URL -O -
[ -z "$WGET_CODE" ] || exit "$WGET_CODE"
cat "$FEED/${4##*/}" 2>/dev/null || exit 8
"""

PPTPD = package(
    "pptpd",
    "1.5.0-r3",
    depends="libc, ppp",
    files={"/usr/sbin/pptpd": "daemon\n", CONFIG: "stock\n", "/etc/init.d/pptpd": "#!/bin/sh\n"},
    conffiles=(CONFIG,),
    scripts={
        "postinst": "#!/bin/sh\necho $pkgname $1\necho up >$IPKG_INSTROOT/tmp/state\n",
        "prerm": "#!/bin/sh\necho down >$IPKG_INSTROOT/tmp/state\n",
    },
)
PPP = package("ppp", "2.5.2-r3", depends="libc", files={"/usr/sbin/pppd": "pppd\n"}, size=5 * 2**20)


class ApkBox(Box):
    """A router with apk; its feed has an index."""

    def offer(self, *packages: Package) -> None:
        self.offered += packages
        build.write(self.offered, self.feed)


@pytest.fixture
def box(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> ApkBox:
    box = ApkBox(tmp_path / "root", tmp_path / "feed", apk.main, capfd)
    for path in ("etc/apk/keys", "etc/apk/repositories.d", "lib/apk/db", "tmp"):
        (box.root / path).mkdir(parents=True)
    box.feed.mkdir()
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/wget").write_text(WGET)
    (tmp_path / "bin/wget").chmod(0o755)
    (box.root / "etc/apk/keys" / build.KEY.name).write_bytes(build.KEY.read_bytes())
    box.file("/etc/apk/repositories.d/distfeeds.list").write_text(f"{URL}/packages.adb\n")
    box.file("/etc/apk/world").write_text("kernel\nlibc\n")
    box.file("/lib/apk/db/installed").write_text(f"P:kernel\nV:{KERNEL}\nI:1024\n\nP:libc\nV:1.2.5-r5\nI:1024\n\n")
    monkeypatch.setenv("IPKG_INSTROOT", str(box.root))
    monkeypatch.setenv("FEED", str(box.feed))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.delenv("WGET_CODE", raising=False)
    box.offer(PPTPD, PPP)
    return box


@pytest.fixture
def with_pptpd(box: ApkBox) -> ApkBox:
    assert box.run("add", "pptpd").code == 0
    return box


def test_update(box: ApkBox) -> None:
    assert box.run("update") == Said(0, f" [{URL}/packages.adb]\nOK: 4 distinct packages available\n", "")
    assert len(list(box.file("/var/cache/apk").iterdir())) == 1


@pytest.mark.parametrize(
    ("code", "meaning"), [("4", "Network unreachable"), ("8", "remote server returned error (try 'apk update')")]
)
def test_update_without_the_feed(box: ApkBox, monkeypatch: pytest.MonkeyPatch, code: str, meaning: str) -> None:
    monkeypatch.setenv("WGET_CODE", code)
    assert box.run("update") == Said(
        1,
        "1 unavailable, 0 stale; 2 distinct packages available\n",
        f"ERROR: wget: exited with error {code}\nWARNING: updating and opening {URL}/packages.adb: {meaning}\n",
    )


def test_what_was_fetched_before_is_used_still(box: ApkBox, monkeypatch: pytest.MonkeyPatch) -> None:
    box.run("update")
    monkeypatch.setenv("WGET_CODE", "4")
    said = box.run("update")
    assert (said.code, said.out.splitlines()[-1]) == (1, "0 unavailable, 1 stale; 4 distinct packages available")
    assert said.err.splitlines()[-1] == f"WARNING: updating {URL}/packages.adb: Network unreachable"
    assert box.run("list", "-a", "pptpd").out == "pptpd-1.5.0-r3 all {pptpd} (made up)\n"


def test_an_index_signed_by_somebody_else(box: ApkBox) -> None:
    (box.root / "etc/apk/keys" / build.KEY.name).write_text("another key\n")
    said = box.run("update")
    assert (said.code, said.err) == (
        1,
        f"WARNING: updating and opening {URL}/packages.adb: UNTRUSTED signature\n",
    )
    assert box.run("--allow-untrusted", "update").code == 0


def test_adding_brings_what_it_needs(box: ApkBox) -> None:
    said = box.run("add", "pptpd")
    assert said == Said(
        0,
        "(1/2) Installing ppp (2.5.2-r3)\n(2/2) Installing pptpd (1.5.0-r3)\n"
        "  Executing script pptpd-1.5.0-r3.post-install\n  * pptpd 1.5.0-r3\nOK: 5122 KiB in 4 packages\n",
        "",
    )
    assert box.file("/usr/sbin/pptpd").read_text() == "daemon\n"
    assert box.file("/etc/apk/world").read_text() == "kernel\nlibc\npptpd\n"
    assert CONFIG in box.file("/lib/apk/packages/pptpd.list").read_text().splitlines()
    assert box.file("/lib/apk/packages/pptpd.conffiles").read_text() == f"{CONFIG}\n"
    assert box.run("add", "pptpd") == Said(0, "OK: 5122 KiB in 4 packages\n", "")


def test_questions(with_pptpd: ApkBox) -> None:
    run = with_pptpd.run
    assert run("info", "-e", "pptpd", "kernel") == Said(0, "pptpd\nkernel\n", "")
    assert run("info", "-e", "pptpd", "nosuch", "ppp=9").code == 2
    assert run("info").out == "kernel\nlibc\nppp\npptpd\n"
    assert run("-v", "info").out.splitlines()[-1] == "pptpd-1.5.0-r3"
    assert run("info", "-d", "pptpd").out == "pptpd-1.5.0-r3 description:\nA package for tests\n\n"
    assert "etc/config/pptpd\n" in run("info", "-L", "pptpd").out
    assert run("info", "-R", "pptpd").out == "pptpd-1.5.0-r3 depends on:\nlibc\nppp\n\n"
    assert run("info", "-r", "ppp").out == "ppp-2.5.2-r3 is required by:\npptpd-1.5.0-r3\n\n"
    assert run("info", "-W", "/usr/sbin/pppd") == Said(0, "/usr/sbin/pppd is owned by ppp-2.5.2-r3\n", "")
    assert run("info", "-W", "/none") == Said(1, "", "ERROR: /none: Could not find owner package\n")
    assert run("list", "-I", "p*").out.splitlines()[1] == "pptpd-1.5.0-r3 all {pptpd} (made up) [installed]"
    assert run("list", "--manifest", "-I", "ppp").out == "ppp 2.5.2-r3\n"
    assert run("search", "ptp").out == "pptpd-1.5.0-r3\n"
    assert run("query", "--fields", "name,version,status", "pptpd").out == (
        "Name: pptpd\nVersion: 1.5.0-r3\nStatus: installed\n\n"
    )
    told = json.loads(
        run("query", "--available", "--fields", "name,depends,file-size", "--format", "json", "pptpd").out
    )
    assert told[0]["name"] == "pptpd"
    assert told[0]["depends"] == ["libc", "ppp"]
    assert told[0]["file-size"] == len(build.archive(PPTPD))


def test_a_question_fetches_no_index(box: ApkBox) -> None:
    box.run("query", "pptpd")
    assert not list(box.file("/var/cache/apk").glob("*"))


def test_an_unknown_package(box: ApkBox) -> None:
    assert box.run("add", "nosuch") == Said(
        1, "", "ERROR: unable to select packages:\n  nosuch (no such package):\n    required by: world[nosuch]\n"
    )


def test_a_module_of_another_kernel(box: ApkBox) -> None:
    box.offer(package("kmod-mppe", "6.12.93-r1", depends="kernel (=6.12.93~dead-r1)"))
    said = box.run("add", "kmod-mppe")
    assert said == Said(
        1,
        "",
        f"ERROR: unable to select packages:\n  kernel-{KERNEL}:\n"
        "    breaks: kmod-mppe-6.12.93-r1[kernel=6.12.93~dead-r1]\n    satisfies: world[kernel]\n",
    )
    assert box.run("info", "-e", "kmod-mppe").code == 1
    assert box.file("/etc/apk/world").read_text() == "kernel\nlibc\n"


def test_without_network_nothing_new_can_be_had(box: ApkBox) -> None:
    box.run("update")
    assert box.run("--no-network", "add", "pptpd").code == 1
    assert box.run("--no-network", "add", "libc").code == 0


def test_a_file_is_nobodys_the_router_knows(box: ApkBox) -> None:
    for one in (PPTPD, PPP):
        box.file(f"/tmp/{one.name}.apk").write_bytes(build.archive(one))
    (box.feed / "packages.adb").unlink()
    refused = box.run("add", "/tmp/pptpd.apk", "/tmp/ppp.apk")
    assert (refused.code, refused.err.splitlines()[-1]) == (250, "ERROR: /tmp/pptpd.apk: UNTRUSTED signature")
    assert box.run("add", "--allow-untrusted", "/tmp/pptpd.apk", "/tmp/ppp.apk").code == 0
    assert box.run("info", "-e", "pptpd", "ppp").code == 0
    assert "pptpd><Q1" in box.file("/etc/apk/world").read_text()
    box.file("/tmp/broken.apk").write_text("nothing")
    assert "file format is invalid" in box.run("add", "--allow-untrusted", "/tmp/broken.apk").err


def test_what_is_changed_stays_and_comes_back(with_pptpd: ApkBox) -> None:
    with_pptpd.file(CONFIG).write_text("mine\n")
    said = with_pptpd.run("del", "pptpd")
    assert said.out == "(1/2) Purging pptpd (1.5.0-r3)\n(2/2) Purging ppp (2.5.2-r3)\nOK: 2048 B in 2 packages\n"
    assert with_pptpd.file("/tmp/state").read_text() == "down\n"
    assert with_pptpd.file(CONFIG).read_text() == "mine\n"
    assert not with_pptpd.file("/usr/sbin/pptpd").exists() and not with_pptpd.file("/etc/init.d/pptpd").exists()
    assert "  Installing file to etc/config/pptpd.apk-new\n" in with_pptpd.run("add", "pptpd").out
    assert with_pptpd.file(CONFIG).read_text() == "mine\n"
    assert with_pptpd.file(f"{CONFIG}.apk-new").read_text() == "stock\n"
    with_pptpd.run("del", "--purge", "pptpd")
    assert not with_pptpd.file(CONFIG).exists()


def test_what_others_need_stays(with_pptpd: ApkBox) -> None:
    said = with_pptpd.run("del", "ppp")
    assert said.out.splitlines()[:2] == [
        "World updated, but the following packages are not removed due to:",
        "  ppp: pptpd",
    ]
    assert with_pptpd.run("info", "-e", "ppp").code == 0
    assert with_pptpd.run("del", "nosuch") == Said(1, "", "ERROR: No such package: nosuch\n")
    assert with_pptpd.run("del", "-r", "ppp").code == 0
    assert with_pptpd.run("info", "-e", "pptpd").code == 1


def test_somebody_else_writes(box: ApkBox) -> None:
    with box.file("/lib/apk/db/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        text = "Resource temporarily unavailable"
        assert box.run("add", "pptpd") == Said(
            250, "", f"ERROR: Unable to lock database: {text}\nERROR: Failed to open apk database: {text}\n"
        )
        assert box.run("info", "-e", "libc").code == 0


def test_a_package_that_is_gone_from_the_feed(box: ApkBox) -> None:
    box.run("update")
    (box.feed / "ppp-2.5.2-r3.apk").unlink()
    said = box.run("add", "ppp")
    assert (said.code, said.out.splitlines()[-1]) == (1, "1 error; 2048 B in 2 packages")
    assert said.err == (
        "ERROR: wget: exited with error 8\nERROR: ppp-2.5.2-r3: remote server returned error (try 'apk update')\n"
    )


def test_a_full_flash(box: ApkBox, monkeypatch: pytest.MonkeyPatch) -> None:
    from wizard.practice.packages import apk_commit

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(apk_commit, "_write", full)
    said = box.run("add", "ppp")
    assert said.code == 1
    assert said.err.startswith("ERROR: ppp-2.5.2-r3: failed to extract ")
    assert said.err.endswith(": No space left on device\n")
    assert box.run("info", "-e", "ppp").code == 1


def test_simulating_changes_nothing(box: ApkBox) -> None:
    said = box.run("add", "-s", "pptpd")
    assert (said.code, said.out.splitlines()[0]) == (0, "(1/2) Installing ppp (2.5.2-r3)")
    assert not box.file("/usr/sbin/pppd").exists()
    assert box.run("info", "-e", "ppp").code == 1


def test_upgrades_are_taken_when_asked_for(with_pptpd: ApkBox) -> None:
    with_pptpd.offer(package("ppp", "2.5.2-r10", depends="libc", files={"/usr/sbin/pppd": "new\n"}))
    with_pptpd.run("update")
    assert "ppp" not in with_pptpd.run("add", "ppp").out
    assert "(1/1) Upgrading ppp (2.5.2-r3 -> 2.5.2-r10)\n" in with_pptpd.run("add", "-u", "ppp").out
    assert with_pptpd.file("/usr/sbin/pppd").read_text() == "new\n"


def test_fetching(box: ApkBox) -> None:
    box.run("update")
    assert box.run("fetch", "-o", "/tmp", "-R", "pptpd").code == 0
    assert (box.root / "tmp/ppp-2.5.2-r3.apk").exists() and (box.root / "tmp/pptpd-1.5.0-r3.apk").exists()


def test_wrong_use(box: ApkBox) -> None:
    assert box.run("frobnicate") == Said(1, "", "ERROR: 'frobnicate' is not an apk command. See 'apk --help'.\n")
    assert box.run("add", "--nosuch") == Said(1, "", "ERROR: command line: unrecognized option 'nosuch'\n")
    assert box.run().code == 1
    assert box.run("add", "pptpd=").code == 250
