"""A PPP link without I/O, for the side that dials and the side that answers (RFC 1661 §3).

    link = Link(Role.CLIENT, ClientSettings("alice", password), now=clock(), random=Random())
    link.start(clock())
    for frame in link.frames_to_send():
        tunnel.send(frame)
    link.receive(frame, clock())
    while event := link.next_event():
        …

Times are seconds on any clock that never goes back. `deadline` says when `tick` has something to do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from enum import Enum
from random import Random

from wizard.pptp.errors import Fault, LocalProtocolError
from wizard.pptp.mppe import Keys
from wizard.pptp.ppp import roles
from wizard.pptp.ppp.automaton import LONGEST_REJECTED, Automaton
from wizard.pptp.ppp.chap import Authenticator, Peer
from wizard.pptp.ppp.events import (
    Authentication,
    Event,
    GaveUp,
    LinkUp,
    LoggedIn,
    LoopedBack,
    PeerHungUp,
    Why,
)
from wizard.pptp.ppp.frames import Frame, Protocol
from wizard.pptp.ppp.lcp import LcpOption
from wizard.pptp.ppp.network import Network
from wizard.pptp.ppp.output import HangUp, Output, ProtocolRejected, Signal, Unknown
from wizard.pptp.ppp.packets import Packet, PacketCode
from wizard.pptp.ppp.settings import ServerSettings, Settings
from wizard.pptp.transitions import Role


class Phase(Enum):
    """Where a link stands (RFC 1661 §3.2)."""

    DEAD = "Link Dead"
    ESTABLISH = "Link Establishment"
    AUTHENTICATE = "Authentication"
    NETWORK = "Network-Layer Protocol"
    TERMINATE = "Link Termination"


class Link:
    """One link, seen from one side. A malformed frame raises, and the link goes on as if it had not come."""

    def __init__(self, role: Role, settings: Settings, *, now: float, random: Random) -> None:
        if isinstance(settings, ServerSettings) is not (role is Role.SERVER):
            raise LocalProtocolError(Fault.VALUE, f"{type(settings).__name__} for the {role.name.lower()}")
        self.role = role
        self.phase = Phase.DEAD
        self._settings = settings
        self._random = random
        self._now = now
        self._lcp = Automaton(Protocol.LCP, roles.lcp(settings, random), settings.limits)
        self._login: Peer | Authenticator | None = None
        self._network: Network | None = None
        self._events: deque[Event] = deque()
        self._frames: list[bytes] = []

    def start(self, now: float) -> None:
        """Begin: the call stands, and frames can be carried."""
        self._now = now
        self.phase = Phase.ESTABLISH
        self._follow(self._lcp.open(now))
        self._follow(self._lcp.up(now))

    def receive(self, frame: bytes, now: float) -> None:
        """Take in a frame; `RemoteProtocolError` where it is malformed."""
        self._now = now
        if self.phase is not Phase.DEAD:
            self._follow(self._heard(Frame.decode(frame)))

    def tick(self, now: float) -> None:
        """Let time pass."""
        self._now = now
        self._follow(self._lcp.tick(now))
        if self._login:
            self._follow(self._login.tick(now))
        if self._network:
            self._follow(self._network.tick(now))

    @property
    def deadline(self) -> float | None:
        """When `tick` is due at the latest, None for never."""
        parts = (self._lcp, self._login, self._network)
        due = (part.deadline for part in parts if part is not None)
        return min((time for time in due if time is not None), default=None)

    def frames_to_send(self) -> list[bytes]:
        """The frames that are due, once each."""
        frames, self._frames = self._frames, []
        return frames

    def next_event(self) -> Event | None:
        """What happened, in order."""
        return self._events.popleft() if self._events else None

    def send_ip(self, packet: bytes) -> None:
        """Send an IPv4 packet. Its length is the caller's affair: `LinkUp.mru` says what the far end takes.

        `LocalProtocolError` while no address is agreed on. Where encryption is required and negotiated just now, the
        packet is lost.
        """
        if self._network is None:
            raise LocalProtocolError(Fault.OUT_OF_TURN, f"an IP packet in phase: {self.phase.value}")
        if frame := self._network.send(packet):
            self._send(frame)

    def send_echo(self, now: float) -> int:
        """Ask the far end whether it is there; an `EchoAnswered` with the identifier that is returned says yes.

        `LocalProtocolError` while LCP is not agreed on.
        """
        self._now = now
        if not self._lcp.is_open:
            raise LocalProtocolError(Fault.OUT_OF_TURN, f"an Echo-Request in phase: {self.phase.value}")
        identifier = self._lcp.next_identifier()
        self._send_lcp(self._lcp.rules.echo_request(identifier))
        return identifier

    def hang_up(self, now: float, reason: str = "") -> None:
        """End the link, and tell the far end why. In the end the phase is `DEAD`."""
        self._now = now
        self._end(reason)

    def _heard(self, frame: Frame) -> list[Output]:
        if frame.protocol == Protocol.LCP:
            return self._lcp.receive(Packet.decode(frame.information), self._now)
        if frame.protocol == Protocol.CHAP and self._login:
            return self._login.receive(Packet.decode(frame.information), self._now)
        # RFC 1661 §3.4, §3.5: before the login is through, all the rest is silently discarded
        return self._network.receive(frame, self._now) if self._network else []

    def _follow(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            match output:
                case Frame():
                    self._send(output)
                case Signal():
                    self._follow_lcps(output)
                case HangUp(reason):
                    self._end(reason)
                case Unknown(frame):
                    self._reject(frame)
                case ProtocolRejected(protocol):
                    self._rejected(protocol)
                case LoggedIn():
                    self._logged_in(output)
                case _:
                    self._tell(output)

    def _tell(self, event: Event) -> None:
        self._events.append(event)
        match event:
            case LoopedBack():
                self._end("Loopback detected")
            case GaveUp(Protocol.LCP) | PeerHungUp(_, Protocol.LCP):
                self._end("")

    def _follow_lcps(self, signal: Signal) -> None:
        match signal:
            case Signal.UP:
                self._established()
            case Signal.DOWN:
                self._login = self._network = None
                if self.phase is not Phase.TERMINATE:
                    self.phase = Phase.ESTABLISH
            case Signal.FINISHED:
                self.phase = Phase.DEAD

    def _established(self) -> None:
        rules = self._lcp.rules
        self._events.append(LinkUp(rules.peers_mru, rules.login))
        if rules.demands and rules.login is not Authentication.MS_CHAP_V2:
            self._events.append(GaveUp(Protocol.CHAP, Why.REFUSED))
            self._end("peer refused to authenticate")
        elif rules.login:
            self.phase = Phase.AUTHENTICATE
            self._login = roles.login(self._settings, self._random)
            self._follow(self._login.start(self._now))
        else:
            self._begin_network(None)

    def _logged_in(self, event: LoggedIn) -> None:
        if self.phase is Phase.AUTHENTICATE and self._login:
            self._events.append(event)
            self._begin_network(self._login.keys)

    def _begin_network(self, keys: Keys | None) -> None:
        self.phase = Phase.NETWORK
        addresses = roles.addresses(self._settings, self._login)
        self._network = Network(self._settings.encryption, keys, addresses, self._settings.limits)
        self._follow(self._network.start(self._now))

    def _end(self, reason: str) -> None:
        if self.phase not in (Phase.DEAD, Phase.TERMINATE):
            self.phase = Phase.TERMINATE
            self._follow(self._lcp.close(self._now, reason))

    def _reject(self, frame: Frame) -> None:
        rejected = (frame.protocol.to_bytes(2, "big") + frame.information)[:LONGEST_REJECTED]
        self._send_lcp(Packet(PacketCode.PROTOCOL_REJECT, self._lcp.next_identifier(), rejected))

    def _rejected(self, protocol: int) -> None:
        if protocol == Protocol.LCP:
            self._follow(self._lcp.reject(self._now))
        elif protocol == Protocol.CHAP and self.phase is Phase.AUTHENTICATE:
            self._events.append(GaveUp(Protocol.CHAP, Why.REJECTED))
            self._end("peer refused to authenticate")
        elif self._network:
            self._follow(self._network.reject(protocol, self._now))

    def _send_lcp(self, packet: Packet) -> None:
        self._send(Frame(Protocol.LCP, packet.encode()))

    def _send(self, frame: Frame) -> None:
        if frame.protocol == Protocol.LCP:
            # RFC 1661 §6.6: never compressed, lest a far end that begins anew could not read it
            self._frames.append(frame.encode())
        elif self.phase is not Phase.TERMINATE:
            granted = self._lcp.rules.granted
            short, bare = LcpOption.PFC in granted, LcpOption.ACFC in granted
            self._frames.append(frame.encode(address=not bare, compress=short))
