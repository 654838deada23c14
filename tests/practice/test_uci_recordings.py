"""The stand-in for uci says what the real one said: every recording of uci that can be played again."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import pytest

from tests.practice.uci_router import Router, packages
from tests.recordings import folder, recording
from wizard.practice.uci.cli import main

CASES = ["lan_all", "lan_hosts_internet", "router_all_between", "router_only"]
SHOWS = {
    "24.10": [
        "uci_show_all",
        *(f"uci_show_{name}" for name in ("dhcp", "dropbear", "firewall", "network", "pptpd", "rpcd", "system")),
        *(f"uci_show_firewall_zone_{name}" for name in ("lan_pppplus", "ppp0_3", "pppplus", "pppplus_subnet")),
        "uci_show_firewall_zone_subnet_only",
        "uci_show_network_pppoe",
        *(f"ours_{case}_uci_show" for case in CASES),
    ],
    "23.05": ["uci_show_pptpd"],
    "22.03": ["uci_show_pptpd"],
}
EXPORTS = {
    "24.10": [f"uci_export_{name}" for name in ("dhcp", "dropbear", "firewall", "network", "pptpd", "rpcd", "system")],
    "23.05": ["uci_export_pptpd"],
    "22.03": ["uci_export_pptpd"],
}
AGES = {
    "19.07": "2019-07-18",
    "21.02": "2021-04-12",
    "22.03": "2021-10-05",
    "23.05": "2023-07-14",
    "24.10": "2025-01-20",
}


@pytest.fixture
def router(tmp_path: Path) -> Router:
    """A factory-fresh 24.10."""
    return Router(tmp_path).make(packages(recording("24.10", "uci_export_all").out), AGES["24.10"])


@pytest.mark.parametrize(("release", "name"), [(release, name) for release in EXPORTS for name in EXPORTS[release]])
def test_what_was_exported_is_exported_again(release: str, name: str, tmp_path: Path) -> None:
    """The recorded text, imported and exported, is the same bytes."""
    real = recording(release, name)
    router = Router(tmp_path).make({}, AGES[release])
    package = real.command.split()[-1]
    assert router.uci("import", package, stdin=real.out) == (0, "", "")
    assert router.uci("export", package) == (0, real.out, "")


def test_everything_is_exported_in_the_order_of_names(router: Router) -> None:
    assert router.uci("export") == (0, recording("24.10", "uci_export_all").out, "")


@pytest.mark.parametrize(("release", "name"), [(release, name) for release in SHOWS for name in SHOWS[release]])
def test_what_was_shown_is_shown_again(release: str, name: str, tmp_path: Path) -> None:
    """Batch commands made from a recorded `uci show` make the config that is shown so."""
    real = recording(release, name)
    commands, configs = rebuilding(real.out)
    router = Router(tmp_path).make(dict.fromkeys(configs, ""), AGES[release])
    assert router.uci("batch", stdin=commands)[::2] == (0, "")
    assert router.shell(real.command.removesuffix("; echo rc=$?")) == (0, real.out, "")
    assert router.uci("commit") == (0, "", "")
    assert router.shell(real.command) == (0, real.out, "")


def rebuilding(shown: str) -> tuple[str, set[str]]:
    """The batch that makes what `uci show` printed, and the names of the packages in it."""
    commands, names = [], set()
    for line in shown.splitlines():
        place, _, value = line.partition("=")
        package, section, *option = place.split(".")
        names.add(package)
        if option and "' '" in value:
            commands += [f"add_list {place}={item}" for item in re.findall(r"'[^']*'", value)]
        elif option or not section.startswith("@"):
            commands.append(f"set {place}={value}")
        else:
            commands.append(f"add {package} {value}")
    return "".join(f"{command}\n" for command in commands), names


def test_a_shown_package_and_its_export_are_of_one_kind(router: Router) -> None:
    assert router.uci("show") == (0, recording("24.10", "uci_show_all").out, "")


@pytest.mark.parametrize(
    "name",
    [
        "err_uci_batch_bad",
        "err_uci_delete_missing",
        "err_uci_get_missing_config",
        "err_uci_get_missing_option",
        "err_uci_get_missing_section",
        "err_uci_get_q",
        "err_uci_import_bad",
        "err_uci_import_bad2",
        "err_uci_import_bad3",
        "err_uci_set_bad",
        "err_uci_set_badname",
        "err_uci_show_missing",
        "uci_changes_empty",
    ],
)
def test_what_went_wrong_goes_wrong_in_the_same_words(name: str, router: Router) -> None:
    real = recording("24.10", name)
    command = real.command.replace(r"\x27", r"\047")
    assert router.shell(command) == (real.code, real.out, real.err)


def test_a_broken_config_is_complained_about(router: Router) -> None:
    real = recording("24.10", "err_uci_show_firewall_syntax")
    router.config("firewall").write_text("config rule\n\toption name 'x\n")
    assert router.shell(real.command) == (real.code, real.out, real.err)


@pytest.mark.parametrize("case", CASES)
def test_our_sections_wait_are_shown_and_are_exported(case: str, router: Router) -> None:
    batch = (folder("24.10") / f"ours_{case}_batch.uci").read_text("utf-8").replace("commit firewall\n", "")
    assert router.uci("batch", stdin=batch) == (0, recording("24.10", f"ours_{case}_uci_batch").out, "")
    for what in ("changes", "show", "export"):
        real = recording("24.10", f"ours_{case}_uci_{what}")
        assert router.shell(real.command) == (real.code, real.out, real.err)


@pytest.mark.parametrize("release", ["19.07", "21.02"])
@pytest.mark.parametrize("case", CASES)
def test_our_sections_on_older_releases(release: str, case: str, tmp_path: Path) -> None:
    batch = (folder("24.10") / f"ours_{case}_batch.uci").read_text("utf-8")
    router = Router(tmp_path).make({"firewall": ""}, AGES[release])
    assert router.uci("batch", stdin=batch) == (0, recording(release, f"ours_{case}_uci_batch").out, "")
    real = recording(release, f"ours_{case}_uci_show")
    assert router.shell(real.command) == (real.code, real.out, real.err)


@pytest.mark.parametrize("release", ["19.07", "21.02"])
def test_changes_wait_until_they_are_committed(release: str, tmp_path: Path) -> None:
    real = recording(release, "uncommitted_uci_set")
    router = Router(tmp_path).make({"firewall": "\nconfig defaults\n"}, AGES[release])
    assert router.shell(real.command) == (real.code, real.out, real.err)
    assert router.config("firewall").read_text() == "\nconfig defaults\n"


def test_a_commit_on_a_full_flash_leaves_an_empty_file_and_says_nothing(router: Router) -> None:
    """R6: what was written is never looked at. A limit on the size of files stands for the full flash."""
    real = recording("24.10", "full_uci_commit")
    command = real.command.replace("uci commit pptpd;", "(ulimit -f 0; uci commit pptpd);").split("; ls -la")[0]
    assert router.shell(command) == (0, real.out.splitlines(keepends=True)[0], "")
    assert router.config("pptpd").read_bytes() == b""
    assert (router.waiting / "pptpd").read_bytes() == b""


def test_a_commit_to_a_flash_that_is_read_only(
    router: Router, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """`ro_remount` of the recordings, whose pptpd had lost its sections: nothing to set, and nothing to open."""
    real = recording("24.10", "ro_remount")
    router.config("pptpd").write_text("")
    monkeypatch.setenv("IPKG_INSTROOT", str(router.root))
    assert main(["set", "pptpd.pptpd.enabled=1"]) == 1

    def read_only(path: str, flags: int, mode: int = 0) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as flash:
        flash.setattr("wizard.practice.uci.files.locked_text", lambda path: "")
        flash.setattr("os.open", read_only)
        assert main(["commit", "pptpd"]) == 1
    assert capfd.readouterr() == ("", "".join(real.err.splitlines(keepends=True)[:2]))
