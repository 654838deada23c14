"""What a protocol has to say about its configuration options; how the saying goes is the automaton's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

from wizard.pptp.errors import Fault, RemoteProtocolError
from wizard.pptp.ppp.events import Event
from wizard.pptp.ppp.output import ProtocolRejected
from wizard.pptp.ppp.packets import Option, Packet, PacketCode

Response = Callable[[Packet], Packet | None]
"""Answers a packet or only takes note of it; `RemoteProtocolError` where it is cut short."""


class Negotiation(ABC):
    """One protocol's wishes and its opinion on those of the far end.

    An option that the far end asks for is judged with the option itself (yes), another one (a hint for a
    Configure-Nak), or None (a Configure-Reject).
    """

    def __init__(self) -> None:
        self.responses: dict[int, Response | None] = {}
        """Codes beside those that every protocol has, 1 to 7, and what their packets are answered with while open."""
        self.wishes: dict[int, bytes] = {}
        """What we ask for: type of the option → value."""
        self.granted: dict[int, bytes] = {}
        """What the far end asked for and got."""
        self.told: list[Event | ProtocolRejected] = []
        """What came up, for the automaton to pass on."""

    @abstractmethod
    def first_wishes(self) -> Mapping[int, bytes]:
        """What a negotiation begins with."""

    @abstractmethod
    def judge(self, option: Option) -> Option | None:
        """What we think of an option that the far end asks for."""

    @abstractmethod
    def hinted(self, option: Option) -> bytes:
        """What to ask for after the far end gave this hint on one of our wishes."""

    @abstractmethod
    def refused(self, kind: int) -> None:
        """The far end will not have a wish of ours, which is dropped now."""

    def expected(self) -> tuple[Option, ...]:
        """Options that the far end should ask for, as a hint where it does not."""
        return ()

    def restart(self) -> None:
        """Begin with our first wishes."""
        self.wishes = dict(self.first_wishes())

    def request(self) -> tuple[Option, ...]:
        """What a Configure-Request of ours contains now."""
        return tuple(Option(kind, value) for kind, value in self.wishes.items())

    def answer(self, asked: Sequence[Option], *, patient: bool) -> tuple[PacketCode, tuple[Option, ...]]:
        """What a Configure-Request is answered with; without patience there are no hints (RFC 1661 §4.6)."""
        judged = [(option, self.judge(option)) for option in asked]
        if rejected := tuple(option for option, opinion in judged if opinion is None):
            return PacketCode.CONFIGURE_REJECT, rejected
        disagreed = [(option, hint) for option, hint in judged if hint is not None and hint != option]
        if not patient and disagreed:
            return PacketCode.CONFIGURE_REJECT, tuple(option for option, _ in disagreed)
        hints = (*(hint for _, hint in disagreed), *(self._missing(asked) if patient else ()))
        if hints:
            return PacketCode.CONFIGURE_NAK, hints
        self.granted = {option.kind: option.value for option in asked}
        return PacketCode.CONFIGURE_ACK, tuple(asked)

    def take_nak(self, hints: Sequence[Option]) -> None:
        """Follow the far end's hints; those on what we did not ask for are only wishes of its own (RFC 1661 §5.3)."""
        for hint in hints:
            if hint.kind in self.wishes:
                self.wishes[hint.kind] = self.hinted(hint)

    def take_reject(self, options: Sequence[Option]) -> None:
        """Drop wishes. `RemoteProtocolError` where they were none of ours (RFC 1661 §5.4)."""
        if not all(option.kind in self.wishes for option in options):
            raise RemoteProtocolError(Fault.MALFORMED, "Configure-Reject of what was not asked for")
        self.drop({option.kind for option in options})

    def drop(self, kinds: set[int]) -> None:
        """Ask no longer for options of these types, as far as we did."""
        for kind in sorted(kinds & self.wishes.keys()):
            del self.wishes[kind]
            self.refused(kind)

    def _missing(self, asked: Sequence[Option]) -> tuple[Option, ...]:
        kinds = {option.kind for option in asked}
        return tuple(option for option in self.expected() if option.kind not in kinds)
