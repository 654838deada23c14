"""Every page that a person may see: it renders with its data, and it fits a window of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import product
from pathlib import Path

import pytest
from jinja2 import Environment, UndefinedError, meta

from wizard.ask.words import DEVICES
from wizard.changes import Threat
from wizard.diagnose import packages
from wizard.model.facts import Packages
from wizard.resources import Sink, page, render, sheet

ROOT = Path(__file__).parents[2] / "templates"
PAGES = sorted(path.stem for path in (ROOT / "advice").glob("*.txt"))
SHEETS = sorted(path.stem for path in (ROOT / "clients").glob("*.txt"))
COLUMNS = 76
ADVICE_LINES = 18
"""Lines after the headline and the blank line."""
LONGER = {"tips": 44}
WAN = IPv4Address("192.168.178.254")
UNKNOWN_ADDRESS = "the router's address in the Internet"

DATA: dict[str, dict[str, object]] = {
    "tips": {"log_command": "logread", "script": "/etc/init.d/pptp-wizard"},
    "outside": {"address": "203.0.113.254"},
    "modem-in-front": {"wan_address": WAN},
    "carrier-grade-nat": {"wan_address": IPv4Address("100.127.255.254")},
    "no-ipv4": {"device": ""},
    "wan-down": {"device": "vlan1"},
    "no-flash": {"free_kb": 60, "need_kb": 184, **packages.words(Packages.OPKG)},
    "port-forwarded": {"to": "192.168.100.200:1723"},
    "after-upgrade": {"packages": ("pptpd", "ppp", "kmod-mppe")},
    "secrets-link": {"target": "/var/etc/chap-secrets", "gone": True},
    "mppe-line": {"path": "/etc/ppp/options", "found": ("/etc/ppp/options: mppe required,no40,no56,stateless",)},
    "uci-pending": {
        "changes": ["firewall.@zone[1].input='ACCEPT'"] * 5,
        "more": 3,
        "files": ["dhcp", "firewall", "network"],
    },
    "would-lock-out": {
        "found": (
            Threat(
                "REJECT in chain pptp_wizard_router, for what comes by ppp12",
                "you work over the tunnel on ppp12, and port 65535 is closed to it",
            ),
        ),
        "within": 90,
        "unattended": True,
    },
    "what-pptp-protects": {},
}
"""What these pages are given. Every other page gets a word for each of its names."""


class Word(str):
    """Stands for whatever a page is given: text, a list of one, something with attributes."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Word:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __iter__(self) -> Iterator[str]:
        return iter([str(self)])


def names_in(path: Path) -> set[str]:
    return set(meta.find_undeclared_variables(Environment(autoescape=False).parse(path.read_text(encoding="utf-8"))))


def data_for(code: str) -> dict[str, object]:
    return DATA.get(code) or {name: Word("something") for name in names_in(ROOT / "advice" / f"{code}.txt")}


def check_shape(text: str) -> None:
    """A headline, a blank line and something to do, none of it too wide."""
    headline, blank, *body = text.splitlines()
    assert headline == headline.strip() != ""
    assert blank == ""
    assert any(line.strip() for line in body)
    for line in [headline, *body]:
        assert len(line) <= COLUMNS, line
        assert line == line.rstrip(), f"blanks at the end of {line!r}"
        assert "\t" not in line
    assert "\n\n\n" not in text, "two blank lines in a row"
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("code", PAGES)
def test_a_page_has_its_form(code: str) -> None:
    text = render(f"advice/{code}.txt", Sink.PLAIN, reveal=False, **data_for(code))
    check_shape(text)
    assert len(text.splitlines()) - 2 <= LONGER.get(code, ADVICE_LINES)


@pytest.mark.parametrize("code", sorted(DATA))
def test_a_page_asks_for_nothing_that_it_is_not_given(code: str) -> None:
    assert page(code, **DATA[code]).headline
    assert names_in(ROOT / "advice" / f"{code}.txt") <= DATA[code].keys()


@pytest.mark.parametrize("code", [code for code in sorted(DATA) if names_in(ROOT / "advice" / f"{code}.txt")])
def test_a_page_without_its_data_is_a_bug(code: str) -> None:
    with pytest.raises(UndefinedError):
        page(code)


def sheet_data(internet: bool, lan: tuple[str, ...], address: str = "203.0.113.254") -> dict[str, object]:
    return {
        "address": address,
        "name": ODD_NAME,
        "server": IPv4Address("192.168.177.254"),
        "internet": internet,
        "lan": tuple(map(IPv4Network, lan)),
    }


ODD_NAME = "$(reboot)'\"`#\\ %USER% {{x}}"
LANS: tuple[tuple[str, ...], ...] = (
    (),
    ("192.168.100.0/24",),
    ("192.168.100.128/25", "172.31.255.0/24"),
)


@pytest.mark.parametrize("device", SHEETS)
@pytest.mark.parametrize(("internet", "lan"), list(product([False, True], LANS)))
@pytest.mark.parametrize("address", ["203.0.113.254", UNKNOWN_ADDRESS])
def test_a_sheet_has_its_form(device: str, internet: bool, lan: tuple[str, ...], address: str) -> None:
    check_shape(render(f"clients/{device}.txt", Sink.PLAIN, reveal=False, **sheet_data(internet, lan, address)))


def test_every_kind_of_device_has_a_sheet() -> None:
    assert set(SHEETS) == {device.key for device in DEVICES}


DIALLING = [device.key for device in DEVICES if device.can_dial]
COMMANDS = ("Add-Vpn", "-ServerAddress", "sudo ", "--server", "/interface", "/ip route")


@pytest.mark.parametrize("device", DIALLING)
def test_a_sheet_names_the_user_but_never_in_a_command(device: str) -> None:
    body = sheet(device, **sheet_data(False, LANS[1])).body
    shown = [line for line in body.splitlines() if ODD_NAME in line]
    assert len(shown) == 1
    assert shown[0].split()[0].startswith(("User", "Username"))
    assert not any(word in shown[0] for word in COMMANDS)


@pytest.mark.parametrize("device", DIALLING)
def test_split_and_full_tunnel_differ(device: str) -> None:
    split, full = (sheet(device, **sheet_data(internet, LANS[2])).body for internet in (False, True))
    assert all(network in split for network in LANS[2])
    assert not any(network in full for network in LANS[2])


@pytest.mark.parametrize("device", DIALLING)
def test_a_sheet_says_where_to_dial_and_what_to_ping(device: str) -> None:
    found = sheet(device, **sheet_data(False, LANS[1]))
    assert "203.0.113.254" in found.headline
    assert "192.168.177.254" in found.body
    assert "the password shown by the wizard" in found.body


def test_windows_is_told_to_split_only_where_it_should() -> None:
    split, full = (sheet("windows", **sheet_data(internet, LANS[1])).body for internet in (False, True))
    assert "-EncryptionLevel Maximum -SplitTunneling `\n" in split
    assert "-EncryptionLevel Maximum `\n" in full
    assert "-TunnelType Pptp" in split


@pytest.mark.parametrize("device", [device.key for device in DEVICES if not device.can_dial])
def test_a_device_that_cannot_is_told_what_can(device: str) -> None:
    found = sheet(device, **sheet_data(False, LANS[1]))
    assert "does not work" in found.headline
    assert {"WireGuard", "IKEv2", "Tailscale"} <= set(found.body.replace(",", " ").split())
