"""CCP in conversation: MPPE as it should be, and every way in which it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pptp.ppp import pppd_log
from tests.pptp.ppp.far_end import FarEnd, Recorded
from tests.pptp.ppp.test_chap import ACCEPTED, ALICE, CHALLENGE, CHALLENGED, KNOWN, PEERS, RESPONDED
from wizard.pptp.errors import LocalProtocolError, RemoteProtocolError
from wizard.pptp.mppe import Decryptor, Encryptor, Keys, SupportedBits, session_keys
from wizard.pptp.mschap import Response
from wizard.pptp.ppp.events import (
    AddressesUp,
    EncryptionFault,
    EncryptionRefused,
    EncryptionUp,
    GaveUp,
    IpPacket,
    PeerHungUp,
    Unencrypted,
    Why,
)
from wizard.pptp.ppp.frames import Frame, Protocol
from wizard.pptp.ppp.link import Phase
from wizard.pptp.ppp.settings import ClientSettings, Encryption, ServerSettings

STRONG = "<mppe +H -M +S -L -D -C>"
ASKS = f"CCP ConfReq id=0x1 {STRONG}"
AGREES = f"CCP ConfAck id=0x1 {STRONG}"
BITS = SupportedBits.H | SupportedBits.S
PACKET = b"\x45 an IPv4 packet"


def entered(settings: ClientSettings = ALICE) -> FarEnd:
    """A client that has just logged in."""
    far = FarEnd(settings, Recorded(octets=[PEERS])).agree().say(CHALLENGED)
    far.hears()
    far.say(ACCEPTED)
    far.told()
    return far


def let_in(settings: ServerSettings = KNOWN) -> FarEnd:
    """A server that has just let a client in."""
    far = FarEnd.of_server(settings, Recorded(octets=[CHALLENGE])).agree().say(RESPONDED)
    far.told()
    return far


def keys() -> Keys:
    """The server's keys of that login."""
    response = Response.decode(bytes.fromhex(RESPONDED.split("<")[1].split(">")[0]))
    return session_keys(ALICE.password, response.nt_response, server=True)


def encrypted() -> FarEnd:
    """A client with encryption and addresses."""
    far = entered().say(ASKS, AGREES)
    far.say("IPCP ConfReq id=0x1 <addr 192.168.77.1>")
    request = next(line for line in far.hears() if "IPCP ConfReq" in line)
    far.say(request.replace("ConfReq", "ConfNak").replace("0.0.0.0", "192.168.77.10"))
    far.say(next(line for line in far.hears() if "IPCP ConfReq" in line).replace("ConfReq", "ConfAck"))
    assert isinstance(far.told()[-1], AddressesUp)
    return far


def ends_with(far: FarEnd, refusal: EncryptionRefused, reason: str) -> None:
    """The client tells this and nothing else, and hangs up so."""
    assert far.told() == [refusal]
    assert far.hears()[-1] == f'LCP TermReq id=0x2 "{reason}"'
    assert far.phase() is Phase.TERMINATE


def left(far: FarEnd) -> None:
    """Let the far end leave CCP, and see that this is told and the link ended."""
    far.told()
    far.say('CCP TermReq id=0x9 "no more"')
    assert far.told() == [PeerHungUp("no more", Protocol.CCP), EncryptionRefused(EncryptionFault.ENDED)]
    assert far.hears()[-1] == 'LCP TermReq id=0x2 "MPPE disabled"'


def test_encryption_is_asked_for_at_once_and_addresses_are_not() -> None:
    assert entered().hears() == [ASKS]
    assert let_in().hears()[-1] == ASKS


def test_encryption_is_up_when_both_have_agreed() -> None:
    far = entered()
    far.hears()
    assert far.say(ASKS).hears() == [AGREES]
    assert far.told() == []
    assert far.say(AGREES).told() == [EncryptionUp(BITS)]
    assert far.hears()[0].startswith("IPCP ConfReq id=0x1 <addr 0.0.0.0>")


def test_addresses_have_to_wait_for_encryption_as_in_pppd() -> None:
    far = entered()
    far.hears()
    assert far.say("IPCP ConfReq id=0x1 <addr 192.168.77.1>").hears() == ["IPCP TermAck id=0x1"]
    far.say(ASKS, AGREES)
    assert far.say("IPCP ConfReq id=0x2 <addr 192.168.77.1>").hears()[-1] == "IPCP ConfAck id=0x2 <addr 192.168.77.1>"


@pytest.mark.parametrize(
    "bits",
    ["+H -M +S +L -D -C", "+H +M +S +L -D +C", "-H -M +S -L -D -C", "+H -M -S +L -D -C", "+H -M -S -L -D +C", "+H"],
)
def test_another_kind_is_answered_with_ours(bits: str) -> None:
    far = entered()
    far.hears()
    assert far.say(f"CCP ConfReq id=0x5 <mppe {bits}>").hears() == [f"CCP ConfNak id=0x5 {STRONG}"]
    assert far.say(f"CCP ConfReq id=0x6 {STRONG}").hears() == [f"CCP ConfAck id=0x6 {STRONG}"]


def test_other_compression_is_rejected() -> None:
    far = entered()
    far.hears()
    far.say(f"CCP ConfReq id=0x5 <deflate 30732> {STRONG}")
    assert far.hears() == ["CCP ConfRej id=0x5 <deflate 30732>"]


def test_an_mppe_option_that_is_cut_short_is_rejected() -> None:
    far = entered()
    far.hears()
    far.link.receive(bytes.fromhex("80fd 01 05 0009 1205010000"), far.now)
    assert far.link.frames_to_send() == [bytes.fromhex("80fd 04 05 0009 1205010000")]


def test_a_request_without_encryption_is_answered_with_ours() -> None:
    far = entered()
    far.hears()
    assert far.say("CCP ConfReq id=0x5").hears() == [f"CCP ConfNak id=0x5 {STRONG}"]


def test_a_far_end_that_insists_on_no_encryption_is_left() -> None:
    far = entered()
    for identifier in range(1, 7):
        far.say(f"CCP ConfReq id={identifier:#x}")
    assert far.hears()[-1] == "CCP ConfAck id=0x6"
    far.say(AGREES)
    ends_with(far, EncryptionRefused(EncryptionFault.ONE_WAY), "MPPE required but peer negotiation failed")


def test_a_rejected_wish_ends_the_link_as_in_pppd() -> None:
    far = entered()
    far.hears()
    far.say(f"CCP ConfRej id=0x1 {STRONG}")
    assert far.told() == [EncryptionRefused(EncryptionFault.REJECTED)]
    assert far.hears() == ['LCP TermReq id=0x2 "MPPE required but peer refused"']


def test_what_the_far_end_had_instead_is_told() -> None:
    far = entered()
    far.say("CCP ConfReq id=0x1 <mppe +H -M -S +L -D -C>", f"CCP ConfRej id=0x1 {STRONG}")
    offered = SupportedBits.H | SupportedBits.L
    ends_with(far, EncryptionRefused(EncryptionFault.REJECTED, offered), "MPPE required but peer refused")


@pytest.mark.parametrize("bits", ["+H -M -S +L -D -C", "-H -M +S -L -D -C", "+H -M -S -L -D +C", "+H +M -S -L -D -C"])
def test_a_hint_at_another_kind_ends_the_link_and_is_told(bits: str) -> None:
    far = entered()
    far.say(f"CCP ConfNak id=0x1 <mppe {bits}>")
    offered = SupportedBits(int.from_bytes(pppd_log.KINDS["CCP"]["mppe"].read(bits), "big"))
    reason = "MPPE required but peer negotiation failed"
    ends_with(far, EncryptionRefused(EncryptionFault.OTHER_KIND, offered), reason)


def test_a_hint_at_more_than_we_want_is_no_reason_to_end() -> None:
    far = entered()
    far.hears()
    far.say("CCP ConfNak id=0x1 <mppe +H -M +S +L -D -C>")
    assert far.hears() == [ASKS.replace("id=0x1", "id=0x2")]
    assert far.told() == []


def test_a_hint_that_is_cut_short_says_nothing() -> None:
    far = entered()
    far.hears()
    far.link.receive(bytes.fromhex("80fd 03 01 0009 1205010000"), far.now)
    assert far.hears() == [ASKS.replace("id=0x1", "id=0x2")]
    assert far.told() == []


def test_a_far_end_without_ccp_ends_the_link() -> None:
    far = entered()
    far.say("LCP ProtRej id=0x3 0x80fd")
    ends_with(far, EncryptionRefused(EncryptionFault.NO_CCP), "MPPE required but peer negotiation failed")


def test_a_far_end_that_does_not_answer_is_given_up() -> None:
    far = entered()
    far.wait(29.9)
    assert far.told() == []
    far.wait(0.2)
    assert far.told() == [GaveUp(Protocol.CCP, Why.NO_ANSWER)]
    assert far.hears()[-1] == 'LCP TermReq id=0x2 "MPPE required but peer negotiation failed"'


@pytest.mark.parametrize("before", [(), (ASKS,), (ASKS, AGREES)])
def test_a_far_end_that_ends_ccp_ends_the_link(before: tuple[str, ...]) -> None:
    left(entered().say(*before))


def test_a_far_end_that_ends_ccp_after_something_went_through_ends_the_link() -> None:
    far = encrypted()
    far.link.send_ip(PACKET)
    far.link.frames_to_send()
    left(far)


def test_ccp_that_begins_anew_before_anything_went_through_is_let() -> None:
    far = encrypted().say(f"CCP ConfReq id=0x2 {STRONG}")
    far.link.send_ip(PACKET)
    [request, answer] = far.hears()
    assert answer == f"CCP ConfAck id=0x2 {STRONG}"
    far.say(request.replace("ConfReq", "ConfAck"))
    assert far.told() == [EncryptionUp(BITS)]


@pytest.mark.parametrize("direction", ["sent", "received"])
def test_ccp_that_begins_anew_after_something_went_through_ends_the_link(direction: str) -> None:
    """The same keys would be used for other packets, and RC4 then hides neither."""
    far = encrypted()
    if direction == "sent":
        far.link.send_ip(PACKET)
    else:
        inner = Frame(Protocol.IPV4, PACKET).encode(address=False)
        far.link.receive(Frame(Protocol.COMPRESSED, Encryptor(keys().send).encrypt(inner)).encode(), far.now)
    far.told()
    far.say(f"CCP ConfReq id=0x2 {STRONG}")
    ends_with(far, EncryptionRefused(EncryptionFault.RENEGOTIATED), "MPPE disabled")


def test_every_packet_goes_encrypted() -> None:
    far = encrypted()
    decryptor = Decryptor(keys().receive)
    for _ in range(3):
        far.link.send_ip(PACKET)
        [octets] = far.link.frames_to_send()
        frame = Frame.decode(octets)
        assert frame.protocol == Protocol.COMPRESSED
        assert PACKET not in octets
        assert decryptor.decrypt(frame.information) == b"\0\x21" + PACKET


@pytest.mark.parametrize("inner", [b"\0\x21", b"\x21"])
def test_an_encrypted_packet_is_read_with_a_long_and_a_short_protocol_field(inner: bytes) -> None:
    far = encrypted()
    frame = Frame(Protocol.COMPRESSED, Encryptor(keys().send).encrypt(inner + PACKET))
    far.link.receive(frame.encode(compress=True, address=False), far.now)
    assert far.told() == [IpPacket(PACKET)]


def test_a_packet_in_the_clear_is_dropped_and_told() -> None:
    far = encrypted()
    far.link.receive(Frame(Protocol.IPV4, PACKET).encode(), far.now)
    assert far.told() == [Unencrypted(PACKET)]


def test_a_packet_in_the_clear_before_encryption_is_dropped_and_told() -> None:
    far = entered()
    far.link.receive(Frame(Protocol.IPV4, PACKET).encode(), far.now)
    assert far.told() == [Unencrypted(PACKET)]
    with pytest.raises(LocalProtocolError):
        far.link.send_ip(PACKET)


def test_an_encrypted_packet_before_the_addresses_are_up_counts_for_nothing() -> None:
    far = entered().say(ASKS, AGREES)
    inner = Frame(Protocol.IPV4, PACKET).encode(address=False)
    far.link.receive(Frame(Protocol.COMPRESSED, Encryptor(keys().send).encrypt(inner)).encode(), far.now)
    assert far.told() == [EncryptionUp(BITS)]


def test_an_encrypted_packet_before_encryption_counts_for_nothing() -> None:
    far = entered()
    far.hears()
    far.link.receive(Frame(Protocol.COMPRESSED, bytes.fromhex("9000 01")).encode(), far.now)
    assert (far.told(), far.hears()) == ([], [])


@pytest.mark.parametrize("information", ["", "90", "9000", "1000 00", "8000 00"])
def test_an_encrypted_packet_that_is_none_changes_nothing(information: str) -> None:
    far = encrypted()
    with pytest.raises(RemoteProtocolError):
        far.link.receive(Frame(Protocol.COMPRESSED, bytes.fromhex(information)).encode(), far.now)
    far.link.send_ip(PACKET)
    assert far.phase() is Phase.NETWORK


@pytest.mark.parametrize("protocol", ["c021", "00fb", "001f"])
def test_what_may_not_be_within_encryption_is_refused(protocol: str) -> None:
    far = encrypted()
    inner = bytes.fromhex(f"{protocol} 05 01 0004")
    with pytest.raises(RemoteProtocolError):
        far.link.receive(Frame(Protocol.COMPRESSED, Encryptor(keys().send).encrypt(inner)).encode(), far.now)
    assert far.phase() is Phase.NETWORK


def test_another_protocol_within_encryption_is_rejected_and_not_shown_in_the_clear() -> None:
    far = encrypted()
    inner = b"\0\x57" + b"a secret IPv6 packet"
    far.link.receive(Frame(Protocol.COMPRESSED, Encryptor(keys().send).encrypt(inner)).encode(), far.now)
    [octets] = far.link.frames_to_send()
    assert octets == bytes.fromhex("ff03 c021 08 02 0006 0057")


def test_a_reset_request_is_acknowledged() -> None:
    far = encrypted()
    assert far.say("CCP ResetReq id=0x7").hears() == ["CCP ResetAck id=0x7"]
    assert far.say("CCP ResetAck id=0x8").hears() == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"CCP ConfRej id=0x1 {STRONG}", EncryptionRefused(EncryptionFault.REJECTED)),
        ("LCP ProtRej id=0x3 0x80fd", EncryptionRefused(EncryptionFault.NO_CCP)),
        (
            "CCP ConfNak id=0x1 <mppe +H -M -S +L -D -C>",
            EncryptionRefused(EncryptionFault.OTHER_KIND, SupportedBits.H | SupportedBits.L),
        ),
        ('CCP TermReq id=0x9 "no more"', EncryptionRefused(EncryptionFault.ENDED)),
    ],
)
def test_where_encryption_is_only_wanted_it_goes_on_without(line: str, told: EncryptionRefused) -> None:
    far = entered(replace(ALICE, encryption=Encryption.WANTED))
    far.hears()
    far.say(line)
    assert told in far.told()
    assert any(line.startswith("IPCP ConfReq") for line in far.hears())
    assert far.phase() is Phase.NETWORK


def test_where_encryption_is_only_wanted_silence_is_not_the_end() -> None:
    far = entered(replace(ALICE, encryption=Encryption.WANTED))
    far.hears()
    far.wait(30.1)
    assert far.told() == [GaveUp(Protocol.CCP, Why.NO_ANSWER)]
    assert far.hears()[-1].startswith("IPCP ConfReq")


def test_where_encryption_is_only_wanted_disagreement_without_end_is_not_the_end() -> None:
    far = entered(replace(ALICE, encryption=Encryption.WANTED))
    far.hears()
    identifier = 0
    while not (told := far.told()):
        identifier += 1
        far.say(f"CCP ConfReq id={identifier:#x} <deflate 30732>")
    assert told == [GaveUp(Protocol.CCP, Why.NOT_CONVERGING)]
    assert [line.split(" id=")[0] for line in far.hears()[-2:]] == ["CCP TermReq", "IPCP ConfReq"]


def test_where_encryption_is_only_wanted_and_the_login_gives_no_keys_it_goes_on_without() -> None:
    far = FarEnd(replace(ALICE, encryption=Encryption.WANTED))
    far.say("LCP ConfReq id=0x1 <magic 0x5>")
    far.say(far.hears()[0].replace("ConfReq", "ConfAck"))
    assert far.told()[1:] == [EncryptionRefused(EncryptionFault.NO_KEYS)]
    assert {line.split(" id=")[0] for line in far.hears()} == {"CCP ConfReq", "IPCP ConfReq"}


def test_who_refuses_encryption_rejects_it_and_goes_on() -> None:
    far = entered(replace(ALICE, encryption=Encryption.REFUSED))
    assert [line.split(" <")[0] for line in far.hears()] == ["CCP ConfReq id=0x1", "IPCP ConfReq id=0x1"]
    assert far.say(ASKS).hears() == [f"CCP ConfRej id=0x1 {STRONG}"]
    far.say("CCP ConfReq id=0x2", "CCP ConfAck id=0x1", "CCP TermReq id=0x3")
    assert far.told() == [PeerHungUp("", Protocol.CCP)]
    assert far.phase() is Phase.NETWORK


def test_who_refuses_encryption_does_not_care_for_silence() -> None:
    far = entered(replace(ALICE, encryption=Encryption.REFUSED))
    far.say("IPCP ConfReq id=0x1 <addr 192.168.77.1>", "IPCP ConfNak id=0x1 <addr 192.168.77.10>")
    far.say(next(line for line in far.hears() if "IPCP ConfReq id=0x2" in line).replace("ConfReq", "ConfAck"))
    assert len(far.told()) == 1
    far.wait(60.0)
    assert (far.told(), far.phase()) == ([], Phase.NETWORK)


def test_who_has_no_ccp_rejects_the_protocol() -> None:
    far = entered(replace(ALICE, encryption=Encryption.ABSENT))
    far.hears()
    assert far.say(ASKS).hears() == ["LCP ProtRej id=0x2 0x80fd"]
    far.link.receive(Frame(Protocol.COMPRESSED, bytes(9)).encode(), far.now)
    assert far.hears() == ["LCP ProtRej id=0x3 0x00fd"]


def test_a_server_without_ccp_ends_a_client_that_does_not_answer_it_too() -> None:
    far = let_in()
    far.hears()
    far.say("LCP ProtRej id=0x3 0x80fd")
    ends_with(far, EncryptionRefused(EncryptionFault.NO_CCP), "MPPE required but peer negotiation failed")
