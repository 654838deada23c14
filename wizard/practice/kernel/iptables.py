"""Stands in for `iptables`, `-save` and `-restore` on a router that is a folder: three tables in a file.

Rules are kept as iptables-save writes them, which is how fw3 hands them over; listings (`-L`) are in the form of the
real one, held against routers of the lab. Understood are -N -A -I -D -C -F -X -P -Z -L -S with -t -n -v -x -w, and of
restore `--noflush` and `-c`. Targets and chains that are not there are refused as the real one does, with 2 and 1.
"""

from __future__ import annotations

import re
import shlex
import sys

from wizard.practice.kernel import rules, state

TABLES = {
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
    "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
}
ZERO = "[0:0]"
_NO_CHAIN = "No chain/target/match by that name."
_IGNORED = ("-n", "-v", "-x", "-w", "--line-numbers", "--wait")


class RefusedError(Exception):
    """What iptables says after its name, and its exit code."""

    def __init__(self, words: str, code: int = 1) -> None:
        self.code = code
        super().__init__(words)


class Filter:
    """The tables of one family. A chain is its policy ("-" for one of the user's), and its rules."""

    def __init__(self, family: str) -> None:
        self._name = f"iptables{family}"
        fresh: dict[str, dict[str, tuple[str, list[str]]]] = {name: _empty(name) for name in TABLES}
        self.tables = state.read(self._name, fresh)

    def keep(self) -> None:
        """What it is now runs from now on."""
        state.keep(self._name, self.tables)

    def chain(self, table: str, name: str) -> list[str]:
        """The rules of a chain. Raises RefusedError."""
        if name not in self.tables[table]:
            raise RefusedError(_NO_CHAIN)
        return self.tables[table][name][1]

    def check(self, table: str, rule: str) -> None:
        """Whatever a rule jumps to is there. Raises RefusedError."""
        target = rules.target(rule)
        if target and target not in rules.TARGETS and target not in self.tables[table]:
            raise RefusedError(f"Couldn't load target `{target}':No such file or directory", 2)

    def saved(self, table: str, counted: bool) -> str:
        """As iptables-save writes it."""
        chains = self.tables[table]
        lines = [f"*{table}", *(f":{name} {policy} {ZERO}" for name, (policy, _) in chains.items())]
        before = f"{ZERO} " if counted else ""
        lines += [f"{before}-A {name} {rule}" for name, (_, each) in chains.items() for rule in each]
        return "\n".join([*lines, "COMMIT", ""])

    def listed(self, table: str, names: list[str]) -> str:
        """As `iptables -n -v -L` shows it."""
        chains = self.tables[table]
        used = [rules.target(rule) for _, each in chains.values() for rule in each]
        parts = []
        own = [name for name, (policy, _) in chains.items() if policy != "-"]
        for name in names or [*own, *sorted(set(chains) - set(own))]:
            policy, each = chains[name][0], self.chain(table, name)
            head = f"({used.count(name)} references)" if policy == "-" else f"(policy {policy} 0 packets, 0 bytes)"
            parts.append("\n".join([f"Chain {name} {head}", rules.HEADING, *map(rules.row, each), ""]))
        return "\n".join(parts)


def main(argv: list[str]) -> int:
    """The command `iptables`."""
    return _ended("iptables", lambda: _command(Filter(""), argv))


def main6(argv: list[str]) -> int:
    """The command `ip6tables`."""
    return _ended("ip6tables", lambda: _command(Filter("6"), argv))


def save(argv: list[str]) -> int:
    """`iptables-save [-t TABLE] [-c]`."""
    return _ended("iptables-save", lambda: _saved(Filter(""), argv))


def save6(argv: list[str]) -> int:
    """`ip6tables-save`."""
    return _ended("ip6tables-save", lambda: _saved(Filter("6"), argv))


def restore(argv: list[str]) -> int:
    """`iptables-restore [-n] [-c] [-T TABLE]`: a whole table at once, or nothing of it."""
    text = sys.stdin.read()
    return _ended("iptables-restore", lambda: _restored(Filter(""), argv, text))


def restore6(argv: list[str]) -> int:
    """`ip6tables-restore`."""
    text = sys.stdin.read()
    return _ended("ip6tables-restore", lambda: _restored(Filter("6"), argv, text))


def _ended(name: str, does: object) -> int:
    assert callable(does)
    try:
        with state.locked():
            sys.stdout.write(does())
    except RefusedError as error:
        sys.stderr.write(f"{name}: {error}\n")
        return error.code
    return 0


def _saved(packets: Filter, argv: list[str]) -> str:
    table = argv[argv.index("-t") + 1] if "-t" in argv[:-1] else ""
    if table and table not in packets.tables:
        raise RefusedError(f"Cannot initialize: can't initialize iptables table `{table}': Table does not exist")
    return "".join(packets.saved(name, "-c" in argv) for name in ([table] if table else packets.tables))


def _restored(packets: Filter, argv: list[str], text: str) -> str:
    flush = not {"-n", "--noflush"} & set(argv)
    table = ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = re.sub(r"^\[\d+:\d+\] ", "", raw.strip())
        if line.startswith("*"):
            table = line[1:]
            if table not in packets.tables:
                raise RefusedError(f"line {number} failed: no table {table}")
            if flush:
                packets.tables[table] = _empty(table)
        elif line and line != "COMMIT" and not line.startswith("#"):
            _restored_line(packets, table, line, flush=flush)
    for name, chains in packets.tables.items():
        for _, each in chains.values():
            for rule in each:
                packets.check(name, rule)
    packets.keep()
    return ""


def _restored_line(packets: Filter, table: str, line: str, *, flush: bool) -> None:
    """A chain with its policy, or a command."""
    if line.startswith(":"):
        name, policy, *_ = line[1:].split()
        kept = [] if flush else packets.tables[table].get(name, ("-", []))[1]
        packets.tables[table][name] = (policy, kept)
        return
    verb, *words = shlex.split(line)
    _change(packets, table, verb, words, spelled=line)


def _empty(table: str) -> dict[str, tuple[str, list[str]]]:
    """A table as the kernel has it at a start."""
    return {chain: ("ACCEPT", []) for chain in TABLES[table]}


def _command(packets: Filter, argv: list[str]) -> str:
    words: list[str] = []
    table, left = "filter", list(argv)
    while left:
        word = left.pop(0)
        if word in ("-t", "--table") and left:
            table = left.pop(0)
        elif re.fullmatch(r"-[nvxw]{2,}", word) or word in _IGNORED:
            continue
        elif re.fullmatch(r"-[nvx]*L[nvx]*", word):
            words.append("-L")
        else:
            words.append(word)
    if table not in packets.tables:
        raise RefusedError(f"can't initialize iptables table `{table}': Table does not exist", 3)
    if not words:
        raise RefusedError("no command specified", 2)
    said = _change(packets, table, words[0], words[1:])
    if words[0] not in ("-L", "-S", "-C"):
        packets.keep()
    return said


def _change(packets: Filter, table: str, verb: str, words: list[str], spelled: str = "") -> str:
    """Carry one command out; what it prints."""
    chains = packets.tables[table]
    name = words[0] if words else ""
    if verb == "-L":
        return packets.listed(table, words[:1])
    if verb == "-S":
        return "".join(line + "\n" for line in packets.saved(table, False).splitlines() if line.startswith("-A"))
    if verb == "-P":
        chains[name] = (words[1], packets.chain(table, name))
    elif verb == "-N":
        if name in chains:
            raise RefusedError("Chain already exists.")
        chains[name] = ("-", [])
    elif verb in ("-F", "-Z"):
        for each in [name] if name else list(chains):
            found = packets.chain(table, each)
            if verb == "-F":
                found.clear()
    elif verb == "-X":
        _delete(packets, table, [name] if name else [each for each, (policy, _) in chains.items() if policy == "-"])
    else:
        _rule(packets, table, verb, words, spelled)
    return ""


def _delete(packets: Filter, table: str, names: list[str]) -> None:
    used = {rules.target(rule) for _, each in packets.tables[table].values() for rule in each}
    for name in names:
        if packets.chain(table, name):
            raise RefusedError("Directory not empty.")
        if name in used:
            raise RefusedError("Too many links.")
        del packets.tables[table][name]


def _rule(packets: Filter, table: str, verb: str, words: list[str], spelled: str) -> None:
    """Add a rule, take one out by its words or its number, or look whether it is there."""
    chain = packets.chain(table, words[0])
    if verb == "-D" and len(words) == 2 and words[1].isdigit():
        if not 0 < int(words[1]) <= len(chain):
            raise RefusedError("Index of deletion too big.")
        del chain[int(words[1]) - 1]
        return
    place = int(words[1]) if verb == "-I" and words[1:2] and words[1].isdigit() else 1
    text = rules.normal(words[2:] if verb == "-I" and words[1:2] and words[1].isdigit() else words[1:], spelled)
    if verb in ("-A", "-I"):
        packets.check(table, text)
        chain.insert(len(chain) if verb == "-A" else place - 1, text)
    elif verb in ("-D", "-C"):
        if text not in chain:
            raise RefusedError("Bad rule (does a matching rule exist in that chain?).")
        if verb == "-D":
            chain.remove(text)
    else:
        raise RefusedError(f'unknown option "{verb}"', 2)
