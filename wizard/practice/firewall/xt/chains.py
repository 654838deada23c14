"""The chains that fw3 makes: what they are called, and when each is there."""

from __future__ import annotations

from wizard.practice.firewall import nets
from wizard.practice.firewall.xt import age
from wizard.practice.firewall.xt.model import CUSTOM_CHAINS, DNAT, SNAT, SOURCE, SYN_FLOOD, TABLE, VERDICT, Flags, State
from wizard.practice.firewall.xt.table import Table

_BOTH, _V4 = (nets.V4, nets.V6), (nets.V4,)
_HOOKS = ("INPUT", "OUTPUT", "FORWARD", "PREROUTING", "POSTROUTING")

WAYS = (("input", "INPUT", "input"), ("output", "OUTPUT", "output"), ("forward", "FORWARD", "forwarding"))
"""Ways of a packet: its name in zones' chains, the built-in chain, its name in users' chains."""
NAT_WAYS = (("prerouting", "PREROUTING"), ("postrouting", "POSTROUTING"))

# family, table, flag that must be set, name with the zone's in place of the question mark
Spec = tuple[tuple[int, ...], str, int, str]

_ZONE: tuple[Spec, ...] = (
    *((_BOTH, "filter", 0, f"zone_?_{way}") for way in ("input", "output", "forward")),
    *((_BOTH, "filter", bit, f"zone_?_src_{verdict}") for verdict, bit in SOURCE.items()),
    *((_BOTH, "filter", bit, f"zone_?_dest_{verdict}") for verdict, bit in VERDICT.items()),
    (_V4, "nat", SNAT, "zone_?_postrouting"),
    (_V4, "nat", DNAT, "zone_?_prerouting"),
    *((_BOTH, "filter", CUSTOM_CHAINS, f"{way}_?_rule") for way in ("input", "output", "forwarding")),
    *((_V4, "nat", CUSTOM_CHAINS, f"{way}_?_rule") for way in ("prerouting", "postrouting")),
)

_DELEGATES: tuple[Spec, ...] = (*((_BOTH, "filter", 0, f"delegate_{way}") for way in ("input", "output", "forward")),)
_OLD_TAIL: tuple[Spec, ...] = (
    *((_V4, "nat", 0, f"delegate_{way}") for way in ("prerouting", "postrouting")),
    (_BOTH, "mangle", 0, "mssfix"),
    (_BOTH, "mangle", 0, "fwmark"),
)
_OWN: tuple[Spec, ...] = (
    (_BOTH, "filter", 0, "reject"),
    *((_BOTH, "filter", CUSTOM_CHAINS, f"{way}_rule") for way in ("input", "output", "forwarding")),
    (_BOTH, "filter", SYN_FLOOD, "syn_flood"),
    *((_V4, "nat", CUSTOM_CHAINS, f"{way}_rule") for way in ("prerouting", "postrouting")),
)


def hook(builtin: str, way: str) -> str:
    """Where rules for a way go: into the built-in chain, or into the one that fw3 had for itself."""
    return builtin if age.since(age.NO_DELEGATES) else f"delegate_{way}"


def own(table: Table, flags: Flags) -> list[tuple[int, str]]:
    """Flag and name of the chains that belong to no zone."""
    specs = _OWN if age.since(age.NO_DELEGATES) else (*_DELEGATES, *_OWN, *_OLD_TAIL)
    return _there(specs, table, flags, "")


def of_zone(table: Table, flags: Flags, name: str) -> list[tuple[int, str]]:
    """Flag and name of a zone's chains."""
    return _there(_ZONE, table, flags, name)


def take_away(table: Table, state: State, *, reload: bool) -> None:
    """Remove what an earlier run made. A reload keeps the users' chains, and drops every packet until it has filled."""
    bit = TABLE[table.name]
    if state.defaults.flags.has(bit, table.family):
        if table.name == "filter":
            for hook in ("INPUT", "OUTPUT", "FORWARD"):
                table.policy(hook, "DROP" if reload else "ACCEPT")
        for hook in _HOOKS if age.since(age.NO_DELEGATES) else ():
            table.delete_tagged(hook)
        _purge(table, own(table, state.defaults.flags), reload=reload)
        state.defaults.flags.drop(bit, table.family)
    for zone in state.zones:
        if zone.flags.has(bit, table.family):
            _purge(table, of_zone(table, zone.flags, zone.name), reload=reload)
            zone.flags.drop(bit, table.family)


def create(table: Table, chains: list[tuple[int, str]], *, reload: bool) -> None:
    """Make chains. On a reload fw3 up to 19.07 does not make the users' ones: they are thought to be there."""
    keeps = age.since(age.KEEPS_USED_CHAINS)
    for flag, name in chains:
        if keeps or not (reload and flag == CUSTOM_CHAINS):
            table.create(name, unless_there=reload and keeps)


def _purge(table: Table, chains: list[tuple[int, str]], *, reload: bool) -> None:
    if not age.since(age.KEEPS_USED_CHAINS):
        _purge_as_before(table, chains, reload=reload)
        return
    for flag, name in chains:
        if not (reload and flag == CUSTOM_CHAINS):
            table.flush(name)
    for _, name in chains:
        table.delete(name, if_unused=reload)


def _purge_as_before(table: Table, chains: list[tuple[int, str]], *, reload: bool) -> None:
    for flag, name in chains:
        if reload and flag == CUSTOM_CHAINS:
            continue
        table.flush(name)
        if not (reload and flag == 0):
            table.delete(name, if_unused=False)


def _there(specs: tuple[Spec, ...], table: Table, flags: Flags, zone: str) -> list[tuple[int, str]]:
    return [
        (flag, name.replace("?", zone))
        for families, where, flag, name in specs
        if table.family in families and where == table.name and flags.has(flag, table.family)
    ]
