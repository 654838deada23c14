"""The fifteen control messages of RFC 2637 §2 as values.

Field names are the RFC's. Reserved fields are written as zero and ignored when read. A code that the RFC does not
have stays a plain number: what an odd server says should be shown, not lost.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import ClassVar

from wizard.pptp.codes import (
    Bearer,
    DisconnectResult,
    EchoResult,
    Framing,
    GeneralError,
    IncomingCallResult,
    OutgoingCallResult,
    StartResult,
    StopReason,
    StopResult,
)
from wizard.pptp.layout import Codes, Message

PROTOCOL_VERSION = 0x0100
"""1.0 (§2.1)."""


@dataclass(frozen=True, slots=True)
class StartControlConnectionRequest(Message):
    """§2.1: sets up the control connection. Either side may open it; in a VPN it is the client."""

    CONTROL_TYPE = 1
    BODY = struct.Struct(">H2xIIHH64s64s")

    protocol_version: int = PROTOCOL_VERSION
    framing_capabilities: int = Framing.EITHER
    bearer_capabilities: int = Bearer.ANY
    maximum_channels: int = 0
    """Calls at once; 0 from the side that dials."""
    firmware_revision: int = 0
    host_name: bytes = b""
    vendor_string: bytes = b""


@dataclass(frozen=True, slots=True)
class StartControlConnectionReply(Message):
    """§2.2: how that came out."""

    CONTROL_TYPE = 2
    BODY = struct.Struct(">HBBIIHH64s64s")
    CODES: ClassVar[Codes] = {"result_code": StartResult, "error_code": GeneralError}

    protocol_version: int = PROTOCOL_VERSION
    result_code: int = StartResult.OK
    error_code: int = GeneralError.NONE
    framing_capabilities: int = Framing.EITHER
    bearer_capabilities: int = Bearer.ANY
    maximum_channels: int = 1
    firmware_revision: int = 0
    host_name: bytes = b""
    vendor_string: bytes = b""


@dataclass(frozen=True, slots=True)
class StopControlConnectionRequest(Message):
    """§2.3: either side ends the control connection, and every call with it."""

    CONTROL_TYPE = 3
    BODY = struct.Struct(">B3x")
    CODES: ClassVar[Codes] = {"reason": StopReason}

    reason: int = StopReason.NONE


@dataclass(frozen=True, slots=True)
class StopControlConnectionReply(Message):
    """§2.4: the other side agrees."""

    CONTROL_TYPE = 4
    BODY = struct.Struct(">BB2x")
    CODES: ClassVar[Codes] = {"result_code": StopResult, "error_code": GeneralError}

    result_code: int = StopResult.OK
    error_code: int = GeneralError.NONE


@dataclass(frozen=True, slots=True)
class EchoRequest(Message):
    """§2.5: is the other side still there?"""

    CONTROL_TYPE = 5
    BODY = struct.Struct(">I")

    identifier: int = 0


@dataclass(frozen=True, slots=True)
class EchoReply(Message):
    """§2.6: it is."""

    CONTROL_TYPE = 6
    BODY = struct.Struct(">IBB2x")
    CODES: ClassVar[Codes] = {"result_code": EchoResult, "error_code": GeneralError}

    identifier: int = 0
    """That of the Echo-Request."""
    result_code: int = EchoResult.OK
    error_code: int = GeneralError.NONE


@dataclass(frozen=True, slots=True)
class OutgoingCallRequest(Message):
    """§2.7: the PNS (in a VPN: the client) asks the PAC (the server) for a call. pptpd starts pppd on it."""

    CONTROL_TYPE = 7
    BODY = struct.Struct(">HHIIIIHHH2x64s64s")

    call_id: int = 0
    """Chosen by the PNS; the GRE packets sent to it carry this number."""
    call_serial_number: int = 0
    minimum_bps: int = 0
    """Bits per second."""
    maximum_bps: int = 0
    """Bits per second."""
    bearer_type: int = Bearer.ANY
    framing_type: int = Framing.EITHER
    packet_recv_window_size: int = 0
    """Packets."""
    packet_processing_delay: int = 0
    """Tenths of a second."""
    phone_number_length: int = 0
    """Octets of `phone_number`."""
    phone_number: bytes = b""
    subaddress: bytes = b""


@dataclass(frozen=True, slots=True)
class OutgoingCallReply(Message):
    """§2.8: how that came out."""

    CONTROL_TYPE = 8
    BODY = struct.Struct(">HHBBHIHHI")
    CODES: ClassVar[Codes] = {"result_code": OutgoingCallResult, "error_code": GeneralError}

    call_id: int = 0
    """Chosen by the PAC; the GRE packets sent to it carry this number."""
    peers_call_id: int = 0
    """That of the request."""
    result_code: int = OutgoingCallResult.CONNECTED
    error_code: int = GeneralError.NONE
    cause_code: int = 0
    """Of the telephone network."""
    connect_speed: int = 0
    """Bits per second."""
    packet_recv_window_size: int = 0
    """Packets."""
    packet_processing_delay: int = 0
    """Tenths of a second."""
    physical_channel_id: int = 0


@dataclass(frozen=True, slots=True)
class IncomingCallRequest(Message):
    """§2.9: the PAC was rung up by telephone. No VPN server sends this."""

    CONTROL_TYPE = 9
    BODY = struct.Struct(">HHIIHH64s64s64s")

    call_id: int = 0
    """Chosen by the PAC."""
    call_serial_number: int = 0
    call_bearer_type: int = Bearer.ANY
    physical_channel_id: int = 0
    dialed_number_length: int = 0
    """Octets of `dialed_number`."""
    dialing_number_length: int = 0
    """Octets of `dialing_number`."""
    dialed_number: bytes = b""
    dialing_number: bytes = b""
    subaddress: bytes = b""


@dataclass(frozen=True, slots=True)
class IncomingCallReply(Message):
    """§2.10: whether the PAC should pick up."""

    CONTROL_TYPE = 10
    BODY = struct.Struct(">HHBBHH2x")
    CODES: ClassVar[Codes] = {"result_code": IncomingCallResult, "error_code": GeneralError}

    call_id: int = 0
    """Chosen by the PNS."""
    peers_call_id: int = 0
    """That of the request."""
    result_code: int = IncomingCallResult.CONNECT
    error_code: int = GeneralError.NONE
    packet_recv_window_size: int = 0
    """Packets."""
    packet_transmit_delay: int = 0
    """Tenths of a second."""


@dataclass(frozen=True, slots=True)
class IncomingCallConnected(Message):
    """§2.11: the PAC picked up."""

    CONTROL_TYPE = 11
    BODY = struct.Struct(">H2xIHHI")

    peers_call_id: int = 0
    """That of the Incoming-Call-Reply."""
    connect_speed: int = 0
    """Bits per second."""
    packet_recv_window_size: int = 0
    """Packets."""
    packet_transmit_delay: int = 0
    """Tenths of a second."""
    framing_type: int = Framing.EITHER


@dataclass(frozen=True, slots=True)
class CallClearRequest(Message):
    """§2.12: the PNS hangs up."""

    CONTROL_TYPE = 12
    BODY = struct.Struct(">H2x")

    call_id: int = 0
    """The PNS's own."""


@dataclass(frozen=True, slots=True)
class CallDisconnectNotify(Message):
    """§2.13: the call is over, by the PNS's wish or for any other reason."""

    CONTROL_TYPE = 13
    BODY = struct.Struct(">HBBH2x128s")
    CODES: ClassVar[Codes] = {"result_code": DisconnectResult, "error_code": GeneralError}

    call_id: int = 0
    """The PAC's own."""
    result_code: int = DisconnectResult.REQUEST
    error_code: int = GeneralError.NONE
    cause_code: int = 0
    """Of the telephone network."""
    call_statistics: bytes = b""
    """For people."""


@dataclass(frozen=True, slots=True)
class WanErrorNotify(Message):
    """§2.14: what the PAC saw go wrong on the line since the call began. At most once a minute."""

    CONTROL_TYPE = 14
    BODY = struct.Struct(">H2xIIIIII")

    peers_call_id: int = 0
    """The PNS's."""
    crc_errors: int = 0
    framing_errors: int = 0
    hardware_overruns: int = 0
    buffer_overruns: int = 0
    timeout_errors: int = 0
    alignment_errors: int = 0


@dataclass(frozen=True, slots=True)
class SetLinkInfo(Message):
    """§2.15: the async control character maps that PPP agreed on. Of no use over IP, and Windows sends it anyway."""

    CONTROL_TYPE = 15
    BODY = struct.Struct(">H2xII")

    peers_call_id: int = 0
    """That of the side it is sent to."""
    send_accm: int = 0xFFFFFFFF
    receive_accm: int = 0xFFFFFFFF
