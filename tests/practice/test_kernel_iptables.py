"""The stand-in for iptables lists what fw3 loads as the real one did, and takes a table whole or not at all."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from tests.recordings import recording
from wizard.practice.kernel import iptables
from wizard.practice.release import load
from wizard.practice.router import PracticeRouter

ROUTERS = Path(__file__).parents[1] / "routers"
ADDED = "-A mine -s 172.16.1.2 -i ppp0 -p 6 --dport 53 -j ACCEPT"
PROTOCOLS = {"0": "all", "1": "icmp", "6": "tcp", "17": "udp", "50": "esp"}
"""The real one that was recorded had no names for them."""


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPKG_INSTROOT", str(tmp_path))


def put(text: str, monkeypatch: pytest.MonkeyPatch, *flags: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return iptables.restore(list(flags))


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert iptables.main(list(words)) == 0
    return capsys.readouterr().out


def uncounted(listing: str) -> list[str]:
    """A listing without counts, with names for protocols."""
    lines = []
    for line in listing.splitlines():
        line = re.sub(r"\d+ packets, \d+ bytes", "0 packets, 0 bytes", line).rstrip()
        if found := re.match(r" *\d+ +\d+ (\S+ +)(\S+) +(--.*)", line):
            line = f"{found[1]}{PROTOCOLS.get(found[2], found[2]):<5}{found[3]}"
        lines.append(line)
    return lines


@pytest.mark.parametrize("release", ["14.07", "21.02"])
def test_what_fw3_loads_is_listed_as_the_real_one_did(release: str) -> None:
    seen = (ROUTERS / f"openwrt-{release}-factory-fresh" / "inspect.txt").read_bytes().decode("utf-8", "replace")
    real = seen[seen.index("table filter") : seen.index("\n\n", seen.index("Chain zone_wan_prerouting"))]
    with PracticeRouter(load(release)) as router:
        shown = router.run("echo table filter; iptables -n -v -L; echo table nat; iptables -t nat -n -v -L").stdout
    assert uncounted(shown) == uncounted(real)


def test_what_is_restored_is_saved_again(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    real = recording("19.07", "crash_then_fixed_iptables_save").out
    assert put(real, monkeypatch) == 0
    assert iptables.save([]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("#")]
    wanted = [re.sub(r"\[\d+:\d+\]", "[0:0]", line) for line in real.splitlines() if not line.startswith("#")]
    assert sorted(line for line in lines if line.startswith("-A")) == sorted(
        line for line in wanted if line.startswith("-A")
    )
    assert {line for line in wanted if line.startswith(":")} <= set(lines)


def test_rules_come_and_go(capsys: pytest.CaptureFixture[str]) -> None:
    assert iptables.main(["-N", "mine"]) == 0
    assert iptables.main(ADDED.split()) == 0
    assert iptables.main(["-I", "INPUT", "-j", "mine"]) == 0
    assert "-A mine -s 172.16.1.2/32 -i ppp0 -p tcp -m tcp --dport 53 -j ACCEPT" in said(capsys, "-S")
    row = said(capsys, "-n", "-v", "-L", "mine").splitlines()[2]
    assert row == "    0     0 ACCEPT     tcp  --  ppp0   *       172.16.1.2           0.0.0.0/0            tcp dpt:53"
    assert iptables.main(["-X", "mine"]) == 1, "it is used"
    assert iptables.main(["-D", "INPUT", "1"]) == 0
    assert iptables.main(["-F", "mine"]) == 0
    assert iptables.main(["-X", "mine"]) == 0
    assert iptables.main(["-F", "mine"]) == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [("-A INPUT -j nowhere", 2), ("-A none -j ACCEPT", 1), ("-D INPUT -j DROP", 1), ("-t raw -n -L", 3), ("", 2)],
)
def test_what_cannot_be_is_refused(words: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert iptables.main(words.split()) == code
    assert capsys.readouterr().err.startswith("iptables: ")


def test_a_table_with_a_rule_that_cannot_be_is_not_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = said(capsys, "-S")
    assert put("*filter\n:INPUT DROP [0:0]\n-A INPUT -j nowhere\nCOMMIT\n", monkeypatch) == 2
    assert said(capsys, "-S") == before
