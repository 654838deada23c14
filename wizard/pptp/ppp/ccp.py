"""What CCP negotiates (RFC 1962): MPPE with 128 bit keys, stateless (RFC 3078 §2), and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.pptp.errors import Fault, RemoteProtocolError
from wizard.pptp.mppe import Decryptor, Encryptor, Keys, SupportedBits
from wizard.pptp.ppp.events import EncryptionFault, EncryptionRefused
from wizard.pptp.ppp.frames import Frame, Protocol
from wizard.pptp.ppp.negotiation import Negotiation
from wizard.pptp.ppp.packets import Option, Packet, PacketCode

MPPE = 18
"""Type of the only option that is known here (RFC 3078 §2)."""
BITS = SupportedBits.H | SupportedBits.S
"""What is asked for and taken: stateless, 128 bit."""
_SIZE = 4


class Ccp(Negotiation):
    """One side's CCP. Without `wanted` it takes part, and has no wish."""

    def __init__(self, *, wanted: bool) -> None:
        super().__init__()
        self.responses = {PacketCode.RESET_REQUEST: _acknowledge_reset, PacketCode.RESET_ACK: None}
        self._wanted = wanted
        self.offered: SupportedBits | None = None
        """What the far end wants, where it said so."""

    @property
    def agreed(self) -> bool:
        """Whether there is to be encryption in both directions."""
        return MPPE in self.wishes and MPPE in self.granted

    def first_wishes(self) -> Mapping[int, bytes]:
        """MPPE or nothing."""
        return {MPPE: _octets(BITS)} if self._wanted else {}

    def judge(self, option: Option) -> Option | None:
        """Take MPPE as we want it, hint at that where it is of another kind, and reject the rest."""
        if not self._wanted or option.kind != MPPE or len(option.value) != _SIZE:
            return None
        self.offered = SupportedBits(int.from_bytes(option.value, "big"))
        return Option(MPPE, _octets(BITS))

    def expected(self) -> tuple[Option, ...]:
        """MPPE, by those who want it."""
        return (Option(MPPE, _octets(BITS)),) if self._wanted else ()

    def hinted(self, option: Option) -> bytes:
        """Stay with our wish, and tell what the far end has instead."""
        if len(option.value) == _SIZE:
            self.offered = SupportedBits(int.from_bytes(option.value, "big"))
            if self.offered & BITS != BITS:
                self.told.append(EncryptionRefused(EncryptionFault.OTHER_KIND, self.offered))
        return self.wishes[MPPE]

    def refused(self, kind: int) -> None:
        """Tell that there will be no encryption."""
        if kind == MPPE:
            self.told.append(EncryptionRefused(EncryptionFault.REJECTED, self.offered))


class Cipher:
    """MPPE of an agreement, both directions."""

    def __init__(self, keys: Keys) -> None:
        self.used = False
        """Whether anything went through it yet."""
        self._encryptor = Encryptor(keys.send)
        self._decryptor = Decryptor(keys.receive)

    def encrypt(self, packet: bytes) -> Frame:
        """The frame that carries an IPv4 packet."""
        self.used = True
        inner = Frame(Protocol.IPV4, packet).encode(address=False)
        return Frame(Protocol.COMPRESSED, self._encryptor.encrypt(inner))

    def decrypt(self, information: bytes) -> Frame:
        """The frame inside one; `RemoteProtocolError` where there is none that MPPE may carry (RFC 3078 §3)."""
        inner = Frame.decode(self._decryptor.decrypt(information))
        if not 0x0021 <= inner.protocol <= 0x00FA:
            raise RemoteProtocolError(Fault.MALFORMED, f"protocol 0x{inner.protocol:04X} within MPPE")
        self.used = True
        return inner


def _acknowledge_reset(request: Packet) -> Packet:
    """RFC 1962 §3 wants it; stateless MPPE needs no reset."""
    return Packet(PacketCode.RESET_ACK, request.identifier)


def _octets(bits: SupportedBits) -> bytes:
    return int(bits).to_bytes(_SIZE, "big")
