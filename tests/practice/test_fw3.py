"""The stand-in for fw3 prints, says and loads what the real ones of OpenWrt 19.07 and 21.02 did.

What was recorded is done once more, in parts, with the real iptables in a network of its own, and each answer compared.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.practice.firewalls import SEARCHED, needs
from tests.practice.fw3_parts import DAYS, PARTS, is_left, listed, planned, prepared, stock
from tests.recordings import recording


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("release", DAYS)
def test_fw3_answers_as_recorded(tmp_path: Path, release: str, part: str) -> None:
    needs("xtables-legacy-multi", "busybox")
    session = planned(tmp_path, release, part)
    session.router.install_iptables()
    (tmp_path / "bin/sh").symlink_to(shutil.which("busybox", path=SEARCHED) or "")
    session.finish()
    for name in session.names:
        wanted = recording(release, name)
        code, out, err = session.answer(name)
        assert (name, code, plain(out), plain(err)) == (name, wanted.code, plain(wanted.out), plain(wanted.err))


@pytest.mark.parametrize("release", DAYS)
def test_every_recording_is_used(tmp_path: Path, release: str) -> None:
    """Those that are not are listed with a reason."""
    done = {name for part in PARTS for name in planned(tmp_path / part, release, part).names}
    assert [name for name in listed(release) if name not in done and not is_left(release, name)] == []
    assert [name for name in done if is_left(release, name)] == []


def test_fw3_without_ubus(tmp_path: Path) -> None:
    """Zones have no devices then, and fw3 prints and loads what is left."""
    wanted = recording("21.02", "err_fw3_print_noubus")
    router = prepared(tmp_path, "21.02")
    router.install("ubus", "#!/bin/sh\nexit 4\n")
    router.install("iptables-save", "#!/bin/sh\nexit 127\n")
    done = router.run("print")
    assert (done.returncode, done.stdout, done.stderr) == (wanted.code, wanted.out, wanted.err)


def test_one_run_waits_for_the_other(tmp_path: Path) -> None:
    needs("xtables-legacy-multi", "flock")
    router = prepared(tmp_path, "21.02")
    router.install_iptables()
    lock = f"{tmp_path}/var/run/fw3.lock"
    done = router.session(
        f"flock {lock} sh -c 'sleep 1; echo free' & sleep 0.5; fw3 start 2>/dev/null; echo started; wait"
    )
    assert done.stdout == "free\nstarted\n"


def test_a_name_that_iptables_refuses_changes_nothing(tmp_path: Path) -> None:
    """The table stays as clearing left it: everything dropped, as after any reload that does not come to its end."""
    needs("xtables-legacy-multi")
    router = prepared(tmp_path, "21.02")
    router.install_iptables()
    zone = "config zone\n option name 'pp tp'\n list device ppp0\n"
    broken = f'printf "{zone}" >>{tmp_path}/etc/config/firewall'
    done = router.session(f"fw3 -q start; {broken}; fw3 reload 2>&1 | grep ' iptc_commit'; iptables -S | head -1")
    assert done.stdout == "Warning: iptc_commit(): Invalid argument\n" * 2 + "-P INPUT DROP\n"


PORT_FORWARD = """
config redirect
	option name 'Inside'
	option src 'wan'
	option dest 'lan'
	option proto 'tcp'
	option src_dport '1723'
	option dest_ip '192.168.1.10'
	option target 'DNAT'
"""


def test_a_port_forward_is_reflected(tmp_path: Path) -> None:
    """By firewall3's source; nothing of this kind was recorded."""
    router = prepared(tmp_path, "21.02")
    router.configure(stock("21.02") + PORT_FORWARD)
    router.install("iptables-save", "#!/bin/sh\nexit 127\n")
    lines = [line for line in router.run("print").stdout.splitlines() if "Inside" in line]
    inside, new = "192.168.1.0/255.255.255.0", "192.168.1.10"
    start, mirrored = "iptables -t nat -A", '-m comment --comment "!fw3: Inside (reflection)"'
    assert lines == [
        f'{start} zone_wan_prerouting -p tcp -m tcp --dport 1723 -m comment --comment "!fw3: Inside" '
        f"-j DNAT --to-destination {new}:1723",
        f"{start} zone_lan_prerouting -p tcp -s {inside} -d 203.0.113.1/255.255.255.255 -m tcp --dport 1723 {mirrored} "
        f"-j DNAT --to-destination {new}:1723",
        f"{start} zone_lan_postrouting -p tcp -s {inside} -d {new}/255.255.255.255 -m tcp --dport 1723 {mirrored} "
        "-j SNAT --to-source 192.168.1.1",
    ]


@pytest.mark.parametrize(
    ("release", "day", "chain", "comment"),
    [
        ("14.07", "2014-09-19", "delegate_input", '--comment "user chain for input" '),
        ("15.05.1", "2015-07-27", "delegate_input", '--comment "user chain for input" '),
        ("17.01", "2017-05-27", "INPUT", '--comment "!fw3: user chain for input" '),
        ("18.06", "2018-08-13", "INPUT", '--comment "!fw3: Custom input rule chain" '),
    ],
)
def test_older_releases(tmp_path: Path, release: str, day: str, chain: str, comment: str) -> None:
    """By firewall3's source at those days; none was recorded. Their rules load, and reload."""
    needs("xtables-legacy-multi")
    router = prepared(tmp_path, "21.02")
    router.install_iptables()
    (tmp_path / "lib/practice/fw3").write_text(f"{day}\n")
    router.configure(stock(release))
    done = router.session("fw3 -q start && fw3 -q reload && iptables -S && ip6tables -S && fw3 print 2>/dev/null")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"-A {chain} -i eth1" in done.stdout
    assert f"iptables -t filter -A {chain} -m comment {comment}-j input_rule" in done.stdout
    assert ("Prevent NAT leakage" in done.stdout) == (day > "2017")
    assert "iptables -t filter -D" in done.stdout, "what is there already is taken away before it is added"


@pytest.mark.parametrize("section", ["config ipset", "config rule\n option src wan\n option mark 1"])
def test_what_is_not_reproduced_is_refused(tmp_path: Path, section: str) -> None:
    router = prepared(tmp_path, "21.02")
    router.configure(f"{stock('21.02')}\n{section}\n")
    done = router.run("reload")
    assert (done.returncode, done.stdout) == (70, "")
    assert "fw3 (stand-in): not reproduced: " in done.stderr


def plain(text: str) -> str:
    """Without dates, counters, and addresses of interfaces, which the test's network has none of."""
    lines = [line for line in text.splitlines() if not re.match("# |\tlist __addrs|Segmentation fault", line)]
    return re.sub(r"\[\d+:\d+\]", "[0:0]", "\n".join(lines))
