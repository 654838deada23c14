"""What others left in the firewall's files: open doors, rules that stand there twice, calls that are sent elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from wizard.model import uci
from wizard.model.damage import Cut, Damage, Kind
from wizard.model.facts import Firewall, RouterFacts, Zones
from wizard.model.marked import BEGIN, END

CONFIG, SCRIPT = "/etc/config/firewall", "/etc/firewall.user"
PORT = "1723"
_CALL = re.compile(r"ppp\d+")
_TCP, _GRE = {"tcp", "tcpudp", "6", "all", "any"}, {"gre", "47"}
_PLAIN_RULE = {"name", "_name", "src", "proto", "dest_port", "target", "family", "enabled"}
"""A rule that says more than this lets in less than ours would: it is there on purpose."""
_COMMAND = re.compile(r"iptables\s[^;&|<>`(){}\\]*")
"""One command on a line of its own, so that the line can go and nothing else changes."""
_WILDCARD = re.compile(r"\s-[io] +ppp\+\s")
_ABOUT_CALLS = re.compile(r"\bppp|\b1723\b|\s-p +(?:gre|47)\b")
_NARROWED = re.compile(r"\s(?:-s|-d|--source|--destination|!) ")
_OPENS, _CLOSES = re.compile(r"\b(?:if|for|while|until|case)\b|\{\s*$"), re.compile(r"\b(?:fi|done|esac)\b|^\}")


def doors(facts: RouterFacts) -> Iterator[Damage]:
    """Everything of that kind."""
    script = facts.files.get(SCRIPT) if facts.dialect.firewall is not Firewall.FW4 else None  # fw4 does not run it
    lines = list(_commands(script.content.decode("latin-1"))) if script else []
    config = facts.files.get(CONFIG)
    if config and facts.dialect.firewall is not Firewall.USER:
        by_hand = any(PORT in line and "DNAT" in line for _, line in lines)
        yield from _of_config(config.content.decode("latin-1"), facts, forwards_by_hand=by_hand)
    yield from _of_script(lines)


def _of_config(text: str, facts: RouterFacts, *, forwards_by_hand: bool) -> Iterator[Damage]:
    found = [section for section in uci.sections(text) if not section.ours]
    away = [section for section in found if _sends_away(section, facts.zones)]
    if away and not forwards_by_hand:
        to = tuple(dict.fromkeys(section.value("dest_ip") for section in away))
        yield _removed(text, Kind.PORT_FORWARD, away, {"to": to}, blocks="port-forwarded")
    old = [zone for zone in uci.of_type(found, "zone") if _for_calls(zone, facts)]
    wild = [zone for zone in old if any(map(_is_wild, _devices(zone)))]
    tied = _tied(found, old, away)
    cuts, said = _mixed(found, old, facts.zones.wan)
    names = {zone.value("name") for zone in wild}
    with_wild = [section for section in tied if names & {section.value("src"), section.value("dest")}]
    if wild or cuts:
        gone = _removed(text, Kind.PPP_WILDCARD, [*wild, *with_wild])
        listed = {"found": (*map(_named, wild), *said), "kind": Kind.PPP_WILDCARD}
        yield Damage(Kind.PPP_WILDCARD, CONFIG, (*gone.cuts, *cuts), listed, blocks=_in_the_way(facts))
    others = [zone for zone in old if zone not in wild]
    if others:
        rest = [section for section in tied if section not in with_wild]
        yield _removed(text, Kind.OLD_ZONE, [*others, *rest], {"kind": Kind.OLD_ZONE}, blocks=_in_the_way(facts))
    taken = [*away, *tied]
    again = [section for section in found if section not in taken and _opens(section, facts.zones)]
    if again:
        yield _removed(text, Kind.DUPLICATE_RULES, again)


def _in_the_way(facts: RouterFacts) -> str:
    """fw3 and fw4 ask zone by zone in order, so one with the devices of calls decides before ours does; where our lines
    are in /etc/firewall.user they come before every zone."""
    return "zone-in-the-way" if facts.dialect.uci_firewall else ""


def _removed(
    text: str, kind: Kind, gone: Sequence[uci.Section], data: dict[str, object] | None = None, blocks: str = ""
) -> Damage:
    """These sections, taken out whole."""
    cuts = tuple(Cut(*uci.with_blanks(text, section)) for section in gone)
    return Damage(kind, CONFIG, cuts, {"found": tuple(map(_named, gone)), **(data or {})}, blocks=blocks)


def _named(section: uci.Section) -> str:
    """A section in a few words."""
    name = section.value("name") or section.value("_name") or section.name
    if section.type == "forwarding":
        return f"forwarding {section.value('src')} → {section.value('dest')}"
    if section.type == "redirect":
        return f"{section.type} {name or PORT} → {section.value('dest_ip')}"
    if section.type == "zone":
        return f"zone {name} ({', '.join(_devices(section))})"
    return f"{section.type} {name or ' '.join([*section.values('proto'), *section.values('dest_port')])}"


def _devices(zone: uci.Section) -> tuple[str, ...]:
    """What it is bound to by the name of a device; before fw3 some wrote such a name as a network."""
    return (*zone.values("device"), *filter(_is_wild, zone.values("network")))


def _is_wild(device: str) -> bool:
    """`ppp+`, and whatever else would match the device of a call and more."""
    return device[-1:] in ("+", "*") and "ppp0".startswith(device[:-1])


def _for_calls(zone: uci.Section, facts: RouterFacts) -> bool:
    """A zone that has calls in it and nothing else."""
    devices = _devices(zone)
    if not devices or set(zone.values("network")) - set(devices) or facts.wan.device in devices:
        return False
    if zone.value("name") in (facts.zones.lan, facts.zones.wan):
        return False
    return all(_is_wild(device) or _CALL.fullmatch(device) for device in devices)


def _tied(found: Sequence[uci.Section], old: Sequence[uci.Section], spared: Sequence[uci.Section]) -> list[uci.Section]:
    """What makes no sense once these zones are gone."""
    left = {zone.value("name") for zone in uci.of_type(found, "zone") if zone not in old}
    names = {zone.value("name") for zone in old} - left
    kinds = ("forwarding", "rule", "redirect")
    return [
        each
        for each in found
        if each.type in kinds and each not in spared and names & {each.value("src"), each.value("dest")}
    ]


def _mixed(found: Sequence[uci.Section], old: Sequence[uci.Section], wan: str) -> tuple[list[Cut], list[str]]:
    """`ppp+` beside something else in a zone: only that word goes, unless the Internet's zone has nothing else."""
    cuts: list[Cut] = []
    said: list[str] = []
    for zone in uci.of_type(found, "zone"):
        wild = [device for device in _devices(zone) if _is_wild(device)]
        if zone in old or not wild or (zone.value("name") == wan and not set(zone.values("network")) - set(wild)):
            continue
        said.append(f"zone {zone.value('name')} ({', '.join(wild)})")
        for entry in zone.entries:
            if entry.key in ("device", "network") and set(wild) & set(entry.value.split()):
                cuts.append(Cut(*entry.span, uci.less(entry, wild)))
    return cuts, said


def _protocols(section: uci.Section) -> set[str]:
    return {word.lower() for word in section.values("proto")} or {"tcp", "udp"}


def _on(section: uci.Section) -> bool:
    return section.value("enabled", "1") != "0"


def _opens(section: uci.Section, zones: Zones) -> bool:
    """A rule that lets calls in from the Internet, as ours do."""
    if section.type != "rule" or not _on(section) or {entry.key for entry in section.entries} - _PLAIN_RULE:
        return False
    if section.value("src") not in (zones.wan, "*") or section.value("target").upper() != "ACCEPT":
        return False
    protocols, ports = _protocols(section), section.values("dest_port")
    return (ports == (PORT,) and bool(protocols & _TCP)) or (not ports and protocols <= _GRE)


def _sends_away(section: uci.Section, zones: Zones) -> bool:
    """A port forwarding that takes calls from the Internet, and nothing but calls, to another host."""
    if section.type != "redirect" or not _on(section) or not section.value("dest_ip"):
        return False
    if section.value("src") not in (zones.wan, "*") or section.value("target").upper() not in ("", "DNAT"):
        return False
    protocols, ports = _protocols(section), section.values("src_dport")
    return (ports == (PORT,) and bool(protocols & _TCP)) or (not ports and protocols <= _GRE)


def _commands(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Each command of iptables that could go by itself: not ours, not inside anything, not continued."""
    at, depth, ours, continued = 0, 0, False, False
    for line in text.splitlines(keepends=True):
        end = at + len(line)
        bare = line.split(" #")[0].strip()
        ours = (ours or line.startswith(BEGIN)) and not line.startswith(END)
        if not (ours or depth or continued) and line.startswith("iptables") and _COMMAND.fullmatch(bare):
            yield (at, end), f" {' '.join(bare.split())} "
        if not bare.startswith("#"):
            depth = max(0, depth + len(_OPENS.findall(bare)) - len(_CLOSES.findall(bare)))
        continued = line.rstrip("\n").endswith("\\")
        at = end


def _of_script(lines: Sequence[tuple[tuple[int, int], str]]) -> Iterator[Damage]:
    wild = [(span, line) for span, line in lines if _is_open(line)]
    if wild:
        yield _lines(Kind.PPP_WILDCARD, wild)
    seen: set[str] = set()
    again = []
    for span, line in lines:
        if line in seen and not _is_open(line) and _ABOUT_CALLS.search(line):
            again.append((span, line))
        seen.add(line)
    if again:
        yield _lines(Kind.DUPLICATE_RULES, again)


def _is_open(line: str) -> bool:
    """Lets every `ppp` device through, whatever address it comes with."""
    return bool(_WILDCARD.search(line)) and " -j ACCEPT " in line and not _NARROWED.search(line)


def _lines(kind: Kind, gone: Sequence[tuple[tuple[int, int], str]]) -> Damage:
    return Damage(
        kind, SCRIPT, tuple(Cut(*span) for span, _ in gone), {"found": tuple(line.strip() for _, line in gone)}
    )
