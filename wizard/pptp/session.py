"""A whole PPTP call without I/O: the control connection, the GRE tunnel that it opens, and the PPP link inside.

    call = Call(Role.CLIENT, settings, now=clock(), random=Random())
    socket.sendall(call.control_to_send())
    call.receive_control(socket.recv(4096), clock())
    for packet in call.packets_to_send(clock()):
        raw_socket.send(packet)
    call.receive_packet(raw_socket.recv(65535), clock())
    while event := call.next_event():
        …

Times are seconds on any clock that never goes back. `deadline` says when `tick` has something to do.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from random import Random

from wizard.pptp.codes import AGREED
from wizard.pptp.control import ControlConnection, TcpClosed
from wizard.pptp.errors import RemoteProtocolError
from wizard.pptp.layout import Message
from wizard.pptp.messages import (
    CallClearRequest,
    CallDisconnectNotify,
    OutgoingCallReply,
    OutgoingCallRequest,
    SetLinkInfo,
    StartControlConnectionReply,
    StartControlConnectionRequest,
    StopControlConnectionRequest,
)
from wizard.pptp.ppp.events import Event as LinkEvent
from wizard.pptp.ppp.events import LinkUp
from wizard.pptp.ppp.link import Link
from wizard.pptp.ppp.settings import Settings
from wizard.pptp.transitions import Call as CallState
from wizard.pptp.transitions import Connection, Role
from wizard.pptp.tunnel import Payload, Traffic, Tunnel

WINDOW = 64
"""Packets that may be on their way to us unacknowledged (§2.7, Packet Recv. Window Size)."""
SPEED = 100_000_000
"""Bits per second, for servers that look at it."""
GARBLED_KEPT = 8
"""Reports of packets that nobody could read, until somebody takes them; more are only counted."""


@dataclass(frozen=True, slots=True)
class Introduced:
    """The server took the control connection."""

    reply: StartControlConnectionReply


@dataclass(frozen=True, slots=True)
class Accepted:
    """The call stands, and its GRE tunnel with it. On the server's side: what the client asked for."""

    message: OutgoingCallReply | OutgoingCallRequest


@dataclass(frozen=True, slots=True)
class Refused:
    """The far end said no, to the control connection or to the call."""

    reply: StartControlConnectionReply | OutgoingCallReply


@dataclass(frozen=True, slots=True)
class Ended:
    """The far end ended the call or the control connection."""

    how: CallDisconnectNotify | CallClearRequest | StopControlConnectionRequest | TcpClosed | RemoteProtocolError


@dataclass(frozen=True, slots=True)
class Garbled:
    """A packet of the tunnel was not what it should be. The call goes on."""

    error: RemoteProtocolError


Event = Introduced | Accepted | Refused | Ended | Garbled | LinkEvent


class Call:
    """One call, seen from one side."""

    def __init__(
        self,
        role: Role,
        settings: Settings,
        *,
        now: float,
        random: Random,
        host_name: bytes = b"pptp-wizard",
    ) -> None:
        self.role = role
        self.control = ControlConnection(role)
        self.tunnel: Tunnel | None = None
        """From the accepted call on."""
        self.link = Link(role, settings, now=now, random=random)
        self.garbled = 0
        self._host_name = host_name
        self._call_id = random.randint(1, 0xFFFF)
        self._events: deque[Event] = deque()
        if role is Role.CLIENT:
            self.control.send(StartControlConnectionRequest(host_name=host_name, vendor_string=host_name))

    def receive_control(self, octets: bytes, now: float) -> None:
        """Take in what the TCP connection gave; `b""` says that the far end closed it."""
        self.control.receive_data(octets)
        try:
            while message := self.control.next_event():
                self._heard(message, now)
        except RemoteProtocolError as error:
            self._events.append(Ended(error))

    def receive_packet(self, octets: bytes, now: float) -> None:
        """Take in one GRE packet, without its IP header. One that nobody can read is told and forgotten."""
        if self.tunnel is None:
            return
        try:
            self.tunnel.receive(octets, now)
        except RemoteProtocolError as error:
            self._unreadable(error)
        self._deliver(now)

    def tick(self, now: float) -> None:
        """Let time pass."""
        if self.tunnel:
            self.tunnel.tick(now)
            self.link.tick(now)
            self._deliver(now)

    @property
    def deadline(self) -> float | None:
        """When `tick` is due at the latest, None for never."""
        due = [self.link.deadline, self.tunnel.deadline] if self.tunnel else []
        return min((time for time in due if time is not None), default=None)

    def control_to_send(self) -> bytes:
        """Octets for the TCP connection, once."""
        return self.control.data_to_send()

    def packets_to_send(self, now: float) -> list[bytes]:
        """GRE packets without IP header, once each."""
        if self.tunnel is None:
            return []
        for frame in self.link.frames_to_send():
            self.tunnel.send(frame, now)
        return self.tunnel.packets_to_send(now)

    def next_event(self) -> Event | None:
        """What happened, in order."""
        return self._events.popleft() if self._events else None

    @property
    def traffic(self) -> Traffic:
        """What went through the tunnel so far."""
        return self.tunnel.traffic if self.tunnel else Traffic()

    def send_ip(self, packet: bytes) -> None:
        """An IPv4 packet for the far end; `LocalProtocolError` while no address is agreed on."""
        self.link.send_ip(packet)

    def hang_up(self, now: float, reason: str = "") -> None:
        """End the link and the call. What that has to say is still to be sent; answers are not waited for."""
        if self.tunnel:
            self.link.hang_up(now, reason)
        if self.role is Role.CLIENT and self.control.call in (CallState.WAIT_REPLY, CallState.ESTABLISHED):
            self.control.send(CallClearRequest(self._call_id))
        elif self.role is Role.SERVER and self.control.call is CallState.ESTABLISHED:
            self.control.send(CallDisconnectNotify(self._call_id))

    def _heard(self, message: Message | TcpClosed, now: float) -> None:
        match message:
            case StartControlConnectionReply() | OutgoingCallReply() if message.result_code != AGREED:
                self._events.append(Refused(message))
            case StartControlConnectionReply():
                self._events.append(Introduced(message))
                self.control.send(self._request())
            case OutgoingCallReply():
                self._open(message.call_id, now)
                self._events.append(Accepted(message))
            case StartControlConnectionRequest():
                self.control.send(StartControlConnectionReply(host_name=self._host_name))
            case OutgoingCallRequest():
                self.control.send(OutgoingCallReply(self._call_id, message.call_id, packet_recv_window_size=WINDOW))
                self._open(message.call_id, now)
                self._events.append(Accepted(message))
            case CallDisconnectNotify() | StopControlConnectionRequest() | TcpClosed():
                self._events.append(Ended(message))
            case CallClearRequest():
                self._cleared(message)

    def _request(self) -> OutgoingCallRequest:
        return OutgoingCallRequest(self._call_id, minimum_bps=300, maximum_bps=SPEED, packet_recv_window_size=WINDOW)

    def _cleared(self, message: CallClearRequest) -> None:
        """§2.12: the server answers a hang-up with a notice, if there was a call."""
        if self.control.call is CallState.CLEARING:
            self.control.send(CallDisconnectNotify(self._call_id))
        self._events.append(Ended(message))

    def _open(self, peers_call_id: int, now: float) -> None:
        self.tunnel = Tunnel(peers_call_id, self._call_id)
        self.link.start(now)

    def _deliver(self, now: float) -> None:
        assert self.tunnel
        while event := self.tunnel.next_event():
            assert isinstance(event, Payload)
            try:
                self.link.receive(event.octets, now)
            except RemoteProtocolError as error:
                self._unreadable(error)
        while said := self.link.next_event():
            self._events.append(said)
            if isinstance(said, LinkUp) and self.role is Role.CLIENT:
                self._set_link_info()

    def _set_link_info(self) -> None:
        """§2.15: every escape is off; over IP it says nothing, and Windows says it too."""
        assert self.tunnel
        if self.control.connection is Connection.ESTABLISHED and self.control.call is CallState.ESTABLISHED:
            self.control.send(SetLinkInfo(self.tunnel.peers_call_id))

    def _unreadable(self, error: RemoteProtocolError) -> None:
        self.garbled += 1
        if self.garbled <= GARBLED_KEPT:
            self._events.append(Garbled(error))
