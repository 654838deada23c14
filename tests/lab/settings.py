"""What makes a router of a release this one: its password and its settings, as files to be written before it boots."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from typing import Literal

from wizard.practice.firmware import stock
from wizard.practice.release import Release

Wan = Literal["static", "dhcp", "pppoe"]

PPPOE_USER, PPPOE_PASSWORD = "made-up-subscriber", "made-up-pppoe"

_NO_ADDRESS = {f"network.wan.{option}": None for option in ("ipaddr", "netmask", "gateway", "dns")}

Settings = dict[str, str | None]

WAN: dict[Wan, Settings] = {
    "static": {},
    "dhcp": {**_NO_ADDRESS, "network.wan.proto": "dhcp"},
    "pppoe": {
        **_NO_ADDRESS,
        "network.wan.proto": "pppoe",
        "network.wan.username": PPPOE_USER,
        "network.wan.password": PPPOE_PASSWORD,
    },
}


def shadow(password: str | None) -> str:
    """A password as /etc/passwd has it: MD5 crypt, or nothing at all."""
    if password is None:
        return ""
    done = subprocess.run(
        ["openssl", "passwd", "-1", "-salt", "lab", "-stdin"],
        input=password,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def white_russian_passwd(password: str | None) -> dict[str, bytes]:
    """White Russian's /etc/passwd with this password for root."""
    passwd = f"root:{shadow(password)}:0:0:root:/root:/bin/ash\nnobody:*:65534:65534:nobody:/var:/bin/false\n"
    return {"/etc/passwd": passwd.encode()}


def nvram_files(nvram: Mapping[str, str]) -> dict[str, bytes]:
    """Where the lab's White Russian keeps these values of its nvram."""
    return {f"/lib/lab/nvram/{name}": value.encode() for name, value in nvram.items()}


def password_file(release: Release, password: str) -> dict[str, bytes]:
    """The file that holds root's password, with this one. Raises FileNotFoundError if the release has none."""
    for path in ("/etc/shadow", "/etc/passwd"):
        if (text := stock(release, path)) is not None:
            return {path: re.sub(rb"(?m)^root:[^:]*", b"root:" + shadow(password).encode(), text)}
    raise FileNotFoundError("/etc/passwd")


def settings_files(release: Release, settings: Mapping[str, str | None]) -> dict[str, bytes]:
    """The files of /etc/config with other values than the factory's, given as `network.wan.proto`; None takes away.

    Raises KeyError for a file or section that is not there.
    """
    texts: dict[str, str] = {}
    for name, value in settings.items():
        file, section, option = name.split(".")
        if file not in texts:
            if (text := stock(release, f"/etc/config/{file}")) is None:
                raise KeyError(file)
            texts[file] = text.decode()
        texts[file] = with_option(texts[file], section, option, value)
    return {f"/etc/config/{file}": text.encode() for file, text in texts.items()}


def with_option(text: str, section: str, option: str, value: str | None) -> str:
    """A UCI file with another value of an option in a named section. Raises KeyError if there is no such section."""
    lines = text.splitlines(keepends=True)
    heading = re.compile(rf"config\s+\S+\s+['\"]?{re.escape(section)}['\"]?\s*$")
    start = next((number for number, line in enumerate(lines, 1) if heading.match(line)), None)
    if start is None:
        raise KeyError(section)
    end = next((number for number in range(start, len(lines)) if lines[number].startswith("config")), len(lines))
    mine = re.compile(rf"\s*(option|list)\s+['\"]?{re.escape(option)}['\"]?\s")
    kept = [line for line in lines[start:end] if not mine.match(line)]
    new = [] if value is None else [f"\toption {option} '{value}'\n"]
    return "".join([*lines[:start], *new, *kept, *lines[end:]])
