"""What differs between the side that dials and the side that answers."""

from __future__ import annotations

from random import Random

from wizard.pptp.ppp.chap import Authenticator, Peer
from wizard.pptp.ppp.ipcp import ClientAddresses, ServerAddresses
from wizard.pptp.ppp.lcp import Lcp
from wizard.pptp.ppp.settings import ClientSettings, ServerSettings, Settings


def lcp(settings: Settings, random: Random) -> Lcp:
    """What this side negotiates in LCP: a server demands a login, a client offers one."""
    match settings:
        case ClientSettings():
            return Lcp(random, settings.mru, offers=settings.offers)
        case ServerSettings():
            return Lcp(random, settings.mru, demands=settings.demands)


def login(settings: Settings, random: Random) -> Peer | Authenticator:
    """This side's part in the login."""
    match settings:
        case ClientSettings():
            return Peer(settings.name, settings.password, random, settings.limits)
        case ServerSettings():
            return Authenticator(settings.name, settings.accounts, random, settings.limits)


def addresses(settings: Settings, login: Peer | Authenticator | None) -> ClientAddresses | ServerAddresses:
    """This side's part in IPCP: a server knows the client's address from its account."""
    match settings:
        case ClientSettings():
            return ClientAddresses(settings.address)
        case ServerSettings():
            account = login.account if isinstance(login, Authenticator) else None
            peers = account.address if account else None
            return ServerAddresses(settings.address, peers, settings.dns, settings.nbns)
