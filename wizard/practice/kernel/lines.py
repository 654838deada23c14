"""The language of nft's files: lines, words, and rules in the form in which the real one lists them."""

from __future__ import annotations

import glob
import re
from ipaddress import IPv4Address, summarize_address_range

from wizard.practice import root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ICMP = {"8": "echo-request", "0": "echo-reply", "3": "destination-unreachable", "11": "time-exceeded"}
ICMPV6 = {
    "1": "destination-unreachable", "2": "packet-too-big", "3": "time-exceeded", "4": "parameter-problem",
    "128": "echo-request", "129": "echo-reply", "130": "mld-listener-query", "131": "mld-listener-report",
    "132": "mld-listener-done", "133": "nd-router-solicit", "134": "nd-router-advert", "135": "nd-neighbor-solicit",
    "136": "nd-neighbor-advert", "143": "mld2-listener-report",
}  # fmt: skip
ICMPV6_CODES = {"0": "no-route", "1": "admin-prohibited"}
FLAGS = ("fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr")

_WORD = re.compile(r'"[^"]*"|[{}]|[^\s{}"]+')
_ADDRESSES = re.compile(r"(ip [sd]addr(?: !=)?) \{ ([^}]*) \}")
_NAMES = re.compile(r"([io]ifname(?: !=)?) \{ ([^}]*) \}")
_ICMP_TYPE = re.compile(r"\bicmp type (?:\{ )?(\d+)(?: \})?")
_ICMPV6_TYPES = re.compile(r"(icmpv6 type) (\{ [\d, ]+ \}|\d+)")
_ICMPV6_CODES = re.compile(r"(icmpv6 type \. icmpv6 code) \{ ([\d., ]+) \}")
_MASKED = re.compile(r"tcp flags & \(([a-z| ]+)\) == (\w+)")
_MASK = re.compile(r"tcp flags (\w+) / ([a-z,]+)")


def split(line: str) -> list[str]:
    """The words of a line; what is quoted is one, and each brace."""
    return _WORD.findall(line)


def included(text: str, read: Callable[[str], str]) -> Iterator[str]:
    """The lines of a file without comments, with those of the files that it includes in their places."""
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("include "):
            named = line.split('"')[1]
            pattern = named if named.startswith(root.path("/")) else root.path(named)
            for name in sorted(glob.glob(pattern)) if "*" in pattern else [pattern]:
                yield from included(read(name), read)
        elif line and not line.startswith("#"):
            yield line


def joined(lines: Iterable[str]) -> Iterator[str]:
    """Sets that go over several lines are one."""
    kept = ""
    for line in lines:
        kept = f"{kept} {line}".strip()
        block = kept.endswith("{") and split(kept)[0] in ("table", "chain")
        if block or kept == "}" or kept.count("{") == kept.count("}"):
            yield kept
            kept = ""
    if kept:
        yield kept


def filled(line: str, meanings: dict[str, str]) -> str:
    """A line with what its `$names` mean."""
    return re.sub(r"\$(\w+)", lambda found: meanings.get(found[1], found[0]), line)


def normal(rule: str) -> str:
    """A rule as `nft list` shows it once it was loaded."""
    before, quoted, comment = rule.partition(' comment "')
    said = re.sub(r"\s+", " ", before).strip()
    said = said.replace(" reject with icmpx type port-unreachable", " reject")
    said = re.sub(r"^reject with icmpx type port-unreachable", "reject", said)
    said = re.sub(r"\bcounter\b(?! packets)", "counter packets 0 bytes 0", said)
    said = _MASKED.sub(lambda found: f"tcp flags {found[2]} / {_flags(found[1].replace(' ', '').split('|'))}", said)
    said = _MASK.sub(lambda found: f"tcp flags {found[1]} / {_flags(found[2].split(','))}", said)
    said = _ADDRESSES.sub(lambda found: f"{found[1]} {_addresses(found[2])}", said)
    said = _NAMES.sub(lambda found: f"{found[1]} {_names(found[2])}", said)
    said = _ICMP_TYPE.sub(lambda found: f"icmp type {ICMP.get(found[1], found[1])}", said)
    said = _ICMPV6_TYPES.sub(lambda found: f"{found[1]} {_types(found[2])}", said)
    said = _ICMPV6_CODES.sub(lambda found: f"{found[1]} {{ {_pairs(found[2])} }}", said)
    if re.search(r"\bip [sd]addr|\bicmp type", said):
        said = said.replace("meta nfproto ipv4 ", "")
    if re.search(r"\bip6 [sd]addr|\bicmpv6 type", said):
        said = said.replace("meta nfproto ipv6 ", "")
    return said + quoted + comment


def _flags(names: list[str]) -> str:
    return ",".join(sorted(names, key=FLAGS.index))


def _names(text: str) -> str:
    """A set of devices, in the order of their bytes as numbers of a little-endian machine."""
    names = text.replace(" ", "").split(",")
    return "{ " + ", ".join(sorted(names, key=lambda name: int.from_bytes(name.strip('"').encode(), "little"))) + " }"


def _addresses(text: str) -> str:
    """A set of addresses, neighbours joined to ranges."""
    spans: list[list[int]] = []
    for word in sorted(map(_span, text.replace(" ", "").split(","))):
        if spans and word[0] <= spans[-1][1] + 1:
            spans[-1][1] = max(spans[-1][1], word[1])
        else:
            spans.append(word)
    return "{ " + ", ".join(map(_span_text, spans)) + " }"


def _span(word: str) -> list[int]:
    first, _, last = word.partition("-")
    address, _, length = first.partition("/")
    low = int(IPv4Address(address))
    return [low, int(IPv4Address(last)) if last else low + (1 << 32 - int(length or 32)) - 1]


def _span_text(span: list[int]) -> str:
    first, last = IPv4Address(span[0]), IPv4Address(span[1])
    networks = list(summarize_address_range(first, last))
    if len(networks) == 1:
        return str(first) if first == last else str(networks[0])
    return f"{first}-{last}"


def _types(text: str) -> str:
    numbers = sorted(text.strip("{} ").replace(" ", "").split(","), key=int)
    names = ", ".join(ICMPV6.get(number, number) for number in numbers)
    return f"{{ {names} }}" if text.startswith("{") else names


def _pairs(text: str) -> str:
    pairs = [pair.replace(" ", "").split(".") for pair in text.split(",")]
    pairs.sort(key=lambda pair: (int(pair[1]), int(pair[0])))
    return ", ".join(f"{ICMPV6.get(kind, kind)} . {ICMPV6_CODES.get(code, code)}" for kind, code in pairs)
