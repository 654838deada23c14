"""The stand-in for fw4 prints, says and loads what the real one of OpenWrt 24.10.5 did."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.practice.firewalls import ROOT, Router, needs
from tests.recordings import Recording, folder, recording

OURS = ("lan_all", "lan_hosts_internet", "router_all_between", "router_only")
ZONES = ("zone_lan_pppplus", "zone_ppp0_3", "zone_pppplus", "zone_pppplus_subnet", "zone_subnet_only")

BAD = {
    "bad_port": "rule 'bad'\n option src wan\n option proto tcp\n option dest_port abc\n option target ACCEPT",
    "bad_ip": "rule 'bad'\n option src wan\n option src_ip 300.1.1.1\n option proto tcp\n option target ACCEPT",
    "bad_proto": "rule 'bad'\n option src wan\n option proto foo\n option target ACCEPT",
    "bad_target": "rule 'bad'\n option src wan\n option proto tcp\n option target ACEPT",
    "dup_zone": "zone 'bad'\n option name wan\n list device 'ppp+'",
    "fwd_unknown": "forwarding 'bad'\n option src vpnx\n option dest lan",
    "helper": "rule 'bad'\n option src wan\n option proto tcp\n option dest_port 1723\n option target HELPER\n"
    " option set_helper pptp",
    "no_src": "rule 'bad'\n option proto tcp\n option dest_port 1723\n option target ACCEPT",
    "unknown_opt": "rule 'bad'\n option src wan\n option proto tcp\n option frobnicate 1\n option target ACCEPT",
    "unknown_src": "rule 'bad'\n option src nosuchzone\n option proto tcp\n option target ACCEPT",
    "zone_badname": "zone 'bad'\n option name 'my zone'\n list device ppp0",
    "zone_longname": "zone 'bad'\n option name averyveryverylongzonename\n list device ppp0",
    "zone_noname": "zone 'bad'\n list device ppp0",
}
"""Sections that fit what the recordings say of them; the sections themselves were not recorded."""

INCLUDE = "usr/share/nftables.d/chain-pre/input_wan/x.nft"


@pytest.fixture
def router(tmp_path: Path) -> Router:
    made = Router(tmp_path, "fw4")
    helpers = tmp_path / "usr/share/firewall4/helpers"
    helpers.parent.mkdir(parents=True)
    helpers.write_bytes((ROOT / "wizard/practice/rom/fw4/usr/share/firewall4/helpers").read_bytes())
    made.configure(text("uci_export_firewall"))
    made.answer_ubus(text("ubus_interface_dump"))
    return made


def text(name: str) -> str:
    """Standard output of a recording."""
    return recording("24.10", name).out


def from_show(shown: str) -> str:
    """What `uci show firewall` printed, as a configuration file."""
    lines = []
    for line in shown.splitlines():
        path, value = line.split("=", 1)
        _, section, *option = path.split(".")
        if not option:
            lines.append(f"config {value}" + ("" if section.startswith("@") else f" '{section}'"))
        elif "' '" in value:
            lines += [f"\tlist {option[0]} {each}" for each in re.findall("'[^']*'", value)]
        else:
            lines.append(f"\toption {option[0]} {value}")
    return "\n".join(lines) + "\n"


def with_clients_zone() -> str:
    """What the router had when bad values were tried: nft's line numbers say that there were three zones."""
    return from_show(text("uci_show_firewall_zone_pppplus"))


def same_prefix(router: Router, printed: str) -> None:
    """The recordings were made on several days, each with a unique local prefix of its own."""
    prefix = re.search(r"lan_subnets = .* (fd[0-9a-f:]+)::/60", printed)
    assert prefix is not None
    router.answer_ubus(text("ubus_interface_dump").replace("fdae:4c64:3ad7", prefix[1]))


def test_print_of_the_stock_configuration(router: Router) -> None:
    done = router.run("print")
    assert (done.returncode, done.stdout, done.stderr) == (0, text("fw4_print_default"), "")


@pytest.mark.parametrize("case", OURS)
def test_print_with_sections_like_ours(router: Router, case: str) -> None:
    router.configure(text(f"ours_{case}_uci_export"))
    same_prefix(router, text(f"ours_{case}_fw4_print"))
    done = router.run("print")
    assert (done.returncode, done.stdout, done.stderr) == (0, text(f"ours_{case}_fw4_print"), "")


@pytest.mark.parametrize("case", ZONES)
def test_print_of_ways_to_bind_a_zone(router: Router, case: str) -> None:
    router.configure(from_show(text(f"uci_show_firewall_{case}")))
    done = router.run("print")
    assert (done.returncode, done.stdout, done.stderr) == (0, text(f"fw4_print_{case}"), "")


def test_print_with_a_wan_of_pppoe(router: Router) -> None:
    router.configure(from_show(text("uci_show_firewall_zone_pppplus")))
    router.answer_ubus(text("ubus_interface_dump_pppoe"))
    done = router.run("print")
    assert (done.returncode, done.stdout, done.stderr) == (0, text("fw4_print_pppoe"), "")


@pytest.mark.parametrize("case", sorted(BAD))
def test_check_of_bad_sections(router: Router, case: str) -> None:
    needs("nft")
    router.configure(with_clients_zone() + f"\nconfig {BAD[case]}\n")
    wanted = recording("24.10", f"err_fw4_check_{case}")
    done = router.session(wanted.command)
    assert (done.returncode, done.stdout, done.stderr) == (wanted.code, wanted.out, wanted.err)


def test_check_passes_a_configuration_that_cannot_be_read(router: Router) -> None:
    needs("nft")
    router.configure(text("uci_export_firewall") + "\nconfig rule 'bad\n")
    wanted = recording("24.10", "err_fw4_check_syntax")
    done = router.session(wanted.command)
    assert (done.stdout, done.stderr) == (wanted.out, wanted.err)


def shifted(wanted: Recording, router: Router) -> str:
    """The columns that nft counts in a line with the path of an include, for a root that is not `/`."""
    return wanted.err.replace("106:3-60", f"106:3-{60 + len(str(router.root))}")


def test_a_bad_include_breaks_the_check_and_not_the_reload(router: Router) -> None:
    needs("nft")
    router.configure(with_clients_zone())
    bad = router.root / INCLUDE
    bad.parent.mkdir(parents=True)
    bad.write_text("frob bar\n")
    check, reload = recording("24.10", "err_fw4_check_bad_include"), recording("24.10", "err_fw4_reload_bad_include")
    done = router.session(check.command)
    assert (done.stdout, done.stderr) == (check.out, shifted(check, router))
    bad.unlink()
    done = router.session(f"fw4 start; echo frob bar >{bad}; {reload.command}; nft list tables")
    assert (done.stdout, done.stderr) == (reload.out + text("nft_tables_after_syntax_reload"), shifted(reload, router))


def test_a_good_configuration_passes_and_loads(router: Router) -> None:
    needs("nft")
    check, reload = recording("24.10", "fw4_check_default"), recording("24.10", "fw4_reload_ok")
    done = router.session(f"{check.command}; fw4 start; {reload.command}")
    assert (done.stdout, done.stderr) == (check.out + reload.out, "")


def without_counts(ruleset: str) -> str:
    return re.sub(r"packets \d+ bytes \d+", "packets 0 bytes 0", ruleset)


def test_nft_holds_what_it_held(router: Router) -> None:
    """The four cases one after the other: chains that an earlier one needed stay behind, empty."""
    needs("nft")
    script = "fw4 start\n"
    for case in OURS:
        (router.root / case).write_text(text(f"ours_{case}_uci_export"))
        script += f"cp {router.root}/{case} {router.root}/etc/config/firewall; fw4 -q reload; nft list ruleset\n"
    done = router.session(script)
    assert done.stderr == ""
    wanted = "".join(text(f"ours_{case}_nft_ruleset") for case in OURS)
    assert without_counts(done.stdout) == without_counts(wanted)


def test_lookups_after_a_start(router: Router) -> None:
    needs("nft")
    script = "fw4 start; fw4 device eth1; fw4 network wan; fw4 zone wan; fw4 zone wan eth1; fw4 zone nosuch || echo $?"
    done = router.session(script)
    wanted = text("fw4_device_wan") + text("fw4_network_wan") + text("fw4_zone_wan")
    assert (done.stdout, done.stderr) == (wanted + "eth1\n1\n", "")


def test_lookups_with_a_wan_of_pppoe(router: Router) -> None:
    needs("nft")
    router.configure(from_show(text("uci_show_firewall_zone_pppplus")))
    router.answer_ubus(text("ubus_interface_dump_pppoe"))
    wanted = recording("24.10", "fw4_device_pppoe")
    assert router.session(f"fw4 start; {wanted.command}").stdout == wanted.out


def test_commands_say_when_they_cannot(router: Router) -> None:
    needs("nft")
    script = "for c in reload stop start start -q\\ start 'zone wan' restart stop stop; do fw4 $c; echo $c=$?; done"
    done = router.session(script)
    assert done.stdout.split("\n")[:-1] == [
        "reload=1", "stop=1", "start=0", "start=1", "-q start=1", "eth1", "eth1", "zone wan=0", "restart=0", "stop=0",
        "stop=1",
    ]  # fmt: skip
    assert done.stderr.splitlines() == [
        "The fw4 firewall does not appear to be loaded.",
        "The fw4 firewall does not appear to be loaded, try fw4 flush to delete all rules.",
        "The fw4 firewall appears to be already loaded.",
        "The fw4 firewall does not appear to be loaded, try fw4 flush to delete all rules.",
    ]


def test_restart_refuses_what_nft_refuses(router: Router) -> None:
    needs("nft")
    bad = router.root / "etc/nftables.d/x.nft"
    done = router.session(f"fw4 start; echo frob bar >{bad}; fw4 restart; echo $?; nft list tables")
    assert done.stdout == "1\ntable inet fw4\n"
    assert done.stderr.endswith("The rendered ruleset contains errors, not doing firewall restart.\n")


def test_a_reload_of_a_broken_configuration_drops_everything(router: Router) -> None:
    needs("nft")
    broken = f'echo "config rule \'bad" >>{router.root}/etc/config/firewall'
    done = router.session(f"fw4 start; {broken}; {text_of('err_fw_reload_syntax')}; nft list chain inet fw4 input")
    assert done.stdout.startswith("rc=0\n")
    assert "policy drop;" in done.stdout
    assert "jump" not in done.stdout


def text_of(name: str) -> str:
    """The command of a recording that goes through the init script, without it."""
    return recording("24.10", name).command.replace("/etc/init.d/firewall", "fw4")


PORT_FORWARD = """
config redirect
	option name 'PPTP-inside'
	option src 'wan'
	option dest 'lan'
	option proto 'tcp'
	option src_dport '1723'
	option dest_ip '192.168.1.10'
	option target 'DNAT'
"""


def test_a_port_forward_is_reflected(router: Router) -> None:
    """By firewall4's documented behaviour; nothing of this kind was recorded."""
    router.configure(text("uci_export_firewall") + PORT_FORWARD)
    done = router.run("print")
    lines = [line.strip() for line in done.stdout.splitlines() if "PPTP-inside" in line]
    inside, outside = "192.168.1.0/24", "203.0.113.1"
    assert lines == [
        f"ip saddr {inside} ip daddr {outside} tcp dport 1723 dnat 192.168.1.10:1723 "
        'comment "!fw4: PPTP-inside (reflection)"',
        f"ip saddr {inside} ip daddr 192.168.1.10 tcp dport 1723 snat 192.168.1.1 "
        'comment "!fw4: PPTP-inside (reflection)"',
        'meta nfproto ipv4 tcp dport 1723 counter dnat 192.168.1.10:1723 comment "!fw4: PPTP-inside"',
    ]
    assert done.stdout.count("ct status dnat accept") == 4


@pytest.mark.parametrize(
    ("release", "end", "forward"),
    [
        ("22.03", "policy accept;", "reject"),
        ("23.05", "policy drop;", "reject"),
        ("24.10", "policy drop;", "reject"),
        ("25.12", "policy drop;", "drop"),
    ],
)
def test_stock_files_of_each_release(router: Router, release: str, end: str, forward: str) -> None:
    """What comes in where no zone is was let in by 22.03 (`openwrt.md` §6.5)."""
    router.configure((ROOT / f"wizard/practice/rom/firewall-{release}/etc/config/firewall").read_text())
    done = router.run("print")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"hook input priority filter; {end}" in done.stdout
    assert f"jump {forward}_to_wan" in done.stdout
    assert release != "24.10" or done.stdout == text("fw4_print_default")


def test_what_waits_to_be_committed_is_live(router: Router) -> None:
    router.uci("set", "firewall.@rule[1].name=Not-committed")
    assert 'comment "!fw4: Not-committed"' in router.run("print").stdout


def test_what_is_not_reproduced_is_refused(router: Router) -> None:
    router.configure(text("uci_export_firewall") + "\nconfig rule\n option src wan\n option start_time 12:00\n")
    done = router.run("print")
    assert (done.returncode, done.stdout) == (70, "")
    assert done.stderr == "fw4 (stand-in): not reproduced: option 'start_time' of section @rule[9]\n"


def test_every_recording_of_fw4_is_used() -> None:
    """What is left is listed with the reason why."""
    left = {
        "err_initd_firewall_reload_bad_include": "same as err_fw4_reload_bad_include, through the init script",
        "initd_firewall_restart": "needs rc.common: tested with the init scripts",
    }
    here = Path(__file__).read_text()
    listed = (line.split("\t")[0] for line in (folder("24.10") / "INDEX.tsv").read_text().splitlines())
    names = [name for name in listed if "fw4" in name or "firewall_re" in name]
    cases = [*(f"err_fw4_check_{case}" for case in BAD), *(f"fw4_print_{case}" for case in ZONES)]
    cases += [f"ours_{case}_{what}" for case in OURS for what in ("fw4_check", "fw4_print", "fw4_reload")]
    assert [name for name in names if name not in {*cases, *left} and f'"{name}"' not in here] == []
