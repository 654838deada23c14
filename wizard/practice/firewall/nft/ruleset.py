"""The whole ruleset as fw4 2024.12.18 prints it."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.practice import root
from wizard.practice.firewall import nets
from wizard.practice.firewall.nft import includes, text, words
from wizard.practice.firewall.nft.state import MatchRule, State, Zone
from wizard.practice.firewall.nft.words import Addresses, statements

_VERDICTS = ("accept", "reject", "drop")
_FLOWS = {"input": "inbound", "forward": "forwarded", "output": "outbound"}


def render(state: State) -> str:
    """The text that `nft -f` loads."""
    parts = (_head, _filter, _nat, _raw, _mangle, _tail)
    return "".join(f"{line}\n" for part in parts for line in part(state))


def _title(name: str) -> list[str]:
    return ["\t#", f"\t# {name}", "\t#", ""]


def _head(state: State) -> Iterator[str]:
    yield from ("table inet fw4", "flush table inet fw4")
    yield from includes.lines(state, "ruleset-prepend")
    yield from ("", "table inet fw4 {")
    yield from _helpers(state)
    yield from _title("Defines")
    for zone in state.zones:
        name = f"_{zone.name}" if zone.name[0].isdigit() else zone.name
        subnets = [words.cidr(net) for net in zone.addresses if not net.invert and net.bits != -1]
        yield f"\tdefine {name}_devices = {words.braced(zone.devices)}"
        yield f"\tdefine {name}_subnets = {words.braced(subnets)}"
        yield ""
    yield from ("", *_title("User includes"), f'\tinclude "{root.path("/etc/nftables.d")}/*.nft"')
    yield from includes.lines(state, "table-prepend")
    yield from ("", "")


def _helpers(state: State) -> Iterator[str]:
    found = [helper for helper in state.helpers if helper.available]
    if found:
        yield from _title("CT helper definitions")
        for helper in found:
            yield f"\tct helper {helper.name} {{"
            yield f'\t\ttype "{helper.name}" protocol {helper.protocol.name};'
            yield from ("\t}", "")
        yield ""


def _filter(state: State) -> Iterator[str]:
    yield from _title("Filter rules")
    yield from _hook(state, "input")
    yield from _hook(state, "forward")
    yield from _hook(state, "output")
    yield from ("\tchain prerouting {", "\t\ttype filter hook prerouting priority filter; policy accept;")
    for zone in state.zones:
        if "helper" in zone.to:
            yield from _helper_jumps(zone, loopback=False)
    yield from ("\t}", "")
    yield from _reject(state)
    yield from _syn_flood(state)
    for zone in state.zones:
        yield from _zone(state, zone)
    yield ""


def _hook(state: State, name: str) -> Iterator[str]:
    policy = state.defaults[name]
    yield f"\tchain {name} {{"
    yield f"\t\ttype filter hook {name} priority filter; policy {'drop' if policy == 'reject' else policy};"
    yield ""
    if name != "forward":
        match, way = ("iif", "from") if name == "input" else ("oif", "towards")
        yield from (f'\t\t{match} "lo" accept {words.comment(f"Accept traffic {way} loopback")}', "")
    yield from includes.lines(state, "chain-prepend", name)
    invalid = ", invalid : drop" if state.defaults.get("drop_invalid") else ""
    flows = words.comment(f"Handle {_FLOWS[name]} flows")
    yield f"\t\tct state vmap {{ established : accept, related : accept{invalid} }} {flows}"
    if name == "input" and _guards_syn(state):
        limited = words.comment("Rate limit TCP syn packets")
        yield f"\t\ttcp flags & (fin | syn | rst | ack) == syn jump syn_flood {limited}"
    yield from _rules(state, name)
    for zone in state.zones:
        for rule in zone.match_rules:
            if name == "output" and "helper" in zone.to:
                yield from _helper_jump(zone, rule, loopback=True)
            yield f"\t\t{text.jump(zone, rule, name)}"
    # the forward chain has the includes first, the others last
    end = [["\t\tjump handle_reject"] if policy == "reject" else [], includes.lines(state, "chain-append", name)]
    for lines in end if name == "input" else reversed(end):
        yield from lines
    yield from ("\t}", "")


def _rules(state: State, chain: str) -> Iterator[str]:
    return (f"\t\t{text.statement(rule)}" for rule in state.rules if rule.chain == chain)


def _helper_jumps(zone: Zone, *, loopback: bool) -> Iterator[str]:
    for rule in zone.match_rules:
        yield from _helper_jump(zone, rule, loopback=loopback)


def _helper_jump(zone: Zone, rule: MatchRule, *, loopback: bool) -> Iterator[str]:
    """Helpers are assigned where packets come in; for the router's own, where they go to the loopback device."""
    devices = [device for device in rule.devices if _is_loopback(device) == loopback]
    subnets = Addresses(
        [net for net in rule.subnets.pos if _is_local(net) == loopback],
        rule.subnets.neg,
        rule.subnets.gaps,
    )
    negative = not loopback and (rule.not_devices or rule.subnets.neg)
    if devices or subnets.pos or negative:
        yield f"\t\t{text.jump(zone, rule.restricted(devices, subnets), 'helper')}"


def _is_loopback(device: str) -> bool:
    try:
        with open(root.path(f"/sys/class/net/{device}/flags")) as flags:
            return bool(int(flags.read(), 16) & 8)
    except OSError:
        return False


def _is_local(net: nets.Net) -> bool:
    return words.cidr(net).startswith("127.") or words.cidr(net) == "::1"


def _reject(state: State) -> Iterator[str]:
    yield "\tchain handle_reject {"
    for match, option, title in (
        ("meta l4proto tcp reject", "tcp_reject_code", "Reject TCP traffic"),
        ("reject", "any_reject_code", "Reject any other traffic"),
    ):
        code = state.defaults[option]
        answer = "tcp reset" if code == "tcp-reset" else f"icmpx type {code}"
        yield f"\t\t{match} with {answer} {words.comment(title)}"
    yield from ("\t}", "")


def _guards_syn(state: State) -> bool:
    return bool(state.defaults.get("synflood_protect"))


def _syn_flood(state: State) -> Iterator[str]:
    if _guards_syn(state):
        burst = state.defaults["synflood_burst"]
        limit = f"limit rate {state.defaults['synflood_rate'].name}" + (f" burst {burst} packets" if burst else "")
        yield "\tchain syn_flood {"
        yield f"\t\t{limit} return {words.comment('Accept SYN packets below rate-limit')}"
        yield f"\t\tdrop {words.comment('Drop excess packets')}"
        yield from ("\t}", "")


def _zone(state: State, zone: Zone) -> Iterator[str]:
    yield from _chain(state, zone, "input", "port redirections", f"{zone.input}_from_{zone.name}")
    yield from _chain(state, zone, "output", "", f"{zone.output}_to_{zone.name}")
    yield from _chain(state, zone, "forward", "port forwards", f"{zone.forward}_to_{zone.name}")
    if "helper" in zone.to:
        yield from (f"\tchain helper_{zone.name} {{", *_rules(state, f"helper_{zone.name}"), "\t}", "")
    for does in _VERDICTS:
        if does in zone.out_of:
            yield f"\tchain {does}_from_{zone.name} {{"
            yield from (f"\t\t{text.verdict(zone, rule, does, False)}" for rule in zone.match_rules)
            yield from ("\t}", "")
        if does in zone.to:
            yield from _verdict_to(state, zone, does)


def _chain(state: State, zone: Zone, way: str, forwarded: str, end: str) -> Iterator[str]:
    name = f"{way}_{zone.name}"
    yield f"\tchain {name} {{"
    yield from includes.lines(state, "chain-prepend", name)
    yield from _rules(state, name)
    if forwarded and "dnat" in zone.to:
        yield f"\t\tct status dnat accept {words.comment(f'Accept {forwarded}')}"
    yield from includes.lines(state, "chain-append", name)
    yield f"\t\tjump {end}"
    policy = state.defaults["forward"]
    if way == "forward" and policy != "accept" and zone.log & 1:
        yield f'\t\tlog prefix "{policy} {zone.name} forward: "'
    yield from ("\t}", "")


def _verdict_to(state: State, zone: Zone, does: str) -> Iterator[str]:
    hides = does == "accept" and (zone.masq or zone.masq6) and not zone.masq_allow_invalid
    yield f"\tchain {does}_to_{zone.name} {{"
    for rule in zone.match_rules:
        if hides and not state.defaults.get("drop_invalid"):
            yield f"\t\t{text.drop_invalid(zone, rule)}"
        yield f"\t\t{text.verdict(zone, rule, does, True)}"
    yield from ("\t}", "")


def _nat(state: State) -> Iterator[str]:
    yield from _title("NAT rules")
    for name, hook, flag in (("dstnat", "prerouting", "dnat"), ("srcnat", "postrouting", "snat")):
        yield f"\tchain {name} {{"
        yield f"\t\ttype nat hook {hook} priority {name}; policy accept;"
        yield from includes.lines(state, "chain-prepend", name)
        yield from (
            f"\t\t{text.jump(zone, rule, name)}" for zone in state.zones if flag in zone.to for rule in zone.match_rules
        )
        yield from includes.lines(state, "chain-append", name)
        yield from ("\t}", "")
    for zone in state.zones:
        if "dnat" in zone.to:
            yield from _nat_chain(state, f"dstnat_{zone.name}", [])
        if "snat" in zone.to:
            yield from _nat_chain(state, f"srcnat_{zone.name}", list(_masquerades(zone)))
    yield ""


def _nat_chain(state: State, name: str, end: list[str]) -> Iterator[str]:
    yield f"\tchain {name} {{"
    yield from includes.lines(state, "chain-prepend", name)
    yield from (f"\t\t{text.statement(rule)}" for rule in state.redirects if rule.chain == name)
    yield from end
    yield from includes.lines(state, "chain-append", name)
    yield from ("\t}", "")


def _masquerades(zone: Zone) -> Iterator[str]:
    for family, wanted in ((nets.V4, zone.masq), (nets.V6, zone.masq6)):
        for sources in statements([net for net in zone.masq_src if net.family == family]) if wanted else ():
            for destinations in statements([net for net in zone.masq_dest if net.family == family]):
                yield f"\t\t{text.masquerade(zone, family, sources, destinations)}"


def _raw(state: State) -> Iterator[str]:
    yield from _title("Raw rules (notrack)")
    for name, hook in (("raw_prerouting", "prerouting"), ("raw_output", "output")):
        prepended = includes.lines(state, "chain-prepend", name) if name == "raw_output" else []
        yield from (f"\tchain {name} {{", f"\t\ttype filter hook {hook} priority raw; policy accept;", *prepended)
        yield from (*includes.lines(state, "chain-append", name), "\t}", "")
    yield ""


def _mangle(state: State) -> Iterator[str]:
    yield from _title("Mangle rules")
    for hook in ("prerouting", "postrouting", "input", "output", "forward"):
        name, kind = f"mangle_{hook}", "route" if hook == "output" else "filter"
        yield from (f"\tchain {name} {{", f"\t\ttype {kind} hook {hook} priority mangle; policy accept;")
        yield from includes.lines(state, "chain-prepend", name)
        if hook in ("postrouting", "forward"):
            yield from _clamps(state, egress=hook == "postrouting")
        yield from includes.lines(state, "chain-append", name)
        yield from ("\t}", *([] if hook == "forward" else [""]))


def _clamps(state: State, *, egress: bool) -> Iterator[str]:
    for zone in state.zones:
        if zone.mtu_fix:
            yield from (f"\t\t{text.clamp(zone, rule, egress)}" for rule in zone.match_rules)


def _tail(state: State) -> Iterator[str]:
    yield from includes.lines(state, "table-append")
    yield "}"
    yield from includes.lines(state, "ruleset-append")
