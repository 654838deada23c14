"""A PPTP server that is there already, read back into the words of the questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from wizard.inspect.stock import Stock, is_generated, stock
from wizard.inspect.words import lines_of_words
from wizard.model import uci
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
from wizard.model.plan import PROVIDER, SAMPLE
from wizard.model.secret import Secret

OPTIONS, CONF, SECRETS = "/etc/ppp/options.pptpd", "/etc/pptpd.conf", "/etc/ppp/chap-secrets"
FALLBACK_SERVER = IPv4Address("172.16.1.1")
"""The server address of the HOWTO, for a set-up that names none."""

_SERVER = re.compile(r"(\d+\.\d+\.\d+\.\d+):")
_INTERNET = re.compile(r'-A pptp_wizard_reach (?:-o "\$WAN" -j ACCEPT|-j zone_\S+_ACCEPT)$', re.MULTILINE)
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


def read_back(
    files: Mapping[str, RouterFile], home: Lan, firewall_file: str, own_script: str = ""
) -> ExistingTunnel | None:
    """The tunnel that these files describe; None where no user could log in to one."""
    said = options(_content(files, OPTIONS))
    access = _our_access(files, home, firewall_file)
    kept = stock(files)
    if access is None and kept and kept.enabled and own_script not in files:
        return _from_uci(kept, said)
    users = [] if access is None and _left_in_ram(files, kept) else _users(files, said.provider)
    if not users or OPTIONS not in files:
        return None
    server = said.server or _localip(_content(files, CONF)) or FALLBACK_SERVER
    answers = Answers(
        Tunnel(server, _dns(said, server)),
        tuple(_clients([(entry.client, _fixed(entry)) for entry in users], server)),
        access or Access(),
        DaemonOptions(mtu=said.mtu, debug=said.debug),
    )
    passwords: dict[str, Secret] = {}
    for entry in users:  # pppd takes the first of equal matches
        passwords.setdefault(entry.client, entry.password)
    return ExistingTunnel(answers, passwords, said.provider, ours=access is not None)


def _left_in_ram(files: Mapping[str, RouterFile], kept: Stock | None) -> bool:
    """What the package's own service wrote before it was switched off: it is gone with the next start."""
    return kept is not None and SECRETS in files and is_generated(files[SECRETS].link)


def _users(files: Mapping[str, RouterFile], provider: str) -> list[SecretsEntry]:
    """Who may log in, less the sample."""
    found = entries(_content(files, SECRETS))
    return [each for each in found if each.lets_in(provider) and (each.client, each.password.reveal()) != SAMPLE]


def _from_uci(kept: Stock, said: Options) -> ExistingTunnel | None:
    """What the package's own service serves: whoever is in UCI, whatever else its secrets file has by now."""
    if not kept.logins:
        return None
    server = kept.server or FALLBACK_SERVER
    answers = Answers(
        Tunnel(server, _dns(said, server)),
        tuple(_clients([(login.name, login.address) for login in kept.logins], server, kept.first)),
        daemon=DaemonOptions(mtu=min(said.mtu, DEFAULT_MTU), debug=said.debug),
    )
    passwords: dict[str, Secret] = {}
    for login in kept.logins:
        passwords.setdefault(login.name, login.password)
    return ExistingTunnel(answers, passwords, said.provider, ours=False, in_uci=True)


def _our_access(files: Mapping[str, RouterFile], home: Lan, firewall_file: str) -> Access | None:
    """What our part of the firewall's file allows; None where there is no such part."""
    text = decode(_content(files, firewall_file))
    if firewall_file.startswith("/etc/config/"):
        ours = [section for section in uci.sections(text) if section.ours]
        return _access_of_sections(ours, home) if ours else None
    rules = block(text)
    return _access(rules, home) if rules else None


def _access_of_sections(ours: Sequence[uci.Section], home: Lan) -> Access:
    """Our sections of /etc/config/firewall, back in the words they were made from (`templates/files/firewall.uci`)."""
    names = {section.name.removeprefix(uci.OURS) for section in ours}
    hosts = uci.named(ours, f"{uci.OURS}hosts")
    networks = tuple(IPv4Network(word) for word in hosts.values("dest_ip")) if hosts else ()
    lan: LanAccess = "all" if "lan" in names or networks == (home.interface.network,) else networks or "none"
    return Access(
        lan=lan,
        from_lan="from_lan" in names,
        internet="internet" in names,
        between_clients="between" in names,
        router="all" if "router" in names else "dns",
    )


def _localip(conf: bytes) -> IPv4Address | None:
    """`localip` of pptpd.conf(5), where it is one address."""
    for line in decode(conf).splitlines():
        match line.split():
            case ["localip", value]:
                return _address(value)
    return None


def _content(files: Mapping[str, RouterFile], path: str) -> bytes:
    return files[path].content if path in files else b""


def _dns(said: Options, server: IPv4Address) -> Dns:
    if said.dns == (server,):
        return "router"
    return said.dns or "none"


def _clients(
    users: Sequence[tuple[str, IPv4Address | None]], server: IPv4Address, first: IPv4Address | None = None
) -> Iterator[Client]:
    """Each user once. One without a fixed address gets the next free one, since every client has to have one."""
    taken = {address for _, address in users} | {server}
    named: set[str] = set()
    for name, fixed in users:
        if name in named:
            continue
        named.add(name)
        address = fixed or _after(first or server, taken)
        taken.add(address)
        yield Client(name, address)


def _fixed(entry: SecretsEntry) -> IPv4Address | None:
    """The one address that the client gets, if there is just one."""
    return _address(entry.addresses[0]) if len(entry.addresses) == 1 else None


def _after(start: IPv4Address, taken: set[IPv4Address | None]) -> IPv4Address:
    address = start
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
        internet=bool(_INTERNET.search(rules)),
        between_clients="-A pptp_wizard_reach -o ppp+" in rules,
        router="all" if "-A pptp_wizard_router -j ACCEPT" in rules else "dns",
    )
