"""Stands in for `nft` on a router that is a folder: one ruleset in a file, changed in one go or not at all.

Understood is what fw4 and this project's scripts say: `-f` with tables of chains, `define`, `include` and the commands
`add`, `insert`, `delete`, `flush` and `list` for tables, chains and rules. Listings are in the form of the real one
(nftables 1.1.1, held against recordings). What a rule says is not checked beyond that its braces and quotes are closed.
"""

from __future__ import annotations

import shlex
import sys

from wizard.practice import root
from wizard.practice.kernel import lines, state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Chain = dict[str, list[str]]
    Ruleset = dict[str, dict[str, Chain]]


class RefusedError(Exception):
    """What nft says against it, without "Error: "."""


def main(argv: list[str]) -> int:
    """Run one command line. 0 where it went well, 1 with a word on standard error where not."""
    words = list(argv)
    check = file = None
    while words and words[0].startswith("-"):
        flag = words.pop(0)
        check = check or flag in ("-c", "--check")
        if flag in ("-f", "--file"):
            file = words.pop(0) if words else ""
    try:
        text = None if file is None else sys.stdin.read() if file in ("-", "/dev/stdin") else _read(file)
        with state.locked():
            sys.stdout.write(_run(text, words, check=bool(check)))
    except RefusedError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    return 0


def _run(text: str | None, words: list[str], *, check: bool) -> str:
    """All of a file, or one command; what it prints. Kept is all of it or nothing."""
    ruleset = load()
    said = [apply(ruleset, command) for command in (commands(text) if text is not None else [words] if words else ())]
    if not check and words[:1] != ["list"]:
        state.keep("nft", ruleset)
    return "".join(said)


def load() -> Ruleset:
    """The ruleset that runs: table → chain → `head` and `rules`. None runs after a start."""
    return state.read("nft", {})


def _read(file: str) -> str:
    try:
        with open(root.path(file) if not file.startswith(root.path("")) else file, encoding="utf-8") as opened:
            return opened.read()
    except OSError as error:
        raise RefusedError(f'Could not open file "{file}": {error.strerror}') from error


def commands(text: str) -> Iterator[list[str]]:
    """What a file comes to, one command after the other; a block of a table is one command for each line in it."""
    meanings: dict[str, str] = {}
    open_blocks: list[str] = []
    for line in lines.joined(lines.included(text, _read)):
        words = lines.split(line)
        if words[0] == "define":
            meanings[words[1]] = lines.filled(line.partition("=")[2].strip(), meanings)
        elif words == ["}"]:
            if not open_blocks:
                raise RefusedError("syntax error, unexpected '}'")
            open_blocks.pop()
        elif line.endswith("{") and words[0] in ("table", "chain"):
            open_blocks.append(" ".join(words[1:-1]))
            yield ["add", words[0], *" ".join(open_blocks).split()]
        elif len(open_blocks) == 2:
            kind = "head" if words[0] in ("type", "policy") else "rule"
            yield ["add", kind, *" ".join(open_blocks).split(), lines.normal(lines.filled(line, meanings))]
        else:
            yield [part for part in words if part != ";"]
    if open_blocks:
        raise RefusedError("syntax error, unexpected end of file")


def apply(ruleset: Ruleset, command: list[str]) -> str:
    """Carry one command out; what it prints."""
    words = command if command[0] != "table" else ["add", *command]
    verb, kind, *rest = [*words, "", ""][: max(len(words), 2)]
    if verb == "list":
        return _listed(ruleset, kind, rest)
    if (verb, kind) == ("flush", "ruleset"):
        ruleset.clear()
        return ""
    table = " ".join(rest[:2]) if rest[:1] and rest[0] in _FAMILIES else " ".join(["ip", *rest[:1]])
    after = rest[2:] if rest[:1] and rest[0] in _FAMILIES else rest[1:]
    does = {"add": _add, "create": _add, "insert": _add, "delete": _delete, "destroy": _delete, "flush": _flush}.get(
        verb
    )
    if does is None:
        raise RefusedError(f"syntax error, unexpected string\n{' '.join(command)}")
    does(ruleset, verb, kind, table, after)
    return ""


_FAMILIES = ("ip", "ip6", "inet", "arp", "bridge", "netdev")
_MISSING = "No such file or directory"


def _add(ruleset: Ruleset, verb: str, kind: str, table: str, rest: list[str]) -> None:
    if kind == "table":
        ruleset.setdefault(table, {})
        return
    chains = _table(ruleset, table)
    if kind == "chain":
        chain = chains.setdefault(rest[0], {"head": [], "rules": []})
        if rest[1:]:
            chain["head"] = [" ".join(rest[1:]).strip("{} ;") + ";"]
        return
    chain = _chain(chains, rest[0])
    if kind == "head":
        chain["head"] = [rest[1]]
        return
    rule = rest[1] if len(rest) == 2 else lines.normal(" ".join(rest[1:]))
    chain["rules"].insert(0 if verb == "insert" else len(chain["rules"]), rule)


def _delete(ruleset: Ruleset, verb: str, kind: str, table: str, rest: list[str]) -> None:
    if verb == "destroy" and table not in ruleset:
        return
    chains = _table(ruleset, table)
    if kind == "table":
        del ruleset[table]
    elif kind == "chain":
        _chain(chains, rest[0])
        if any(
            f"jump {rest[0]}" in rule or f"goto {rest[0]}" in rule for each in chains.values() for rule in each["rules"]
        ):
            raise RefusedError(f"Could not process rule: Device or resource busy\ndelete chain {table} {rest[0]}")
        del chains[rest[0]]
    else:
        raise RefusedError(f"not reproduced: delete {kind}")


def _flush(ruleset: Ruleset, verb: str, kind: str, table: str, rest: list[str]) -> None:
    del verb
    chains = _table(ruleset, table)
    for name in rest[:1] if kind == "chain" else list(chains):
        _chain(chains, name)["rules"].clear()


def _table(ruleset: Ruleset, table: str) -> dict[str, Chain]:
    if table not in ruleset:
        raise RefusedError(f"{_MISSING}\n{table}")
    return ruleset[table]


def _chain(chains: dict[str, Chain], name: str) -> Chain:
    if name not in chains:
        raise RefusedError(f"{_MISSING}; did you mean another chain?\n{shlex.quote(name)}")
    return chains[name]


def _listed(ruleset: Ruleset, kind: str, rest: list[str]) -> str:
    if kind == "tables":
        return "".join(f"table {name}\n" for name in ruleset)
    if kind == "ruleset":
        return "\n".join(_table_text(name, chains) for name, chains in ruleset.items())
    table = " ".join(rest[:2])
    chains = _table(ruleset, table)
    if kind == "chain":
        return _table_text(table, {rest[2]: _chain(chains, rest[2])})
    return _table_text(table, chains)


def _table_text(name: str, chains: dict[str, Chain]) -> str:
    parts = []
    for chain, content in chains.items():
        inside = "".join(f"\t\t{line}\n" for line in [*content["head"], *content["rules"]])
        parts.append(f"\tchain {chain} {{\n{inside}\t}}\n")
    return f"table {name} {{\n" + "\n".join(parts) + "}\n"
