"""The connection test, rung by rung: on the router, from here, the whole call, and from outside."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address

from wizard import resources, verify
from wizard.changes import change, refusal, trial
from wizard.diagnose import calls as diagnosis
from wizard.inspect import examined
from wizard.journey import rungs, watch
from wizard.journey.act import dialled
from wizard.journey.arrive import facts_of
from wizard.journey.hold import held
from wizard.journey.trip import Trip
from wizard.model.answers import Client
from wizard.model.errors import ExitCode, WizardError
from wizard.model.examined import Examined
from wizard.model.facts import ExistingTunnel, RouterFacts
from wizard.model.report import Check, Rung, Verdict
from wizard.model.secret import Secret
from wizard.plan import addresses, gate
from wizard.plan.build import plan
from wizard.pptp.ppp.settings import ClientSettings
from wizard.router import script
from wizard.router.session import Session

GUEST = "pptp-wizard-test"
"""Name of the user for the time of a test."""
HELD = 120
"""Seconds after which the router takes that user back by itself, at the latest."""
NAME = "openwrt.org"
"""What the name server is asked for. Any answer will do, also that it does not exist."""


def look(trip: Trip) -> Trip:
    """The router as it is, and what the test has to know beside."""
    assert trip.session
    with trip.screen.progress("Looking at the router"):
        facts = facts_of(trip.session, feeds=False)
        seen = examine(trip.session, facts)
    trip.screen.say(facts.release)
    return replace(trip, facts=facts, seen=seen)


def examine(session: Session, facts: RouterFacts) -> Examined:
    """The test's own look, in one round trip."""
    looking = script.render("examine", dialect=facts.dialect)
    return examined.examined(script.split(session.run(looking.text).out, looking.nonce))


def on_router(trip: Trip) -> Trip:
    """The first rung."""
    assert trip.facts and trip.seen
    outside = next((each.code for each in gate.findings(trip.facts) if each.code in verify.OUTSIDE), "")
    checks = (
        *verify.examine(trip.facts, trip.seen, outside),
        *_as_planned(trip.facts),
        *_let_in(trip.facts),
        *verify.ON_ROUTER,
    )
    return _climbed(trip, Rung("On the router", checks))


def _as_planned(facts: RouterFacts) -> Iterator[Check]:
    """Of a tunnel of ours it is known what the firewall should be."""
    tunnel = facts.tunnel
    if tunnel is None or not tunnel.ours:
        return
    try:
        left = change(plan(facts, tunnel.answers, tunnel.passwords), facts)
    except WizardError as error:
        said = resources.page(error.code, **error.data).headline
        yield Check("the tunnel's files can be read", Verdict.BROKEN, said, "router", error.code, data=error.data)
        return
    yield verify.firewall_stands(facts, left)


def _let_in(facts: RouterFacts) -> Iterator[Check]:
    """What the running rules come to for a call from the Internet, whoever wrote them."""
    for said, protocol, port, code in (
        ("TCP port 1723", "tcp", 1723, "port-blocked"),
        ("GRE", "gre", 0, "gre-blocked-in"),
    ):
        name = f"no rule turns {said} from the Internet away"
        rule = refusal(facts, protocol, port)
        if rule:
            words = f"{rule.target} in chain {rule.chain} comes first"
            yield Check(name, Verdict.BROKEN, words, "router", code)
        else:
            yield Check(name, Verdict.OK)


def from_here(trip: Trip) -> Trip:
    """The second rung: TCP, the control connection, a call that is hung up again. It needs no rights."""
    assert trip.session
    begun = _mark(trip.session)
    with trip.screen.progress("Calling the server, without logging in"):
        checks = verify.probe(_server(trip), trip.way.port())
    explained = (_explained(check, trip.session, begun) for check in checks)
    return _climbed(trip, Rung("From here", (*explained, *verify.FROM_HERE)))


def _server(trip: Trip) -> str:
    """The router's address on this connection; PPTP is for IPv4 alone (RFC 2637 §1)."""
    assert trip.session and trip.facts
    reached = ip_address(trip.session.peer_address.partition("%")[0])
    if isinstance(reached, IPv6Address):
        return str(reached.ipv4_mapped or trip.facts.lan.interface.ip)
    return str(reached)


def whole_call(trip: Trip) -> Trip:
    """The third rung: everything that a device does, and what goes through the tunnel then."""
    assert trip.session and trip.facts and trip.seen
    name = "The whole call, from here"
    tunnel = trip.facts.tunnel
    if tunnel is None:
        return _climbed(trip, Rung(name, (Check("a call", Verdict.NOT_TRIED, "no server with users is set up"),)))
    if missing := trip.way.missing_right():
        said = ". ".join((missing.right, *(f"To give it: {way}" for way in missing.ways)))
        return _climbed(trip, Rung(name, (Check("a call", Verdict.NOT_TRIED, said, "this computer"),)))
    with _caller(trip, tunnel) as (mine, client, password):
        checks = _dialled(mine, client, password)
    return _climbed(trip, Rung(name, (*checks, *verify.FROM_HERE)))


@contextmanager
def _caller(trip: Trip, tunnel: ExistingTunnel) -> Iterator[tuple[Trip, Client, Secret]]:
    """Whom to dial as: the client that was named, one that is not connected, or a user for the time of the test."""
    client = _free(trip, tunnel)
    if client:
        yield trip, client, tunnel.passwords[client.name]
        return
    assert trip.facts
    taken = {each.address for each in tunnel.answers.clients}
    guest = Client(GUEST, addresses.next_free(trip.facts, tunnel.answers.tunnel.server, taken))
    password = Secret(secrets.token_hex(12))
    more = replace(tunnel.answers, clients=(*tunnel.answers.clients, guest))
    planned = plan(trip.facts, more, {**tunnel.passwords, guest.name: password})
    with held(trip, trial.with_user(planned, trip.facts, guest.address), HELD) as mine:
        yield mine, guest, password


def _free(trip: Trip, tunnel: ExistingTunnel) -> Client | None:
    """Raises WizardError where the one that was named is not to be had."""
    assert trip.facts
    connected = {call.address for call in trip.facts.calls}
    known = [client for client in tunnel.answers.clients if client.name in tunnel.passwords]
    wanted = trip.options.client
    if wanted is not None:
        known = [client for client in known if client.name == wanted]
        if not known or known[0].address in connected:
            names = ", ".join(client.name for client in tunnel.answers.clients)
            raise WizardError("client-unfit", ExitCode.USAGE, name=wanted, connected=bool(known), names=names)
    return next((client for client in known if client.address not in connected), None)


def _dialled(trip: Trip, client: Client, password: Secret) -> tuple[Check, ...]:
    assert trip.session and trip.facts and trip.seen and trip.facts.tunnel
    access = trip.facts.tunnel.answers.access
    wish = verify.Wish(
        lan=_neighbour(trip, client.address) if access.lan != "none" else "clients may not reach it, as was answered",
        internet=_beyond(trip) if access.internet else "clients may not reach it, as was answered",
        name=NAME,
        taken=verify.taken(trip.facts, trip.facts.tunnel),
        if_lan_is_silent="proxyarp-impossible" if _nobody_answers(trip) else "forwarding-missing",
    )
    begun = _mark(trip.session)
    with trip.screen.progress(f"Calling as {client.name}") as progress:
        checks = verify.dial(
            _server(trip),
            ClientSettings(client.name, password.reveal()),
            wish,
            progress.update,
            trip.way.carrier,
            trip.way.port(),
        )
    return tuple(_explained(check, trip.session, begun) for check in checks)


def _nobody_answers(trip: Trip) -> bool:
    """The first rung found that nobody in the LAN knows the way to its clients."""
    return any(check.code == "proxyarp-impossible" for rung in trip.rungs for check in rung.checks)


def _neighbour(trip: Trip, own: IPv4Address) -> IPv4Address | str:
    """A host of the LAN to ping: the one that was named, or one that the router has spoken with lately."""
    assert trip.facts and trip.session
    if trip.options.reach:
        return trip.options.reach
    lan = trip.facts.lan.interface
    seen = [each.address for each in trip.facts.neighbours if each.source == "ARP table"]
    hosts = [address for address in seen if address in lan.network and address not in (lan.ip, own)]
    others = [address for address in hosts if str(address) != trip.session.own_address]
    return next(iter(others), "the router knows no host there now; name one with --reach")


def _beyond(trip: Trip) -> IPv4Address | str:
    assert trip.seen
    known = trip.options.beyond or trip.seen.gateway
    return known or "the router has no way to the Internet now"


def _mark(session: Session) -> str:
    """A line of ours in the router's log, behind which what is tried from now on will be."""
    begun = script.render("log", begin=True)
    session.run(begun.text)
    return begun.nonce


def _explained(check: Check, session: Session, nonce: str) -> Check:
    """What broke, in the router's own words where its log has some: it knows more than who is turned away."""
    if check.verdict is not Verdict.BROKEN or not check.code:
        return check
    reading = script.about(nonce, "log", begin=False)
    lines = session.run(reading.text).out.decode("utf-8", "replace").splitlines()
    found = diagnosis.cause(lines)
    if found.code == "none":
        return check
    return replace(check, code=found.code, page=found.page, who=found.who, detail=found.said or check.detail, data={})


def outside(trip: Trip) -> Trip:
    """The last rung, guided: a device dials in from somewhere else, and the router tells how far it comes."""
    wanted = trip.options.outside
    if wanted is None:
        wanted = not trip.unattended and not trip.options.json and trip.person.dial_from_outside()
    if not wanted:
        return trip
    assert trip.facts
    return _climbed(trip, watch.guided(trip, dialled(trip.facts)))


def tell(trip: Trip) -> Trip:
    """What it all comes to."""
    if trip.options.json:
        trip.screen.document(json.dumps(rungs.document(trip.rungs, str(trip.target)), indent=2))
    else:
        rungs.conclude(trip.rungs, trip.screen)
    return replace(trip, ended=rungs.code(trip.rungs))


def _climbed(trip: Trip, rung: Rung) -> Trip:
    rungs.show(rung, trip.screen)
    return replace(trip, rungs=(*trip.rungs, rung))
