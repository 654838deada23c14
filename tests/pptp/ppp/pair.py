"""Two links and the wire between them, on a clock of their own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from random import Random

from wizard.pptp.errors import RemoteProtocolError
from wizard.pptp.ppp.events import Event
from wizard.pptp.ppp.frames import Frame, Protocol
from wizard.pptp.ppp.link import Link, Phase
from wizard.pptp.ppp.packets import Packet
from wizard.pptp.ppp.settings import Account, ClientSettings, ServerSettings, Settings
from wizard.pptp.transitions import Role

NAME, PASSWORD = "alice", "made-up-sesame"
SERVER_ADDRESS, CLIENT_ADDRESS = IPv4Address("192.168.77.1"), IPv4Address("192.168.77.10")
DNS = IPv4Address("192.168.77.53")
ACCOUNTS: Mapping[str, Account] = {NAME: Account(PASSWORD, CLIENT_ADDRESS)}
CLIENT = ClientSettings(NAME, PASSWORD)
SERVER = ServerSettings(ACCOUNTS, SERVER_ADDRESS, dns=(DNS,), mru=1482)

LATENCY = 0.02
"""Seconds that a frame is on its way."""
Fate = Callable[[Role, bytes], bool]
"""Whether a frame of this sender arrives."""


def arrives(sender: Role, frame: bytes) -> bool:
    """The wire of a good day."""
    return True


@dataclass
class Pair:
    """A client and a server. Frames arrive in order, as GRE sees to it; some may get lost."""

    client_settings: ClientSettings = CLIENT
    server_settings: ServerSettings = SERVER
    fate: Fate = arrives
    seed: int = 1661
    latency: Callable[[], float] = lambda: LATENCY
    now: float = 1000.0
    events: dict[Role, list[Event]] = field(default_factory=lambda: {role: [] for role in Role})
    said: list[tuple[Role, bytes]] = field(default_factory=list)
    """Every frame that was sent, lost ones too."""
    errors: list[RemoteProtocolError] = field(default_factory=list)

    def __post_init__(self) -> None:
        settings: dict[Role, Settings] = {Role.CLIENT: self.client_settings, Role.SERVER: self.server_settings}
        self.links = {
            role: Link(role, settings[role], now=self.now, random=Random(f"{self.seed} {role.name}")) for role in Role
        }
        self._wire: dict[Role, deque[tuple[float, bytes]]] = {role: deque() for role in Role}
        """From a role: when a frame arrives."""

    @property
    def client(self) -> Link:
        return self.links[Role.CLIENT]

    @property
    def server(self) -> Link:
        return self.links[Role.SERVER]

    def start(self) -> Pair:
        """The call stands."""
        for link in self.links.values():
            link.start(self.now)
        self._post()
        return self

    def run(self, seconds: float = 120.0) -> Pair:
        """Let time pass, until nothing more would happen or so many seconds have passed."""
        end = self.now + seconds
        while (due := self._next_moment()) is not None and due <= end:
            self.now = max(self.now, due)
            self._deliver()
            for link in self.links.values():
                link.tick(self.now)
            self._post()
        if due is not None:
            self.now = end
        return self

    def told(self, role: Role, *kinds: type[Event]) -> list[Event]:
        """The events of these kinds that one side told, in order; all, where none is named."""
        return [event for event in self.events[role] if not kinds or isinstance(event, kinds)]

    def packets(self, sender: Role, protocol: Protocol) -> list[Packet]:
        """What one side said in a control protocol."""
        frames = (Frame.decode(octets) for role, octets in self.said if role is sender)
        return [Packet.decode(frame.information) for frame in frames if frame.protocol == protocol]

    @property
    def over(self) -> bool:
        """Whether both sides are done."""
        return all(link.phase is Phase.DEAD for link in self.links.values())

    def send_ip(self, sender: Role, packet: bytes) -> None:
        self.links[sender].send_ip(packet)
        self._post()

    def hang_up(self, role: Role, reason: str = "") -> None:
        self.links[role].hang_up(self.now, reason)
        self._post()

    def _next_moment(self) -> float | None:
        arrivals = [wire[0][0] for wire in self._wire.values() if wire]
        deadlines = [link.deadline for link in self.links.values() if link.deadline is not None]
        return min(arrivals + deadlines, default=None)

    def _deliver(self) -> None:
        for sender, wire in self._wire.items():
            while wire and wire[0][0] <= self.now:
                try:
                    self.links[sender.peer].receive(wire.popleft()[1], self.now)
                except RemoteProtocolError as error:
                    self.errors.append(error)
                self._post()

    def _post(self) -> None:
        for sender, link in self.links.items():
            for frame in link.frames_to_send():
                self.said.append((sender, frame))
                if self.fate(sender, frame):
                    self._wire[sender].append((self._arrival(sender), frame))
            while event := link.next_event():
                self.events[sender].append(event)

    def _arrival(self, sender: Role) -> float:
        wire = self._wire[sender]
        return max(self.now + self.latency(), wire[-1][0] if wire else 0.0)
