"""What can be wrong with a conversation, and whose fault it is."""

from __future__ import annotations

from enum import Enum


class Fault(Enum):
    """What was wrong, in words."""

    COOKIE = "the magic cookie is not 0x1A2B3C4D"
    MESSAGE_TYPE = "the PPTP message type is not 1 (control message)"
    CONTROL_TYPE = "the control message type is not one of 1 to 15"
    TOO_SHORT = "the message is too short for its type"
    TOO_LONG = "the message is too long for its type"
    CUT = "the connection ended in the middle of a message"
    OUT_OF_TURN = "the message may not be sent now"
    VALUE = "a value does not fit into its field"
    NOT_PPTP_GRE = "the packet is not the enhanced GRE of PPTP"
    PACKET_CUT = "the packet is shorter than its header says"
    UNNUMBERED = "the packet has a payload and no sequence number"
    MALFORMED = "the message is not built as its protocol wants it"
    CHECKSUM = "the checksum is wrong"
    UNENCRYPTED = "the packet says that it is not encrypted"
    STATEFUL = "the packet belongs to the stateful mode of MPPE"
    COHERENCY = "the packet is older than one before it"


class ProtocolError(Exception):
    """Somebody broke the rules of PPTP; one of the two subclasses says who."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.fault.value} ({self.detail})" if self.detail else self.fault.value


class LocalProtocolError(ProtocolError):
    """We were about to break them: a bug on our side, and nothing was sent."""


class RemoteProtocolError(ProtocolError):
    """The far end broke them: what it sent is not PPTP, or not PPTP at this point."""
