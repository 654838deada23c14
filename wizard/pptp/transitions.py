"""Who may send what, and when: RFC 2637 §3.1 (control connection) and §3.2 (call), as tables.

One call at a time, which the dialling side asks for: that is what every PPTP VPN does. A call that the server
announces (Incoming-Call-Request, §2.9) can only be declined.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from itertools import product
from typing import NamedTuple

from wizard.pptp.codes import AGREED
from wizard.pptp.layout import Message
from wizard.pptp.messages import (
    CallClearRequest,
    CallDisconnectNotify,
    EchoReply,
    EchoRequest,
    IncomingCallReply,
    IncomingCallRequest,
    OutgoingCallReply,
    OutgoingCallRequest,
    SetLinkInfo,
    StartControlConnectionReply,
    StartControlConnectionRequest,
    StopControlConnectionReply,
    StopControlConnectionRequest,
    WanErrorNotify,
)


class Role(Enum):
    """The two sides, with the RFC's names for what they are in a VPN."""

    CLIENT = "PNS"
    """Opens the control connection and asks for the call."""
    SERVER = "PAC"
    """Answers both."""

    @property
    def peer(self) -> Role:
        """The other one."""
        return Role.SERVER if self is Role.CLIENT else Role.CLIENT


class Connection(Enum):
    """Where the control connection stands."""

    IDLE = "idle"
    WAIT_CTL_REPLY = "the client asked to start"
    ESTABLISHED = "established"
    CLIENT_STOPPING = "the client asked to stop"
    SERVER_STOPPING = "the server asked to stop"
    BOTH_STOPPING = "both asked to stop"
    CLOSED = "closed"


class Call(Enum):
    """Where the call stands; without an established control connection there is none."""

    IDLE = "no call"
    WAIT_REPLY = "the client asked for a call"
    ESTABLISHED = "call established"
    CLEARING = "the client asked to hang up"


State = Connection | Call

_REFUSABLE = (StartControlConnectionReply, OutgoingCallReply, IncomingCallReply)


class Move(NamedTuple):
    """A message that one side sends."""

    sender: Role
    message: type[Message]
    accepted: bool = True
    """False for a reply whose Result Code says no, where that leads elsewhere."""

    @classmethod
    def of(cls, sender: Role, message: Message) -> Move:
        """The move that `message` is."""
        refused = isinstance(message, _REFUSABLE) and message.result_code != AGREED
        return cls(sender, type(message), not refused)


CLIENT, SERVER = Role.CLIENT, Role.SERVER

TRANSITIONS: Mapping[State, Mapping[Move, State]] = {
    Connection.IDLE: {Move(CLIENT, StartControlConnectionRequest): Connection.WAIT_CTL_REPLY},
    Connection.WAIT_CTL_REPLY: {
        Move(SERVER, StartControlConnectionReply): Connection.ESTABLISHED,
        Move(SERVER, StartControlConnectionReply, accepted=False): Connection.CLOSED,
    },
    Connection.ESTABLISHED: {
        Move(CLIENT, EchoRequest): Connection.ESTABLISHED,
        Move(SERVER, EchoRequest): Connection.ESTABLISHED,
        Move(CLIENT, EchoReply): Connection.ESTABLISHED,
        Move(SERVER, EchoReply): Connection.ESTABLISHED,
        Move(SERVER, IncomingCallRequest): Connection.ESTABLISHED,
        Move(CLIENT, IncomingCallReply, accepted=False): Connection.ESTABLISHED,
        Move(CLIENT, StopControlConnectionRequest): Connection.CLIENT_STOPPING,
        Move(SERVER, StopControlConnectionRequest): Connection.SERVER_STOPPING,
    },
    Connection.CLIENT_STOPPING: {
        Move(SERVER, StopControlConnectionReply): Connection.CLOSED,
        Move(SERVER, StopControlConnectionRequest): Connection.BOTH_STOPPING,
    },
    Connection.SERVER_STOPPING: {
        Move(CLIENT, StopControlConnectionReply): Connection.CLOSED,
        Move(CLIENT, StopControlConnectionRequest): Connection.BOTH_STOPPING,
    },
    Connection.BOTH_STOPPING: {
        Move(CLIENT, StopControlConnectionReply): Connection.CLIENT_STOPPING,
        Move(SERVER, StopControlConnectionReply): Connection.SERVER_STOPPING,
    },
    Connection.CLOSED: {},
    Call.IDLE: {Move(CLIENT, OutgoingCallRequest): Call.WAIT_REPLY},
    Call.WAIT_REPLY: {
        Move(SERVER, OutgoingCallReply): Call.ESTABLISHED,
        Move(SERVER, OutgoingCallReply, accepted=False): Call.IDLE,
        Move(SERVER, CallDisconnectNotify): Call.IDLE,
        Move(CLIENT, CallClearRequest): Call.CLEARING,
    },
    Call.ESTABLISHED: {
        Move(SERVER, CallDisconnectNotify): Call.IDLE,
        Move(CLIENT, CallClearRequest): Call.CLEARING,
        Move(SERVER, WanErrorNotify): Call.ESTABLISHED,
        Move(CLIENT, SetLinkInfo): Call.ESTABLISHED,
        # the RFC has it from the PNS only; some servers send it too
        Move(SERVER, SetLinkInfo): Call.ESTABLISHED,
    },
    Call.CLEARING: {
        Move(SERVER, CallDisconnectNotify): Call.IDLE,
        Move(SERVER, OutgoingCallReply): Call.CLEARING,
        Move(SERVER, OutgoingCallReply, accepted=False): Call.IDLE,
        Move(SERVER, WanErrorNotify): Call.CLEARING,
        Move(SERVER, SetLinkInfo): Call.CLEARING,
    },
}
"""Every legal move. Both sides keep the same state, so one table serves both."""

OF_CALL = (OutgoingCallRequest, OutgoingCallReply, CallClearRequest, CallDisconnectNotify, WanErrorNotify, SetLinkInfo)
"""The messages that move the call; all others move the control connection."""

_OF_SESSION = (*OF_CALL, EchoRequest, EchoReply, IncomingCallRequest, IncomingCallReply)


def _moves(sender: Role, *messages: type[Message]) -> frozenset[Move]:
    return frozenset(Move(sender, message, accepted) for message, accepted in product(messages, (True, False)))


CROSSED: Mapping[State, frozenset[Move]] = {
    Connection.CLIENT_STOPPING: _moves(SERVER, *_OF_SESSION),
    Connection.SERVER_STOPPING: _moves(CLIENT, *_OF_SESSION),
    Call.IDLE: _moves(CLIENT, CallClearRequest, SetLinkInfo),
}
"""What may still arrive since it was sent before its sender knew. It changes nothing, and is dropped."""
