"""The octets of every message, as RFC 2637 §2 draws them."""

from __future__ import annotations

import re
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.pptp import codes
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError
from wizard.pptp.layout import HEAD, Message
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
from wizard.pptp.recognize import MESSAGES, recognize


def padded(text: bytes, room: int) -> str:
    return text.hex() + "00" * (room - len(text))


# Written by hand from the drawings in the RFC: length, type 1, cookie, control type, reserved; then the body.
VECTORS = [
    (
        StartControlConnectionRequest(0x0100, 3, 3, 0, 7, b"probe", b"somebody"),
        "009c 0001 1a2b3c4d 0001 0000  0100 0000 00000003 00000003 0000 0007"
        + padded(b"probe", 64)
        + padded(b"somebody", 64),
    ),
    (
        StartControlConnectionReply(0x0100, 2, 4, 1, 2, 10, 1, b"router", b"linux"),
        "009c 0001 1a2b3c4d 0002 0000  0100 02 04 00000001 00000002 000a 0001"
        + padded(b"router", 64)
        + padded(b"linux", 64),
    ),
    (StopControlConnectionRequest(3), "0010 0001 1a2b3c4d 0003 0000  03 00 0000"),
    (StopControlConnectionReply(2, 5), "0010 0001 1a2b3c4d 0004 0000  02 05 0000"),
    (EchoRequest(0xDEADBEEF), "0010 0001 1a2b3c4d 0005 0000  deadbeef"),
    (EchoReply(0xDEADBEEF, 1, 0), "0014 0001 1a2b3c4d 0006 0000  deadbeef 01 00 0000"),
    (
        OutgoingCallRequest(0x4242, 1, 300, 100_000_000, 3, 2, 64, 5, 3, b"110", b"sub"),
        "00a8 0001 1a2b3c4d 0007 0000  4242 0001 0000012c 05f5e100 00000003 00000002 0040 0005 0003 0000"
        + padded(b"110", 64)
        + padded(b"sub", 64),
    ),
    (
        OutgoingCallReply(0x0180, 0x4242, 1, 0, 17, 100_000_000, 3, 2, 9),
        "0020 0001 1a2b3c4d 0008 0000  0180 4242 01 00 0011 05f5e100 0003 0002 00000009",
    ),
    (
        IncomingCallRequest(1, 2, 1, 4, 3, 2, b"110", b"12", b"s"),
        "00dc 0001 1a2b3c4d 0009 0000  0001 0002 00000001 00000004 0003 0002"
        + padded(b"110", 64)
        + padded(b"12", 64)
        + padded(b"s", 64),
    ),
    (IncomingCallReply(1, 2, 3, 0, 64, 5), "0018 0001 1a2b3c4d 000a 0000  0001 0002 03 00 0040 0005 0000"),
    (
        IncomingCallConnected(1, 64000, 64, 5, 2),
        "001c 0001 1a2b3c4d 000b 0000  0001 0000 0000fa00 0040 0005 00000002",
    ),
    (CallClearRequest(0x4242), "0010 0001 1a2b3c4d 000c 0000  4242 0000"),
    (
        CallDisconnectNotify(0x0180, 4, 0, 16, b"bytes: 1"),
        "0094 0001 1a2b3c4d 000d 0000  0180 04 00 0010 0000" + padded(b"bytes: 1", 128),
    ),
    (
        WanErrorNotify(0x4242, 1, 2, 3, 4, 5, 6),
        "0028 0001 1a2b3c4d 000e 0000  4242 0000 00000001 00000002 00000003 00000004 00000005 00000006",
    ),
    (SetLinkInfo(0x0180, 0xFFFFFFFF, 0x000A0000), "0018 0001 1a2b3c4d 000f 0000  0180 0000 ffffffff 000a0000"),
]


@pytest.mark.parametrize(("message", "octets"), VECTORS, ids=[type(message).__name__ for message, _ in VECTORS])
def test_octets_are_those_of_the_rfc(message: Message, octets: str) -> None:
    wire = bytes.fromhex(octets)
    assert message.encode() == wire
    assert recognize(wire[: HEAD.size]) is type(message)
    assert type(message).decode(wire) == message


def test_every_message_has_a_vector() -> None:
    assert [type(message) for message, _ in VECTORS] == [MESSAGES[number] for number in range(1, 16)]


def field_strategies(kind: type[Message]) -> list[st.SearchStrategy[int] | st.SearchStrategy[bytes]]:
    """One strategy per field, from the letters of its layout."""
    found: list[st.SearchStrategy[int] | st.SearchStrategy[bytes]] = []
    for room, letter in re.findall(r"(\d*)([A-Za-z])", kind.BODY.format):
        if letter == "s":
            octet = st.integers(1, 255)
            found.append(st.lists(octet, max_size=int(room)).map(bytes))
        elif letter != "x":
            found.extend([st.integers(0, 256 ** struct.calcsize(f">{letter}") - 1)] * len(letter * int(room or 1)))
    return found


def any_message() -> st.SearchStrategy[Message]:
    return st.one_of([st.builds(kind, *field_strategies(kind)) for kind in MESSAGES.values()])


@given(any_message())
def test_what_is_written_is_read_back(message: Message) -> None:
    octets = message.encode()
    assert len(octets) == type(message).length()
    assert recognize(octets[: HEAD.size]).decode(octets) == message


def test_codes_are_read_as_their_enum() -> None:
    reply = StartControlConnectionReply.decode(StartControlConnectionReply(result_code=4).encode())
    assert reply.result_code is codes.StartResult.NOT_AUTHORIZED
    assert reply.error_code is codes.GeneralError.NONE


def test_a_code_that_the_rfc_does_not_have_stays_a_number() -> None:
    reply = StartControlConnectionReply.decode(StartControlConnectionReply(result_code=77).encode())
    assert reply.result_code == 77
    assert codes.explain(reply.result_code) == "a code that RFC 2637 does not have (result 77)"


def test_the_error_code_counts_with_general_error_only() -> None:
    assert codes.explain(codes.OutgoingCallResult.GENERAL_ERROR, codes.GeneralError.NO_RESOURCE) == (
        "Outgoing Call not established (result 2): Insufficient resources to handle this command now (error 4)"
    )
    assert codes.explain(codes.OutgoingCallResult.BUSY, codes.GeneralError.NO_RESOURCE) == (
        "Outgoing Call failed due to detection of a busy signal (result 4)"
    )


def test_what_stands_behind_the_terminator_is_not_read() -> None:
    octets = bytearray(StartControlConnectionReply(host_name=b"router").encode())
    octets[28 + 7] = ord("!")
    assert StartControlConnectionReply.decode(bytes(octets)).host_name == b"router"


@pytest.mark.parametrize(
    "message",
    [
        StartControlConnectionRequest(host_name=b"x" * 65),
        StartControlConnectionRequest(vendor_string=b"a\0b"),
        CallDisconnectNotify(call_statistics=b"x" * 129),
        CallClearRequest(call_id=0x10000),
        EchoRequest(identifier=-1),
    ],
    ids=repr,
)
def test_a_value_that_does_not_fit_is_refused(message: Message) -> None:
    with pytest.raises(LocalProtocolError) as caught:
        message.encode()
    assert caught.value.fault is Fault.VALUE


def test_64_octets_fill_a_name() -> None:
    full = StartControlConnectionRequest(host_name=b"x" * 64)
    assert StartControlConnectionRequest.decode(full.encode()) == full


@pytest.mark.parametrize(
    ("head", "fault", "detail"),
    [
        ("0010 0001 1a2b3c4e 0005 0000", Fault.COOKIE, "0x1A2B3C4E"),
        ("0010 0002 1a2b3c4d 0005 0000", Fault.MESSAGE_TYPE, "2"),
        ("0010 0001 1a2b3c4d 0000 0000", Fault.CONTROL_TYPE, "0"),
        ("0010 0001 1a2b3c4d 0010 0000", Fault.CONTROL_TYPE, "16"),
        ("009b 0001 1a2b3c4d 0001 0000", Fault.TOO_SHORT, "155 octets, not 156"),
        ("0000 0001 1a2b3c4d 0005 0000", Fault.TOO_SHORT, "0 octets, not 16"),
        ("009d 0001 1a2b3c4d 0001 0000", Fault.TOO_LONG, "157 octets, not 156"),
        ("ffff 0001 1a2b3c4d 0005 0000", Fault.TOO_LONG, "65535 octets, not 16"),
    ],
)
def test_a_bad_head_is_named(head: str, fault: Fault, detail: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        recognize(bytes.fromhex(head))
    assert caught.value.fault is fault
    assert detail in caught.value.detail
    assert fault.value in str(caught.value)
