"""What LCP negotiates (RFC 1661 §6), and its packets that keep a link going (§5.7 to §5.9, RFC 1570)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from random import Random

from wizard.pptp.errors import Fault, RemoteProtocolError
from wizard.pptp.ppp.events import Authentication, EchoAnswered, LoginAsked, LoopedBack
from wizard.pptp.ppp.negotiation import Negotiation
from wizard.pptp.ppp.output import ProtocolRejected
from wizard.pptp.ppp.packets import Option, Packet, PacketCode
from wizard.pptp.ppp.settings import DEFAULT_MRU

MIN_MRU = 128
"""Octets; pppd asks for more too where the far end wants less."""
MAGIC_NUMBER = 4
"""Octets of it. Zero says that there is none."""
LOOPS = 2
"""So many Configure-Requests with our own magic number, one after the other, are no accident."""


class LcpOption(IntEnum):
    """The options that are not simply rejected. Windows also asks for a callback (13) and for multilink (17, 19)."""

    MRU = 1
    ACCM = 2
    AUTHENTICATION = 3
    MAGIC = 5
    PFC = 7
    ACFC = 8


_SIZES: Mapping[int, int] = {
    LcpOption.MRU: 2,
    LcpOption.ACCM: 4,
    LcpOption.MAGIC: MAGIC_NUMBER,
    LcpOption.PFC: 0,
    LcpOption.ACFC: 0,
}


class Lcp(Negotiation):
    """One side's LCP. `demands` is the login that it asks for, `offers` what it takes part in when asked."""

    def __init__(
        self,
        random: Random,
        mru: int = DEFAULT_MRU,
        *,
        demands: Authentication | None = None,
        offers: tuple[Authentication, ...] = (),
    ) -> None:
        super().__init__()
        self.responses = {
            PacketCode.PROTOCOL_REJECT: self._note_rejected,
            PacketCode.ECHO_REQUEST: self._answer_echo,
            PacketCode.ECHO_REPLY: self._note_echo,
            PacketCode.DISCARD_REQUEST: None,
            PacketCode.IDENTIFICATION: None,
            PacketCode.TIME_REMAINING: None,
        }
        self.demands = demands
        self._offers = offers
        self._mru = mru
        self._random = random
        self._loops = 0
        self._asked_for: set[Authentication] = set()

    @property
    def magic(self) -> bytes:
        """Our magic number, zero where the far end rejected it."""
        return self.wishes.get(LcpOption.MAGIC, bytes(MAGIC_NUMBER))

    @property
    def peers_mru(self) -> int:
        """Octets of information that the far end takes in a frame."""
        value = self.granted.get(LcpOption.MRU)
        return int.from_bytes(value, "big") if value else DEFAULT_MRU

    @property
    def login(self) -> Authentication | None:
        """How the client logs in, by what is agreed on; None for not at all."""
        value = self.wishes.get(LcpOption.AUTHENTICATION, self.granted.get(LcpOption.AUTHENTICATION))
        return None if value is None else Authentication.of(value)

    def first_wishes(self) -> Mapping[int, bytes]:
        """In pppd's order. A default is not asked for."""
        wishes: dict[int, bytes] = {}
        if self._mru != DEFAULT_MRU:
            wishes[LcpOption.MRU] = self._mru.to_bytes(2, "big")
        wishes[LcpOption.ACCM] = bytes(4)
        if self.demands:
            wishes[LcpOption.AUTHENTICATION] = self.demands.value
        return wishes | {LcpOption.MAGIC: self._new_magic(), LcpOption.PFC: b"", LcpOption.ACFC: b""}

    def judge(self, option: Option) -> Option | None:
        """Take what an asynchronous line has; over PPTP most of it says nothing."""
        if option.kind == LcpOption.AUTHENTICATION:
            return self._judge_login(option)
        if _SIZES.get(option.kind) != len(option.value):
            return None
        if option.kind == LcpOption.MRU and int.from_bytes(option.value, "big") < MIN_MRU:
            return Option(LcpOption.MRU, MIN_MRU.to_bytes(2, "big"))
        if option.kind == LcpOption.MAGIC:
            return self._judge_magic(option)
        return option

    def hinted(self, option: Option) -> bytes:
        """Follow where it costs nothing; a demanded login stays what it is."""
        wish = self.wishes[option.kind]
        match option.kind:
            case LcpOption.MAGIC:
                return self._new_magic()
            case LcpOption.AUTHENTICATION:
                self._tell_asked(Authentication.of(option.value))
            case LcpOption.MRU if len(option.value) == len(wish):
                return max(min(wish, option.value), MIN_MRU.to_bytes(2, "big"))
            case LcpOption.ACCM if len(option.value) == len(wish):
                return option.value
        return wish

    def refused(self, kind: int) -> None:
        """Nothing is lost with any of it, except a demanded login: see `login`."""

    def echo_request(self, identifier: int) -> Packet:
        """Ask the far end whether it is there."""
        return Packet(PacketCode.ECHO_REQUEST, identifier, self.magic)

    def _note_rejected(self, packet: Packet) -> None:
        if len(packet.data) < 2:
            raise RemoteProtocolError(Fault.PACKET_CUT, f"Protocol-Reject: {len(packet.data)} octets")
        self.told.append(ProtocolRejected(int.from_bytes(packet.data[:2], "big")))

    def _answer_echo(self, request: Packet) -> Packet | None:
        if self._is_own(request):
            self.told.append(LoopedBack())
            return None
        return Packet(PacketCode.ECHO_REPLY, request.identifier, self.magic + request.data[MAGIC_NUMBER:])

    def _note_echo(self, reply: Packet) -> None:
        self.told.append(LoopedBack() if self._is_own(reply) else EchoAnswered(reply.identifier))

    def _is_own(self, echo: Packet) -> bool:
        if len(echo.data) < MAGIC_NUMBER:
            raise RemoteProtocolError(Fault.PACKET_CUT, f"echo: {len(echo.data)} octets, not {MAGIC_NUMBER}")
        return any(self.magic) and echo.data.startswith(self.magic)

    def _judge_login(self, option: Option) -> Option | None:
        asked = Authentication.of(option.value)
        if asked is Authentication.MS_CHAP_V2 and asked in self._offers:
            return option
        self._tell_asked(asked)
        offer = next(iter(self._offers), asked)
        return Option(option.kind, offer.value) if offer is not asked else None

    def _judge_magic(self, option: Option) -> Option:
        if not any(option.value):
            return Option(option.kind, self._new_magic())
        if option.value != self.magic:
            self._loops = 0
            return option
        self._loops += 1
        if self._loops == LOOPS:
            self.told.append(LoopedBack())
        return Option(option.kind, self._new_magic())

    def _tell_asked(self, kind: Authentication) -> None:
        if kind not in self._asked_for:
            self._asked_for.add(kind)
            self.told.append(LoginAsked(kind))

    def _new_magic(self) -> bytes:
        return self._random.randint(1, 0xFFFFFFFF).to_bytes(MAGIC_NUMBER, "big")
