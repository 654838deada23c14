"""A server that the package's own service runs from `/etc/config/pptpd` (14.07 and later; openwrt.md §2.4 to §2.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from wizard.inspect.words import lines_of_words
from wizard.model import uci
from wizard.model.facts import RouterFile
from wizard.model.plan import SAMPLE
from wizard.model.secret import Secret

PATH = "/etc/config/pptpd"


@dataclass(frozen=True, slots=True)
class Login:
    """One `config login`."""

    name: str
    password: Secret
    address: IPv4Address | None
    """None for any of the pool."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What the file says."""

    enabled: bool
    server: IPv4Address | None
    first: IPv4Address | None
    """Where its pool of addresses begins."""
    logins: tuple[Login, ...]
    """Without the sample."""
    sample: bool
    """The sample login is among them still."""


def is_generated(link: str) -> bool:
    """chap-secrets points into RAM, as the service makes it (openwrt.md P5): what is there is gone after a start."""
    return link.startswith(("/var/", "/tmp/"))


def stock(files: Mapping[str, RouterFile]) -> Stock | None:
    """What `/etc/config/pptpd` says, None where there is none.

    A service without `enabled` counts as switched on: up to 23.05 the script starts it then, since 24.10 that is the
    default (openwrt.md P7).
    """
    if PATH not in files:
        return None
    found = uci.sections(files[PATH].content.decode("latin-1"))
    service = uci.named(found, "pptpd")
    logins = [_login(section) for section in uci.of_type(found, "login") if section.value("username")]
    kept = tuple(login for login in logins if (login.name, login.password.reveal()) != SAMPLE)
    return Stock(
        enabled=service is not None and service.value("enabled", "1") not in ("0", "off", "false", "no", "disabled"),
        server=_address(service.value("localip") if service else ""),
        first=_address(service.value("remoteip").partition("-")[0] if service else ""),
        logins=kept,
        sample=len(kept) < len(logins),
    )


def _login(section: uci.Section) -> Login:
    return Login(
        _read(section.value("username")), Secret(_read(section.value("password"))), _address(section.value("remoteip"))
    )


def _read(value: str) -> str:
    """The word that pppd makes of it: the package writes it into its secrets file as it is (openwrt.md P4)."""
    lines = list(lines_of_words(value))
    return lines[0][0].text if len(lines) == 1 and len(lines[0]) == 1 else value


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None
