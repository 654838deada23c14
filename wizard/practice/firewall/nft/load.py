"""From the configuration to everything that the ruleset is printed from."""

from __future__ import annotations

import sys

from wizard.practice import root
from wizard.practice.firewall.interfaces import networks
from wizard.practice.firewall.nft import includes, redirects, rules, values, zones
from wizard.practice.firewall.nft.options import REQUIRED, UNSUPPORTED, NotReproducedError, Option, parse
from wizard.practice.firewall.nft.state import Helper, State
from wizard.practice.uci.config import Package, Section, UciError, load

_HELPERS = "/usr/share/firewall4"
_POLICIES = ("input", "output", "forward")
_READERS = (
    ("zone", zones.zone),
    ("rule", rules.rule),
    ("forwarding", zones.forwarding),
    ("redirect", redirects.redirect),
    ("include", includes.include),
)


def read() -> State:
    """Everything, as it is now. A configuration that cannot be read counts as an empty one, without a word."""
    package = _package("firewall", None)
    found = networks()
    if found is None:
        sys.stderr.write("Unable to connect to ubus: Failed to connect to ubus\n")
    state = State(package, found or {})
    _read_helpers(state)
    _read_defaults(state)
    for beyond in ("ipset", "nat"):
        if any(section.type == beyond for section in state.sections):
            raise NotReproducedError(f"a section of type '{beyond}'")
    for kind, reader in _READERS:
        for section in state.sections:
            if section.type == kind:
                reader(state, section)
    includes.automatic(state)
    return state


def _package(name: str, folder: str | None) -> Package | None:
    try:
        return load(name, folder)
    except UciError:
        return None


def _read_helpers(state: State) -> None:
    package = _package("helpers", root.path(_HELPERS))
    for section in package.sections if package else ():
        options = parse(section, _HELPER_SPEC, state.notices)
        if options:
            state.helpers.append(Helper(options))


def _read_defaults(state: State) -> None:
    given = [section for section in state.sections if section.type == "defaults"]
    for section in given[:1] or [Section("defaults", "", True)]:
        options = parse(section, _DEFAULTS_SPEC, state.notices)
        if options is None:
            raise NotReproducedError("defaults with an invalid option")
        if options["flow_offloading"]:
            raise NotReproducedError("option 'flow_offloading' of the defaults")
        state.defaults = {**options, "synflood_protect": options.get("synflood_protect", options.get("syn_flood"))}
    for section in given[1:]:
        state.notices.about(section, ": ignoring duplicate defaults section")


_HELPER_SPEC = {
    "name": Option(values.string, None, REQUIRED),
    "description": Option(values.string),
    "module": Option(values.string),
    "family": Option(values.family),
    "proto": Option(values.protocol, many=True),
    "port": Option(values.port, invertible=False),
}

_DEFAULTS_SPEC = {
    **{name: Option(values.policy, "drop") for name in _POLICIES},
    "drop_invalid": Option(values.boolean),
    "tcp_reject_code": Option(values.reject_code, "tcp-reset"),
    "any_reject_code": Option(values.reject_code, "port-unreachable"),
    "syn_flood": Option(values.boolean),
    "synflood_protect": Option(values.boolean),
    "synflood_rate": Option(values.limit, "25/second"),
    "synflood_burst": Option(values.integer, "50"),
    "tcp_syncookies": Option(values.boolean, "1"),
    "tcp_ecn": Option(values.integer),
    "tcp_window_scaling": Option(values.boolean, "1"),
    "accept_redirects": Option(values.boolean),
    "accept_source_route": Option(values.boolean),
    "auto_helper": Option(values.boolean, "1"),
    "custom_chains": Option(values.boolean, None, UNSUPPORTED),
    "disable_ipv6": Option(values.boolean, None, UNSUPPORTED),
    "flow_offloading": Option(values.boolean, "0"),
    "flow_offloading_hw": Option(values.boolean, "0"),
    "auto_includes": Option(values.boolean, "1"),
}
