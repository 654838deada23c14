"""MS-CHAPv2 of RFC 2759: what both sides compute from the password, and the three messages that carry it.

A peer proves that it knows the password with `nt_response`, the authenticator then proves the same with
`authenticator_response`. Challenges are 16 octets of randomness, one from each side.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from hashlib import sha1

from Crypto.Cipher import DES
from Crypto.Hash import MD4

from wizard.pptp.codes import Code
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError

CHALLENGE = 16
"""Octets of a challenge, of the authenticator's as of the peer's (§3, §4)."""
NT_RESPONSE = 24
"""Octets of a response (§4)."""
AUTHENTICATOR_RESPONSE = 20
"""Octets of the authenticator's proof, before it is written as text (§5)."""

_MAGIC = (b"Magic server to client signing constant", b"Pad to make it do more than one iteration")
_RESPONSE = struct.Struct(f">{CHALLENGE}s8x{NT_RESPONSE}sB")
_SUCCESS = re.compile(rb"S=([0-9A-Fa-f]{40})(?: M=(.*))?", re.DOTALL)
_FIELD = re.compile(rb"([ERCV])=(\S*) ?")


class FailureCode(Code):
    """What the E= of a Failure message says (§6)."""

    RESTRICTED_LOGON_HOURS = 646, "The account may not log on at this time of day"
    ACCOUNT_DISABLED = 647, "The account is disabled"
    PASSWORD_EXPIRED = 648, "The password has expired"
    NO_DIALIN_PERMISSION = 649, "The account has no permission to dial in"
    AUTHENTICATION_FAILURE = 691, "User name or password is wrong"
    CHANGING_PASSWORD = 709, "The password could not be changed"


def without_domain(name: bytes) -> bytes:
    r"""The user name alone: what stands behind the last backslash of `DOMAIN\name` (§8.2)."""
    return name.rpartition(b"\\")[2]


def challenge_hash(peer_challenge: bytes, authenticator_challenge: bytes, name: bytes) -> bytes:
    """The 8 octets that both challenges and the name make (§8.2). A domain before the name does not count."""
    return sha1(peer_challenge + authenticator_challenge + without_domain(name)).digest()[:8]


def nt_password_hash(password: str) -> bytes:
    """The 16 octets that stand for the password, and are as good as the password itself (§8.3)."""
    # Windows takes any 16-bit units for a password, half a surrogate pair too
    return MD4.new(password.encode("utf-16-le", "surrogatepass")).digest()


def hash_nt_password_hash(password_hash: bytes) -> bytes:
    """The 16 octets that the authenticator's proof and MPPE's keys are made from (§8.4)."""
    return MD4.new(password_hash).digest()


def nt_response(authenticator_challenge: bytes, peer_challenge: bytes, name: bytes, password: str) -> bytes:
    """The peer's proof, 24 octets (§8.1)."""
    challenge = challenge_hash(peer_challenge, authenticator_challenge, name)
    return challenge_response(challenge, nt_password_hash(password))


def challenge_response(challenge: bytes, password_hash: bytes) -> bytes:
    """The challenge of 8 octets, encrypted with each third of the password hash (§8.5)."""
    key = password_hash.ljust(21, b"\0")
    return b"".join(DES.new(des_key(key[i : i + 7]), DES.MODE_ECB).encrypt(challenge) for i in (0, 7, 14))


def des_key(key: bytes) -> bytes:
    """The 8 octets that DES wants of a key of 7: seven bits each, and a bit that makes their sum odd (§8.6, §9.3)."""
    bits = int.from_bytes(key, "big")
    sevens = ((bits >> shift & 0x7F) << 1 for shift in range(49, -1, -7))
    return bytes(seven | (seven.bit_count() + 1) % 2 for seven in sevens)


def authenticator_response(
    password: str, response: bytes, peer_challenge: bytes, authenticator_challenge: bytes, name: bytes
) -> bytes:
    """The authenticator's proof, 20 octets, that belongs to the peer's `nt_response` (§8.7)."""
    password_hash_hash = hash_nt_password_hash(nt_password_hash(password))
    digest = sha1(password_hash_hash + response + _MAGIC[0]).digest()
    return sha1(digest + challenge_hash(peer_challenge, authenticator_challenge, name) + _MAGIC[1]).digest()


@dataclass(frozen=True, slots=True)
class Response:
    """The Value field of a CHAP Response (§4)."""

    peer_challenge: bytes
    nt_response: bytes
    flags: int = 0
    """Reserved; zero in all that is known."""

    def encode(self) -> bytes:
        """The field's 49 octets; `LocalProtocolError` where a value does not fit."""
        if (len(self.peer_challenge), len(self.nt_response)) != (CHALLENGE, NT_RESPONSE):
            raise LocalProtocolError(Fault.VALUE, f"{len(self.peer_challenge)} and {len(self.nt_response)} octets")
        try:
            return _RESPONSE.pack(self.peer_challenge, self.nt_response, self.flags)
        except struct.error as error:
            raise LocalProtocolError(Fault.VALUE, f"flags = {self.flags}") from error

    @classmethod
    def decode(cls, octets: bytes) -> Response:
        """The field that `octets` are, whatever stands in its reserved octets. `RemoteProtocolError` where not 49."""
        if len(octets) != _RESPONSE.size:
            raise RemoteProtocolError(Fault.MALFORMED, f"MS-CHAPv2 Response: {len(octets)} octets, not 49")
        return cls(*_RESPONSE.unpack(octets))


@dataclass(frozen=True, slots=True)
class Success:
    """The Message field of a CHAP Success (§5)."""

    authenticator_response: bytes
    message: str = ""
    """For the user, as it came: characters that no screen should be sent may be among it."""

    def encode(self) -> bytes:
        """The field; `LocalProtocolError` where the proof is not one of 20 octets."""
        if len(self.authenticator_response) != AUTHENTICATOR_RESPONSE:
            raise LocalProtocolError(Fault.VALUE, f"{len(self.authenticator_response)} octets")
        return f"S={self.authenticator_response.hex().upper()} M={self.message}".encode("utf-8", "replace")

    @classmethod
    def decode(cls, octets: bytes) -> Success:
        """The field that `octets` are; `RemoteProtocolError` where the proof is missing."""
        field = _SUCCESS.fullmatch(octets)
        if field is None:
            raise RemoteProtocolError(Fault.MALFORMED, f"MS-CHAPv2 Success: {octets[:60]!r}")
        return cls(bytes.fromhex(field[1].decode("ascii")), _text(field[2] or b""))


@dataclass(frozen=True, slots=True)
class Failure:
    """The Message field of a CHAP Failure (§6)."""

    error: int | None = FailureCode.AUTHENTICATION_FAILURE
    """A `FailureCode`, a number that the RFC does not have, or None: pppd refuses an unknown user without any."""
    may_retry: bool = False
    challenge: bytes | None = None
    """For the next try, 16 octets."""
    version: int | None = None
    """Of the password change protocol: 3 by the RFC, 0 from pppd."""
    message: str = ""
    """For the user, as it came: characters that no screen should be sent may be among it."""

    def encode(self) -> bytes:
        """The field; `LocalProtocolError` where the challenge is not one of 16 octets, or a number is negative."""
        if self.challenge is not None and len(self.challenge) != CHALLENGE:
            raise LocalProtocolError(Fault.VALUE, f"challenge: {len(self.challenge)} octets")
        if min(self.error or 0, self.version or 0) < 0:
            raise LocalProtocolError(Fault.VALUE, f"E={self.error} V={self.version}")
        text = f"{self._fields()}M={self.message}" if self.error is not None else self.message
        return text.encode("utf-8", "replace")

    @classmethod
    def decode(cls, octets: bytes) -> Failure:
        """The field that `octets` are. Without `E=` all of it is the message.

        `RemoteProtocolError` where a field has no value of its kind.
        """
        if not octets.startswith(b"E="):
            return cls(None, message=_text(octets))
        values: dict[bytes, bytes] = {}
        place = 0
        while field := _FIELD.match(octets, place):
            values.setdefault(field[1], field[2])
            place = field.end()
        return cls._of(values, octets[place:])

    @classmethod
    def _of(cls, values: dict[bytes, bytes], rest: bytes) -> Failure:
        retry = _number(b"R", values.get(b"R"))
        if retry not in (None, 0, 1):
            raise RemoteProtocolError(Fault.MALFORMED, f"MS-CHAPv2 Failure: R={retry}")
        return cls(
            error=_known(_number(b"E", values[b"E"])),
            may_retry=retry == 1,
            challenge=_challenge(values.get(b"C")),
            version=_number(b"V", values.get(b"V")),
            message=_text(rest.removeprefix(b"M=")),
        )

    def _fields(self) -> str:
        challenge = "" if self.challenge is None else f"C={self.challenge.hex().upper()} "
        version = "" if self.version is None else f"V={self.version} "
        return f"E={self.error:d} R={self.may_retry:d} {challenge}{version}"


def _number(name: bytes, digits: bytes | None) -> int | None:
    """Up to ten digits (§6)."""
    if digits is None:
        return None
    if not re.fullmatch(rb"[0-9]{1,10}", digits):
        raise RemoteProtocolError(Fault.MALFORMED, f"MS-CHAPv2 Failure: {name + b'=' + digits[:40]!r}")
    return int(digits)


def _known(error: int | None) -> int | None:
    return next((code for code in FailureCode if code == error), error)


def _challenge(digits: bytes | None) -> bytes | None:
    if digits is None:
        return None
    if not re.fullmatch(rb"[0-9A-Fa-f]{32}", digits):
        raise RemoteProtocolError(Fault.MALFORMED, f"MS-CHAPv2 Failure: {b'C=' + digits[:40]!r}")
    return bytes.fromhex(digits.decode("ascii"))


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")
