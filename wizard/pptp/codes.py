"""Result, error and reason codes of RFC 2637, with what the RFC says about each."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import Self


class Code(IntEnum):
    """A number with the RFC's words for it."""

    words: str

    def __new__(cls, value: int, words: str) -> Self:
        """The member `value`, whose meaning is `words`."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member


class StartResult(Code):
    """Result Code of a Start-Control-Connection-Reply (§2.2)."""

    OK = 1, "Successful channel establishment"
    GENERAL_ERROR = 2, "General error"
    CHANNEL_EXISTS = 3, "Command channel already exists"
    NOT_AUTHORIZED = 4, "Requester is not authorized to establish a command channel"
    VERSION = 5, "The protocol version of the requester is not supported"


class StopReason(Code):
    """Reason of a Stop-Control-Connection-Request (§2.3)."""

    NONE = 1, "General request to clear control connection"
    STOP_PROTOCOL = 2, "Can't support peer's version of the protocol"
    STOP_LOCAL_SHUTDOWN = 3, "Requester is being shut down"


class StopResult(Code):
    """Result Code of a Stop-Control-Connection-Reply (§2.4)."""

    OK = 1, "Control connection closed"
    GENERAL_ERROR = 2, "Control connection not closed"


class EchoResult(Code):
    """Result Code of an Echo-Reply (§2.6)."""

    OK = 1, "The Echo-Reply is valid"
    GENERAL_ERROR = 2, "Echo-Request not accepted"


class OutgoingCallResult(Code):
    """Result Code of an Outgoing-Call-Reply (§2.8)."""

    CONNECTED = 1, "Call established with no errors"
    GENERAL_ERROR = 2, "Outgoing Call not established"
    NO_CARRIER = 3, "Outgoing Call failed due to no carrier detected"
    BUSY = 4, "Outgoing Call failed due to detection of a busy signal"
    NO_DIAL_TONE = 5, "Outgoing Call failed due to lack of a dial tone"
    TIME_OUT = 6, "Outgoing Call was not established within time allotted by PAC"
    DO_NOT_ACCEPT = 7, "Outgoing Call administratively prohibited"


class IncomingCallResult(Code):
    """Result Code of an Incoming-Call-Reply (§2.10)."""

    CONNECT = 1, "The PAC should answer the incoming call"
    GENERAL_ERROR = 2, "The Incoming Call should not be established"
    DO_NOT_ACCEPT = 3, "The PAC should not accept the incoming call"


class DisconnectResult(Code):
    """Result Code of a Call-Disconnect-Notify (§2.13)."""

    LOST_CARRIER = 1, "Call disconnected due to loss of carrier"
    GENERAL_ERROR = 2, "Call disconnected because of an error"
    ADMIN_SHUTDOWN = 3, "Call disconnected for administrative reasons"
    REQUEST = 4, "Call disconnected due to received Call-Clear-Request"


class GeneralError(Code):
    """Error Code of every message that has one (§2.16); it counts where the Result Code is "General Error"."""

    NONE = 0, "No general error"
    NOT_CONNECTED = 1, "No control connection exists yet for this PAC-PNS pair"
    BAD_FORMAT = 2, "Length is wrong or Magic Cookie value is incorrect"
    BAD_VALUE = 3, "One of the field values was out of range or reserved field was non-zero"
    NO_RESOURCE = 4, "Insufficient resources to handle this command now"
    BAD_CALL_ID = 5, "The Call ID is invalid in this context"
    PAC_ERROR = 6, "A generic vendor-specific error occurred in the PAC"


class Framing(IntFlag):
    """Framing Capabilities and Framing Type: 3 is either."""

    ASYNCHRONOUS = 1
    SYNCHRONOUS = 2
    EITHER = 3


class Bearer(IntFlag):
    """Bearer Capabilities and Bearer Type: 3 is any."""

    ANALOG = 1
    DIGITAL = 2
    ANY = 3


AGREED = 1
"""This Result Code means yes in every reply (§2.2, 2.4, 2.6, 2.8, 2.10)."""
GENERAL_ERROR = 2
"""This Result Code means "see the Error Code" wherever there is one (§2.2, 2.4, 2.6, 2.8, 2.10, 2.13)."""


def explain(result: int, error: int = GeneralError.NONE) -> str:
    """What a Result Code says, and the Error Code where that counts, as `… (result 2): … (error 4)`.

    Numbers that RFC 2637 does not have are shown as numbers.
    """
    text = f"{_words(result)} (result {int(result)})"
    return f"{text}: {_words(error)} (error {int(error)})" if result == GENERAL_ERROR else text


def _words(code: int) -> str:
    return code.words if isinstance(code, Code) else "a code that RFC 2637 does not have"
