"""All that has to be exactly as before, or exactly as planned."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import unified_diff

from tests.lab.router import Router

State = Mapping[str, str]
"""What → how it is."""

APART = (
    "/etc/pptp-wizard",  # the wizard's own notes and history: that a change was undone is one
    "/lib/lab",  # the lab's
    "/usr/lib/opkg/status",  # package managers write it anew, in another order; `INSTALLED` says what it says
    "/usr/lib/ipkg/status",
    "/lib/apk/db",
)
INSTALLED = """
cat /usr/lib/opkg/status /usr/lib/ipkg/status 2>/dev/null | awk '
$1 == "Package:" { name = $2 } $1 == "Version:" { version = $2 } $1 == "Status:" { print name, version, $4 }' | sort"""
RULES = """
if [ -x /sbin/fw4 ]; then nft -s list ruleset; else
for table in filter nat mangle; do echo "table $table"; iptables -t $table -n -v -x -L; done; fi"""
LISTENING = """
awk '$4 == "0A" { print FILENAME, $2 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null | sort
awk '$4 == "07" { print FILENAME, $2 }' /proc/net/udp /proc/net/udp6 2>/dev/null | sort"""
_COUNTERS = re.compile(r"^ *\d+ +\d+ +", re.MULTILINE)
_CHAIN = re.compile(r"\s*[Cc]hain (\S+)")
_LINK = re.compile(r"^l\S+ ")
_POLICY_COUNTERS = re.compile(r" \d+ packets, \d+ bytes")
_EPHEMERAL = 0x8000
"""From here on are the ports by which dnsmasq asks other servers."""


def state(router: Router) -> dict[str, str]:
    """The whole disk (bytes, modes, owners, links), the rules that run, the packages, the sockets that listen."""
    # Package managers leave folders that packages made: outside /etc, one without any file in it counts as none.
    # A link's own mode means nothing (symlink(7)), and differs by the umask on overlayfs.
    digest = {path: _LINK.sub("link ", what) for path, what in router.digest().items()}
    files = {path: what for path, what in digest.items() if not path.startswith(APART)}
    used = {parent for path, what in files.items() if not what.startswith("d") for parent in _parents(path)}
    kept = {p: what for p, what in files.items() if not what.startswith("d") or p in used or p.startswith("/etc/")}
    said = {name: router.run(command).out for name, command in (("rules", RULES), ("packages", INSTALLED))}
    said["rules"] = by_chain(_POLICY_COUNTERS.sub("", _COUNTERS.sub("", said["rules"])))
    assert said["packages"] and said["rules"], "every router has some"
    listening = [line for line in router.run(LISTENING).out.splitlines() if _lasting(line)]
    return kept | said | {"listening": "\n".join(dict.fromkeys(listening))}


def by_chain(rules: str) -> str:
    """The same, table by table, with the chains by name: what was taken out and put back comes last in a list."""
    table, chain = "", ""
    blocks: dict[tuple[str, str], list[str]] = {}
    for line in filter(None, map(str.rstrip, rules.splitlines())):
        if line == "}":  # a table's end
            continue
        if line.startswith("table "):
            table, chain = line, ""
        elif found := _CHAIN.match(line):
            chain = found[1]
        blocks.setdefault((table, chain), []).append(line)
    return "\n".join(line for key in sorted(blocks) for line in blocks[key])


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def _lasting(line: str) -> bool:
    return "/tcp" in line or int(line.rpartition(":")[2], 16) < _EPHEMERAL


def changed(before: State, after: State) -> dict[str, str]:
    """What → how it is afterwards; "" where it is gone."""
    return {key: after.get(key, "") for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def with_change(before: State, change: State) -> dict[str, str]:
    """What `before` comes to by that change."""
    return {key: what for key, what in {**before, **change}.items() if what or key not in change}


def difference(wanted: State, found: State) -> str:
    """In words, in a few lines."""
    lines = []
    for key, what in sorted(changed(wanted, found).items()):
        compared = unified_diff(wanted.get(key, "").splitlines(), what.splitlines(), n=0, lineterm="")
        lines += [f"  {key}:", *(f"    {line}" for line in compared if line[:3] not in ("---", "+++"))][:16]
    return "\n".join(lines[:60])
