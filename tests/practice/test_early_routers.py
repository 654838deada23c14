"""What routers of 7.09 to 12.09 do besides the firewall: services, networking by scripts, the name service, backups."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.practice.early import ROM, Box, needs_namespaces
from wizard.practice import release

RELEASES = ("7.09", "8.09", "10.03", "12.09")
SHELL_NETWORK = RELEASES[:3]
LAYERS = sorted({layer for name in RELEASES for layer in release.load(name).layers})

# Programs of which the test only wants to know how they are called.
RECORDER = '#!/bin/sh\necho "${0##*/} $*" >>/tmp/called\n'
DHCP_ANSWER = """#!/bin/sh
interface=eth1 ip=203.0.113.77 subnet=255.255.255.0 router=203.0.113.254 dns=198.51.100.10 domain=example
export interface ip subnet router dns domain
/usr/share/udhcpc/default.script deconfig
/usr/share/udhcpc/default.script bound
"""


def sourced() -> list[Path]:
    files = (path for layer in LAYERS for path in sorted((ROM / layer).rglob("*")) if path.is_file())
    return [path for path in files if b"# shellcheck shell=" in path.read_bytes()[:600]]


@pytest.mark.parametrize("script", sourced(), ids=lambda path: str(path.relative_to(ROM)))
@pytest.mark.parametrize("shell", ["dash -n", "busybox ash -n", "shellcheck"])
def test_what_scripts_source_is_read_without_complaint(shell: str, script: Path) -> None:
    program, *words = shell.split()
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here")
    done = subprocess.run([program, *words, script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.fixture(params=RELEASES)
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    return Box(tmp_path, request.param)


@pytest.fixture(params=SHELL_NETWORK)
def shell_network(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    box = Box(tmp_path, request.param)
    for program in ("udhcpc", "pppd", "insmod"):
        (box.folder / f"sbin/{program}").unlink(missing_ok=True)
        box.write(f"/sbin/{program}", RECORDER, 0o755)
    return box


def state(box: Box, interface: str, option: str) -> str:
    """A command that prints what is known of an interface now."""
    if box.release.name == "7.09":
        return f"(. /etc/functions.sh; . /lib/network/state.sh; load_state; config_get {interface} {option})"
    return f"uci -q -P /var/state get network.{interface}.{option}"


@needs_namespaces
def test_a_service_is_enabled_by_links_that_bear_its_numbers(box: Box) -> None:
    box.write("/etc/init.d/mine", "#!/bin/sh /etc/rc.common\nSTART=60\nSTOP=10\nstart() { echo began $1; }\n", 0o755)
    out = box.out(
        "s=/etc/init.d/mine; $s enabled; echo $?; $s enable; $s enable; $s enabled; echo $?\n"
        "ls -l /etc/rc.d | sed 's/.*:.. //'\n"
        "$s disable; $s enabled; echo $?; ls /etc/rc.d; $s start now; $s restart; $s reload\n"
        "$s enable; /etc/rc.d/S60mine boot; $s nonsense | head -n 1"
    )
    assert out.splitlines() == [
        *("1", "0", "total 0", "K10mine -> ../init.d/mine", "S60mine -> ../init.d/mine", "1"),
        *("began now", "began", "began", "began", "Syntax: /etc/init.d/mine [command]"),
    ]


@needs_namespaces
@pytest.mark.parametrize(
    ("password", "telnet"), [("!", True), ("", True), ("x", True), ("*", True), ("$1$lab$made-up", False)]
)
def test_telnet_is_there_until_root_has_a_password(box: Box, password: str, telnet: bool) -> None:
    (box.folder / "usr/sbin/telnetd").unlink()
    box.write("/usr/sbin/telnetd", RECORDER, 0o755)
    box.write("/usr/sbin/dropbear", RECORDER, 0o755)
    place = "/etc/shadow" if box.release.name == "12.09" else "/etc/passwd"
    box.write(place, f"root:{password}:0:0:root:/root:/bin/ash\n")
    box.out("/etc/init.d/telnet start")
    assert (box.folder / "tmp/called").exists() == telnet


@needs_namespaces
def test_a_static_interface_comes_up_with_its_route_and_name_server(shell_network: Box) -> None:
    box = shell_network
    out = box.out(
        f"ifconfig eth1 0.0.0.0 down; ifup wan\nifconfig eth1 | sed -n 's/.*addr:\\([^ ]*\\).*/\\1/p'\n"
        f"route -n | sed -n 's/^0.0.0.0 *\\([^ ]*\\).*/\\1/p'\ncat /tmp/resolv.conf.auto\n"
        f"{state(box, 'wan', 'up')}; {state(box, 'wan', 'ifname')}\n"
        f"ifdown wan\nifconfig eth1 | grep -c 'inet addr'; {state(box, 'wan', 'up')}; true"
    ).split()
    assert out[:6] == ["203.0.113.1", "203.0.113.254", "nameserver", "198.51.100.10", "1", "eth1"]
    assert out[6:] == ["0"]


@needs_namespaces
def test_a_lease_becomes_an_address_a_route_and_what_uci_knows(shell_network: Box) -> None:
    box = shell_network
    box.write("/sbin/udhcpc", RECORDER + DHCP_ANSWER.partition("\n")[2], 0o755)
    box.write("/etc/config/network", "config interface wan\n\toption ifname eth1\n\toption proto dhcp\n")
    out = box.out(
        "ifup wan; sleep 1; cat /tmp/resolv.conf.auto; route -n | grep -c '^0.0.0.0 *203.0.113.254'\n"
        + "; ".join(state(box, "wan", option) for option in ("ipaddr", "gateway", "dns", "ifname", "up"))
    ).split()
    assert out == ["nameserver", "198.51.100.10", "1", "203.0.113.77", "203.0.113.254", "198.51.100.10", "eth1", "1"]
    assert "-i eth1 " in box.read("/tmp/called")


@needs_namespaces
def test_pppoe_is_called_with_a_unit_and_is_ppp0(shell_network: Box) -> None:
    box = shell_network
    box.write(
        "/etc/config/network",
        "config interface wan\n\toption ifname eth1\n\toption proto pppoe\n\toption username me\n"
        "\toption password 'made-up two'\n\toption keepalive 3\n",
    )
    out = box.out(f"ifup wan; {state(box, 'wan', 'ifname')}; {state(box, 'wan', 'device')}")
    assert out.split() == ["ppp0", "eth1"]
    assert box.read("/tmp/called").splitlines()[-1] == (
        "pppd plugin rp-pppoe.so mtu 1492 mru 1492 nic-eth1 lcp-echo-interval 5 lcp-echo-failure 3 persist usepeerdns "
        "defaultroute replacedefaultroute user me password made-up two unit 0 linkname wan ipparam wan"
    )


@needs_namespaces
def test_a_second_ppp_interface_has_the_next_unit_and_a_wish_is_heard(shell_network: Box) -> None:
    box = shell_network
    sections = "".join(
        f"config interface {name}\n\toption ifname eth1\n\toption proto pppoe\n{more}\n"
        for name, more in (("wan", ""), ("other", ""), ("last", "\toption unit 7\n"))
    )
    box.write("/etc/config/network", sections)
    box.out("for name in wan other last; do ifup $name; done")
    units = [line.partition(" unit ")[2].split()[0] for line in box.read("/tmp/called").splitlines() if "pppd" in line]
    assert units == ["0", "1", "7"]


@needs_namespaces
def test_proto_none_is_up_without_an_address_and_others_are_not_supported(shell_network: Box) -> None:
    box = shell_network
    box.append("/etc/config/network", "\nconfig interface vpn\n\toption ifname guest\n\toption proto none\n")
    box.append("/etc/config/network", "\nconfig interface odd\n\toption ifname guest\n\toption proto odd\n")
    assert box.out(f"ifup vpn; {state(box, 'vpn', 'up')}; ifup odd || true").splitlines() == [
        "1",
        "Interface type odd not supported.",
    ]


@needs_namespaces
def test_the_name_server_answers_whoever_asks_on_every_address(box: Box) -> None:
    (box.folder / "usr/sbin/dnsmasq").unlink(missing_ok=True)
    box.write("/usr/sbin/dnsmasq", RECORDER, 0o755)
    box.out("/etc/init.d/dnsmasq start")
    called = box.read("/tmp/called")
    if box.release.name == "7.09":
        called += box.read("/etc/dnsmasq.conf")
    if box.release.name == "12.09":
        called += box.read("/var/etc/dnsmasq.conf")
    last = "249" if box.release.name == "12.09" else "250"
    assert f"lan,192.168.1.100,192.168.1.{last},255.255.255.0,12h" in called
    assert "resolv-file=/tmp/resolv.conf.auto" in called and "expand-hosts" in called
    assert not [word for word in called.split() if word.lstrip("-").startswith(("interface", "bind", "local-service"))]
    assert "nameserver 127.0.0.1" in box.read("/tmp/resolv.conf")


@needs_namespaces
def test_uci_binds_the_name_server_of_8_09_and_later(tmp_path: Path) -> None:
    box = Box(tmp_path, "12.09")
    box.write("/usr/sbin/dnsmasq", RECORDER, 0o755)
    box.out("uci add_list dhcp.@dnsmasq[0].interface=lan; uci set dhcp.@dnsmasq[0].nonwildcard=1; uci commit dhcp")
    box.out("/etc/init.d/dnsmasq start")
    assert {"interface=br-lan", "bind-interfaces"} <= set(box.read("/var/etc/dnsmasq.conf").splitlines())


@needs_namespaces
@pytest.mark.parametrize(
    ("words", "start", "end", "prefix"),
    [
        ("192.168.1.1 255.255.255.0 100 150", "192.168.1.100", "192.168.1.250", "24"),
        ("10.1.2.3 255.255.255.192 100 150", "10.1.2.36", "10.1.2.62", "26"),
        ("172.16.200.9 255.255.0.0 0 10", "172.16.0.1", "172.16.0.11", "16"),
    ],
)
def test_a_range_stays_inside_its_network(tmp_path: Path, words: str, start: str, end: str, prefix: str) -> None:
    out = Box(tmp_path, "8.09").out(f"ipcalc.sh {words}")
    values = dict(line.split("=") for line in out.splitlines())
    assert (values["START"], values["END"], values["PREFIX"]) == (start, end, prefix)


@needs_namespaces
def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    box = Box(tmp_path, "8.09")
    out = box.out(
        "lock /var/lock/x; (sleep 1; echo freed; lock -u /var/lock/x) & lock /var/lock/x; echo taken\n"
        "lock -u /var/lock/x; lock -w /var/lock/x; echo free; wait"
    )
    assert out.split() == ["freed", "taken", "free"]


@needs_namespaces
def test_a_backup_of_12_09_has_what_was_named_and_comes_back(tmp_path: Path) -> None:
    box = Box(tmp_path, "12.09")
    box.append("/etc/sysupgrade.conf", "/etc/pptp-wizard/\n/etc/rc.d/S61pptp-wizard\n")
    box.write("/etc/pptp-wizard/manifest", "made up\n")
    box.append("/etc/firewall.user", "# ours\n")
    (box.folder / "usr/lib/opkg").mkdir(parents=True)
    box.write("/usr/lib/opkg/status", "")
    out = box.out("sysupgrade -b /tmp/b.tgz; tar tzf /tmp/b.tgz; rm -r /etc/pptp-wizard; sysupgrade -r /tmp/b.tgz")
    assert out.startswith("Saving config files...\n")
    assert {"etc/pptp-wizard/manifest", "etc/firewall.user", "etc/rc.local"} <= set(out.split())
    assert box.read("/etc/pptp-wizard/manifest") == "made up\n"
    refused = box.run("sysupgrade image; echo $?; sysupgrade -l x; echo $?")
    assert refused.stdout.splitlines() == [
        *("Firmware upgrade is not implemented for this platform.", "1"),
        *("Invalid option: -l", "1"),
    ]


@pytest.mark.parametrize(
    ("name", "lacks"),
    [
        ("7.09", "readlink cmp diff sha256sum base64 setsid timeout nohup stat flock od nice pgrep"),
        ("8.09", "readlink cmp sha256sum base64 setsid timeout nohup stat flock od"),
        ("10.03", "readlink cmp sha256sum base64 setsid timeout nohup stat flock od"),
        ("12.09", "readlink diff sha256sum base64 setsid timeout nohup stat flock od"),
    ],
)
def test_applets_that_were_not_there_are_not_there(name: str, lacks: str) -> None:
    there = {applet for words in release.load(name).applets.values() for applet in words}
    assert there & set(lacks.split()) == set()
    assert {"md5sum", "mktemp", "printf", "awk", "start-stop-daemon", "telnetd"} <= there
