"""The option negotiation automaton of RFC 1661 §4, run: packets in, frames, signals and events out."""

from __future__ import annotations

from typing import Generic, TypeVar

from wizard.pptp.errors import Fault, RemoteProtocolError
from wizard.pptp.ppp.events import GaveUp, PeerHungUp, Why
from wizard.pptp.ppp.frames import Frame, Protocol
from wizard.pptp.ppp.negotiation import Negotiation
from wizard.pptp.ppp.output import Output, Signal
from wizard.pptp.ppp.packets import Packet, PacketCode, decode_options, encode_options
from wizard.pptp.ppp.settings import Limits
from wizard.pptp.ppp.transitions import NEGOTIATING, TIMED, TRANSITIONS, Action, Event, State

Rules = TypeVar("Rules", bound=Negotiation)

ROUNDS = 3
"""How many times the limits of a negotiation may be used up, answered all the time, until it counts as endless."""
LONGEST_REASON = 200
"""Octets of a reason that we send at most."""
LONGEST_REJECTED = 64
"""Octets of what it is about that a Code-Reject contains at most, well within any MRU."""
_ESSENTIAL = frozenset(range(PacketCode.CONFIGURE_REQUEST, PacketCode.CODE_REJECT + 1))

_LISTENING = NEGOTIATING | {State.OPENED}
"""In these states it matters what an answer says."""

_SIGNALS = {
    Action.THIS_LAYER_UP: Signal.UP,
    Action.THIS_LAYER_DOWN: Signal.DOWN,
    Action.THIS_LAYER_STARTED: Signal.STARTED,
    Action.THIS_LAYER_FINISHED: Signal.FINISHED,
}


class Automaton(Generic[Rules]):
    """One protocol of a link. Every method that can have consequences returns them, in order.

    `RemoteProtocolError` comes before anything has changed, so the protocol goes on as if nothing had arrived.
    """

    def __init__(self, protocol: Protocol, rules: Rules, limits: Limits) -> None:
        self.protocol = protocol
        self.rules = rules
        self.state = State.INITIAL
        self.deadline: float | None = None
        """When the restart timer runs out, None while it does not run."""
        self._limits = limits
        self._output: list[Output] = []
        self._identifier = 0
        self._request: Packet | None = None
        """Our Configure-Request, while it is not answered."""
        self._answer = Packet(PacketCode.CONFIGURE_ACK, 0)
        self._restarts = 0
        self._requests = self._naks = self._refusals = 0
        """In this negotiation: requests sent, Naks received, Naks and Rejects sent."""
        self._reason = b""

    @property
    def is_open(self) -> bool:
        """Whether both sides have agreed."""
        return self.state is State.OPENED

    def up(self, now: float) -> list[Output]:
        """The layer below can carry packets."""
        return self._moved(Event.UP, now)

    def down(self, now: float) -> list[Output]:
        """The layer below no longer can."""
        return self._moved(Event.DOWN, now)

    def open(self, now: float) -> list[Output]:
        """Begin to negotiate, as soon as the layer below can."""
        return self._moved(Event.OPEN, now)

    def close(self, now: float, reason: str = "") -> list[Output]:
        """End it; the far end is told the reason."""
        self._reason = reason.encode("utf-8", "replace")[:LONGEST_REASON]
        return self._moved(Event.CLOSE, now)

    def reject(self, now: float) -> list[Output]:
        """The far end does not know this protocol at all."""
        if self.state in _LISTENING:
            self._output.append(GaveUp(self.protocol, Why.REJECTED))
        return self._moved(Event.REJECT_FATAL, now)

    def next_identifier(self) -> int:
        """One that no packet of ours has carried lately."""
        self._identifier = (self._identifier + 1) % 256
        return self._identifier

    def tick(self, now: float) -> list[Output]:
        """Let time pass."""
        if self.deadline is None or now < self.deadline:
            return []
        if self._restarts > 0:
            return self._moved(Event.TIMEOUT, now)
        if self.state in NEGOTIATING:
            self._output.append(GaveUp(self.protocol, Why.NO_ANSWER))
        return self._moved(Event.LAST_TIMEOUT, now)

    def receive(self, packet: Packet, now: float) -> list[Output]:
        """Take in a packet. Nothing comes of one that is too early or too late."""
        if self.state in (State.INITIAL, State.STARTING):
            return []
        event = self._event(packet)
        return [] if event is None else self._moved(event, now, packet)

    def _event(self, packet: Packet) -> Event | None:
        match packet.code:
            case PacketCode.CONFIGURE_REQUEST:
                return self._asked_for(packet)
            case PacketCode.CONFIGURE_ACK:
                return self._acknowledged(packet)
            case PacketCode.CONFIGURE_NAK | PacketCode.CONFIGURE_REJECT:
                return self._disagreed(packet)
            case PacketCode.TERMINATE_REQUEST:
                return Event.TERMINATE
            case PacketCode.TERMINATE_ACK:
                return Event.TERMINATED
            case PacketCode.CODE_REJECT:
                return self._code_rejected(packet)
            case code if code in self.rules.responses:
                return Event.EXTRA
        return Event.UNKNOWN_CODE

    def _asked_for(self, packet: Packet) -> Event:
        options = decode_options(packet.data)
        if Action.SEND_CONFIGURE_ACK not in TRANSITIONS[self.state][Event.REQUEST_GOOD].actions:
            return Event.REQUEST_GOOD  # nothing is agreed on now, and good or bad makes no difference
        code, answer = self.rules.answer(options, patient=self._refusals < self._limits.max_failure)
        self._answer = Packet(code, packet.identifier, encode_options(answer))
        return Event.REQUEST_GOOD if code == PacketCode.CONFIGURE_ACK else Event.REQUEST_BAD

    def _acknowledged(self, packet: Packet) -> Event | None:
        if self.state not in _LISTENING:
            return Event.ACK
        if self._request is None or packet.identifier != self._request.identifier:
            return None
        if packet.data != self._request.data:
            raise RemoteProtocolError(Fault.MALFORMED, "Configure-Ack of what was not asked for")
        self._request = None
        return Event.ACK

    def _disagreed(self, packet: Packet) -> Event | None:
        if self.state not in _LISTENING:
            return Event.NAK
        if self._request is None or packet.identifier != self._request.identifier:
            return None
        options = decode_options(packet.data)
        if packet.code == PacketCode.CONFIGURE_REJECT:
            self.rules.take_reject(options)
        elif self._naks < self._limits.max_failure:
            self.rules.take_nak(options)
        else:
            self.rules.drop({option.kind for option in options})
        self._naks += packet.code == PacketCode.CONFIGURE_NAK
        return Event.NAK

    def _code_rejected(self, packet: Packet) -> Event:
        if not packet.data:
            raise RemoteProtocolError(Fault.MALFORMED, "Code-Reject of nothing")
        if packet.data[0] not in _ESSENTIAL:
            return Event.REJECT_HARMLESS
        if self.state in _LISTENING:
            self._output.append(GaveUp(self.protocol, Why.REJECTED))
        return Event.REJECT_FATAL

    def _moved(self, event: Event, now: float, packet: Packet | None = None) -> list[Output]:
        self._tell()
        if step := TRANSITIONS[self.state].get(event):
            for action in step.actions:
                self._act(action, event, now, packet)
            self.state = step.state
        if self.state not in TIMED:
            self.deadline = None
        self._tell()
        output, self._output = self._output, []
        return output

    def _tell(self) -> None:
        self._output += self.rules.told
        self.rules.told.clear()

    def _act(self, action: Action, event: Event, now: float, packet: Packet | None) -> None:
        match action:
            case Action.INITIALIZE_RESTART_COUNT:
                closes = event in (Event.CLOSE, Event.REJECT_FATAL)
                self._restarts = self._limits.max_terminate if closes else self._limits.max_configure
            case Action.ZERO_RESTART_COUNT:
                self._restarts = 0
                self.deadline = now + self._limits.restart_timer
            case Action.SEND_CONFIGURE_REQUEST:
                self._ask(again=event is Event.TIMEOUT)
                self._start_timer(now)
            case Action.SEND_TERMINATE_REQUEST:
                self._send(Packet(PacketCode.TERMINATE_REQUEST, self.next_identifier(), self._reason))
                self._start_timer(now)
            case _ if action in _SIGNALS:
                self._output.append(_SIGNALS[action])
            case _ if packet:
                self._reply(action, packet)

    def _ask(self, *, again: bool) -> None:
        """Send a Configure-Request; the same one again where it was not answered (RFC 1661 §5.1)."""
        if self.state not in NEGOTIATING:
            self.rules.restart()
            self._requests = self._naks = self._refusals = 0
        if self._request is None or not again:
            options = encode_options(self.rules.request())
            self._request = Packet(PacketCode.CONFIGURE_REQUEST, self.next_identifier(), options)
        self._send(self._request)
        self._requests += 1
        self._lose_patience(self._requests, self._limits.max_configure)

    def _reply(self, action: Action, packet: Packet) -> None:
        match action:
            case Action.SEND_CONFIGURE_ACK:
                self._refusals = 0
                self._send(self._answer)
            case Action.SEND_CONFIGURE_NAK:
                self._refusals += 1
                self._send(self._answer)
                self._lose_patience(self._refusals, self._limits.max_failure)
            case Action.SEND_TERMINATE_ACK:
                self._send(Packet(PacketCode.TERMINATE_ACK, packet.identifier))
                if self.state in _LISTENING:
                    self._output.append(PeerHungUp(packet.data.decode("utf-8", "replace"), self.protocol))
            case Action.SEND_CODE_REJECT:
                rejected = packet.encode()[:LONGEST_REJECTED]
                self._send(Packet(PacketCode.CODE_REJECT, self.next_identifier(), rejected))
            case Action.SEND_ECHO_REPLY:
                respond = self.rules.responses[packet.code]
                if respond and (reply := respond(packet)):
                    self._send(reply)

    def _lose_patience(self, count: int, limit: int) -> None:
        """RFC 1661 lets two sides go on for ever that answer each other and never agree."""
        if count == ROUNDS * limit + 1:
            self._output.append(GaveUp(self.protocol, Why.NOT_CONVERGING))

    def _start_timer(self, now: float) -> None:
        self._restarts -= 1
        self.deadline = now + self._limits.restart_timer

    def _send(self, packet: Packet) -> None:
        self._output.append(Frame(self.protocol, packet.encode()))
