"""The uci of Kamikaze 7.09, a shell script: config files keep their looks, and hardly anything is an error."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.practice.uci_router import PROJECT
from tests.shells import SHELLS

ROM = PROJECT / "wizard/practice/rom"
SCRIPTS = [ROM / "uci-7.09/bin/uci", ROM / "uci-7.09/lib/config/uci.sh"]
NETWORK = """\
# mine
config interface lan
	option ifname	eth0
	option ipaddr	192.168.1.1 # here

config interface "wan"
	option proto	'dhcp'

config route
	option target	10.0.0.0
"""


@dataclass(frozen=True)
class Kamikaze:
    root: Path
    words: tuple[str, ...]

    @property
    def network(self) -> Path:
        return self.root / "etc/config/network"

    @property
    def waiting(self) -> Path:
        return self.root / "tmp/.uci/network"

    def uci(self, *words: str) -> tuple[int, str, str]:
        return self.run([*self.words, str(SCRIPTS[0]), *words])

    def script(self, text: str) -> tuple[int, str, str]:
        return self.run([*self.words, "-c", f'. "$IPKG_INSTROOT/etc/functions.sh"\n{text}'])

    def run(self, command: list[str]) -> tuple[int, str, str]:
        environment = {"IPKG_INSTROOT": str(self.root), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr


@pytest.fixture(params=SHELLS)
def router(request: pytest.FixtureRequest, tmp_path: Path) -> Kamikaze:
    for folder in ("etc/config", "tmp", "var/state"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copytree(ROM / "uci/lib", tmp_path / "lib")
    shutil.copytree(ROM / "uci-7.09/lib", tmp_path / "lib", dirs_exist_ok=True)
    (tmp_path / "etc/functions.sh").symlink_to("../lib/functions.sh")
    made = Kamikaze(tmp_path, request.param)
    made.network.write_text(NETWORK)
    return made


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(ROM)))
@pytest.mark.parametrize("check", ["dash -n", "busybox ash -n", "shellcheck"])
def test_a_script_is_read_without_complaint(check: str, script: Path) -> None:
    program, *words = check.split()
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here")
    done = subprocess.run([program, *words, script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_values_are_got_and_what_is_missing_is_an_empty_line(router: Kamikaze) -> None:
    assert router.uci("get", "network.lan.ipaddr") == (0, "192.168.1.1\n", "")
    assert router.uci("get", "network.cfg3.target") == (0, "10.0.0.0\n", "")
    assert router.uci("get", "network.lan.none") == (0, "\n", "")
    assert router.uci("get", "none.lan.none") == (0, "\n", "")


def test_show_prints_values_bare(router: Kamikaze) -> None:
    assert router.uci("show", "network.wan") == (0, "network.wan=interface\nnetwork.wan.proto=dhcp\n", "")
    router.uci("set", "network.wan.mtu=1400")
    router.uci("set", "network.wan.proto=static")
    assert router.uci("show", "network.wan")[1].splitlines()[1:] == ["network.wan.proto=static", "network.wan.mtu=1400"]
    assert router.uci("show")[1].count("\n") == 8


@pytest.mark.parametrize(
    "words",
    [(), ("-q", "get", "network.lan.ipaddr"), ("get",), ("get", "network.lan"), ("set", "network.lan"), ("batch",)],
)
def test_what_it_does_not_know_shows_the_usage(words: tuple[str, ...], router: Kamikaze) -> None:
    code, out, err = router.uci(*words)
    assert (code, err) == (1, "")
    assert out.startswith("Syntax: ")


def test_what_changes_waits_and_is_committed_into_the_file_as_it_is(router: Kamikaze) -> None:
    for words in [
        ("set", "network.lan.ipaddr=10.9.8.7"),
        ("set", "network.lan.mtu=1400"),
        ("set", "network.wan.proto=dhcp"),
        ("set", "network.none.proto=dhcp"),
        ("set", "network.vpn=interface"),
        ("set", "network.vpn.proto=a  $b*"),
        ("del", "network.lan.ifname"),
        ("rename", "network", "wan", "uplink"),
        ("del", "network.cfg3"),
    ]:
        assert router.uci(*words) == (0, "", "")
    assert router.network.read_text() == NETWORK
    assert router.waiting.read_text() == WAITING
    assert router.uci("get", "network.uplink.proto") == (0, "dhcp\n", "")
    assert router.uci("commit", "network") == (0, "", "")
    assert router.network.read_text() == COMMITTED
    assert not router.waiting.exists()


WAITING = """\
config_set 'lan' 'ipaddr' '10.9.8.7'
config_set 'lan' 'mtu' '1400'
config 'interface' 'vpn'
config_set 'vpn' 'proto' 'a  $b*'
config_unset 'lan' 'ifname'
config_rename 'wan' 'uplink'
config_clear 'cfg3'
"""
COMMITTED = """\
# mine
config interface lan
	option ipaddr	'10.9.8.7'
	option mtu	'1400'

config "interface" "uplink"
	option proto	'dhcp'

config "interface" "vpn"
	option proto	'a  $b*'
"""


def test_a_file_of_state_holds_what_it_is_told(router: Kamikaze) -> None:
    state = router.root / "var/state/network"
    assert router.uci("set", "/var/state/network.wan.ifname=eth1") == (0, "", "")
    assert state.read_text() == "config_set 'wan' 'ifname' 'eth1'\n"
    assert router.uci("get", "/var/state/network.wan.ifname") == (0, "eth1\n", "")
    assert router.script("config_load /var/state/network; config_get x wan ifname; echo $x")[1] == "eth1\n"


def test_scripts_read_settings_with_what_waits(router: Kamikaze) -> None:
    router.uci("set", "network.lan.ipaddr=10.9.8.7")
    script = """
        config_load network
        say() { config_get ip "$1" ipaddr; echo "$1 $ip"; }
        config_foreach say interface
        config_load none || echo none
    """
    assert router.script(script) == (0, "lan 10.9.8.7\nwan \nnone\n", "")


def test_a_commit_that_cannot_move_its_file_leaves_what_waits(router: Kamikaze) -> None:
    router.uci("set", "network.lan.ipaddr=10.9.8.7")
    router.network.unlink()
    (router.network / "network.new").mkdir(parents=True)
    router.uci("commit", "network")
    assert "10.9.8.7" in router.waiting.read_text()
