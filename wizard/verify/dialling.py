"""The third rung: a whole call as a device makes it, and what goes through its tunnel."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Address
from random import SystemRandom

from wizard.model.report import Check, Verdict
from wizard.pptp import dns
from wizard.pptp.ppp.settings import ClientSettings
from wizard.pptp.session import Call
from wizard.pptp.transitions import Role
from wizard.verify.carrier import Carrier
from wizard.verify.course import Course, Stage
from wizard.verify.exchange import Exchange
from wizard.verify.through import HEADERS, Through

PPTP_PORT = 1723
CONNECT = 5.0
SILENCE = 10.0
"""Seconds without any progress after which a call counts as broken."""
FAREWELL = 0.3
"""Seconds for the far end to hear that it is over."""
ENCRYPTION = 4
"""Octets of a frame's room that MPPE takes: its count and what used to be the protocol field (RFC 3078 §3)."""
PINGS, PING_EVERY, LOSS_ALLOWED = 100, 0.02, 5

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is tried through the tunnel; words where something is not to be tried, and why."""

    lan: IPv4Address | str
    internet: IPv4Address | str
    name: str
    """What the name server is asked for."""
    taken: Mapping[IPv4Address, str] = field(default_factory=dict)
    """Addresses that no client may have, and who has them."""
    if_lan_is_silent: str = "forwarding-missing"
    """What is wrong then, by what is known of the router."""


def dial(
    address: str,
    settings: ClientSettings,
    wish: Wish,
    tell: Tell,
    open_carrier: Callable[[str], Carrier],
    port: int = PPTP_PORT,
) -> tuple[Check, ...]:
    """Call the server, log in, try the tunnel out, and hang up again, however that goes.

    `tell` hears what is waited for. Raises what `open_carrier` raises; whatever the far end does is a check.
    """
    course = Course()
    with open_carrier(address) as carrier:
        tell(Stage.PORT.value)
        try:
            connection = socket.create_connection((address, port), CONNECT)
        except OSError as error:
            course.breaks(f"{address}: {error.strerror or error}")
            return tuple(course.checks)
        course.passed(Stage.PORT)
        with connection:
            call = Call(Role.CLIENT, settings, now=time.monotonic(), random=SystemRandom())
            exchange = Exchange(call, connection, carrier)
            try:
                _climb(course, exchange, tell)
                through = tuple(_tried(course, exchange, wish, tell))
            finally:
                call.hang_up(time.monotonic())
                exchange.until(lambda: False, FAREWELL, course.hear)
    return (*course.checks, *through)


def _climb(course: Course, exchange: Exchange, tell: Tell) -> None:
    """Stage by stage, until the tunnel is whole, something breaks, or nothing comes for too long."""
    while stage := course.stage:
        tell(stage.value)
        came = len(course.checks)
        if not exchange.until(partial(_further, course, came, exchange), SILENCE, course.hear):
            _silent(course, exchange)


def _further(course: Course, came: int, exchange: Exchange) -> bool:
    """One more stage is behind us, or the call is broken. That packets come through is told by their number alone."""
    if course.stage is Stage.GRE and exchange.call.traffic.received:
        course.passed(Stage.GRE)
    return len(course.checks) > came


def _silent(course: Course, exchange: Exchange) -> None:
    """Nothing came: what the network said about it, if anything, and how much went out."""
    traffic = exchange.call.traffic
    said = exchange.carrier.next_rejection()
    if said and course.stage is Stage.GRE:
        course.breaks(said.reason.value, "gre-rejected")
    elif course.stage is Stage.GRE:
        course.breaks(f"{traffic.sent} packets went out, none came back within {SILENCE:g} s")
    else:
        course.breaks(f"no word for {SILENCE:g} s")


def _tried(course: Course, exchange: Exchange, wish: Wish, tell: Tell) -> Iterator[Check]:
    """What goes through the tunnel."""
    up = course.up
    if up is None:
        yield from (Check(name, Verdict.NOT_TRIED, "the call did not come so far") for name in _NAMES)
        return
    if holder := wish.taken.get(up.own):
        said = f"the client is given {up.own}, which is also that of {holder}"
        yield Check(_OWN, Verdict.BROKEN, said, "router", "address-clash")
        yield from (Check(name, Verdict.NOT_TRIED, "that address is somebody else's") for name in _NAMES)
        return
    through = Through(exchange, up.own, course.hear)
    server = up.peers
    tries: tuple[Callable[[], Check], ...] = (
        lambda: _server(through, server),
        lambda: _name(through, up.dns, wish.name),
        lambda: _far(through, _NAMES[2], wish.lan, wish.if_lan_is_silent),
        lambda: _far(through, _NAMES[3], wish.internet, "masquerade-missing"),
        lambda: _largest(through, server, course.mru - ENCRYPTION),
        lambda: _hundred(through, server),
    )
    for name, attempt in zip(_NAMES, tries, strict=True):
        tell(name)
        yield attempt()


_OWN = "the client's address is its own"
_NAMES = (
    "the server answers in the tunnel (ping)",
    "the name server answers",
    "a host of the LAN answers through the tunnel",
    "an Internet address answers through the tunnel",
    "packets of full size pass",
    "a hundred pings: loss and delay",
)


def _server(through: Through, server: IPv4Address | None) -> Check:
    if server is None:
        return Check(_NAMES[0], Verdict.NOT_TRIED, "it did not say its address")
    went = through.echoes(server, 3, every=0.2)
    if went.delays:
        return Check(_NAMES[0], Verdict.OK, f"{server} in {min(went.delays) * 1000:.1f} ms")
    return Check(_NAMES[0], Verdict.BROKEN, went.said or f"{server} does not answer", "router", "port-blocked")


def _name(through: Through, servers: tuple[IPv4Address, ...], name: str) -> Check:
    if not servers:
        return Check(_NAMES[1], Verdict.NOT_TRIED, "clients are told none, as was answered")
    said = through.name(servers[0], name)
    if isinstance(said, str):
        return Check(_NAMES[1], Verdict.BROKEN, said or f"{servers[0]} is silent", "router", "dns-refused")
    words = getattr(said.code, "words", f"code {said.code}")
    if said.code == dns.ResponseCode.REFUSED:
        return Check(_NAMES[1], Verdict.BROKEN, f"{servers[0]}: {words}", "router", "dns-refused")
    return Check(_NAMES[1], Verdict.OK, f"{servers[0]} says of {name}: {words}")


def _far(through: Through, name: str, to: IPv4Address | str, code: str) -> Check:
    if isinstance(to, str):
        return Check(name, Verdict.NOT_TRIED, to)
    went = through.echoes(to, 3, every=0.2)
    if went.delays:
        return Check(name, Verdict.OK, f"{to} in {min(went.delays) * 1000:.1f} ms")
    return Check(name, Verdict.BROKEN, went.said or f"{to} does not answer", "router", code)


def _largest(through: Through, server: IPv4Address | None, fits: int) -> Check:
    """Everything that the two ends agreed on has to pass, whole or in fragments of the packets outside."""
    if server is None:
        return Check(_NAMES[4], Verdict.NOT_TRIED, "the server did not say its address")
    sizes = sorted({fits, *(size for size in range(600, fits, 100))}, reverse=True)
    largest = through.largest(server, sizes)
    if largest == fits:
        return Check(_NAMES[4], Verdict.OK, f"{fits} bytes")
    said = (
        f"of {fits} bytes, none over {largest} comes through" if largest else f"none of {HEADERS + 572} bytes or more"
    )
    return Check(_NAMES[4], Verdict.BROKEN, said, "network", "mtu-too-large", data={"fits": fits, "largest": largest})


def _hundred(through: Through, server: IPv4Address | None) -> Check:
    if server is None:
        return Check(_NAMES[5], Verdict.NOT_TRIED, "the server did not say its address")
    went = through.echoes(server, PINGS, every=PING_EVERY)
    if not went.delays:
        return Check(_NAMES[5], Verdict.BROKEN, "none came back", "network", "link-lost")
    said = (
        f"{went.lost} lost, delay {min(went.delays) * 1000:.1f} to {max(went.delays) * 1000:.1f} ms, "
        f"{statistics.median(went.delays) * 1000:.1f} in the middle"
    )
    if went.lost > LOSS_ALLOWED:
        return Check(_NAMES[5], Verdict.BROKEN, said, "network", "link-lost")
    return Check(_NAMES[5], Verdict.OK, said)
