"""The first rung of the connection test: what can be told on the router alone, without a call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address

from wizard.model.examined import Examined
from wizard.model.facts import ExistingTunnel, RouterFacts
from wizard.model.report import Check, Verdict

OPTIONS = "/etc/ppp/options.pptpd"
SECRETS = "/etc/ppp/chap-secrets"
CONF = "/etc/pptpd.conf"
ACCEPTED = (0, 1, 4)
"""What `pppd dryrun` says to options that are fine: 1 while a secret is missing, 4 before the module is loaded."""
OPEN_QUOTE = "quoted word runs to end of file"
MPPE_MODULES = ("ppp_mppe", "ppp_mppe_mppc")
_CONNECTIONS = re.compile(rb"^[ \t]*connections[ \t]+(\d+)", re.MULTILINE)
_NAME = re.compile(rb"""^[ \t]*name[ \t]+["']?([^"'\s]+)""", re.MULTILINE)
OUTSIDE = {
    "carrier-grade-nat": "{} is shared among many customers (carrier-grade NAT): nobody can call it from outside",
    "modem-in-front": "{} is a private address: another router or modem stands in front",
    "wan-down": "it has no address now",
    "no-ipv4": "it has no IPv4 address",
}
"""How the router's address on the Internet stands, by the finding that `plan.gate` has about it."""


def examine(facts: RouterFacts, seen: Examined, outside: str) -> tuple[Check, ...]:
    """Everything that this look can judge. `outside`: the key in `OUTSIDE` that applies, "" for a public address."""
    return (
        _daemon(facts, seen),
        _boot(facts),
        *_places(facts),
        _options(seen),
        _modules(seen),
        *_clients(facts),
        _rules(seen),
        _forwarding(seen),
        *_proxy_arp(facts),
        _address(facts, outside),
    )


def _daemon(facts: RouterFacts, seen: Examined) -> Check:
    name = "the PPTP server waits for calls (TCP 1723)"
    daemon, other = facts.daemon, seen.listener
    if other and other != "pptpd":
        return _broken(name, f"another program has the port: {other}", "port-taken", program=other)
    if not daemon.program:
        return _broken(name, "pptpd is not installed", "daemon-down")
    if not daemon.running:
        return _broken(name, "pptpd does not run", "daemon-down")
    return _ok(name) if daemon.listening else _broken(name, "pptpd runs and does not listen", "daemon-down")


def _boot(facts: RouterFacts) -> Check:
    name = "the PPTP server starts by itself after a reboot"
    return _ok(name) if facts.daemon.enabled else _broken(name, "nothing starts it", "daemon-not-at-boot")


def _places(facts: RouterFacts) -> Iterator[Check]:
    """pptpd answers nobody while all its places are taken (pptpd.conf(5), `connections`)."""
    conf = facts.files.get(CONF)
    found = _CONNECTIONS.search(conf.content) if conf else None
    if found is None or facts.dialect.pppd_gives_addresses:
        return
    name, places = "there is a place for one more call", int(found[1])
    said = f"{len(facts.calls)} of {places} are taken"
    full = len(facts.calls) >= places
    yield _broken(name, said, "no-free-slot") if full else Check(name, Verdict.OK, said)


def _options(seen: Examined) -> Check:
    name = f"pppd accepts the options of calls ({OPTIONS})"
    if seen.options_code is None:
        return _broken(name, "pppd is not installed", "daemon-down")
    said = " / ".join(seen.options_said.splitlines()[:2])
    if seen.options_code not in ACCEPTED or OPEN_QUOTE in seen.options_said:
        return _broken(name, said or f"pppd ended with code {seen.options_code}", "option-unknown", said=said)
    return _ok(name)


def _modules(seen: Examined) -> Check:
    """Built into the kernel they are in no list; then `/dev/ppp` alone tells of the first, and a call of the second."""
    name = "the kernel has what calls need (PPP, MPPE)"
    if "/dev/ppp" not in seen.loaded:
        return _broken(name, "there is no /dev/ppp", "kernel-ppp-missing")
    known = seen.loaded | seen.loadable
    if any(module.startswith("ppp") for module in known) and not known.intersection(MPPE_MODULES):
        return _broken(name, "there is no module for the encryption (MPPE)", "mppe-missing")
    return _ok(name)


def _clients(facts: RouterFacts) -> Iterator[Check]:
    name = f"clients can log in, each with an address of its own ({SECRETS})"
    if SECRETS not in facts.files:
        yield _broken(name, "the file is not there", "no-usable-secret")
    else:
        yield _logins(name, facts)
    if facts.tunnel:
        yield _server(facts, facts.tunnel)
        yield _addresses(facts, facts.tunnel)


def _provider(facts: RouterFacts) -> str:
    """What the server calls itself to its pppd, which the second column of the secrets has to say (pppd(8))."""
    options = facts.files.get(OPTIONS)
    found = _NAME.search(options.content) if options else None
    return found[1].decode("utf-8", "replace") if found else ""


def _logins(name: str, facts: RouterFacts) -> Check:
    provider = facts.tunnel.provider if facts.tunnel else _provider(facts)
    ours = [entry for entry in facts.secrets if entry.lets_in(provider)]
    if not ours:
        others = sorted({entry.server for entry in facts.secrets})
        said = f"no entry is for the server {provider}" + (f", only for {', '.join(others)}" if others else "")
        code = "provider-mismatch" if others else "no-usable-secret"
        return _broken(name, said, code, provider=provider, found=", ".join(others))
    without = [entry.client for entry in ours if not any(map(_is_address, entry.addresses))]
    if without:
        return _broken(name, f"no fixed address for {', '.join(without)}", "secret-without-address", name=without[0])
    return Check(name, Verdict.OK, ", ".join(entry.client for entry in ours))


def _is_address(text: str) -> bool:
    return text not in ("*", "-") and not text.startswith("!")


def _server(facts: RouterFacts, tunnel: ExistingTunnel) -> Check:
    """What is dialled is not what the tunnel leads to, or each packet would be packed up again and again."""
    name, wan = "the way to the server does not lead through the tunnel itself", facts.wan.interface
    said = f"{tunnel.answers.tunnel.server} is the address that is dialled and the server's in the tunnel"
    loops = wan is not None and wan.ip == tunnel.answers.tunnel.server
    return _broken(name, said, "route-loop") if loops else _ok(name)


def taken(facts: RouterFacts, tunnel: ExistingTunnel) -> dict[IPv4Address, str]:
    """Addresses that no client may have, and who has them. What a client has itself, as it calls now, is its own."""
    own = {"the router in the LAN": facts.lan.interface.ip, "the tunnel's server": tunnel.answers.tunnel.server}
    if facts.wan.interface:
        own["the router in the Internet"] = facts.wan.interface.ip
    calling = {call.address for call in facts.calls}
    seen: dict[IPv4Address, str] = {address: who for who, address in own.items()}
    for neighbour in facts.neighbours:
        if neighbour.address not in calling:
            seen.setdefault(neighbour.address, f"{neighbour.name or 'a host'} ({neighbour.source})")
    return seen


def _addresses(facts: RouterFacts, tunnel: ExistingTunnel) -> Check:
    """Nobody else has what clients are given, and each has one of its own."""
    name = "the clients' addresses are free"
    seen = taken(facts, tunnel)
    for client in tunnel.answers.clients:
        if client.address in seen:
            said = f"{client.name} is given {client.address}, which is also that of {seen[client.address]}"
            return _broken(name, said, "address-clash", name=client.name, address=client.address)
        seen[client.address] = client.name
    return _ok(name)


def _rules(seen: Examined) -> Check:
    name = "the firewall lets calls in (TCP 1723 and GRE)"
    port, gre = seen.traffic.port, seen.traffic.gre
    if port is None:
        return _broken(name, "no rule lets TCP port 1723 in", "port-blocked")
    if gre is None:
        return _broken(name, "no rule lets GRE (IP protocol 47) in", "gre-blocked-in")
    return Check(name, Verdict.OK, f"counted so far: {port} on TCP 1723, {gre} GRE")


def _forwarding(seen: Examined) -> Check:
    name = "the router passes packets on (ip_forward)"
    return _ok(name) if seen.forwards else _broken(name, "it is switched off", "forwarding-off")


def _proxy_arp(facts: RouterFacts) -> Iterator[Check]:
    """Where clients' addresses are in the LAN, and only there, somebody has to answer for them."""
    tunnel, network = facts.tunnel, facts.lan.interface.network
    clients = tunnel.answers.clients if tunnel else ()
    inside = [client for client in clients if client.address in network]
    name = "the router answers for its clients in the LAN (proxy ARP)"
    answers = _says_proxy_arp(facts)
    if inside and not answers:
        said = f"{inside[0].name} has an address of the LAN, and {OPTIONS} does not say proxyarp"
        yield _broken(name, said, "proxyarp-impossible", name=inside[0].name)
    elif clients and answers and not inside:
        said = f"{OPTIONS} says proxyarp, and no client has an address of the LAN"
        yield _broken(name, said, "proxyarp-impossible", name=clients[0].name)
    elif inside:
        yield _ok(name)


def _says_proxy_arp(facts: RouterFacts) -> bool:
    """The last of the two words counts (pppd(8))."""
    options = facts.files.get(OPTIONS)
    words = [line.split(b"#")[0].strip() for line in options.content.splitlines()] if options else []
    return [word for word in words if word in (b"proxyarp", b"noproxyarp")][-1:] == [b"proxyarp"]


def _address(facts: RouterFacts, outside: str) -> Check:
    """Whether somebody far away could reach it: a modem in front may still pass calls on, so that is no verdict."""
    name = "the router can be called from the Internet"
    wan = facts.wan.interface
    if outside:
        verdict = Verdict.NOT_TRIED if outside == "modem-in-front" else Verdict.BROKEN
        said = OUTSIDE[outside].format(wan.ip if wan else "")
        return Check(name, verdict, said, "network", outside, data={"wan_address": wan.ip if wan else ""})
    return Check(name, Verdict.OK, f"{wan.ip} is a public address" if wan else "")


def _ok(name: str) -> Check:
    return Check(name, Verdict.OK)


def _broken(name: str, said: str, code: str, /, **data: object) -> Check:
    return Check(name, Verdict.BROKEN, said, "router", code, data=data)
