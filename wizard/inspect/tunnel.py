"""A PPTP server that is there already, read back into the words of the questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from wizard.inspect.words import lines_of_words
from wizard.model.answers import (
    DEFAULT_MTU,
    Access,
    Answers,
    Client,
    DaemonOptions,
    Dns,
    LanAccess,
    Tunnel,
)
from wizard.model.facts import ExistingTunnel, Lan, RouterFile, SecretsEntry
from wizard.model.marked import block
from wizard.model.plan import PROVIDER
from wizard.model.secret import Secret

OPTIONS = "/etc/ppp/options.pptpd"
FALLBACK_SERVER = IPv4Address("172.16.1.1")
"""The server address of the HOWTO, for a set-up that names none."""

_SERVER = re.compile(r"(\d+\.\d+\.\d+\.\d+):")
_REACH = re.compile(r"^\s*iptables -A pptp_wizard_reach (.*) -j ACCEPT$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Options:
    """What `/etc/ppp/options.pptpd` says of the things that are asked for."""

    server: IPv4Address | None = None
    provider: str = PROVIDER
    dns: tuple[IPv4Address, ...] = ()
    mtu: int = DEFAULT_MTU
    debug: bool = False


def decode(content: bytes) -> str:
    """Bytes as text of the same length, whatever they are."""
    return content.decode("latin-1")


def entries(content: bytes) -> tuple[SecretsEntry, ...]:
    """The entries of a secrets file, as pppd reads it. Lines with fewer than three words let nobody in."""
    return tuple(
        SecretsEntry(
            line[0].text,
            line[1].text,
            Secret(line[2].text),
            tuple(word.text for word in line[3:]),
            span=(line[0].start, line[-1].end),
            secret_span=(line[2].start, line[2].end),
        )
        for line in lines_of_words(decode(content))
        if len(line) >= 3
    )


def options(content: bytes) -> Options:
    """What an options file says; the last word on a thing counts, as for pppd."""
    found = Options()
    dns: list[IPv4Address] = []
    for line in lines_of_words(decode(content)):
        words = [word.text for word in line]
        if address := _SERVER.fullmatch(words[0]):
            found = replace(found, server=_address(address[1]))
        elif words[0] == "debug":
            found = replace(found, debug=True)
        elif len(words) > 1:
            found = _option(found, words[0], words[1], dns)
    return replace(found, dns=tuple(dns))


def _option(found: Options, name: str, value: str, dns: list[IPv4Address]) -> Options:
    if name == "name":
        return replace(found, provider=value)
    if name == "mtu" and value.isdigit():
        return replace(found, mtu=int(value))
    if name == "ms-dns" and (address := _address(value)):
        dns.append(address)
    return found


def _address(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None


def read_back(files: Mapping[str, RouterFile], home: Lan, firewall_file: str) -> ExistingTunnel | None:
    """The tunnel that these files describe; None where no user could log in to one."""
    said = options(_content(files, OPTIONS))
    users = [entry for entry in entries(_content(files, "/etc/ppp/chap-secrets")) if entry.lets_in(said.provider)]
    if not users or OPTIONS not in files:
        return None
    rules = block(decode(_content(files, firewall_file)))
    server = said.server or FALLBACK_SERVER
    answers = Answers(
        Tunnel(server, _dns(said, server)),
        tuple(_clients(users, server)),
        _access(rules, home) if rules else Access(),
        DaemonOptions(mtu=said.mtu, debug=said.debug),
    )
    passwords: dict[str, Secret] = {}
    for entry in users:  # pppd takes the first of equal matches
        passwords.setdefault(entry.client, entry.password)
    return ExistingTunnel(answers, passwords, said.provider, ours=bool(rules))


def _content(files: Mapping[str, RouterFile], path: str) -> bytes:
    return files[path].content if path in files else b""


def _dns(said: Options, server: IPv4Address) -> Dns:
    if said.dns == (server,):
        return "router"
    return said.dns or "none"


def _clients(users: list[SecretsEntry], server: IPv4Address) -> Iterator[Client]:
    """Each user once. One without a fixed address gets the next free one, since every client has to have one."""
    taken = {_fixed(entry) for entry in users} | {server}
    named: set[str] = set()
    for entry in users:
        if entry.client in named:
            continue
        named.add(entry.client)
        address = _fixed(entry) or _after(server, taken)
        taken.add(address)
        yield Client(entry.client, address)


def _fixed(entry: SecretsEntry) -> IPv4Address | None:
    """The one address that the client gets, if there is just one."""
    return _address(entry.addresses[0]) if len(entry.addresses) == 1 else None


def _after(server: IPv4Address, taken: set[IPv4Address | None]) -> IPv4Address:
    address = server + 1
    while address in taken:
        address += 1
    return address


def _access(rules: str, home: Lan) -> Access:
    """The rules of our own block, back in the words they were made from."""
    reaches = [found.split() for found in _REACH.findall(rules)]
    networks = tuple(IPv4Network(words[3]) for words in reaches if words[1] == '"$LAN"')
    lan: LanAccess = "none" if not networks else "all" if networks == (home.interface.network,) else networks
    return Access(
        lan=lan,
        from_lan="-A pptp_wizard_deliver -i" in rules,
        internet='-A pptp_wizard_reach -o "$WAN" -j ACCEPT' in rules,
        between_clients="-A pptp_wizard_reach -o ppp+" in rules,
        router="all" if "-A pptp_wizard_router -j ACCEPT" in rules else "dns",
    )
