"""MPPE by the samples of RFC 3079 §3.5, and its two halves against each other over a line that loses packets."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha1
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pptp import fuzz
from wizard.pptp.errors import Fault, RemoteProtocolError
from wizard.pptp.mppe import (
    OVERHEAD,
    Decryptor,
    Encryptor,
    Keys,
    SupportedBits,
    as_pppd_logs,
    in_words,
    master_key,
    new_key,
    session_keys,
)

# RFC 3079 §3.5, which goes on where RFC 2759 §9.2 ends
PASSWORD = "clientPass"
NT_RESPONSE = bytes.fromhex("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF")
START = bytes.fromhex("8B7CDC149B993A1BA118CB153F56DCCB")
SESSION = bytes.fromhex("405CB2247A7956E6E211007AE27B22D4")

FRAMES = st.binary(min_size=1, max_size=100)


def test_the_master_key_of_the_rfc() -> None:
    assert master_key(PASSWORD, NT_RESPONSE).hex() == "fdece3717a8c838cb388e527ae3cdd31"


def test_the_start_key_of_the_rfc() -> None:
    """SendStartKey128 of §3.5.3 is the server's."""
    assert session_keys(PASSWORD, NT_RESPONSE, server=True).send == START


def test_the_session_key_of_the_rfc() -> None:
    """SendSessionKey128 of §3.5.3, and the message that is encrypted with it."""
    assert new_key(START, START) == SESSION
    assert rc4(SESSION, b"test message").hex() == "81848317df68846272fb5abe"


def test_what_one_side_sends_with_the_other_receives_with() -> None:
    server, client = (session_keys(PASSWORD, NT_RESPONSE, server=server) for server in (True, False))
    assert (server.send, server.receive) == (client.receive, client.send)
    assert server.send != server.receive


def test_keys_do_not_print() -> None:
    keys = Keys(START, SESSION)
    assert repr(keys) == str(keys) == "Keys()"


def rc4(key: bytes, octets: bytes) -> bytes:
    """RC4 written out, for an opinion that is not the library's."""
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    stream = bytearray()
    i = j = 0
    for octet in octets:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        stream.append(octet ^ state[(state[i] + state[j]) % 256])
    return bytes(stream)


def packets(start: bytes, frame: bytes, count: int) -> Iterator[bytes]:
    """RFC 3078 §7.1 and §7.3 once more: the key changes before each packet, the first one too."""
    key = sha1(start + bytes(40) + start + b"\xf2" * 40).digest()[:16]
    for number in range(count):
        interim = sha1(start + bytes(40) + key + b"\xf2" * 40).digest()[:16]
        key = rc4(interim, interim)
        yield (0x9000 + number % 4096).to_bytes(2, "big") + rc4(key, frame)


def test_the_packets_are_those_that_the_rfc_describes() -> None:
    """The count begins with 0, goes round after 4095, and bits A and D are always set (§3.1)."""
    encryptor = Encryptor(START)
    for packet in packets(START, b"test message", 4100):
        assert encryptor.encrypt(b"test message") == packet


@given(st.lists(FRAMES, max_size=20))
def test_what_is_encrypted_is_decrypted(frames: list[bytes]) -> None:
    encryptor, decryptor = Encryptor(START), Decryptor(START)
    for frame in frames:
        packet = encryptor.encrypt(frame)
        assert len(packet) == len(frame) + OVERHEAD
        assert decryptor.decrypt(packet) == frame


def test_two_packets_of_the_same_frame_differ() -> None:
    encryptor = Encryptor(START)
    assert len({encryptor.encrypt(b"the same frame")[OVERHEAD:] for _ in range(100)}) == 100


@given(st.lists(st.tuples(FRAMES, st.booleans()), max_size=40))
def test_lost_packets_cost_themselves_only(frames: list[tuple[bytes, bool]]) -> None:
    encryptor, decryptor = Encryptor(START), Decryptor(START)
    for frame, lost in frames:
        packet = encryptor.encrypt(frame)
        if not lost:
            assert decryptor.decrypt(packet) == frame


@pytest.mark.parametrize("before", [0, 1, 3000])
def test_2047_lost_packets_are_stepped_over(before: int) -> None:
    """Over the end of the numbers too."""
    encryptor, decryptor = Encryptor(START), Decryptor(START)
    for _ in range(before):
        decryptor.decrypt(encryptor.encrypt(b"before"))
    for _ in range(2047):
        encryptor.encrypt(b"lost")
    assert decryptor.decrypt(encryptor.encrypt(b"behind")) == b"behind"


def test_2048_lost_packets_are_too_many() -> None:
    encryptor, decryptor = Encryptor(START), Decryptor(START)
    for _ in range(2048):
        encryptor.encrypt(b"lost")
    with pytest.raises(RemoteProtocolError) as caught:
        decryptor.decrypt(encryptor.encrypt(b"behind"))
    assert caught.value.fault is Fault.COHERENCY


@pytest.mark.parametrize("old", [0, 1, 2])
def test_an_old_packet_is_refused_and_costs_nothing(old: int) -> None:
    encryptor, decryptor = Encryptor(START), Decryptor(START)
    packets = [encryptor.encrypt(b"%d" % number) for number in range(4)]
    decryptor.decrypt(packets[2])
    with pytest.raises(RemoteProtocolError) as caught:
        decryptor.decrypt(packets[old])
    assert caught.value.fault is Fault.COHERENCY
    assert caught.value.detail == f"{old} after 2"
    assert decryptor.decrypt(packets[3]) == b"3"


@pytest.mark.parametrize(
    ("packet", "fault", "detail"),
    [
        ("", Fault.MALFORMED, "0 octets"),
        ("90", Fault.MALFORMED, "1 octets"),
        ("9000", Fault.MALFORMED, "2 octets"),
        ("8000 45", Fault.UNENCRYPTED, "0x8000"),
        ("0021 45", Fault.UNENCRYPTED, "0x0021"),
        ("1000 45", Fault.STATEFUL, "0x1000"),
        ("7000 45", Fault.STATEFUL, "0x7000"),
    ],
)
def test_a_packet_that_is_not_encrypted_as_agreed_is_refused_and_costs_nothing(
    packet: str, fault: Fault, detail: str
) -> None:
    decryptor = Decryptor(START)
    with pytest.raises(RemoteProtocolError) as caught:
        decryptor.decrypt(bytes.fromhex(packet))
    assert caught.value.fault is fault
    assert detail in caught.value.detail
    assert decryptor.decrypt(Encryptor(START).encrypt(b"first")) == b"first"


@pytest.mark.parametrize("bits", [0x90, 0xB0, 0xD0, 0xF0])
def test_bits_b_and_c_say_nothing(bits: int) -> None:
    packet = Encryptor(START).encrypt(b"first")
    assert Decryptor(START).decrypt(bytes([bits]) + packet[1:]) == b"first"


def test_random_octets_raise_the_remote_error_only() -> None:
    encryptor, decryptor = Encryptor(START), Decryptor(START)
    samples = [encryptor.encrypt(b"\x00\x21" + bytes(20 + number)) for number in range(8)]
    heaviest = fuzz.weight(decryptor)
    read = refused = 0
    for octets in islice(fuzz.inputs(3078, samples), fuzz.COUNT):
        try:
            assert len(decryptor.decrypt(octets)) == len(octets) - OVERHEAD
        except RemoteProtocolError:
            refused += 1
        else:
            read += 1
        assert fuzz.weight(decryptor) <= heaviest
    assert read and refused


@pytest.mark.parametrize(
    ("number", "logged", "words"),
    [
        (0x01000040, "+H -M +S -L -D -C", "128 bit, stateless"),
        (0x01000060, "+H -M +S +L -D -C", "128 or 40 bit, stateless"),
        (0x010000E0, "+H +M +S +L -D -C", "128 or 56 or 40 bit, stateless"),
        (0x00000080, "-H +M -S -L -D -C", "56 bit, stateful"),
        (0x01000001, "+H -M -S -L -D +C", "no encryption, compression (MPPC)"),
        (0x00000010, "-H -M -S -L +D -C", "no encryption"),
        (0x00000000, "-H -M -S -L -D -C", "no encryption"),
        (
            0x81020340,
            "+H -M +S -L -D -C +U (81 02 03 40)",
            "128 bit, stateless, unknown bits 0x80020300",
        ),
    ],
)
def test_supported_bits_read_as_in_pppds_log_and_in_words(number: int, logged: str, words: str) -> None:
    bits = SupportedBits(number)
    assert int(bits) == number
    assert as_pppd_logs(bits) == logged
    assert in_words(bits) == words


@given(st.integers(0, 0xFFFFFFFF))
def test_any_bits_can_be_shown(number: int) -> None:
    bits = SupportedBits(number)
    assert (f"{bits.unknown:08X}" in in_words(bits)) == ("U" in as_pppd_logs(bits)) == bool(number & ~0x010000F1)
