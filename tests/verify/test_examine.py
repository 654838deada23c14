"""The first rung: each thing that can be wrong on a router is named, and a router on which nothing is gets no blame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from tests.later import OPENWRT_24_10
from tests.samples import with_files
from wizard.model.examined import Examined, Traffic
from wizard.model.facts import Daemon, LiveCall, Neighbour, RouterFacts
from wizard.model.report import Verdict
from wizard.verify.examine import examine

OPTIONS = b"name pptp-server\nrequire-mppe-128\n"
SECRETS = b"anna pptp-server made-up-4-anna 172.16.1.2\nben pptp-server made-up-5-ben 172.16.1.3\n"
RUNS = Daemon("/etc/init.d/pptp-wizard", enabled=True, running=True, listening=True, program=True)
SEEN = Examined(
    options_code=0,
    options_said="",
    loaded=frozenset({"ppp_generic", "/dev/ppp"}),
    loadable=frozenset({"ppp_generic", "ppp_mppe"}),
    listener="pptpd",
    forwards=True,
    gateway=None,
    resolvers=(),
    traffic=Traffic(3, 1),
    logs=True,
)
Broken = tuple[RouterFacts, Examined]


def router(secrets: bytes = SECRETS, options: bytes = OPTIONS, local: bytes = b"172.16.1.1") -> RouterFacts:
    conf = b"localip " + local + b"\n"
    facts = with_files(OPENWRT_24_10, chap_secrets=secrets, options_pptpd=options, pptpd_conf=conf)
    return replace(facts, daemon=RUNS)


def codes(facts: RouterFacts, seen: Examined = SEEN, outside: str = "") -> list[str]:
    return [check.code for check in examine(facts, seen, outside) if check.verdict is Verdict.BROKEN]


def test_where_all_is_well_nothing_is_named() -> None:
    assert all(check.verdict is Verdict.OK for check in examine(router(), SEEN, ""))


def here(**changes: object) -> Callable[[], Broken]:
    return lambda: (router(), replace(SEEN, **changes))  # type: ignore[arg-type]  # fields by name


def daemon(**changes: bool) -> Callable[[], Broken]:
    return lambda: (replace(router(), daemon=replace(RUNS, **changes)), SEEN)  # type: ignore[arg-type]  # fields by name


def logins(text: bytes) -> Callable[[], Broken]:
    return lambda: (router(text), SEEN)


def neighbour(address: str) -> Callable[[], Broken]:
    seen = Neighbour(IPv4Address(address), "printer", "ARP table")
    return lambda: (replace(router(), neighbours=(seen,)), SEEN)


def full() -> RouterFacts:
    """Two calls may stand, and do."""
    conf = b"localip 172.16.1.1\nconnections 2\n"
    facts = with_files(router(), pptpd_conf=conf, chap_secrets=SECRETS, options_pptpd=OPTIONS)
    calls = tuple(LiveCall(f"ppp{number}", IPv4Address(f"172.16.1.{number + 2}")) for number in range(2))
    return replace(facts, daemon=RUNS, calls=calls)


CASES: dict[str, tuple[str, Callable[[], Broken]]] = {
    "not running": ("daemon-down", daemon(running=False, listening=False)),
    "deaf": ("daemon-down", daemon(listening=False)),
    "every place taken": ("no-free-slot", lambda: (full(), SEEN)),
    "not at boot": ("daemon-not-at-boot", daemon(enabled=False)),
    "somebody else on the port": ("port-taken", here(listener="accel-pppd")),
    "an unknown word": ("option-unknown", here(options_code=2, options_said="unrecognized option 'mppe'")),
    "an open quote": ("option-unknown", here(options_said="warning: quoted word runs to end of file")),
    "no PPP in the kernel": ("kernel-ppp-missing", here(loaded=frozenset({"nf_tables"}))),
    "no MPPE": ("mppe-missing", here(loadable=frozenset({"ppp_generic"}))),
    "another provider": ("provider-mismatch", logins(SECRETS.replace(b"pptp-server", b"elsewhere"))),
    "nobody at all": ("no-usable-secret", logins(b"# nobody\n")),
    "no address": ("secret-without-address", logins(b"anna pptp-server made-up-4-anna\n")),
    "any address": ("secret-without-address", logins(b"anna pptp-server made-up-4-anna *\n")),
    "two with one address": ("address-clash", logins(SECRETS.replace(b".3", b".2"))),
    "the router's own": ("address-clash", logins(SECRETS.replace(b"172.16.1.3", b"203.0.113.1"))),
    "the server's": ("address-clash", logins(SECRETS.replace(b"172.16.1.3", b"172.16.1.1"))),
    "a printer's": ("address-clash", neighbour("172.16.1.3")),
    "proxy ARP for nobody": ("proxyarp-impossible", lambda: (router(options=OPTIONS + b"proxyarp\n"), SEEN)),
    "a way through itself": (
        "route-loop",
        lambda: (router(local=b"203.0.113.1"), SEEN),
    ),
    "no rule for the port": ("port-blocked", here(traffic=Traffic(None, 1))),
    "no rule for GRE": ("gre-blocked-in", here(traffic=Traffic(1, None))),
    "no forwarding": ("forwarding-off", here(forwards=False)),
    "in the LAN without proxy ARP": ("proxyarp-impossible", logins(SECRETS.replace(b"172.16.1", b"192.168.1"))),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_named_and_nothing_else(name: str) -> None:
    code, broken = CASES[name]
    assert codes(*broken()) == [code]


def test_a_client_that_calls_now_is_no_stranger_at_its_own_address() -> None:
    own = Neighbour(IPv4Address("172.16.1.2"), "", "ARP table")
    call = LiveCall("ppp0", IPv4Address("172.16.1.2"))
    assert codes(replace(router(), neighbours=(own,), calls=(call,))) == []


def test_in_the_lan_with_proxy_arp_is_fine() -> None:
    facts = router(SECRETS.replace(b"172.16.1", b"192.168.1"), OPTIONS + b"proxyarp\n")
    assert codes(facts) == []


@pytest.mark.parametrize(
    ("outside", "verdict"),
    [("carrier-grade-nat", Verdict.BROKEN), ("modem-in-front", Verdict.NOT_TRIED), ("wan-down", Verdict.BROKEN)],
)
def test_an_address_that_nobody_outside_can_call(outside: str, verdict: Verdict) -> None:
    last = examine(router(), SEEN, outside)[-1]
    assert (last.verdict, last.code, last.who) == (verdict, outside, "network")
