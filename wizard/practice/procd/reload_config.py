"""Stands in for procd's `reload_config`: tells services which files of /etc/config have changed.

As on a router what is compared is what `uci show` would say: pending changes count, comments do not.
The first run, at boot, tells nobody and only remembers.
"""

from __future__ import annotations

import hashlib
import os
import sys

from wizard.practice import root
from wizard.practice.procd import files, wire
from wizard.practice.uci import config as uci

REMEMBERED = "/var/run/config.md5"


def main(_argv: list[str]) -> int:
    place = root.path(REMEMBERED)
    known = dict(line.split("  ", 1)[::-1] for line in files.read(place).splitlines())
    now = {name: digest for name in sorted(os.listdir(root.path("/etc/config"))) if (digest := _digest(name))}
    first = not os.path.exists(place)
    files.write(place, "".join(f"{digest}  {name}\n" for name, digest in now.items()))
    changed = [] if first else [name for name in known if known[name] != now.get(name)]
    for name in changed:
        try:
            wire.call("service", "event", {"type": "config.change", "data": {"package": name}})
        except OSError:
            print("Failed to connect to ubus", file=sys.stderr)
    return 0


def _digest(name: str) -> str | None:
    """Of the sections and their values. A file that is no configuration has none."""
    try:
        package = uci.load(name)
    except uci.UciError:
        return None
    rows = [(section.type, section.name, section.options) for section in package.sections]
    return hashlib.md5(repr(rows).encode(), usedforsecurity=False).hexdigest()
