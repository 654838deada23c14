"""The stock packages, against what the real ones wrote on 24.10, 23.05 and 22.03, and against the list of their bugs.

The start scripts run under busybox ash, with its applets, in a root that has a release's files and the stand-ins of uci
and validate_data; procd is only listened to.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.recordings import recording
from wizard.practice import release as releases
from wizard.practice import stock

PROJECT = Path(__file__).parents[2]
ROM = PROJECT / "wizard/practice/rom"
APPLETS = ("cat", "cp", "grep", "ln", "ls", "mkdir", "readlink", "rm", "sed", "sort")
MPPE = "mppe required,no40,no56,stateless\n"
UCI_AGE = ["14.07", "15.05.1", "17.01", "18.06", "19.07", "21.02", "22.03", "23.05", "24.10", "25.12"]

SHIM = f"""#!{sys.executable} -IS
import sys
sys.path.insert(0, {str(PROJECT)!r})
from %s import main
sys.exit(main(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Router:
    """A root with a release's own files and its package pptpd."""

    root: Path

    def read(self, path: str) -> str:
        return (self.root / path.lstrip("/")).read_text("utf-8")

    def write(self, path: str, text: str) -> None:
        (self.root / path.lstrip("/")).write_text(text, "utf-8")

    def configure(self, *logins: tuple[str, ...], enabled: str = "option enabled '1'") -> None:
        """The service with the stock addresses, and logins: name, password and perhaps an address."""
        text = f"config service 'pptpd'\n\t{enabled}\n"
        text += "\toption localip '192.168.0.1'\n\toption remoteip '192.168.0.20-30'\n"
        for login in logins:
            words = zip(("username", "password", "remoteip"), login, strict=False)
            text += "\nconfig login\n" + "".join(f"\toption {name} '{value}'\n" for name, value in words)
        self.write("/etc/config/pptpd", text)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.root}/sbin:{self.root}/bin:{self.root}/usr/sbin"
        environment = {"IPKG_INSTROOT": str(self.root), "PATH": path, "LANG": "C"}
        return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)

    def start(self, action: str = "start") -> subprocess.CompletedProcess[str]:
        script = f"{self.root}/etc/init.d/pptpd"
        return self.run(f"{self.root}/bin/busybox", "ash", f"{self.root}/etc/rc.common", script, action)

    def heard(self) -> list[dict[str, object]]:
        """What procd was told to run: the messages of `ubus call service set` and `add`."""
        lines = self.read("/tmp/ubus").splitlines()
        return [
            json.loads(line.split(" ", 3)[3])
            for line in lines
            if line.startswith(("call service set", "call service add"))
        ]

    def said(self, done: subprocess.CompletedProcess[str]) -> str:
        """Its errors with the paths of a router."""
        return done.stderr.replace(str(self.root), "")


Make = Callable[[str], Router]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    if shutil.which("busybox") is None:
        pytest.skip("no busybox here")

    def make(name: str) -> Router:
        root = tmp_path / name
        for folder in ("tmp/.uci", "etc/rc.d", "etc/ppp", "bin", "sbin", "usr/sbin", "lib/practice"):
            (root / folder).mkdir(parents=True)
        release = releases.load(name)
        for layer in release.layers:
            shutil.copytree(ROM / layer, root, dirs_exist_ok=True, symlinks=True)
        for fact, text in release.practice.items():
            (root / "lib/practice" / fact).write_text(f"{text}\n")
        for package in ("ppp", "pptpd"):
            for path, source in stock.entries(name)[package].files().items():
                (root / path.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, root / path.lstrip("/"))
        _programs(root)
        return Router(root)

    return make


def _programs(root: Path) -> None:
    busybox = shutil.which("busybox")
    for name in ("busybox", *APPLETS):
        (root / "bin" / name).symlink_to(str(busybox))
    modules = {"uci": "wizard.practice.uci.cli", "validate_data": "wizard.practice.uci.validate"}
    texts = {name: SHIM % module for name, module in modules.items()}
    log = f"{root}/tmp/ubus"
    texts["ubus"] = f'#!/bin/sh\necho "$@" >>{log}\n'
    texts["start-stop-daemon"] = f'#!/bin/sh\necho "$@" >>{log}\n'
    for name, text in texts.items():
        (root / "sbin" / name).unlink(missing_ok=True)
        (root / "sbin" / name).write_text(text)
        (root / "sbin" / name).chmod(0o755)


# --- against recordings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["22.03", "23.05", "24.10"])
def test_the_files_as_packaged(make: Make, name: str) -> None:
    router = make(name)
    assert router.read("/etc/ppp/options.pptpd") == recording(name, "etc_options_pptpd").out
    assert router.run("uci", "show", "pptpd").stdout == recording(name, "uci_show_pptpd").out
    assert router.run("uci", "export", "pptpd").stdout == recording(name, "uci_export_pptpd").out
    if name == "24.10":
        for path, text in {
            "/etc/config/pptpd": "etc_config_pptpd",
            "/etc/pptpd.conf": "etc_pptpd_conf",
            "/etc/ppp/options": "etc_ppp_options",
            "/etc/ppp/chap-secrets": "etc_chap_secrets_stock",
        }.items():
            assert router.read(path) == recording(name, text).out


def test_a_start_on_24_10(make: Make) -> None:
    router = make("24.10")
    router.configure(("alice", "alicepw"))
    done = router.start()
    assert (done.returncode, done.stdout) == (0, recording("24.10", "pptpd_start_stock").out)
    assert router.said(done) == recording("24.10", "pptpd_start_stock").err
    for path, name in {
        "/var/etc/pptpd.conf": "var_etc_pptpd_conf_stock",
        "/var/etc/options.pptpd": "var_etc_options_pptpd_stock",
        "/var/etc/chap-secrets": "var_etc_chap_secrets_stock",
    }.items():
        assert router.read(path) == recording("24.10", name).out
    link = router.root / "etc/ppp/chap-secrets"
    assert link.readlink() == router.root / "var/etc/chap-secrets"
    command = ["/usr/sbin/pptpd", "-c", "/var/etc/pptpd.conf", "--fg", "-o", "/var/etc/options.pptpd"]
    instances = router.heard()[-1]["instances"]
    assert isinstance(instances, dict)
    heard = next(iter(instances.values()))["command"]
    assert [word.removeprefix(str(router.root)) for word in heard] == command


@pytest.mark.parametrize("name", ["22.03", "23.05"])
def test_the_first_start_complains(make: Make, name: str) -> None:
    """A missing `logwtmp` is no number (P7); 23.05 also cleans a file that is not there yet."""
    router = make(name)
    router.configure(("alice", "alicepw"))
    complaints = recording(name, "pptpd_start_first").err.splitlines()
    lines = router.said(router.start()).splitlines()
    assert [line.rpartition(": ")[2] for line in lines] == [line.rpartition(": ")[2] for line in complaints]


@pytest.mark.parametrize("name", ["22.03", "23.05"])
@pytest.mark.parametrize("case", ["comment_only", "mppe_line_comment", "nomppc", "require_mppe_comment", "stock_mppe"])
def test_the_old_words_are_added_to_whatever_is_there(make: Make, name: str, case: str) -> None:
    """P1, and what a last line without an end does to it."""
    written = recording(name, f"var_etc_options_{case}").out
    assert written.endswith(MPPE)
    router = make(name)
    router.configure()
    router.write("/etc/ppp/options.pptpd", written.removesuffix(MPPE))
    router.start()
    assert router.read("/var/etc/options.pptpd") == written


@pytest.mark.parametrize(("name", "starts"), [("22.03", 7), ("23.05", 0)])
def test_who_can_still_log_in(make: Make, name: str, starts: int) -> None:
    """P2 on 22.03: nobody is ever taken out. P3 on 23.05: only names of letters and digits are."""
    router = make(name)
    router.configure(("alice", "alicepw"))
    for _ in range(starts):
        router.start()
    router.configure(("alice", "alicepw"), ("john.doe", "johnpw"))
    router.start()
    assert router.read("/var/etc/chap-secrets") == recording(name, "d_before").out
    router.configure()
    router.start("restart")
    assert router.read("/var/etc/chap-secrets") == recording(name, "d_after_deleting_both").out
    router.configure(("alice", "newpw"))
    router.start("restart")
    assert router.read("/var/etc/chap-secrets") == recording(name, "d_after_password_change").out


def test_a_deleted_user_with_a_dot_stays_on_24_10(make: Make) -> None:
    router = make("24.10")
    router.configure(("alice", "alicepw"), ("john.doe", "johnpw"), ("bob", "bobpw", "192.168.0.77"))
    router.start()
    router.configure(("alice", "alicepw"), ("bob", "bobpw", "192.168.0.77"))
    router.start("restart")
    assert router.read("/var/etc/chap-secrets") == recording("24.10", "d_delete").out.rpartition("==\n")[2]


# --- the list of bugs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", UCI_AGE)
def test_secrets_of_others_are_lost(make: Make, name: str) -> None:
    """P5; and P4: what is written is not quoted."""
    router = make(name)
    router.write("/etc/ppp/chap-secrets", "isp@provider.net\t*\tisppass\t*\n")
    router.configure(("alice", 'p# "q'))
    router.start()
    assert (router.root / "etc/ppp/chap-secrets").is_symlink()
    assert router.read("/etc/ppp/chap-secrets") == 'alice pptp-server p# "q *\n'


@pytest.mark.parametrize("name", UCI_AGE)
def test_without_enabled_it_is_started(make: Make, name: str) -> None:
    """P7: before 24.10 because an empty word is no number, from then on because that is the default."""
    router = make(name)
    router.configure(("alice", "alicepw"), enabled="option nothing '1'")
    router.start()
    assert router.read("/var/etc/chap-secrets") == "alice pptp-server alicepw *\n"


@pytest.mark.parametrize("name", UCI_AGE)
def test_switched_off_it_writes_nothing(make: Make, name: str) -> None:
    router = make(name)
    router.configure(("alice", "alicepw"), enabled="option enabled '0'")
    router.start()
    assert not (router.root / "var/etc/chap-secrets").exists()
    assert not (router.root / "etc/ppp/chap-secrets").is_symlink()


@pytest.mark.parametrize(("name", "started"), [("15.05.1", False), ("19.07", False), ("23.05", False), ("24.10", True)])
def test_enabled_on_is_no_number_before_24_10(make: Make, name: str, started: bool) -> None:
    router = make(name)
    router.configure(("alice", "alicepw"), enabled="option enabled 'on'")
    done = router.start()
    assert ("validation failed" in done.stdout) != started
    assert (router.root / "var/etc/chap-secrets").exists() == started


@pytest.mark.parametrize("name", UCI_AGE)
def test_where_the_old_words_come_from(make: Make, name: str) -> None:
    """Until 15.05.1 they are in the file; after that the start script adds them, also where its pppd has none (P1)."""
    router = make(name)
    router.configure()
    router.start()
    in_file = name in ("14.07", "15.05.1")
    assert (MPPE in router.read("/etc/ppp/options.pptpd")) == in_file
    assert (router.root / "var/etc/options.pptpd").exists() != in_file
    assert in_file or router.read("/var/etc/options.pptpd").endswith(f"\n{MPPE}")


@pytest.mark.parametrize("name", UCI_AGE)
def test_what_tells_the_generations_apart(name: str) -> None:
    """The words that a script's text is searched for, `openwrt.md` §12."""
    text = stock.entries(name)["pptpd"].files()["/etc/init.d/pptpd"].read_text()
    assert "config_load" in text
    assert ('"mppe ' in text) == (name not in ("14.07", "15.05.1"))
    assert ("sed -i -E" in text) == (name in ("23.05", "24.10", "25.12"))
    assert ("remoteip=*" in text) == (UCI_AGE.index(name) >= UCI_AGE.index("19.07"))
    assert ("--fg" in text) == (name not in ("14.07", "15.05.1"))


@pytest.mark.parametrize("name", ["7.09", "8.09", "10.03", "12.09"])
def test_before_uci_the_files_are_the_daemons(name: str) -> None:
    pptpd = stock.entries(name)["pptpd"]
    files = {path: source.read_text() for path, source in pptpd.files().items()}
    assert "172.16.1.1:\n" in files["/etc/ppp/options.pptpd"] and MPPE in files["/etc/ppp/options.pptpd"]
    assert "option /etc/ppp/options.pptpd\n" in files["/etc/pptpd.conf"]
    assert "/etc/config/pptpd" not in files
    assert "kmod-mppe" not in pptpd.depends
    assert ("ppp" in pptpd.depends.split(", ")) == (name in ("10.03", "12.09"))
    assert bool(pptpd.conffiles) == (name == "12.09")


@pytest.mark.parametrize("name", releases.names())
def test_feeds_are_where_the_router_looks(name: str) -> None:
    feeds = stock.feeds(name)
    urls = [f"{feeds.scheme}://{feeds.host}{place}" for place in feeds.places.values()]
    layers = releases.load(name).layers
    assert f"feeds-{name}" in layers and ("opkg-signed" in layers) == (feeds.signed and feeds.format == "opkg")
    text = "".join(path.read_text() for path in sorted((ROM / f"feeds-{name}").rglob("*")) if path.is_file())
    found = [word.removesuffix("/packages.adb") for word in text.split() if "://" in word]
    assert sorted(found) == sorted(urls)
    assert {entry.feed for entry in stock.entries(name).values()} <= set(feeds.places.values())


@pytest.mark.parametrize("name", releases.names())
def test_versions_agree_with_what_a_fresh_router_lists(name: str) -> None:
    """And whatever a package needs is in the feeds or on the router."""
    installed, entries = releases.load(name).installed, stock.entries(name)
    assert {package: entries[package].version for package in entries if package in installed} == {
        package: installed[package] for package in entries if package in installed
    }
    for entry in entries.values():
        needs = {word.split()[0] for word in entry.depends.split(",") if word.strip()}
        assert needs <= set(installed) | set(entries), entry.name
