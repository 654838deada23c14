"""The login: CHAP of RFC 1994 with MS-CHAPv2 (RFC 2759), as the peer that logs in and as the authenticator."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from random import Random

from wizard.pptp.codes import Code
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError
from wizard.pptp.mppe import Keys, session_keys
from wizard.pptp.mschap import (
    CHALLENGE,
    Failure,
    FailureCode,
    Response,
    Success,
    authenticator_response,
    nt_response,
)
from wizard.pptp.ppp.events import FalseServer, GaveUp, LoggedIn, LoginRefused, Why
from wizard.pptp.ppp.frames import Frame, Protocol
from wizard.pptp.ppp.output import HangUp, Output
from wizard.pptp.ppp.packets import Packet
from wizard.pptp.ppp.settings import Account, Limits


class ChapCode(Code):
    """The Code field (RFC 1994 §4)."""

    CHALLENGE = 1, "Challenge"
    RESPONSE = 2, "Response"
    SUCCESS = 3, "Success"
    FAILURE = 4, "Failure"


@dataclass(frozen=True, slots=True)
class Named:
    """The data of a Challenge or a Response: a value, and who sends it (RFC 1994 §4.1)."""

    value: bytes
    name: bytes

    def encode(self) -> bytes:
        """The data as octets; `LocalProtocolError` where the value is longer than 255."""
        if len(self.value) > 0xFF:
            raise LocalProtocolError(Fault.VALUE, f"CHAP value: {len(self.value)} octets")
        return bytes([len(self.value)]) + self.value + self.name

    @classmethod
    def decode(cls, data: bytes) -> Named:
        """What `data` is; `RemoteProtocolError` where it ends before the value does."""
        if not data or len(data) <= data[0]:
            raise RemoteProtocolError(Fault.PACKET_CUT, f"CHAP value: {len(data)} octets")
        return cls(data[1 : 1 + data[0]], data[1 + data[0] :])


class Login(ABC):
    """What the peer and the authenticator have in common. Consequences are returned, in order."""

    def __init__(self, limits: Limits) -> None:
        self.keys: Keys | None = None
        """For MPPE, after the login was accepted."""
        self.deadline: float | None = None
        """When `tick` has something to do, None for never."""
        self._limits = limits
        self._left = limits.max_configure
        self._waiting: Packet | None = None
        """What is sent again until the far end answers."""
        self._now = 0.0

    def start(self, now: float) -> list[Output]:
        """Begin: LCP is agreed on."""
        self._now = now
        return self._begin(self._opening())

    def receive(self, packet: Packet, now: float) -> list[Output]:
        """Take in a packet; one that is not expected is silently discarded (RFC 1994 §4).

        `RemoteProtocolError` where it is not MS-CHAPv2; then nothing has changed.
        """
        self._now = now
        return self._take(packet)

    def tick(self, now: float) -> list[Output]:
        """Let time pass."""
        self._now = now
        if self.deadline is None or now < self.deadline:
            return []
        if self._left <= 0:
            self.deadline = None
            return [GaveUp(Protocol.CHAP, Why.NO_ANSWER), HangUp("CHAP authentication timed out")]
        return self._send()

    @abstractmethod
    def _opening(self) -> Packet | None:
        """What this side begins with."""

    @abstractmethod
    def _take(self, packet: Packet) -> list[Output]:
        """What comes of a packet."""

    def _begin(self, waiting: Packet | None) -> list[Output]:
        self._waiting = waiting
        self._left = self._limits.max_configure
        return self._send()

    def _send(self) -> list[Output]:
        self._left -= 1
        self.deadline = self._now + self._limits.restart_timer
        return [_frame(self._waiting)] if self._waiting else []

    def _end(self) -> None:
        self.deadline = None
        self._waiting = None


class Peer(Login):
    """The side that logs in. It sends its Response again until it hears what became of it."""

    def __init__(self, name: str, password: str, random: Random, limits: Limits) -> None:
        super().__init__(limits)
        self._name = name.encode("utf-8", "replace")
        self._password = password
        self._random = random
        self._challenge = (0, b"")
        """Identifier and value of the last one."""
        self._response: Response | None = None
        self._answer = Packet(ChapCode.RESPONSE, 0)

    def _opening(self) -> None:
        """Nothing: the server begins, and is waited for as long as it would go on challenging."""

    def _take(self, packet: Packet) -> list[Output]:
        match packet.code:
            case ChapCode.CHALLENGE:
                return self._challenged(packet)
            case ChapCode.SUCCESS if self._awaits(packet):
                return self._accepted(Success.decode(packet.data))
            case ChapCode.FAILURE if self._awaits(packet):
                return self._refused(Failure.decode(packet.data))
        return []

    def _challenged(self, packet: Packet) -> list[Output]:
        challenge = Named.decode(packet.data).value
        if len(challenge) != CHALLENGE:
            raise RemoteProtocolError(Fault.MALFORMED, f"MS-CHAPv2 Challenge: {len(challenge)} octets, not {CHALLENGE}")
        if self._response is None or self._challenge != (packet.identifier, challenge):
            self._challenge = (packet.identifier, challenge)
            self._response = self._respond(challenge)
            answer = Named(self._response.encode(), self._name).encode()
            self._answer = Packet(ChapCode.RESPONSE, packet.identifier, answer)
            return self._begin(self._answer)
        # the same Challenge again gets the same Response: the keys of MPPE hang on which one the server took
        return [_frame(self._answer)]

    def _respond(self, challenge: bytes) -> Response:
        peers = self._random.randbytes(CHALLENGE)
        return Response(peers, nt_response(challenge, peers, self._name, self._password))

    def _awaits(self, packet: Packet) -> bool:
        return self._waiting is not None and packet.identifier == self._waiting.identifier

    def _accepted(self, success: Success) -> list[Output]:
        assert self._response
        proof = authenticator_response(
            self._password,
            self._response.nt_response,
            self._response.peer_challenge,
            self._challenge[1],
            self._name,
        )
        self._end()
        if not compare_digest(proof, success.authenticator_response):
            return [FalseServer(), HangUp("MS-CHAPv2 mutual authentication failed")]
        self.keys = session_keys(self._password, self._response.nt_response, server=False)
        return [LoggedIn(_text(self._name), success.message)]

    def _refused(self, failure: Failure) -> list[Output]:
        self._end()
        return [
            LoginRefused(failure.error, failure.message),
            HangUp("Failed to authenticate ourselves to peer"),
        ]


class Authenticator(Login):
    """The side that lets in. It challenges again until it gets a Response, and repeats its verdict when asked again."""

    def __init__(self, name: str, accounts: Mapping[str, Account], random: Random, limits: Limits) -> None:
        super().__init__(limits)
        self.account: Account | None = None
        """Whose login was accepted."""
        self._name = name
        self._accounts = accounts
        self._random = random
        self._challenge = Packet(ChapCode.CHALLENGE, 0)
        self._verdict: Packet | None = None

    def _opening(self) -> Packet:
        value = self._random.randbytes(CHALLENGE)
        data = Named(value, self._name.encode("utf-8", "replace")).encode()
        self._challenge = Packet(ChapCode.CHALLENGE, self._random.randrange(256), data)
        return self._challenge

    def _take(self, packet: Packet) -> list[Output]:
        if packet.code != ChapCode.RESPONSE or packet.identifier != self._challenge.identifier:
            return []
        if self._verdict:
            return [_frame(self._verdict)]
        named = Named.decode(packet.data)
        response = Response.decode(named.value)
        self._end()
        account = self._accounts.get(_text(named.name))
        if account and self._is_right(response, named.name, account):
            return self._accept(response, named.name, account)
        return self._refuse(known=account is not None)

    def _is_right(self, response: Response, name: bytes, account: Account) -> bool:
        right = nt_response(self._value, response.peer_challenge, name, account.password)
        return compare_digest(right, response.nt_response)

    def _accept(self, response: Response, name: bytes, account: Account) -> list[Output]:
        proof = authenticator_response(
            account.password, response.nt_response, response.peer_challenge, self._value, name
        )
        self.account = account
        self.keys = session_keys(account.password, response.nt_response, server=True)
        success = Success(proof, "Access granted")
        return [*self._judged(ChapCode.SUCCESS, success.encode()), LoggedIn(_text(name), success.message)]

    def _refuse(self, *, known: bool) -> list[Output]:
        """As pppd does: a wrong password gets a code, an unknown user not a word."""
        failure = Failure(None)
        if known:
            failure = Failure(FailureCode.AUTHENTICATION_FAILURE, True, self._value, 0, "Access denied")
        return [
            *self._judged(ChapCode.FAILURE, failure.encode()),
            LoginRefused(failure.error, failure.message),
            HangUp("Authentication failed"),
        ]

    @property
    def _value(self) -> bytes:
        return Named.decode(self._challenge.data).value

    def _judged(self, code: ChapCode, data: bytes) -> list[Output]:
        self._verdict = Packet(code, self._challenge.identifier, data)
        return [_frame(self._verdict)]


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def _frame(packet: Packet) -> Frame:
    return Frame(Protocol.CHAP, packet.encode())
