"""Stands in for pptpd and the pppd that it starts: `pptpd [--fg] -c CONF -o OPTIONS`, for one call at a time.

It reads pptpd.conf(5) at its start, options and chap-secrets at each call as pppd does, speaks the whole protocol
(`wizard.pptp`) on a loopback port, with GRE within UDP, and writes into the router's log what the real ones write.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from ipaddress import AddressValueError, IPv4Address

from wizard.pptp.ppp.events import AddressesUp, EncryptionUp, LoggedIn
from wizard.pptp.ppp.settings import Account, Encryption, ServerSettings
from wizard.pptp.session import Accepted, Ended, Event
from wizard.practice import applets, pppd, root
from wizard.practice.kernel import links, processes, state
from wizard.practice.pptp import PptpServer
from wizard.verify.carrier import LoopbackCarrier

PORT = 1723
PORTS = "/lib/practice/ports"
"""Where the loopback ports stand that take the place of TCP 1723 and of GRE: `tcp NUMBER` and `udp NUMBER`."""
NEIGHBOURS = (IPv4Address("192.168.1.20"), IPv4Address("203.0.113.254"), IPv4Address("198.51.100.10"))
"""Who answers beyond the server: a host of the LAN, the router's gateway, a host on the Internet."""
_DAEMON_INFO, _DAEMON_NOTICE, _DAEMON_ERROR = 30, 29, 27


class Daemon:
    """pptpd with its configuration."""

    def __init__(self, conf: str, options: str) -> None:
        self._conf = _settings(conf)
        self._options = options or self._conf.get("option", "")

    def settings(self) -> ServerSettings:
        """What pppd makes of its files for the call that begins now. With none that can log in nobody gets in."""
        options = pppd.Options(pppd.dialect())
        try:
            options.read(pppd.COMMON, root.path(pppd.COMMON))
            options.read(self._options, root.path(self._options))
        except pppd.RefusedError as error:
            _log(_DAEMON_ERROR, "pppd", str(error))
        local = options.local or self._conf.get("localip", "").partition("-")[0] or "192.168.0.1"
        name = options.values.get("name", "OpenWrt")
        wants = options.last("require-mppe-128", "require-mppe", "mppe", "nomppe")
        return ServerSettings(
            accounts=dict(_accounts(name)),
            address=IPv4Address(local),
            dns=tuple(IPv4Address(address) for address in options.dns[:2]),
            mru=int(options.values.get("mru", "1500"), 0),
            encryption=Encryption.REFUSED if wants in ("nomppe", "") else Encryption.REQUIRED,
            name=name,
        )

    def tell(self, peer: str, event: Event | None) -> None:
        """What happens to the call from there, as the log has it."""
        match event:
            case None:
                _log(_DAEMON_INFO, "pptpd", f"CTRL: Client {peer} control connection started")
            case Accepted():
                _log(_DAEMON_INFO, "pptpd", "CTRL: Starting call (launching pppd, opening GRE)")
                _log(_DAEMON_NOTICE, "pppd", f"pppd {pppd.VERSIONS[pppd.dialect()]} started by root, uid 0")
                _log(_DAEMON_INFO, "pppd", "Using interface ppp0")
                _log(_DAEMON_NOTICE, "pppd", "Connect: ppp0 <--> /dev/pts/0")
            case LoggedIn():
                _log(_DAEMON_NOTICE, "pppd", f"peer from calling number {peer} authorized")
            case EncryptionUp():
                _log(_DAEMON_NOTICE, "pppd", "MPPE 128-bit stateless compression enabled")
            case AddressesUp(own, peers):
                _log(_DAEMON_NOTICE, "pppd", f"local  IP address {own}")
                _log(_DAEMON_NOTICE, "pppd", f"remote IP address {peers}")
                _hold(str(own), str(peers))
            case Ended():
                _let_go()
                _log(_DAEMON_INFO, "pppd", "Exit.")
                _log(_DAEMON_INFO, "pptpd", f"CTRL: Client {peer} control connection finished")
            case _:
                return


def _hold(own: str, peer: str) -> None:
    links.add("ppp0", links.POINT_TO_POINT, "")
    links.change("ppp0", up=True, addresses=[own], peer=peer)
    state.write("/var/run/ppp0.pid", f"{os.getpid()}\n")


def _let_go() -> None:
    links.remove("ppp0")
    if os.path.exists(root.path("/var/run/ppp0.pid")):
        os.unlink(root.path("/var/run/ppp0.pid"))


def _settings(path: str) -> dict[str, str]:
    """pptpd.conf: a word and its value on each line, the last one counts."""
    with open(root.path(path), encoding="utf-8") as file:
        lines = (line.split("#")[0].split() for line in file)
        return {words[0]: " ".join(words[1:]) for words in lines if words}


def _accounts(server: str) -> list[tuple[str, Account]]:
    """Whoever may log in to that server, each with a fixed address; the first of several lines counts."""
    found: dict[str, Account] = {}
    for client, names, password, *addresses in pppd.secrets():
        address = _address(addresses)
        if names in (server, "*") and address and client not in found:
            found[client] = Account(password, address)
    return list(found.items())


def _address(words: list[str]) -> IPv4Address | None:
    try:
        return IPv4Address(words[0]) if words else None
    except AddressValueError:
        return None


def _log(priority: int, program: str, text: str) -> None:
    try:
        applets.log(priority, f"{program}[{os.getpid()}]: {text}")
    except OSError:
        return  # nobody keeps a log


def main(argv: list[str]) -> int:
    """Serve until SIGTERM. 1 where the configuration cannot be read or the port is taken."""
    conf = argv[argv.index("-c") + 1] if "-c" in argv[:-1] else "/etc/pptpd.conf"
    options = argv[argv.index("-o") + 1] if "-o" in argv[:-1] else ""
    try:
        daemon = Daemon(conf, options)
    except OSError as error:
        sys.stderr.write(f"pptpd: cannot read {conf}: {error.strerror}\n")
        return 1
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: ending.set())
    probe = LoopbackCarrier()
    port = probe.port
    probe.close()
    server = PptpServer(daemon.settings, lambda _: LoopbackCarrier(port=port), neighbours=NEIGHBOURS, tell=daemon.tell)
    processes.register(["/usr/sbin/pptpd", *argv])
    processes.listen(PORT, os.getpid())
    state.write(PORTS, f"tcp {server.port}\nudp {port}\n")
    try:
        ending.wait()
    finally:
        processes.unlisten()
        processes.leave()
        _let_go()
        server.close()
    return 0
