"""Which control message a stream of octets begins with."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.pptp.errors import Fault, RemoteProtocolError
from wizard.pptp.layout import CONTROL_MESSAGE, HEAD, MAGIC_COOKIE, Message
from wizard.pptp.messages import (
    CallClearRequest,
    CallDisconnectNotify,
    EchoReply,
    EchoRequest,
    IncomingCallConnected,
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

MESSAGES: Mapping[int, type[Message]] = {
    message.CONTROL_TYPE: message
    for message in (
        StartControlConnectionRequest,
        StartControlConnectionReply,
        StopControlConnectionRequest,
        StopControlConnectionReply,
        EchoRequest,
        EchoReply,
        OutgoingCallRequest,
        OutgoingCallReply,
        IncomingCallRequest,
        IncomingCallReply,
        IncomingCallConnected,
        CallClearRequest,
        CallDisconnectNotify,
        WanErrorNotify,
        SetLinkInfo,
    )
}
"""Control Message Type → message."""


def recognize(head: bytes) -> type[Message]:
    """Which message begins with these `HEAD.size` octets; `RemoteProtocolError` where none does."""
    length, message_type, cookie, control_type = HEAD.unpack(head)
    if cookie != MAGIC_COOKIE:
        raise RemoteProtocolError(Fault.COOKIE, f"0x{cookie:08X}")
    if message_type != CONTROL_MESSAGE:
        raise RemoteProtocolError(Fault.MESSAGE_TYPE, str(message_type))
    if control_type not in MESSAGES:
        raise RemoteProtocolError(Fault.CONTROL_TYPE, str(control_type))
    message = MESSAGES[control_type]
    _check_length(message, length)
    return message


def _check_length(message: type[Message], length: int) -> None:
    if length != message.length():
        fault = Fault.TOO_SHORT if length < message.length() else Fault.TOO_LONG
        raise RemoteProtocolError(fault, f"{message.__name__}: {length} octets, not {message.length()}")
