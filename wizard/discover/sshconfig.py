"""Names in `~/.ssh/config` that may be the router. Logging in reads the same file again, with all of its options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from wizard.model.door import SSH_PORT

MOST = 32
"""Names that are looked at, from the top of the file."""

_LINE = re.compile(r"\s*(\w+)(?:\s*=\s*|\s+)(.*\S)")
_WILD = set("*?!")


@dataclass(frozen=True, slots=True)
class ConfiguredHost:
    """An entry that can be reached directly, as root."""

    name: str
    """What the person calls it."""
    host: str
    port: int


def configured_hosts(text: str) -> tuple[ConfiguredHost, ...]:
    """The literal names of `Host` lines, up to `MOST`, with HostName and Port (ssh_config(5)).

    Left out are names behind a ProxyJump or ProxyCommand and those with a User other than root (`github.com` with
    `User git`). `Match` and `Include` are not followed here.
    """
    blocks = tuple(_blocks(text))
    names = dict.fromkeys(name for patterns, _ in blocks for name in patterns if not _WILD.intersection(name))
    hosts = (_host(name, _options(name, blocks)) for name in list(names)[:MOST])
    return tuple(host for host in hosts if host)


def _host(name: str, options: dict[str, str]) -> ConfiguredHost | None:
    proxied = any(options.get(proxy, "none").lower() != "none" for proxy in ("proxyjump", "proxycommand"))
    port = options.get("port", str(SSH_PORT))
    if proxied or options.get("user", "root") != "root" or not port.isdecimal():
        return None
    return ConfiguredHost(name, options.get("hostname", name).replace("%h", name), int(port))


def _blocks(text: str) -> Iterator[tuple[list[str], dict[str, str]]]:
    patterns, options = ["*"], dict[str, str]()
    for key, value in _settings(text):
        if key in ("host", "match"):
            yield patterns, options
            patterns, options = value if key == "host" else [], {}
        else:
            options.setdefault(key, " ".join(value))
    yield patterns, options


def _settings(text: str) -> Iterator[tuple[str, list[str]]]:
    for line in text.splitlines():
        if (found := _LINE.match(line)) and not line.lstrip().startswith("#"):
            yield found[1].lower(), _words(found[2])


def _words(value: str) -> list[str]:
    try:
        return shlex.split(value)
    except ValueError:  # an open quote: nothing that a search needs to stop for
        return value.split()


def _options(name: str, blocks: tuple[tuple[list[str], dict[str, str]], ...]) -> dict[str, str]:
    """The first value of an option counts."""
    options: dict[str, str] = {}
    for patterns, values in blocks:
        if _applies(patterns, name):
            options = values | options
    return options


def _applies(patterns: list[str], name: str) -> bool:
    if any(pattern.startswith("!") and _matches(pattern[1:], name) for pattern in patterns):
        return False
    return any(_matches(pattern, name) for pattern in patterns)


def _matches(pattern: str, name: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), name) is not None
