"""MS-CHAPv2 by the examples of RFC 2759 §9, by what a real pppd logged, and against itself."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.pptp import fuzz
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError
from wizard.pptp.mschap import (
    Failure,
    FailureCode,
    Response,
    Success,
    authenticator_response,
    challenge_hash,
    challenge_response,
    des_key,
    hash_nt_password_hash,
    nt_password_hash,
    nt_response,
    without_domain,
)

# RFC 2759 §9.2
NAME, PASSWORD = b"User", "clientPass"
AUTHENTICATOR_CHALLENGE = bytes.fromhex("5B5D7C7D7B3F2F3E3C2C602132262628")
PEER_CHALLENGE = bytes.fromhex("21402324255E262A28295F2B3A337C7E")
NT_RESPONSE = bytes.fromhex("82309ECD8D708B5EA08FAA3981CD83544233114A3D85D6DF")
PROOF = bytes.fromhex("407A5589115FD0D6209F510FE9C04566932CDA56")

CHALLENGES = st.binary(min_size=16, max_size=16)
TEXTS = st.text(st.characters(codec="utf-8"))


def test_the_challenge_hash_of_the_rfc() -> None:
    assert challenge_hash(PEER_CHALLENGE, AUTHENTICATOR_CHALLENGE, NAME).hex() == "d02e4386bce91226"


def test_the_password_hashes_of_the_rfc() -> None:
    assert nt_password_hash(PASSWORD).hex() == "44ebba8d5312b8d611474411f56989ae"
    assert hash_nt_password_hash(nt_password_hash(PASSWORD)).hex() == "41c00c584bd2d91c4017a2a12fa59f3f"


def test_the_response_of_the_rfc() -> None:
    assert nt_response(AUTHENTICATOR_CHALLENGE, PEER_CHALLENGE, NAME, PASSWORD) == NT_RESPONSE


def test_the_authenticators_proof_of_the_rfc() -> None:
    proof = authenticator_response(PASSWORD, NT_RESPONSE, PEER_CHALLENGE, AUTHENTICATOR_CHALLENGE, NAME)
    assert proof == PROOF
    assert Success(proof).encode() == b"S=407A5589115FD0D6209F510FE9C04566932CDA56 M="


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("FC156AF7EDCD6C", "FD0B5B5E7F6E34D9"),
        ("0EDDE3337D427F", "0E6E796737EA08FE"),
        ("4EAC0000000000", "4F57010101010101"),
        ("00000000000000", "0101010101010101"),
        ("FFFFFFFFFFFFFF", "FEFEFEFEFEFEFEFE"),
    ],
)
def test_the_des_keys_of_the_rfc(raw: str, key: str) -> None:
    """§9.3, from the password hash of `MyPw`, and both ends of the range."""
    assert des_key(bytes.fromhex(raw)) == bytes.fromhex(key)


def test_the_password_hash_that_those_keys_are_from() -> None:
    assert nt_password_hash("MyPw").hex() == "fc156af7edcd6c0edde3337d427f4eac"


@given(st.binary(min_size=7, max_size=7))
def test_every_octet_of_a_des_key_is_odd_and_holds_seven_bits(raw: bytes) -> None:
    key = des_key(raw)
    assert all(octet.bit_count() % 2 for octet in key)
    assert "".join(f"{octet >> 1:07b}" for octet in key) == "".join(f"{octet:08b}" for octet in raw)


@pytest.mark.parametrize(
    ("authenticator_challenge", "response", "success"),
    [
        (
            "455a6df655a2f938cf0a3f2e1181c958",
            "0658e55732f9e99ca7b122fdf116020f0000000000000000c46230a4e574113debc200760814e7669d208c524d173cc700",
            b"S=9FCFEE2AC416B50523D134B3175EE84486E92DEC M=Access granted",
        ),
    ],
)
def test_a_login_that_pppd_logged(authenticator_challenge: str, response: str, success: bytes) -> None:
    """Between two real pppds; the octets are those of their debug logs."""
    name, password = b"alice", "alicepw"
    challenge = bytes.fromhex(authenticator_challenge)
    value = Response.decode(bytes.fromhex(response))
    assert value.nt_response == nt_response(challenge, value.peer_challenge, name, password)
    proof = authenticator_response(password, value.nt_response, value.peer_challenge, challenge, name)
    assert Success.decode(success) == Success(proof, "Access granted")


def test_an_empty_password_is_one_too() -> None:
    assert nt_password_hash("").hex() == "31d6cfe0d16ae931b73c59d7e0c089c0"


def test_a_password_counts_in_units_of_utf_16() -> None:
    assert nt_password_hash("ä").hex() != nt_password_hash("Ã¤").hex()
    assert len({nt_password_hash(password) for password in ("\U0001f511", "\ud83d", "\udd11", "?")}) == 4


@pytest.mark.parametrize(
    ("name", "user"), [(rb"DOMAIN\User", b"User"), (rb"A\B\User", b"User"), (b"User", b"User"), (b"User\\", b"")]
)
def test_a_domain_before_the_name_does_not_count(name: bytes, user: bytes) -> None:
    assert without_domain(name) == user
    plain = nt_response(AUTHENTICATOR_CHALLENGE, PEER_CHALLENGE, user, PASSWORD)
    assert nt_response(AUTHENTICATOR_CHALLENGE, PEER_CHALLENGE, name, PASSWORD) == plain
    proof = authenticator_response(PASSWORD, plain, PEER_CHALLENGE, AUTHENTICATOR_CHALLENGE, user)
    assert authenticator_response(PASSWORD, plain, PEER_CHALLENGE, AUTHENTICATOR_CHALLENGE, name) == proof


@given(CHALLENGES, CHALLENGES, st.binary(), TEXTS, TEXTS)
def test_only_the_right_password_gives_the_response(
    authenticator: bytes, peer: bytes, name: bytes, password: str, guess: str
) -> None:
    right = nt_response(authenticator, peer, name, password)
    assert (nt_response(authenticator, peer, name, guess) == right) == (guess == password)
    proofs = [authenticator_response(word, right, peer, authenticator, name) for word in (password, guess)]
    assert (proofs[0] == proofs[1]) == (guess == password)


@given(st.binary(min_size=8, max_size=8), st.binary(min_size=16, max_size=16))
def test_the_last_third_of_the_response_depends_on_two_octets_alone(challenge: bytes, password_hash: bytes) -> None:
    """§8.5 fills the third key with zeros, which is how to see that it is cut at the right places."""
    other = bytes(14) + password_hash[14:]
    assert challenge_response(challenge, password_hash)[16:] == challenge_response(challenge, other)[16:]


def test_the_response_field_is_that_of_the_rfc() -> None:
    value = Response(PEER_CHALLENGE, NT_RESPONSE, 4)
    octets = PEER_CHALLENGE + bytes(8) + NT_RESPONSE + b"\x04"
    assert value.encode() == octets
    assert Response.decode(octets) == value
    assert Response(PEER_CHALLENGE, NT_RESPONSE).encode() == octets[:-1] + b"\0"
    assert Response.decode(PEER_CHALLENGE + b"reserved" + NT_RESPONSE + b"\x04") == value


@pytest.mark.parametrize("size", [0, 16, 48, 50])
def test_a_response_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        Response.decode(bytes(size))
    assert caught.value.fault is Fault.MALFORMED
    assert f"{size} octets" in caught.value.detail


@pytest.mark.parametrize(
    "value",
    [
        Response(bytes(15), bytes(24)),
        Response(bytes(16), bytes(25)),
        Response(bytes(16), bytes(24), 256),
        Success(bytes(19)),
        Failure(challenge=bytes(8)),
        Failure(-1),
        Failure(version=-1),
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_is_not_sent(value: Response | Success | Failure) -> None:
    with pytest.raises(LocalProtocolError) as caught:
        value.encode()
    assert caught.value.fault is Fault.VALUE


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (b"S=407A5589115FD0D6209F510FE9C04566932CDA56", ""),
        (b"S=407A5589115FD0D6209F510FE9C04566932CDA56 M=", ""),
        (b"S=407a5589115fd0d6209f510fe9c04566932cda56 M=Hello M=\nagain", "Hello M=\nagain"),
        (b"S=407A5589115FD0D6209F510FE9C04566932CDA56 M=\xff", "�"),
    ],
)
def test_a_success_message_is_read(octets: bytes, message: str) -> None:
    assert Success.decode(octets) == Success(PROOF, message)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"Welcome",
        b"S=",
        b"S=407A5589115FD0D6209F510FE9C04566932CDA5 M=short",
        b"S=407A5589115FD0D6209F510FE9C04566932CDA567 M=long",
        b"S=407A5589115FD0D6209F510FE9C04566932CDA5G M=no digit",
        b"s=407A5589115FD0D6209F510FE9C04566932CDA56",
    ],
)
def test_a_success_message_without_proof_is_refused(octets: bytes) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        Success.decode(octets)
    assert caught.value.fault is Fault.MALFORMED


CHALLENGE = bytes.fromhex("2cd122c81b8d989e7e0d8b19faa954de")


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        (
            b"E=691 R=1 C=2cd122c81b8d989e7e0d8b19faa954de V=0 M=Access denied",  # pppd
            Failure(FailureCode.AUTHENTICATION_FAILURE, True, CHALLENGE, 0, "Access denied"),
        ),
        (b"", Failure(None)),  # pppd, to a name that it does not know
        (b"E=648 R=0 C=2CD122C81B8D989E7E0D8B19FAA954DE V=3", Failure(648, False, CHALLENGE, 3)),
        (b"E=649 R=0 V=3 M=", Failure(649, version=3)),
        (b"E=691", Failure(691)),
        (b"E=619 R=0 M=R=1 E=5", Failure(619, message="R=1 E=5")),
        (b"E=0000000647 R=0", Failure(647)),
        (b"E=691 R=0 No way", Failure(691, message="No way")),
        (b"I do not know you", Failure(None, message="I do not know you")),
    ],
)
def test_a_failure_message_is_read(octets: bytes, value: Failure) -> None:
    assert Failure.decode(octets) == value


@pytest.mark.parametrize(
    ("octets", "detail"),
    [
        (b"E=", "E="),
        (b"E= R=1", "E="),
        (b"E=six", "E=six"),
        (b"E=-691", "E=-691"),
        (b"E=12345678901", "E=12345678901"),
        (b"E=691 R=yes", "R=yes"),
        (b"E=691 R=2", "R=2"),
        (b"E=691 R=1 C=2cd122c81b8d989e", "C=2cd122c81b8d989e"),
        (b"E=691 R=1 C=2cd122c81b8d989e7e0d8b19faa954dg", "C=2cd1"),
        (b"E=691 R=1 V=three", "V=three"),
    ],
)
def test_a_failure_message_with_a_field_of_another_kind_is_refused(octets: bytes, detail: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        Failure.decode(octets)
    assert caught.value.fault is Fault.MALFORMED
    assert detail in caught.value.detail


def test_a_failure_message_is_written_as_the_rfc_has_it() -> None:
    value = Failure(FailureCode.PASSWORD_EXPIRED, False, CHALLENGE, 3, "Expired")
    assert value.encode() == b"E=648 R=0 C=2CD122C81B8D989E7E0D8B19FAA954DE V=3 M=Expired"
    assert Failure(None, message="No").encode() == b"No"


@pytest.mark.parametrize("number", [646, 647, 648, 649, 691, 709])
def test_the_codes_of_the_rfc_have_words(number: int) -> None:
    error = Failure.decode(b"E=%d" % number).error
    assert isinstance(error, FailureCode)
    assert error.words


def test_a_code_that_nobody_knows_stays_a_number() -> None:
    assert not isinstance(Failure.decode(b"E=800").error, FailureCode)


NUMBERS = st.integers(0, 9_999_999_999)


@given(st.builds(Failure, NUMBERS, st.booleans(), st.none() | CHALLENGES, st.none() | NUMBERS, TEXTS))
@example(Failure(691, message=" M=x"))
def test_a_failure_that_is_written_is_read_back(value: Failure) -> None:
    assert Failure.decode(value.encode()) == value


@given(st.builds(Success, st.binary(min_size=20, max_size=20), TEXTS))
def test_a_success_that_is_written_is_read_back(value: Success) -> None:
    assert Success.decode(value.encode()) == value


SAMPLES = [
    Response(PEER_CHALLENGE, NT_RESPONSE).encode(),
    Success(PROOF, "Access granted").encode(),
    Failure(FailureCode.AUTHENTICATION_FAILURE, True, CHALLENGE, 3, "Access denied").encode(),
]


@pytest.mark.parametrize("kind", [Response, Success, Failure])
def test_random_octets_raise_the_remote_error_only(kind: type[Response | Success | Failure]) -> None:
    read = refused = 0
    for octets in islice(fuzz.inputs(2759, SAMPLES), fuzz.COUNT):
        try:
            assert isinstance(kind.decode(octets), kind)
        except RemoteProtocolError:
            refused += 1
        else:
            read += 1
    assert read and refused
