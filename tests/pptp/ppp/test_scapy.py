"""The frames of a whole call, read by scapy: an opinion that is not ours."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from types import ModuleType
from typing import Any

import pytest

from tests.pptp.ppp.pair import Pair
from wizard.pptp.ppp.ccp import BITS
from wizard.pptp.ppp.frames import Frame, Protocol
from wizard.pptp.ppp.ipcp import IpcpOption
from wizard.pptp.ppp.lcp import LcpOption
from wizard.pptp.ppp.packets import Option, Packet, decode_options
from wizard.pptp.transitions import Role


@pytest.fixture(scope="module")
def scapys_ppp() -> ModuleType:
    with warnings.catch_warnings():
        # scapy warns of what it finds in the system: a route it cannot read, a cipher that moved
        warnings.simplefilter("ignore")
        from scapy.layers import ppp
    return ppp


@pytest.fixture(scope="module")
def frames() -> list[tuple[Role, bytes]]:
    """All that is said in a call with a packet and an echo in it."""
    pair = Pair().start().run(10.0)
    pair.send_ip(Role.CLIENT, b"\x45" * 20)
    pair.client.send_echo(pair.now)
    pair.hang_up(Role.SERVER, "User request")
    pair.run(10.0)
    return pair.said


def test_scapy_sees_the_same_protocols(scapys_ppp: ModuleType, frames: list[tuple[Role, bytes]]) -> None:
    theirs = [scapys_ppp.PPP(octets) for _, octets in frames]
    layers = [each.payload if isinstance(each, scapys_ppp.HDLC) else each for each in theirs]
    assert [layer.proto for layer in layers] == [Frame.decode(octets).protocol for _, octets in frames]
    assert len({layer.proto for layer in layers}) == 5


def test_scapy_sees_the_same_packets(scapys_ppp: ModuleType, frames: list[tuple[Role, bytes]]) -> None:
    readers: Mapping[int, Callable[[bytes], Any]] = {
        Protocol.LCP: scapys_ppp.PPP_LCP,
        Protocol.CHAP: scapys_ppp.PPP_CHAP,
        Protocol.IPCP: scapys_ppp.PPP_IPCP,
    }
    seen: Counter[int] = Counter()
    for _, octets in frames:
        frame = Frame.decode(octets)
        if reader := readers.get(frame.protocol):
            theirs, ours = reader(frame.information), Packet.decode(frame.information)
            assert (theirs.code, theirs.id, theirs.len) == (ours.code, ours.identifier, len(ours.data) + 4)
            seen[frame.protocol] += 1
    assert seen.keys() == readers.keys()


def test_scapy_sees_the_same_options(scapys_ppp: ModuleType, frames: list[tuple[Role, bytes]]) -> None:
    asked = next(Frame.decode(octets) for role, octets in frames if role is Role.SERVER)
    theirs = {option.type: option for option in scapys_ppp.PPP_LCP(asked.information).options}
    ours = {option.kind: option.value for option in decode_options(Packet.decode(asked.information).data)}
    assert theirs.keys() == ours.keys()
    assert theirs[LcpOption.MRU].max_recv_unit == 1482
    assert theirs[LcpOption.AUTHENTICATION].auth_protocol == Protocol.CHAP
    assert theirs[LcpOption.AUTHENTICATION].algorithm == 0x81
    assert theirs[LcpOption.MAGIC].magic_number == int.from_bytes(ours[LcpOption.MAGIC], "big")


def test_scapy_sees_the_same_challenge_and_response(scapys_ppp: ModuleType, frames: list[tuple[Role, bytes]]) -> None:
    said = [Frame.decode(octets) for _, octets in frames]
    challenge, response, success = (
        scapys_ppp.PPP_CHAP(frame.information) for frame in said if frame.protocol == Protocol.CHAP
    )
    assert (challenge.value_size, challenge.optional_name) == (16, b"pptp-server")
    assert (response.value_size, response.optional_name) == (49, b"alice")
    assert response.answers(challenge) and success.answers(response)
    assert success.data.startswith(b"S=")


def test_we_read_what_scapy_writes(scapys_ppp: ModuleType) -> None:
    options = [
        scapys_ppp.PPP_LCP_MRU_Option(max_recv_unit=1400),
        scapys_ppp.PPP_LCP_Auth_Protocol_Option(auth_protocol=0xC223, algorithm=0x81),
        scapys_ppp.PPP_LCP_Magic_Number_Option(magic_number=0x01020304),
    ]
    frame = Frame.decode(
        bytes(scapys_ppp.HDLC() / scapys_ppp.PPP() / scapys_ppp.PPP_LCP_Configure(id=9, options=options))
    )
    packet = Packet.decode(frame.information)
    assert (frame.protocol, packet.code, packet.identifier) == (Protocol.LCP, 1, 9)
    assert decode_options(packet.data) == (
        Option(LcpOption.MRU, b"\x05\x78"),
        Option(LcpOption.AUTHENTICATION, b"\xc2\x23\x81"),
        Option(LcpOption.MAGIC, b"\x01\x02\x03\x04"),
    )


def test_we_read_the_addresses_that_scapy_writes(scapys_ppp: ModuleType) -> None:
    options = [
        scapys_ppp.PPP_IPCP_Option_IPAddress(data="192.168.77.10"),
        scapys_ppp.PPP_IPCP_Option_DNS1(data="192.168.77.53"),
    ]
    frame = Frame.decode(bytes(scapys_ppp.PPP() / scapys_ppp.PPP_IPCP(options=options)))
    read = decode_options(Packet.decode(frame.information).data)
    assert (frame.protocol, read[0].kind) == (Protocol.IPCP, IpcpOption.ADDRESS)
    assert [str(IPv4Address(option.value)) for option in read] == ["192.168.77.10", "192.168.77.53"]


def test_the_mppe_option_is_the_one_of_the_rfc(frames: list[tuple[Role, bytes]]) -> None:
    """RFC 3078 §2 draws it; scapy does not know it."""
    assert BITS == 0x01000040
    asked = [Frame.decode(octets).information for _, octets in frames if Frame.decode(octets).protocol == Protocol.CCP]
    assert asked[0] == bytes.fromhex("01 01 000a 12 06 01000040")
