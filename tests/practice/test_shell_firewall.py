"""The shell firewalls of 7.09 to 12.09: the rules that each release's own scripts make, and how they come and go.

`listings` holds what `iptables -S` says after OpenWrt's own scripts of that time (openwrt/archive at 01c698b649,
6e9804e89c, d21b23ab5e and v12.09) have started under busybox ash with iptables 1.8.9: `stock` for the stock settings,
`more` for MORE or OLD_RULES besides. 7.09's rule about TCP option 2 was added by hand: iptables has changed its
spelling. Its `NEW` chain ends open, for today's kernel takes no DROP in the table nat.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.practice.early import Box, needs_namespaces

pytestmark = needs_namespaces

LISTINGS = Path(__file__).parent / "listings"
UCI_RELEASES = ("8.09", "10.03", "12.09")

# What the network's scripts leave in the state when the interfaces are up.
UP = "\n".join(
    f"uci -P /var/state set network.{name}.{option}"
    for name, device in (("lan", "br-lan"), ("wan", "eth1"))
    for option in ("up=1", f"ifname={device}")
)
SHOW = 'for table in filter nat mangle raw; do echo "# $table"; iptables -t $table -S; done'
START = "/etc/init.d/firewall start >/dev/null"

MORE = """
config zone
	option name guest
	option network 'guest'
	option input REJECT
	option output ACCEPT
	option forward DROP

config forwarding
	option src guest
	option dest wan
	option mtu_fix 1

config rule
	option src wan
	option proto tcp
	option dest_port 1723
	option target ACCEPT

config rule
	option src wan
	option proto gre
	option target ACCEPT

config rule
	option src wan
	option dest_port 5000-5010
	option target DROP

config rule
	option src guest
	option dest lan
	option dest_ip 192.168.1.20
	option proto tcp
	option target ACCEPT

config redirect
	option src wan
	option src_dport 8080
	option dest lan
	option dest_ip 192.168.1.20
	option dest_port 80
	option proto tcp

config redirect
	option src wan
	option src_dport 3000-3010
	option dest lan
	option dest_ip 192.168.1.21
"""
INCLUDE = "\nconfig include\n\toption path /etc/firewall.user\n"

OLD_RULES = """
accept:proto=tcp dport=22
forward:dport=60168:192.168.1.2:60169
accept:proto=gre
accept:proto=tcp dport=1723 src=198.51.100.0/24
"""
OLD_USER = """
iptables -A input_rule -i $WAN -p tcp --dport 1723 -j ACCEPT
X=$LAN
iptables -A forwarding_rule -i ppp1 -o $X -j ACCEPT
"""


def listing(name: str) -> str:
    return (LISTINGS / f"{name}.txt").read_text()


@pytest.fixture(params=UCI_RELEASES)
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    return Box(tmp_path, request.param)


def old(tmp_path: Path, wan: str) -> Box:
    box = Box(tmp_path, "7.09")
    box.write("/var/state/network", f"config_set 'lan' 'ifname' 'br-lan'\nconfig_set 'wan' 'ifname' '{wan}'\n")
    return box


def test_stock_rules_are_those_of_the_release(box: Box) -> None:
    assert box.out(f"{UP}\n{START}\n{SHOW}") == listing(f"{box.release.name}-stock")


def test_every_kind_of_section_makes_the_rules_of_the_release(box: Box) -> None:
    box.append("/etc/config/network", "\nconfig interface guest\n\toption ifname guest\n\toption proto static\n")
    box.append("/etc/config/firewall", MORE)
    box.write("/etc/firewall.user", "iptables -A forwarding_rule -i ppp0 -j ACCEPT\n")
    if box.release.name == "8.09":
        box.append("/etc/config/firewall", INCLUDE)
    up = f"{UP}\nuci -P /var/state set network.guest.up=1"
    assert box.out(f"{up}\n{START}\n{SHOW}") == listing(f"{box.release.name}-more")


def test_rules_of_7_09_come_from_the_script_the_user_file_and_the_list_of_lines(tmp_path: Path) -> None:
    box = old(tmp_path, "ppp0")
    box.append("/etc/config/firewall", OLD_RULES)
    box.append("/etc/firewall.user", OLD_USER)
    show = SHOW.replace(" mangle raw", "")
    assert box.out(f"/etc/init.d/firewall start\n{show}") == listing("7.09-more")


def test_stock_rules_of_7_09(tmp_path: Path) -> None:
    show = SHOW.replace(" mangle raw", "")
    assert old(tmp_path, "eth1").out(f"/etc/init.d/firewall start\n{show}") == listing("7.09-stock")


@pytest.mark.parametrize("name", ["7.09", *UCI_RELEASES])
def test_a_restart_changes_nothing_and_a_stop_opens_everything(tmp_path: Path, name: str) -> None:
    box = old(tmp_path, "eth1") if name == "7.09" else Box(tmp_path, name)
    up = "" if name == "7.09" else UP
    before, after, stopped = box.out(
        f"{up}\n{START}\n{SHOW}\necho ====\n/etc/init.d/firewall restart >/dev/null\n{SHOW}\necho ====\n"
        f"/etc/init.d/firewall stop >/dev/null\n{SHOW}"
    ).split("====\n")
    assert after == before
    assert "-A" not in stopped and "DROP" not in stopped


def test_reload_is_a_restart(box: Box) -> None:
    before, after = box.out(f"{UP}\n{START}\n{SHOW}\necho ====\n/etc/init.d/firewall reload >/dev/null\n{SHOW}").split(
        "====\n"
    )
    assert after == before


def test_fw_of_12_09_reloads_too_and_a_second_start_is_refused(tmp_path: Path) -> None:
    box = Box(tmp_path, "12.09")
    done = box.run(
        f"{UP}\nfw start >/dev/null\n{SHOW}\necho ====\nfw reload >/dev/null\n{SHOW}\necho ====\nfw start\necho $?"
    )
    before, after, again = done.stdout.split("====\n")
    assert before == after == listing("12.09-stock")
    assert (again, done.stderr) == ("1\n", "firewall already loaded\n")


def event(action: str, device: str) -> str:
    return f"env -i ACTION={action} INTERFACE=wan DEVICE={device} PROTO=static /sbin/hotplug-call iface"


def test_rules_follow_an_interface_but_on_10_03_where_they_stay(box: Box) -> None:
    down, other, back = box.out(
        f"{UP}\n{START}\n{event('ifdown', 'eth1')}\n{SHOW}\necho ====\n{event('ifup', 'ppp0')}\n{SHOW}\necho ====\n"
        f"{event('ifdown', 'ppp0')}\n{event('ifup', 'eth1')}\n{SHOW}"
    ).split("====\n")
    stock = listing(f"{box.release.name}-stock")
    assert back == stock
    if box.release.name == "10.03":
        assert down == other == stock
    else:
        assert "eth1" not in down
        assert other == stock.replace("eth1", "ppp0")


def test_an_interface_that_comes_up_before_the_firewall_starts_is_in_its_zone(box: Box) -> None:
    lan = UP.split("uci -P /var/state set network.wan")[0]
    assert box.out(f"{lan}\n{event('ifup', 'eth1')}\n{START}\n{SHOW}") == listing(f"{box.release.name}-stock")


def test_8_09_has_no_user_file_and_does_not_look_for_one(tmp_path: Path) -> None:
    box = Box(tmp_path, "8.09")
    assert not (box.folder / "etc/firewall.user").exists()
    assert "config include" not in box.read("/etc/config/firewall").replace("#config include", "")
    box.write("/etc/firewall.user", "iptables -A input_rule -p gre -j ACCEPT\n")
    assert box.out(f"{UP}\n{START}\n{SHOW}") == listing("8.09-stock")


def test_the_user_file_of_10_03_is_part_of_the_start_and_can_end_it(tmp_path: Path) -> None:
    box = Box(tmp_path, "10.03")
    box.append("/etc/firewall.user", "iptables -A input_rule -p gre -j ACCEPT\nexit 3\n")
    out = box.out(f"{UP}\n{START}\niptables -S\ncat /var/state/firewall")
    assert "-A input_rule -p gre -j ACCEPT" in out
    assert "loaded" not in out and "-i eth1" not in out


def test_the_user_file_of_12_09_ends_nothing_and_has_no_uci(tmp_path: Path) -> None:
    box = Box(tmp_path, "12.09")
    box.append("/etc/firewall.user", "iptables -A input_rule -p gre -j ACCEPT\nconfig_load network\necho not reached\n")
    done = box.run(f"{UP}\n/etc/init.d/firewall start\n{SHOW}")
    assert done.stderr == "Error: You cannot use UCI in firewall includes!\n"
    assert "not reached" not in done.stdout
    output = "-A output -j zone_lan"
    rules = listing("12.09-stock").replace(output, f"-A input_rule -p gre -j ACCEPT\n{output}", 1)
    assert done.stdout.endswith(rules)


def test_12_09_takes_only_what_is_for_ipv4_and_not_switched_off(tmp_path: Path) -> None:
    box = Box(tmp_path, "12.09")
    rule = "\nconfig rule\n\toption src wan\n\toption proto tcp\n\toption dest_port 1\n\toption target ACCEPT\n"
    box.append("/etc/config/firewall", f"{rule}\toption family ipv6\n{rule}\toption enabled 0\n")
    assert box.out(f"{UP}\n{START}\n{SHOW}") == listing("12.09-stock")


def test_12_09_knows_lists_of_ports_negation_limits_and_the_star(tmp_path: Path) -> None:
    box = Box(tmp_path, "12.09")
    box.append(
        "/etc/config/firewall",
        "\nconfig rule\n\toption src '*'\n\toption dest '*'\n\toption proto 'tcp udp'\n"
        "\toption src_ip '!192.168.1.0/24'\n"
        "\tlist dest_port 80\n\tlist dest_port 8000-8080\n\toption limit 5/sec\n\toption target REJECT\n",
    )
    out = box.out(f"{UP}\n{START}\niptables -S forward").splitlines()
    assert out[1:5] == [
        f"-A forward ! -s 192.168.1.0/24 -p {protocol} -m {protocol} --dport {port} -m limit --limit 5/sec -j reject"
        for protocol in ("tcp", "udp")
        for port in ("80", "8000:8080")
    ]


def test_on_7_09_a_clients_address_in_the_state_keeps_the_firewall_from_starting(tmp_path: Path) -> None:
    """ip-up tells uci whatever pppd's ipparam is; pptpctrl makes it the address that a call comes from.

    Found with that release's own functions.sh, uci and init script; busybox 1.4.2's `export` ends a script likewise.
    """
    box = old(tmp_path, "eth1")
    done = box.run(
        ". /lib/network/state.sh\nremember 203.0.113.50 ipaddr=172.16.1.1\nforget 203.0.113.50\n"
        f"/etc/init.d/firewall restart; echo $?\n{SHOW}"
    )
    assert box.read("/var/state/network").endswith("config_set '203' '0.113.50.ipaddr' '172.16.1.1'\n")
    assert done.stderr == "export: CONFIG_203_0.113.50.ipaddr: bad variable name\n"
    assert done.stdout.startswith("2\n# filter\n-P INPUT ACCEPT\n-P FORWARD ACCEPT\n")
