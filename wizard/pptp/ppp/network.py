"""The Network-Layer Protocol phase of a link (RFC 1661 §3.6): CCP, IPCP, and IPv4 packets as the two allow them."""

from __future__ import annotations

from collections.abc import Iterable

from wizard.pptp.errors import Fault, LocalProtocolError
from wizard.pptp.mppe import Keys, SupportedBits
from wizard.pptp.ppp.automaton import Automaton
from wizard.pptp.ppp.ccp import BITS, Ccp, Cipher
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
from wizard.pptp.ppp.ipcp import ClientAddresses, ServerAddresses
from wizard.pptp.ppp.output import HangUp, Output, Signal, Unknown
from wizard.pptp.ppp.packets import Packet
from wizard.pptp.ppp.settings import Encryption, Limits
from wizard.pptp.ppp.transitions import NEGOTIATING

_REASONS = {
    EncryptionFault.REJECTED: "MPPE required but peer refused",
    EncryptionFault.OTHER_KIND: "MPPE required but peer negotiation failed",
    EncryptionFault.ONE_WAY: "MPPE required but peer negotiation failed",
    EncryptionFault.NO_CCP: "MPPE required but peer negotiation failed",
    EncryptionFault.ENDED: "MPPE disabled",
    EncryptionFault.RENEGOTIATED: "MPPE disabled",
    EncryptionFault.NO_KEYS: "MPPE required but not available",
}
"""What pppd ends a link with."""

_WANTED = (Encryption.REQUIRED, Encryption.WANTED)


class Network:
    """What goes on after the login. Consequences are returned, in order.

    As in pppd, IPCP does not begin before it is settled whether there is encryption; until then what the far end says
    of it is answered with a Terminate-Ack.
    """

    def __init__(
        self,
        encryption: Encryption,
        keys: Keys | None,
        addresses: ClientAddresses | ServerAddresses,
        limits: Limits,
    ) -> None:
        self._encryption = encryption
        self._keys = keys
        self._ccp = Automaton(Protocol.CCP, Ccp(wanted=self._wanted), limits)
        self._ipcp: Automaton[ClientAddresses | ServerAddresses] = Automaton(Protocol.IPCP, addresses, limits)
        self._cipher: Cipher | None = None
        self._refused = False

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do, None for never."""
        due = (self._ccp.deadline, self._ipcp.deadline)
        return min((time for time in due if time is not None), default=None)

    def start(self, now: float) -> list[Output]:
        """Begin with CCP, or with IPCP where there is nothing to wait for."""
        output = [*self._ccp.up(now), *self._ipcp.up(now)]
        if self._keys is None and self._encryption in _WANTED:
            output += self._go_without(EncryptionFault.NO_KEYS, now)
        if self._encryption is not Encryption.ABSENT:
            output += self._follow_ccp(self._ccp.open(now), now)
        return output if self._wanted else [*output, *self._open_ipcp(now)]

    def tick(self, now: float) -> list[Output]:
        """Let time pass."""
        return [*self._follow_ccp(self._ccp.tick(now), now), *self._follow_ipcp(self._ipcp.tick(now))]

    def receive(self, frame: Frame, now: float) -> list[Output]:
        """Take in a frame; `RemoteProtocolError` where it is malformed, and then nothing has changed."""
        match frame.protocol:
            case Protocol.IPCP:
                return self._follow_ipcp(self._ipcp.receive(Packet.decode(frame.information), now))
            case Protocol.IPV4:
                return self._take_clear(frame.information)
            case Protocol.CCP if self._encryption is not Encryption.ABSENT:
                return self._follow_ccp(self._ccp.receive(Packet.decode(frame.information), now), now)
            case Protocol.COMPRESSED if self._encryption is not Encryption.ABSENT:
                return self._take_encrypted(frame.information)
        return [Unknown(frame)]

    def reject(self, protocol: int, now: float) -> list[Output]:
        """The far end does not know this protocol."""
        match protocol:
            case Protocol.CCP:
                return self._follow_ccp(self._ccp.reject(now), now)
            case Protocol.IPCP:
                return self._follow_ipcp(self._ipcp.reject(now))
        return []

    def send(self, packet: bytes) -> Frame | None:
        """The frame for an IPv4 packet, None where encryption has to wait.

        `LocalProtocolError` while no address is agreed on.
        """
        if not self._ipcp.is_open:
            raise LocalProtocolError(Fault.OUT_OF_TURN, "no address is agreed on")
        if self._cipher:
            return self._cipher.encrypt(packet)
        return None if self._required else Frame(Protocol.IPV4, packet)

    @property
    def _required(self) -> bool:
        return self._encryption is Encryption.REQUIRED

    @property
    def _wanted(self) -> bool:
        return self._encryption in _WANTED and self._keys is not None

    def _follow_ccp(self, outputs: Iterable[Output], now: float) -> list[Output]:
        followed: list[Output] = []
        for output in outputs:
            match output:
                case Signal():
                    followed += self._follow_ccps(output, now)
                case EncryptionRefused(fault, offered):
                    followed += self._go_without(fault, now, offered)
                case PeerHungUp():
                    followed += [output, *self._go_without(EncryptionFault.ENDED, now)]
                case GaveUp():
                    followed += self._give_up_ccp(output, now)
                case _:
                    followed.append(output)
        return followed

    def _follow_ccps(self, signal: Signal, now: float) -> list[Output]:
        if signal is Signal.UP and self._keys and self._wanted:
            if not self._ccp.rules.agreed:
                return self._go_without(EncryptionFault.ONE_WAY, now, self._ccp.rules.offered)
            self._cipher = Cipher(self._keys)
            return [EncryptionUp(BITS), *self._open_ipcp(now)]
        if signal is Signal.DOWN and self._cipher:
            anew = self._cipher.used and self._ccp.state in NEGOTIATING
            self._cipher = None
            # the keys begin anew too, and what was sent with them once must not be sent with them again
            return self._go_without(EncryptionFault.RENEGOTIATED, now) if anew else []
        return []

    def _give_up_ccp(self, why: GaveUp, now: float) -> list[Output]:
        if not self._wanted:
            return []
        if why.why is Why.REJECTED:
            return self._go_without(EncryptionFault.NO_CCP, now)
        if self._required:
            return [why, HangUp(_REASONS[EncryptionFault.OTHER_KIND])]
        return [why, *self._follow_ccp(self._ccp.close(now), now), *self._open_ipcp(now)]

    def _go_without(self, fault: EncryptionFault, now: float, offered: SupportedBits | None = None) -> list[Output]:
        """There will be no encryption, which is told once to those who want it."""
        if self._refused or self._encryption not in _WANTED:
            return []
        self._refused = True
        refusal = EncryptionRefused(fault, offered)
        return [refusal, HangUp(_REASONS[fault])] if self._required else [refusal, *self._open_ipcp(now)]

    def _open_ipcp(self, now: float) -> list[Output]:
        return self._follow_ipcp(self._ipcp.open(now))

    def _follow_ipcp(self, outputs: Iterable[Output]) -> list[Output]:
        followed: list[Output] = []
        for output in outputs:
            match output:
                case Signal.UP:
                    followed += self._addresses()
                case Signal():
                    pass
                case GaveUp() | PeerHungUp():
                    followed += [output, HangUp("No network protocols running")]
                case _:
                    followed.append(output)
        return followed

    def _addresses(self) -> list[Output]:
        rules = self._ipcp.rules
        if rules.own is None:
            return [GaveUp(Protocol.IPCP, Why.REFUSED), HangUp("Could not determine local IP address")]
        return [AddressesUp(rules.own, rules.peers, rules.dns)]

    def _take_clear(self, packet: bytes) -> list[Output]:
        if self._cipher or self._required:
            return [Unencrypted(packet)]
        return [IpPacket(packet)] if self._ipcp.is_open else []

    def _take_encrypted(self, information: bytes) -> list[Output]:
        if self._cipher is None:
            return []  # RFC 1962 §4: not before CCP is open
        inner = self._cipher.decrypt(information)
        if inner.protocol != Protocol.IPV4:
            # what was encrypted is not sent back in the clear
            return [Unknown(Frame(inner.protocol, b""))]
        return [IpPacket(inner.information)] if self._ipcp.is_open else []
