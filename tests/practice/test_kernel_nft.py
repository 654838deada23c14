"""The stand-in for nft lists what fw4 loads as the real one did, and takes all of a file or nothing."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from tests.recordings import recording
from wizard.practice.kernel import nft

PAIRS = {
    "factory": ("fw4_print_default", "nft_ruleset_default"),
    "all of the LAN": ("ours_lan_all_fw4_print", "ours_lan_all_nft_ruleset"),
    "some hosts, and the Internet": ("ours_lan_hosts_internet_fw4_print", "ours_lan_hosts_internet_nft_ruleset"),
    "PPPoE": ("fw4_print_pppoe", "nft_ruleset_pppoe"),
}
"""What fw4 wrote, and what nft listed then."""
COUNTED = re.compile(r"counter packets \d+ bytes \d+")


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IPKG_INSTROOT", str(tmp_path))
    return tmp_path


def load(text: str, monkeypatch: pytest.MonkeyPatch, *flags: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    return nft.main([*flags, "-f", "-"])


def listed(capsys: pytest.CaptureFixture[str], *what: str) -> str:
    capsys.readouterr()
    assert nft.main(["list", *(what or ("ruleset",))]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", PAIRS)
def test_what_fw4_loads_is_listed_as_the_real_one_did(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written, shown = PAIRS[name]
    if name not in ("factory", "PPPoE"):  # they were recorded on a router that had the factory's rules before
        assert load(recording("24.10", "fw4_print_default").out, monkeypatch) == 0
    assert load(recording("24.10", written).out, monkeypatch) == 0
    real = COUNTED.sub("counter packets 0 bytes 0", recording("24.10", shown).out)
    assert listed(capsys) == real


def test_what_is_listed_can_be_loaded_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(recording("24.10", "ours_lan_all_fw4_print").out, monkeypatch) == 0
    first = listed(capsys)
    assert nft.main(["flush", "ruleset"]) == 0
    assert listed(capsys) == ""
    assert load(first, monkeypatch) == 0
    assert listed(capsys) == first


@pytest.mark.parametrize(
    "broken", ["table inet x {\n chain y {\n", "}\n", "add rule inet none none accept\n", "frob x\n"]
)
def test_of_a_file_that_is_wrong_nothing_is_taken(
    broken: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load("table inet x {\n\tchain y {\n\t\taccept\n\t}\n}\n", monkeypatch) == 0
    before = listed(capsys)
    assert load(f"flush ruleset\n{broken}", monkeypatch) == 1
    assert capsys.readouterr().err.startswith("Error: ")
    assert listed(capsys) == before


def test_a_check_changes_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert load(recording("24.10", "fw4_print_default").out, monkeypatch, "-c") == 0
    assert listed(capsys) == ""


def test_rules_come_and_go_one_by_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert load("table inet x {\n\tchain y {\n\t\taccept\n\t}\n\tchain z {\n\t\tjump y\n\t}\n}\n", monkeypatch) == 0
    assert nft.main(["insert", "rule", "inet", "x", "y", "tcp", "dport", "1723", "counter", "drop"]) == 0
    shown = listed(capsys, "chain", "inet", "x", "y")
    assert (
        shown == "table inet x {\n\tchain y {\n\t\ttcp dport 1723 counter packets 0 bytes 0 drop\n\t\taccept\n\t}\n}\n"
    )
    assert nft.main(["delete", "chain", "inet", "x", "y"]) == 1, "somebody jumps there"
    assert nft.main(["flush", "chain", "inet", "x", "z"]) == 0
    assert nft.main(["delete", "chain", "inet", "x", "y"]) == 0
    assert listed(capsys, "tables") == "table inet x\n"
