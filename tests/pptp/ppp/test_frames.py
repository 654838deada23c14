"""The octets of frames and packets, as the RFCs draw them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError
from wizard.pptp.ppp.frames import Frame, Protocol
from wizard.pptp.ppp.packets import Option, Packet, PacketCode, decode_options, encode_options

PROTOCOLS = st.builds(lambda high, low: high * 512 + low * 2 + 1, st.integers(0, 127), st.integers(0, 127)).filter(
    lambda number: number != 0xFF
)
FRAMES = st.builds(Frame, PROTOCOLS, st.binary(max_size=60))
PACKETS = st.builds(Packet, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=60))
OPTIONS = st.lists(st.builds(Option, st.integers(0, 255), st.binary(max_size=253)), max_size=6)


@pytest.mark.parametrize(
    ("octets", "protocol"),
    [
        ("ff03 c021 01", Protocol.LCP),
        ("c021 01", Protocol.LCP),
        ("ff03 0021 01", Protocol.IPV4),
        ("ff03 21 01", Protocol.IPV4),
        ("0021 01", Protocol.IPV4),
        ("21 01", Protocol.IPV4),
        ("fd 01", Protocol.COMPRESSED),
        ("00fd 01", Protocol.COMPRESSED),
        ("80fd 01", Protocol.CCP),
        ("8021 01", Protocol.IPCP),
        ("8057 01", Protocol.IPV6CP),
        ("c223 01", Protocol.CHAP),
        ("c227 01", Protocol.EAP),
        ("c023 01", Protocol.PAP),
    ],
)
def test_a_frame_is_read_in_every_form(octets: str, protocol: Protocol) -> None:
    frame = Frame.decode(bytes.fromhex(octets))
    assert (frame.protocol, frame.information) == (protocol, b"\x01")
    assert isinstance(frame.protocol, Protocol)


@pytest.mark.parametrize("octets", ["", "ff03", "c0", "ff03 c0", "c022", "00", "0000", "8020 21", "ff 04", "00ff"])
def test_what_has_no_protocol_is_no_frame(octets: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        Frame.decode(bytes.fromhex(octets))
    assert caught.value.fault is Fault.MALFORMED


def test_a_frame_is_written_in_every_form() -> None:
    assert Frame(Protocol.IPV4, b"x").encode() == bytes.fromhex("ff030021") + b"x"
    assert Frame(Protocol.IPV4, b"x").encode(compress=True) == bytes.fromhex("ff0321") + b"x"
    assert Frame(Protocol.IPV4, b"x").encode(address=False, compress=True) == b"!x"
    assert Frame(Protocol.CCP, b"x").encode(address=False, compress=True) == bytes.fromhex("80fd") + b"x"


@pytest.mark.parametrize("number", [-1, 0, 0x20, 0xFF, 0x0100, 0x0101, 0x1_0021])
def test_a_number_that_no_protocol_may_have_is_not_sent(number: int) -> None:
    with pytest.raises(LocalProtocolError):
        Frame(number, b"").encode()


@given(FRAMES, st.booleans(), st.booleans())
def test_a_frame_reads_back(frame: Frame, address: bool, compress: bool) -> None:
    assert Frame.decode(frame.encode(address=address, compress=compress)) == frame


@given(PACKETS, st.binary(max_size=5))
def test_a_packet_reads_back_with_padding_behind_it(packet: Packet, padding: bytes) -> None:
    assert Packet.decode(packet.encode() + padding) == packet


def test_a_packet_as_the_rfc_draws_it() -> None:
    """RFC 1661 §5: code, identifier, length of all of it, data."""
    assert Packet(PacketCode.ECHO_REQUEST, 7, b"abcd").encode() == bytes.fromhex("09 07 0008") + b"abcd"


@pytest.mark.parametrize("octets", ["", "01 01 00", "01 01 0003", "01 01 0005", "01 01 ffff 00"])
def test_a_packet_whose_length_is_wrong_is_refused(octets: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        Packet.decode(bytes.fromhex(octets))
    assert caught.value.fault is Fault.PACKET_CUT


@pytest.mark.parametrize("packet", [Packet(256, 0), Packet(1, 256), Packet(-1, 0), Packet(1, 1, bytes(0xFFFF))])
def test_a_value_that_does_not_fit_is_not_sent(packet: Packet) -> None:
    with pytest.raises(LocalProtocolError):
        packet.encode()


@given(OPTIONS)
def test_options_read_back(options: list[Option]) -> None:
    assert decode_options(encode_options(options)) == tuple(options)


def test_options_as_the_rfc_draws_them() -> None:
    """RFC 1661 §6: type, length of all of it, value."""
    assert encode_options([Option(1, b"\x05\xdc"), Option(7)]) == bytes.fromhex("0104 05dc 0702")


@pytest.mark.parametrize("data", ["01", "0100", "0101", "0105 05dc", "0702 08"])
def test_options_whose_lengths_do_not_add_up_are_refused(data: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode_options(bytes.fromhex(data))
    assert caught.value.fault is Fault.MALFORMED


def test_an_option_that_is_too_long_is_not_sent() -> None:
    with pytest.raises(LocalProtocolError):
        Option(1, bytes(254)).encode()
