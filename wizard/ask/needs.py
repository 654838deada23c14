"""What the questions need to know from elsewhere. `wizard.journey` hands it in, since steps never import each other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Protocol

from wizard.model.answers import Answers, Client
from wizard.model.facts import RouterFacts
from wizard.model.secret import Secret


class Problem(Protocol):
    """What is wrong with an answer, and what to do instead."""

    @property
    def text(self) -> str:
        """Both, in words."""

    @property
    def fatal(self) -> bool:
        """False: a warning."""

    @property
    def about(self) -> str:
        """The key of the question it belongs to."""


class Addresses(Protocol):
    """Which addresses a router leaves free; `wizard.plan.addresses` is one."""

    def propose_server(self, facts: RouterFacts) -> IPv4Address:
        """The server's address to begin with."""

    def next_free(self, facts: RouterFacts, server: IPv4Address, taken: Collection[IPv4Address]) -> IPv4Address:
        """An address for one more client."""

    def server_problem(self, address: IPv4Address, facts: RouterFacts, clients: Sequence[Client]) -> Problem | None:
        """What is wrong with a server's address."""

    def client_problem(
        self, address: IPv4Address, facts: RouterFacts, server: IPv4Address, others: Collection[IPv4Address]
    ) -> Problem | None:
        """What is wrong with a client's address."""

    def lan_target_problem(self, target: IPv4Network, facts: RouterFacts) -> Problem | None:
        """What is wrong with a network that clients shall reach."""

    def uses_proxy_arp(self, facts: RouterFacts, clients: Sequence[Client]) -> bool:
        """The clients are in the LAN."""

    def problems(self, answers: Answers, facts: RouterFacts) -> Sequence[Problem]:
        """Everything that is wrong with answers."""


class Names(Protocol):
    """Which names and passwords can be; `wizard.plan.names` is one."""

    def name_problem(self, text: str) -> str | None:
        """What is wrong with a user name."""

    def password_problem(self, text: str) -> str | None:
        """What is wrong with a password."""

    def generate_password(self) -> Secret:
        """A new password."""
