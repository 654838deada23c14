"""Answers on their way: what the questions begin with, and what each answer makes of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from itertools import chain, count

from wizard.ask.needs import Addresses
from wizard.model.answers import Access, Answers, Client, DaemonOptions, Dns, LanAccess, Tunnel
from wizard.model.facts import RouterFacts
from wizard.model.secret import Secret

FIRST_NAME = "vpnuser"


@dataclass(frozen=True, slots=True)
class Draft:
    """Every answer so far, and defaults for the rest."""

    devices: frozenset[str]
    answers: Answers
    passwords: Mapping[str, Secret]
    """By user name; a client without one gets a new one at the end. May hold names that are no clients now."""
    generated: frozenset[str]
    """Names whose password was made by the wizard, so that it has to be shown at the end."""
    hosts: tuple[IPv4Network, ...] = ()
    """The hosts that were named last for "some hosts", whatever is chosen now."""

    @property
    def server(self) -> IPv4Address:
        """The server's address in the tunnel."""
        return self.answers.tunnel.server

    @property
    def clients(self) -> tuple[Client, ...]:
        """The clients."""
        return self.answers.clients


def begin(
    facts: RouterFacts,
    start: Answers | None,
    passwords: Mapping[str, Secret],
    addresses: Addresses,
    *,
    devices: frozenset[str],
    generated: frozenset[str],
) -> Draft:
    """The draft to open with: `start`, else the tunnel that is there, else proposals.

    `passwords` win over the router's own.
    """
    answers = start or (facts.tunnel.answers if facts.tunnel else None) or _proposal(facts, addresses)
    if not answers.clients:
        answers = replace(answers, clients=propose_clients(facts, answers.tunnel.server, addresses))
    kept = facts.tunnel.passwords if facts.tunnel else {}
    hosts = answers.access.lan if isinstance(answers.access.lan, tuple) else ()
    return Draft(devices, answers, {**kept, **passwords}, generated, hosts)


def _proposal(facts: RouterFacts, addresses: Addresses) -> Answers:
    return Answers(Tunnel(addresses.propose_server(facts)), ())


def propose_clients(facts: RouterFacts, server: IPv4Address, addresses: Addresses) -> tuple[Client, ...]:
    """One complete client for this server."""
    return (Client(FIRST_NAME, addresses.next_free(facts, server, ())),)


def with_server(draft: Draft, server: IPv4Address, facts: RouterFacts, addresses: Addresses) -> Draft:
    """Another server's address; clients that are still the proposal and not on the router yet follow it."""
    answers = replace(draft.answers, tunnel=replace(draft.answers.tunnel, server=server))
    if is_proposal(draft, facts, addresses):
        answers = replace(answers, clients=propose_clients(facts, server, addresses))
    return replace(draft, answers=answers)


def is_proposal(draft: Draft, facts: RouterFacts, addresses: Addresses) -> bool:
    """The clients are what the wizard proposed for this server, on a router without a tunnel."""
    return facts.tunnel is None and draft.clients == propose_clients(facts, draft.server, addresses)


def with_reach(draft: Draft, reach: str, internet: bool = False) -> Draft:
    """Another answer to "What may they reach?"."""
    lan: LanAccess = "all" if reach.startswith("lan") else draft.hosts if reach == "some" else "none"
    access = replace(draft.answers.access, lan=lan, internet=internet or reach.endswith("internet"))
    return with_access(draft, access)


def reach_of(access: Access) -> str:
    """The entry of "What may they reach?" that stands for this access."""
    if isinstance(access.lan, tuple):
        return "some"
    if access.lan == "all":
        return "lan+internet" if access.internet else "lan"
    return "internet" if access.internet else "router"


def with_access(draft: Draft, access: Access) -> Draft:
    """Another access."""
    return replace(draft, answers=replace(draft.answers, access=access))


def with_daemon(draft: Draft, daemon: DaemonOptions) -> Draft:
    """Other options of the daemon."""
    return replace(draft, answers=replace(draft.answers, daemon=daemon))


def with_dns(draft: Draft, dns: Dns) -> Draft:
    """Other name servers."""
    return replace(draft, answers=replace(draft.answers, tunnel=replace(draft.answers.tunnel, dns=dns)))


def with_client(draft: Draft, client: Client, place: int | None = None) -> Draft:
    """One more client, or another one at `place`, which takes its password along under a new name."""
    if place is None:
        return _with_clients(draft, (*draft.clients, client))
    old = draft.clients[place].name
    clients = (*draft.clients[:place], client, *draft.clients[place + 1 :])
    passwords = dict(draft.passwords)
    if client.name != old and old in passwords:
        passwords[client.name] = passwords.pop(old)
    generated = frozenset(client.name if name == old else name for name in draft.generated)
    return replace(_with_clients(draft, clients), passwords=passwords, generated=generated)


def without_client(draft: Draft, place: int) -> Draft:
    """One client fewer. Its password stays known, should the name come back."""
    return _with_clients(draft, (*draft.clients[:place], *draft.clients[place + 1 :]))


def with_password(draft: Draft, name: str, password: Secret | None) -> Draft:
    """A password that was typed, or None for a new one at the end."""
    passwords = {other: each for other, each in draft.passwords.items() if other != name}
    if password is not None:
        passwords[name] = password
    return replace(draft, passwords=passwords, generated=draft.generated - {name})


def new_name(draft: Draft) -> str:
    """A user name that no client has."""
    taken = {client.name for client in draft.clients}
    names = chain([FIRST_NAME], (f"{FIRST_NAME}{number}" for number in count(2)))
    return next(name for name in names if name not in taken)


def describe_password(draft: Draft, name: str, facts: RouterFacts) -> str:
    """Where a client's password comes from; never the password."""
    password = draft.passwords.get(name)
    if password is None or name in draft.generated:
        return "new: shown at the end"
    if facts.tunnel and facts.tunnel.passwords.get(name) == password:
        return "kept"
    return "yours"


def _with_clients(draft: Draft, clients: tuple[Client, ...]) -> Draft:
    return replace(draft, answers=replace(draft.answers, clients=clients))
