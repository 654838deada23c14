"""The control connection of RFC 2637 as a machine without I/O, for the side that dials and the side that answers.

    machine = ControlConnection(Role.CLIENT)
    machine.send(StartControlConnectionRequest())
    socket.sendall(machine.data_to_send())
    machine.receive_data(socket.recv(4096))
    while event := machine.next_event():
        …

What must be answered without thinking is answered: an Echo-Request, a Stop-Control-Connection-Request, and an
Incoming-Call-Request (with "do not accept"). So take `data_to_send()` after the events too.
"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.pptp.codes import IncomingCallResult
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError
from wizard.pptp.layout import HEAD, Message
from wizard.pptp.messages import (
    EchoReply,
    EchoRequest,
    IncomingCallReply,
    IncomingCallRequest,
    StopControlConnectionReply,
    StopControlConnectionRequest,
)
from wizard.pptp.recognize import recognize
from wizard.pptp.transitions import CROSSED, OF_CALL, TRANSITIONS, Call, Connection, Move, Role, State


@dataclass(frozen=True, slots=True)
class TcpClosed:
    """The far end closed the TCP connection, and every message before that was whole."""


Event = Message | TcpClosed


class ControlConnection:
    """One control connection, seen from one side. Feed it octets, take events and octets from it."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.connection = Connection.IDLE
        self.call = Call.IDLE
        self._incoming = bytearray()
        self._outgoing = bytearray()
        self._end_of_file = False
        self._finished = False
        self._error: RemoteProtocolError | None = None

    def send(self, message: Message) -> None:
        """Queue a message; `LocalProtocolError`, and nothing queued, where it is not our turn to send it."""
        move = Move.of(self.role, message)
        state = TRANSITIONS[self._state_for(message)].get(move)
        if state is None:
            raise LocalProtocolError(Fault.OUT_OF_TURN, self._out_of_turn(message))
        self._outgoing += message.encode()
        self._enter(state)

    def data_to_send(self) -> bytes:
        """The octets that are due, once."""
        octets = bytes(self._outgoing)
        self._outgoing.clear()
        return octets

    def receive_data(self, data: bytes) -> None:
        """Take in what the socket gave; `b""` says that the far end closed."""
        if self._end_of_file:
            raise LocalProtocolError(Fault.OUT_OF_TURN, "data after the end")
        self._end_of_file = not data
        self._incoming += data

    def next_event(self) -> Event | None:
        """The next whole message or the end, None while more data is needed.

        `RemoteProtocolError` where the far end broke the protocol, from then on each time: after that only closing
        the TCP connection is left.
        """
        if self._error:
            raise self._error
        try:
            return self._next_event()
        except RemoteProtocolError as error:
            self._error = error
            self._enter(Connection.CLOSED)
            raise

    def _next_event(self) -> Event | None:
        while message := self._take():
            if self._follow(message):
                return message
        return self._end()

    def _take(self) -> Message | None:
        if len(self._incoming) < HEAD.size:
            return None
        kind = recognize(bytes(self._incoming[: HEAD.size]))
        if len(self._incoming) < kind.length():
            return None
        octets = bytes(self._incoming[: kind.length()])
        del self._incoming[: kind.length()]
        return kind.decode(octets)

    def _follow(self, message: Message) -> bool:
        """Make the far end's move; False where the message only crossed one of ours and counts no more."""
        move = Move.of(self.role.peer, message)
        here = self._state_for(message)
        state = TRANSITIONS[here].get(move)
        if state is None:
            if move in CROSSED.get(here, ()):
                return False
            raise RemoteProtocolError(Fault.OUT_OF_TURN, self._out_of_turn(message))
        self._enter(state)
        if answer := _answer(message):
            self.send(answer)
        return True

    def _end(self) -> TcpClosed | None:
        if not self._end_of_file or self._finished:
            return None
        if self._incoming:
            raise RemoteProtocolError(Fault.CUT, f"{len(self._incoming)} octets of it came")
        self._finished = True
        self._enter(Connection.CLOSED)
        return TcpClosed()

    def _state_for(self, message: Message) -> State:
        of_call = isinstance(message, OF_CALL) and self.connection is Connection.ESTABLISHED
        return self.call if of_call else self.connection

    def _enter(self, state: State) -> None:
        if isinstance(state, Call):
            self.call = state
            return
        self.connection = state
        if state is not Connection.ESTABLISHED:
            # §2.3: with the control connection every call is cleared
            self.call = Call.IDLE

    def _out_of_turn(self, message: Message) -> str:
        result = getattr(message, "result_code", None)
        said = type(message).__name__ + ("" if result is None else f" with result {int(result)}")
        return f"{said} in state: {self._state_for(message).value}"


def _answer(message: Message) -> Message | None:
    match message:
        case EchoRequest():
            return EchoReply(message.identifier)
        case StopControlConnectionRequest():
            return StopControlConnectionReply()
        case IncomingCallRequest():
            return IncomingCallReply(peers_call_id=message.call_id, result_code=IncomingCallResult.DO_NOT_ACCEPT)
    return None
