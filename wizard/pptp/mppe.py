"""MPPE of RFC 3078, with the keys that RFC 3079 makes from MS-CHAPv2: 128 bit, stateless.

Stateless says that every packet has a key of its own, so that a lost one costs itself only. Which of its 4096 keys a
packet was encrypted with is told by its coherency count.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntFlag
from hashlib import sha1

from Crypto.Cipher import ARC4

from wizard.pptp.errors import Fault, RemoteProtocolError
from wizard.pptp.mschap import hash_nt_password_hash, nt_password_hash

KEY = 16
"""Octets of every key here."""
OVERHEAD = 2
"""Octets that a frame grows by; what used to be its protocol field is encrypted with it."""

_COUNTS = 4096
_FLUSHED, _ENCRYPTED = 0x8000, 0x1000
"""Bits A and D (RFC 3078 §3.1). B and C say nothing in MPPE."""
_HEAD = struct.Struct(">H")
_PADS = (bytes(40), b"\xf2" * 40)
_MASTER = b"This is the MPPE Master Key"
_CLIENT_SENDS = b"On the client side, this is the send key; on the server side, it is the receive key."
_SERVER_SENDS = b"On the client side, this is the receive key; on the server side, it is the send key."


class SupportedBits(IntFlag):
    """The Supported Bits of the MPPE option in CCP (RFC 3078 §2). Unknown bits are kept."""

    H = 0x01000000
    """Stateless."""
    M = 0x00000080
    """56 bit keys."""
    S = 0x00000040
    """128 bit keys."""
    L = 0x00000020
    """40 bit keys."""
    D = 0x00000010
    """Obsolete."""
    C = 0x00000001
    """MPPC, compression without any encryption."""

    @property
    def unknown(self) -> int:
        """The bits that the RFC does not have."""
        return int(self) & ~sum(SupportedBits)


def as_pppd_logs(bits: SupportedBits) -> str:
    """As in pppd's debug log, `+H -M +S -L -D -C`; where there are unknown bits, ` +U` and all octets follow."""
    text = " ".join(("+" if bits & bit else "-") + str(bit.name) for bit in SupportedBits)
    return f"{text} +U ({int(bits).to_bytes(4, 'big').hex(' ')})" if bits.unknown else text


def in_words(bits: SupportedBits) -> str:
    """For a person: `128 bit, stateless`, or `no encryption`."""
    lengths = {SupportedBits.S: "128", SupportedBits.M: "56", SupportedBits.L: "40"}
    offered = [length for bit, length in lengths.items() if bits & bit]
    words = ["no encryption"]
    if offered:
        words = [" or ".join(offered) + " bit", "stateless" if bits & SupportedBits.H else "stateful"]
    if bits & SupportedBits.C:
        words.append("compression (MPPC)")
    if bits.unknown:
        words.append(f"unknown bits 0x{bits.unknown:08X}")
    return ", ".join(words)


@dataclass(frozen=True, slots=True)
class Keys:
    """What one side's `Encryptor` and `Decryptor` begin with. They never print."""

    send: bytes = field(repr=False)
    receive: bytes = field(repr=False)


def session_keys(password: str, response: bytes, *, server: bool) -> Keys:
    """The start keys of a session, 128 bit, after MS-CHAPv2 with this NT response of 24 octets (RFC 3079 §3.3).

    What one side sends with, the other receives with. RFC 3079 calls them MasterSendKey and MasterReceiveKey.
    """
    master = master_key(password, response)
    client_sends, server_sends = start_key(master, _CLIENT_SENDS), start_key(master, _SERVER_SENDS)
    return Keys(server_sends, client_sends) if server else Keys(client_sends, server_sends)


def master_key(password: str, response: bytes) -> bytes:
    """GetMasterKey of RFC 3079 §3.4."""
    return sha1(hash_nt_password_hash(nt_password_hash(password)) + response + _MASTER).digest()[:KEY]


def start_key(master: bytes, purpose: bytes) -> bytes:
    """GetAsymmetricStartKey of RFC 3079 §3.4, for one direction."""
    return sha1(master + _PADS[0] + purpose + _PADS[1]).digest()[:KEY]


def new_key(start: bytes, session: bytes) -> bytes:
    """GetNewKeyFromSHA of RFC 3079 §3.4. From the start key twice it makes the initial session key."""
    return sha1(start + _PADS[0] + session + _PADS[1]).digest()[:KEY]


class _Sequence:
    """The session keys of one direction, one after the other."""

    def __init__(self, start: bytes) -> None:
        self._start = start
        self._key = new_key(start, start)
        self.count = _COUNTS - 1
        """Of the last packet. The first one has 0, and its key was changed once already (RFC 3078 §7.1, §8.1)."""

    def advance(self, steps: int = 1) -> None:
        """Change the key, once for each packet (RFC 3078 §7.3)."""
        for _ in range(steps):
            interim = new_key(self._start, self._key)
            self._key = ARC4.new(interim).encrypt(interim)
        self.count = (self.count + steps) % _COUNTS

    def apply(self, octets: bytes) -> bytes:
        """Encrypt or decrypt with the present key; RC4 does not know the difference."""
        return ARC4.new(self._key).encrypt(octets)


class Encryptor:
    """The sending half of one side. `key` is `Keys.send`."""

    def __init__(self, key: bytes) -> None:
        self._keys = _Sequence(key)

    def encrypt(self, frame: bytes) -> bytes:
        """The information of a PPP packet with protocol 0x00FD, made of a protocol field and its information.

        Only protocols from 0x0021 to 0x00FA are to be encrypted (RFC 3078 §3); that is for the caller to see to.
        """
        self._keys.advance()
        return _HEAD.pack(_FLUSHED | _ENCRYPTED | self._keys.count) + self._keys.apply(frame)


class Decryptor:
    """The receiving half of one side. `key` is `Keys.receive`."""

    def __init__(self, key: bytes) -> None:
        self._keys = _Sequence(key)

    def decrypt(self, packet: bytes) -> bytes:
        """The protocol field and information in a packet of protocol 0x00FD.

        Lost packets are stepped over, 2047 at once: what is further ahead counts as old. `RemoteProtocolError` for a
        packet that is too short, old, not encrypted or stateful; the next good one can be read all the same. A wrong
        key cannot be noticed here: what comes out then is no PPP.
        """
        head = _checked(packet)
        ahead = (head - self._keys.count) % _COUNTS
        if not 0 < ahead <= _COUNTS // 2:
            raise RemoteProtocolError(Fault.COHERENCY, f"{head % _COUNTS} after {self._keys.count}")
        self._keys.advance(ahead)
        return self._keys.apply(packet[_HEAD.size :])


def _checked(packet: bytes) -> int:
    """Bits and coherency count of a packet that is encrypted as agreed."""
    if len(packet) <= OVERHEAD:
        raise RemoteProtocolError(Fault.MALFORMED, f"MPPE packet: {len(packet)} octets")
    head = int.from_bytes(packet[: _HEAD.size], "big")
    if not head & _ENCRYPTED:
        raise RemoteProtocolError(Fault.UNENCRYPTED, f"0x{head:04X}")
    if not head & _FLUSHED:
        raise RemoteProtocolError(Fault.STATEFUL, f"0x{head:04X}")
    return head
