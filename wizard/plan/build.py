"""Facts and answers become a plan. Pure, and the same for every generation of router."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network

from wizard.model.answers import Access, Answers, Dns
from wizard.model.facts import RouterFacts
from wizard.model.plan import Plan, Reach, Seat
from wizard.model.secret import Secret

SPARE_CALLS = 16
"""Calls beyond one per client, where pptpd counts them: every idle connection of a stranger takes one for a while."""


def plan(facts: RouterFacts, answers: Answers, passwords: Mapping[str, Secret]) -> Plan:
    """Decide everything that the answers leave open. Every client of `answers` must have a password in `passwords`."""
    home = facts.lan.interface.network
    return Plan(
        server=answers.tunnel.server,
        dns=_name_servers(answers.tunnel.dns, answers.tunnel.server),
        seats=tuple(Seat(client.name, client.address, passwords[client.name]) for client in answers.clients),
        proxy_arp=any(client.address in home for client in answers.clients),
        reach=_reach(answers.access, home),
        connections=len(answers.clients) + SPARE_CALLS,
        mtu=answers.daemon.mtu,
        debug=answers.daemon.debug,
    )


def _name_servers(dns: Dns, server: IPv4Address) -> tuple[IPv4Address, ...]:
    if dns == "router":
        return (server,)
    return () if dns == "none" else tuple(dict.fromkeys(dns))


def _reach(access: Access, home: IPv4Network) -> Reach:
    lan = (home,) if access.lan == "all" else () if access.lan == "none" else tuple(dict.fromkeys(access.lan))
    return Reach(lan, access.from_lan, access.internet, access.between_clients, access.router)
