"""The stock files of 14.07 to 25.12: what their start scripts say and do, and that they are what was recorded."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.practice.procd_router import ROM, ProcdRouter, until
from tests.recordings import recording
from wizard.practice import release

PROCD = [name for name in release.names() if release.load(name).service == "procd"]
ALIGNED = ("21.02", "22.03", "23.05", "24.10", "25.12")

PPTPD = """#!/bin/sh /etc/rc.common
START=60
USE_PROCD=1
start_service() {
	[ ! -e "$IPKG_INSTROOT/tmp/disabled" ] || return 0
	procd_open_instance
	procd_set_param command /bin/sh -c 'exec sleep 1000'
	procd_append_param command 'a "b" \\c' "d	e" "f
g"
	procd_set_param env X="1 2"
	procd_set_param respawn
	procd_close_instance
}
service_triggers() { procd_add_reload_trigger pptpd; }
"""


def router(folder: Path, name: str) -> ProcdRouter:
    made = ProcdRouter(folder).make(name)
    made.script("etc/init.d/pptpd", PPTPD)
    return made


@pytest.fixture
def running(tmp_path: Path) -> Iterator[ProcdRouter]:
    made = router(tmp_path, "24.10")
    with made.daemon():
        yield made


@pytest.mark.parametrize("name", PROCD)
def test_a_release_is_whole(name: str) -> None:
    data = release.load(name)
    assert [layer for layer in data.layers if not (ROM / layer).is_dir()] == []
    for what in data.programs.values():
        if ":" not in what:
            assert callable(import_module(what).main)
    assert data.installed["busybox"]


def test_there_are_all_releases_with_procd() -> None:
    assert PROCD == ["14.07", "15.05.1", "17.01", "18.06", "19.07", "21.02", "22.03", "23.05", "24.10", "25.12"]


@pytest.mark.parametrize("name", ["22.03", "23.05", "24.10"])
def test_who_it_is_stands_there_as_recorded(name: str) -> None:
    built = (
        "OPENWRT_BUILD_DATE="  # in every recording, for all were made on 24.10; the older templates have no such line
    )
    for file in ("banner", "openwrt_release", "os-release"):
        said = recording(name, file).out
        lines = [line for line in said.splitlines() if name == "24.10" or not line.startswith(built)]
        assert (ROM / name / "etc" / file).read_text().splitlines() == lines


@pytest.mark.parametrize("name", ["network", "dhcp", "dropbear"])
def test_the_settings_are_those_recorded(tmp_path: Path, name: str) -> None:
    said = recording("24.10", f"uci_export_{name}").out.replace("list dns '203.0.113.254'", "list dns '198.51.100.10'")
    made = ProcdRouter(tmp_path).make("24.10")
    assert made.run("uci", "export", name) == (0, said, "")


def test_the_help_is_the_recorded_one(tmp_path: Path) -> None:
    made = router(tmp_path, "24.10")
    for action in ("help", "nonsense"):
        code, out, err = made.service("pptpd", action)
        said = out.replace(str(tmp_path), "")
        assert (code, said, err) == (0, recording("24.10", "initd_help").out, "")


@pytest.mark.parametrize("name", PROCD)
def test_the_help_of_each_release(tmp_path: Path, name: str) -> None:
    """rc.common at the tags of each release: what it lists, and what it does without listing it."""
    made = router(tmp_path, name)
    said = made.service("pptpd", "help")[1]
    assert ("Check if service is running" in said) is (name in ALIGNED)
    assert ("Dump procd service info" in said) is (name in ALIGNED[1:])
    assert ("(or restart if that fails)" in said) is (name in ("14.07", "15.05.1"))
    assert made.service("pptpd", "running")[:2] == (1, "")


@pytest.mark.parametrize(("name", "code"), [("14.07", 1), ("17.01", 1), ("18.06", 0), ("24.10", 0)])
def test_enable_says_what_it_said(tmp_path: Path, name: str, code: int) -> None:
    """Until 17.01 a script without STOP makes `enable` end with the 1 of its last test; it is enabled all the same."""
    made = router(tmp_path, name)
    assert made.service("pptpd", "enabled")[0] == 1
    assert made.service("pptpd", "enable") == (code, "", "")
    assert (tmp_path / "etc/rc.d/S60pptpd").readlink() == Path("../init.d/pptpd")
    assert made.service("pptpd", "enabled")[0] == recording("24.10", "initd_pptpd_enabled").code
    assert made.service("pptpd", "disable") == (0, "", "")
    assert not (tmp_path / "etc/rc.d/S60pptpd").is_symlink()


def test_states_have_the_recorded_words(running: ProcdRouter) -> None:
    assert running.service("pptpd", "status") == (3, "inactive\n", "")
    assert running.service("pptpd", "start") == (0, "", "")
    assert _with_code(running.service("pptpd", "status")) == recording("24.10", "initd_pptpd_status_on").out
    assert running.service("pptpd", "running")[0] == 0
    os.kill(running.instances("pptpd")["instance1"]["pid"], 9)
    until(lambda: not running.instances("pptpd")["instance1"]["running"])
    assert running.service("pptpd", "status") == (5, "not running\n", "")
    (running.root / "tmp/disabled").touch()
    assert running.service("pptpd", "restart")[0] == 0
    until(lambda: running.instances("pptpd") == {})
    assert _with_code(running.service("pptpd", "status")) == recording("24.10", "initd_pptpd_status_off").out
    assert _with_code(running.service("pptpd", "running")) == recording("24.10", "initd_pptpd_running_off").out
    assert running.service("pptpd", "stop") == (0, "", "")
    assert running.service("pptpd", "status")[0] == 3


def _with_code(ran: tuple[int, str, str]) -> str:
    return f"{ran[1]}rc={ran[0]}\n"


def test_every_word_reaches_the_daemon(running: ProcdRouter) -> None:
    running.service("pptpd", "start")
    row = running.instances("pptpd")["instance1"]
    assert row["command"] == ["/bin/sh", "-c", "exec sleep 1000", 'a "b" \\c', "d\te", "f\ng"]
    assert row["env"] == {"X": "1 2"}
    assert row["respawn"] == {"threshold": 3600, "timeout": 5, "retry": 5}


def test_start_again_leaves_it_alone_and_restart_does_not(running: ProcdRouter) -> None:
    running.service("pptpd", "start")
    pid = running.instances("pptpd")["instance1"]["pid"]
    for action in ("start", "reload"):
        assert running.service("pptpd", action) == (0, "", "")
        assert running.instances("pptpd")["instance1"]["pid"] == pid
    assert running.service("pptpd", "restart") == (0, "", "")
    until(lambda: running.instances("pptpd")["instance1"].get("pid") not in (None, pid))


def test_validation_sets_variables_and_refuses(running: ProcdRouter) -> None:
    (running.root / "etc/config/x").write_text("config y z\n\toption on 'maybe'\n\toption n '7'\n")
    running.script(
        "etc/init.d/x",
        """#!/bin/sh /etc/rc.common
USE_PROCD=1
rules() { uci_validate_section x y z 'n:uinteger:3' "$@"; }
start_service() { rules 'm:uinteger:4'; echo "$? $n $m"; rules 'on:bool' 2>/dev/null; echo "$?"; }
service_triggers() { procd_add_validation rules 'm:uinteger'; }
""",
    )
    assert running.service("x", "start")[:2] == (0, "0 7 4\n255\n")
    listed = json.loads(running.ubus("call", "service", "validate", '{"service":"x"}')[1])
    assert listed["x"] == [{"package": "x", "type": "y", "rules": {"n": "uinteger:3", "m": "uinteger"}}]


@pytest.mark.parametrize(
    ("name", "file", "has", "hasnot"),
    [
        ("14.07", "dnsmasq.conf", {"resolv-file=/tmp/resolv.conf.auto"}, {"local-service", "bind-dynamic"}),
        ("15.05.1", "dnsmasq.conf", {"local-service", "conf-dir=/tmp/dnsmasq.d"}, {"bind-dynamic"}),
        ("17.01", "dnsmasq.conf.cfg02411c", {"local-service"}, {"bind-dynamic"}),
        ("19.07", "dnsmasq.conf.cfg01411c", {"local-service", "bind-dynamic"}, {"edns-packet-max=1232"}),
        (
            "24.10",
            "dnsmasq.conf.cfg01411c",
            {"local-service", "bind-dynamic", "conf-dir=/tmp/dnsmasq.cfg01411c.d"},
            {"x"},
        ),
    ],
)
def test_name_service_is_configured_as_each_release_does(
    tmp_path: Path, name: str, file: str, has: set[str], hasnot: set[str]
) -> None:
    made = ProcdRouter(tmp_path).make(name)
    with made.daemon():
        assert made.service("dnsmasq", "boot")[0] == 0
        lines = set((tmp_path / "var/etc" / file).read_text().splitlines())
        assert has <= lines
        assert not hasnot & lines
        made.shell("uci set dhcp.@dnsmasq[0].localservice=0; uci set dhcp.@dnsmasq[0].nonwildcard=0; uci commit dhcp")
        assert made.service("dnsmasq", "restart")[0] == 0
        lines = set((tmp_path / "var/etc" / file).read_text().splitlines())
        assert not {"local-service", "bind-dynamic"} & lines


def test_a_backup_has_changed_conffiles_and_what_people_listed(tmp_path: Path) -> None:
    made = ProcdRouter(tmp_path).make("24.10")
    for name, text in (("kept", "x"), ("changed", "new"), ("same", "x"), ("other", "x")):
        (tmp_path / "etc" / name).write_text(text)
    with (tmp_path / "etc/sysupgrade.conf").open("a") as file:
        file.write("/etc/kept\n/etc/nosuch\n")
    sums = {"changed": "d" * 64, "same": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}
    rows = "".join(f" /etc/{name} {digest}\n" for name, digest in sums.items())
    status = tmp_path / "usr/lib/opkg/status"
    status.parent.mkdir(parents=True, exist_ok=True)
    status.write_text(f"Package: x\nConffiles:\n{rows}Version: 1\n\n")
    code, out, _ = made.run("sysupgrade", "-l")
    assert code == 0
    assert {"/etc/kept", "/etc/changed", "/etc/passwd"} <= set(out.split())
    assert not {"/etc/same", "/etc/other", "/etc/nosuch"} & set(out.split())
    archive = tmp_path / "tmp/backup.tgz"
    assert made.run("sysupgrade", "-b", str(archive)) == (0, "Saving config files...\n", "")
    (tmp_path / "etc/kept").unlink()
    assert made.run("sysupgrade", "-q", "-r", str(archive)) == (0, "", "")
    assert (tmp_path / "etc/kept").read_text() == "x"
    assert made.run("sysupgrade", "-r", "/nosuch")[0] == 1


def test_a_service_without_procd_is_started_and_ended_by_its_program(tmp_path: Path) -> None:
    made = ProcdRouter(tmp_path).make("14.07")
    program = made.script("usr/sbin/daemon", "")
    program.write_bytes(Path("/bin/sleep").read_bytes())
    made.script("sbin/start-stop-daemon", '#!/bin/sh\nexec busybox start-stop-daemon "$@"\n')
    made.script(
        "etc/init.d/old",
        f"""#!/bin/sh /etc/rc.common
START=60
SERVICE_DAEMONIZE=1
start() {{ service_start {program} 1000; }}
stop() {{ service_stop {program}; }}
""",
    )
    assert made.service("old", "start") == (0, "", "")
    until(lambda: made.shell(f"pidof {program}")[0] == 0)
    assert made.service("old", "stop")[0] == 0
    until(lambda: made.shell(f"pidof {program}")[0] == 1)
