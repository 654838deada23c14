"""A table of the kernel's, taken out whole, changed in memory and put back whole, as libiptc does it."""

from __future__ import annotations

import re

from wizard.practice.firewall import nets
from wizard.practice.firewall.run import output, run
from wizard.practice.firewall.xt.notices import warn
from wizard.practice.firewall.xt.statement import Statement

NAMES = {nets.V4: ("filter", "nat", "mangle"), nets.V6: ("filter", "mangle")}
"""The tables that a stock image has: none for IPv6's nat, and `raw` is a package of its own."""
FAMILIES = {nets.V4: "IPv4", nets.V6: "IPv6"}
_PROGRAM = {nets.V4: "iptables", nets.V6: "ip6tables"}
_HOOKS = {
    "filter": ("INPUT", "FORWARD", "OUTPUT"),
    "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
    "mangle": ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
}
_TARGETS = ("ACCEPT", "DROP", "RETURN", "REJECT", "LOG", "MASQUERADE", "TCPMSS", "DNAT", "SNAT", "REDIRECT")
_NO_PROGRAM = 127
_ZERO = "[0:0]"
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_JUMP = re.compile(r"(?:^| )-[jg] (\S+)")
_TAG = '--comment "!fw3'


class Rule:
    """A rule as iptables-save writes it, and its counters."""

    __slots__ = ("counters", "target", "text")

    def __init__(self, text: str, counters: str, target: str) -> None:
        self.text, self.counters, self.target = text, counters, target


class Chain:
    """A chain; its policy is `-` unless it is one of the kernel's own."""

    __slots__ = ("counters", "policy", "rules")

    def __init__(self, policy: str = "-", counters: str = _ZERO) -> None:
        self.policy, self.counters = policy, counters
        self.rules: list[Rule] = []


class Table:
    """What is in a table. With `shows` every change is printed as a command."""

    def __init__(self, family: int, name: str, *, shows: bool = False) -> None:
        self.family, self.name, self.shows = family, name, shows
        self.chains: dict[str, Chain] = {}

    @classmethod
    def open(cls, family: int, name: str, *, shows: bool = False) -> Table | None:
        """The table as it is now; an empty one where there is no iptables, None where the kernel has no such table."""
        table = cls(family, name, shows=shows)
        code, saved = output([f"{_PROGRAM[family]}-save", "-c", "-t", name])
        if code not in (0, _NO_PROGRAM):
            return None
        table._read(saved)
        for hook in _HOOKS[name]:
            table.chains.setdefault(hook, Chain("ACCEPT"))
        return table

    def commit(self) -> None:
        """Put the table back, all at once. Counters of rules that stayed stay."""
        lines = [f"*{self.name}"]
        lines += [f":{name} {chain.policy} {chain.counters}" for name, chain in self.chains.items()]
        lines += [
            f"{rule.counters} -A {name} {rule.text}" for name, chain in self.chains.items() for rule in chain.rules
        ]
        if run([f"{_PROGRAM[self.family]}-restore", "-w", "-c"], "\n".join([*lines, "COMMIT", ""])):
            warn(f"{'ip6tc' if self.family == nets.V6 else 'iptc'}_commit(): Invalid argument")

    def policy(self, chain: str, verdict: str) -> None:
        """Set what happens at the end of one of the kernel's own chains."""
        self._show(f"-P {chain} {verdict}")
        self.chains[chain].policy = verdict

    def create(self, name: str, *, unless_there: bool = False) -> None:
        """Make a chain. One of that name stays as it is."""
        if unless_there and name in self.chains:
            return
        self._show(f"-N {name}")
        self.chains.setdefault(name, Chain())

    def flush(self, name: str) -> None:
        """Remove the rules of a chain."""
        self._show(f"-F {name}")
        if name in self.chains:
            self.chains[name].rules.clear()

    def delete(self, name: str, *, if_unused: bool) -> None:
        """Remove a chain and what jumps to it, or only if nothing does. One with rules in it stays."""
        users = [(other, rule) for other, chain in self.chains.items() for rule in chain.rules if rule.target == name]
        if if_unused and users:
            return
        for other, rule in users:
            self._remove(other, rule)
        self._show(f"-X {name}")
        if name in self.chains and not self.chains[name].rules:
            del self.chains[name]

    def delete_tagged(self, name: str) -> None:
        """Remove the rules of a chain that fw3 made, by their comments."""
        if name in self.chains:
            for rule in [rule for rule in self.chains[name].rules if _TAG in rule.text]:
                self._remove(name, rule)

    def clear(self) -> None:
        """Remove everything, whoever made it."""
        self.chains = {name: chain for name, chain in self.chains.items() if chain.policy != "-"}
        for chain in self.chains.values():
            chain.rules.clear()

    def append(self, statement: Statement, chain: str, *, once: bool = False) -> None:
        """Add a rule at the end of a chain; with `once` the same rule is taken away first, wherever it is there."""
        text = statement.saved()
        target = statement.target.split(" --", 1)[0]
        if target not in self.chains and target not in _TARGETS:
            warn(f"fw3_ipt_rule_append(): Can't find target '{target}'")
            return
        there = self.chains.get(chain)
        if once and there:
            for rule in [rule for rule in there.rules if rule.text == text]:
                there.rules.remove(rule)
                self._show(f"-D {chain} {statement.shown()}")
        self._show(f"-A {chain} {statement.shown()}")
        if there:
            there.rules.append(Rule(text, _ZERO, target))
        else:
            warn("iptc_append_entry(): No chain/target/match by that name")

    def _remove(self, name: str, rule: Rule) -> None:
        rules = self.chains[name].rules
        self._show(f"-D {name} {rules.index(rule) + 1}")
        rules.remove(rule)

    def _show(self, command: str) -> None:
        if self.shows:
            print(f"{_PROGRAM[self.family]} -t {self.name} {command}")

    def _read(self, saved: str) -> None:
        for line in saved.splitlines():
            if line.startswith(":"):
                name, policy, counters = line[1:].rsplit(" ", 2)
                self.chains[name] = Chain(policy, counters)
            elif line.startswith("["):
                counters, _, rest = line.partition(" -A ")
                chain, text = self._split(rest)
                self.chains[chain].rules.append(Rule(text, counters, self._target(text)))

    def _split(self, rest: str) -> tuple[str, str]:
        chain = max((name for name in self.chains if f"{rest} ".startswith(f"{name} ")), key=len)
        return chain, rest[len(chain) + 1 :]

    @staticmethod
    def _target(text: str) -> str:
        found = _JUMP.search(_QUOTED.sub('""', text))
        return found[1] if found else ""
