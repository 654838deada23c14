"""Listings of routes as the three systems print them."""

from __future__ import annotations

import subprocess
import sys
import time
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.discover import gateway
from wizard.discover.gateway import default_gateway, from_linux, from_macos, from_windows

ROUTER = IPv4Address("192.168.1.1")

LINUX_HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT"
LINUX = f"""{LINUX_HEAD}
tun0\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0
wlan0\t00000000\t0100000A\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth1\t00000000\t0201A8C0\t0002\t0\t0\t1\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
eth0\t0000000A\t0301A8C0\t0003\t0\t0\t0\t000000FF\t0\t0\t0
"""

MACOS = """   route to: default
destination: default
       mask: default
    gateway: 192.168.1.1
  interface: en0
      flags: <UP,GATEWAY,DONE,STATIC,PRCLONING,GLOBAL>
 recvpipe  sendpipe  ssthresh  rtt,msec    rttvar  hopcount      mtu     expire
       0         0         0         0         0         0      1500         0
"""

WINDOWS = """===========================================================================
Schnittstellenliste
 12...00 11 22 33 44 55 ......Intel(R) Ethernet Connection
  1...........................Software Loopback Interface 1
===========================================================================

IPv4-Routentabelle
===========================================================================
Aktive Routen:
     Netzwerkziel    Netzwerkmaske          Gateway    Schnittstelle Metrik
          0.0.0.0          0.0.0.0         10.0.0.1        10.0.0.17     55
          0.0.0.0          0.0.0.0      192.168.1.1     192.168.1.20     25
          0.0.0.0          0.0.0.0   Auf Verbindung       172.16.0.9      1
===========================================================================
St\ufffdndige Routen:
  Netzwerkadresse          Netzmaske  Gatewayadresse  Metrik
          0.0.0.0          0.0.0.0      192.168.1.9       1
===========================================================================
"""


def test_linux_takes_the_lowest_metric_of_routes_that_are_up_and_have_a_gateway() -> None:
    assert from_linux(LINUX) == ROUTER


def test_linux_on_a_big_endian_machine() -> None:
    assert from_linux(LINUX_HEAD + "\neth0\t00000000\tC0A80101\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", "big") == ROUTER


@pytest.mark.parametrize("table", ["", LINUX_HEAD, LINUX_HEAD + "\n"])
def test_linux_without_a_route(table: str) -> None:
    assert from_linux(table) is None


def test_macos() -> None:
    assert from_macos(MACOS) == ROUTER


@pytest.mark.parametrize(
    "listing",
    ["", "route: writing to routing socket: not in table\n", "    gateway: fe80::1%en0\n", "gateway: link#4\n"],
)
def test_macos_without_a_route(listing: str) -> None:
    assert from_macos(listing) is None


def test_windows_in_any_language() -> None:
    assert from_windows(WINDOWS) == ROUTER


def test_windows_without_a_route() -> None:
    assert from_windows(WINDOWS.split("Aktive")[0]) is None


@given(st.text())
def test_no_listing_is_too_odd(listing: str) -> None:
    from_macos(f"gateway: {listing}")
    from_windows(f"0.0.0.0 0.0.0.0 {listing} {listing} {listing}")


@pytest.mark.parametrize(("platform", "listing"), [("darwin", MACOS), ("win32", WINDOWS)])
def test_each_system_is_asked_its_way(monkeypatch: pytest.MonkeyPatch, platform: str, listing: str) -> None:
    asked: list[tuple[str, ...]] = []

    def run(command: tuple[str, ...], **options: object) -> subprocess.CompletedProcess[bytes]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, listing.encode())

    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(subprocess, "run", run)
    assert default_gateway() == ROUTER
    assert asked == [gateway.ROUTE_COMMANDS[platform]]


def test_linux_reads_its_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = tmp_path / "route"
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(gateway, "PROC_ROUTE", table)
    assert default_gateway() is None
    table.write_text(LINUX)
    monkeypatch.setattr(sys, "byteorder", "little")
    assert default_gateway() == ROUTER


def test_a_command_that_is_missing_or_hangs_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    for command in (("no-such-command",), ("sleep", "5")):
        monkeypatch.setitem(gateway.ROUTE_COMMANDS, "darwin", command)
        begin = time.monotonic()
        assert default_gateway() is None
        assert time.monotonic() - begin < 2
