"""A rule of iptables in its two spellings: as iptables-save writes it, and as a row of `iptables -n -v -L`."""

from __future__ import annotations

import shlex

TARGETS = (
    "ACCEPT", "DROP", "RETURN", "REJECT", "LOG", "MASQUERADE", "TCPMSS", "DNAT", "SNAT", "REDIRECT", "MARK", "CT",
)  # fmt: skip
HEADING = " pkts bytes target     prot opt in     out     source               destination         "
FLAGS = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ALL": 63, "NONE": 0}
NUMBERS = {"1": "icmp", "6": "tcp", "17": "udp", "0": "all"}
ANYWHERE = "0.0.0.0/0"
_HEADS = ("-s", "-d", "-i", "-o", "-p")
_LONG = {"--source": "-s", "--destination": "-d", "--in-interface": "-i", "--out-interface": "-o", "--protocol": "-p",
         "--proto": "-p", "--jump": "-j", "--goto": "-g", "--match": "-m"}  # fmt: skip


def target(rule: str) -> str:
    """What it jumps to, "" for nothing."""
    words = shlex.split(rule)
    return next((words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-j", "-g")), "")


def normal(words: list[str], spelled: str = "") -> str:
    """The rule as iptables-save has it; `spelled` is how restore was given it, which is that already."""
    if spelled:
        return spelled.split(" ", 2)[2] if spelled.count(" ") > 1 else ""
    left = [_LONG.get(word, word) for word in words]
    for at, word in enumerate(left[:-1]):
        if word == "-p":
            left[at + 1] = NUMBERS.get(left[at + 1], left[at + 1])
    heads, rest = _split(left)
    protocol = next((value for _, flag, value in heads if flag == "-p"), "")
    if any(word in ("--dport", "--sport", "--tcp-flags") for word in rest) and protocol not in rest:
        rest = ["-m", protocol, *rest]
    ordered = sorted(heads, key=lambda head: _HEADS.index(head[1]))
    said = [part for negation, flag, value in ordered for part in (negation, flag, _address(flag, value)) if part]
    return " ".join([*said, *(f'"{word}"' if " " in word else word for word in rest)])


def _split(words: list[str]) -> tuple[list[tuple[str, str, str]], list[str]]:
    """What every rule may say of a packet, each with its negation, and the rest."""
    heads: list[tuple[str, str, str]] = []
    rest: list[str] = []
    left = list(words)
    while left:
        word = left.pop(0)
        negation = "!" if word == "!" and left and left[0] in _HEADS else ""
        if negation:
            word = left.pop(0)
        if word in _HEADS and left:
            if left[0] == "!":
                negation = left.pop(0)
            heads.append((negation, word, left.pop(0)))
        else:
            rest.append(word)
    return heads, rest


def _address(flag: str, value: str) -> str:
    return f"{value}/32" if flag in ("-s", "-d") and "/" not in value else value


def row(rule: str) -> str:
    """The rule as `iptables -n -v -L` shows it, without counts."""
    heads, rest = _split(shlex.split(rule))
    said = {flag: ("!" if negation else "") + value for negation, flag, value in heads}
    jumps, extras = _extras(rest)
    source, destination = (said.get(flag, ANYWHERE).removesuffix("/32") for flag in ("-s", "-d"))
    protocol = said.get("-p", "all")
    return (
        f"{0:>5} {0:>5} {jumps:<9}  {protocol:<4} --  {said.get('-i', '*'):<6} {said.get('-o', '*'):<6}  "
        f"{source:<19}  {destination:<19}  {' '.join(extras)}".rstrip(" ")
        + ("" if extras else " ")
    )


def _extras(words: list[str]) -> tuple[str, list[str]]:
    """Where the rule leads, and what its matches and its target say, in their order."""
    jumps, extras, last = "", [], []
    left, module, no = list(words), "", ""
    while left:
        word = left.pop(0)
        if word == "!":
            no = "! "
            continue
        if word == "-m":
            module = left.pop(0)
        elif word in ("-j", "-g"):
            jumps = left.pop(0)
        elif word == "--tcp-flags":
            mask, flags = (_bits(left.pop(0)), _bits(left.pop(0)))
            extras.append(f"tcp flags:{no}0x{mask:02X}/0x{flags:02X}")
        elif word == "--clamp-mss-to-pmtu":
            last.append("TCPMSS clamp to PMTU")
        elif word.startswith("--") and left:
            (last if word in _OF_TARGETS else extras).append(_said(module, word, left.pop(0), no))
        no = ""
    return jumps, [*extras, *last]


_OF_TARGETS = ("--reject-with", "--to-destination", "--to-source", "--to-ports", "--set-mss", "--log-prefix")
_WORDS = {
    "--comment": "/* {} */",
    "--limit": "limit: avg {}",
    "--limit-burst": "burst {}",
    "--reject-with": "reject-with {}",
    "--to-destination": "to:{}",
    "--to-source": "to:{}",
}


def _said(module: str, word: str, value: str, no: str) -> str:
    """A match or a word of a target, as it is shown."""
    no = no.replace(" ", "")
    if word in _WORDS:
        return _WORDS[word].format(value)
    if word in ("--dport", "--sport"):
        return f"{module} {_ports('dpt' if word == '--dport' else 'spt', value, no)}"
    if word in ("--dports", "--sports", "--ports"):
        return f"multiport {word[2:]} {no}{value}"
    if word == "--icmp-type":
        return f"{no}icmptype {value}"
    return f"{no}{' ' if no else ''}{word[2:]} {value}"


def _ports(name: str, value: str, no: str) -> str:
    return f"{name}s:{no}{value}" if ":" in value else f"{name}:{no}{value}"


def _bits(names: str) -> int:
    return sum(FLAGS.get(name, 0) for name in names.split(","))
