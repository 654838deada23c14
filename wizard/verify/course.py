"""How far a call has come, by what it tells: the stages in their order, each with its time, and what stopped it."""

from __future__ import annotations

import time
from enum import Enum

from wizard.model.report import Check, Verdict
from wizard.pptp import mppe
from wizard.pptp.codes import explain
from wizard.pptp.errors import RemoteProtocolError
from wizard.pptp.messages import CallDisconnectNotify
from wizard.pptp.ppp.events import (
    AddressesUp,
    Authentication,
    EncryptionRefused,
    EncryptionUp,
    FalseServer,
    GaveUp,
    LinkUp,
    LoggedIn,
    LoginAsked,
    LoginRefused,
    LoopedBack,
    PeerHungUp,
)
from wizard.pptp.ppp.frames import Protocol
from wizard.pptp.ppp.settings import DEFAULT_MRU
from wizard.pptp.session import Accepted, Ended, Event, Introduced, Refused
from wizard.resources import visible


class Stage(Enum):
    """What a call has to pass; the values are the names of the checks."""

    PORT = "TCP port 1723 opens"
    CONTROL = "the server speaks PPTP"
    CALL = "it takes the call"
    GRE = "packets of the call come through both ways (GRE)"
    LCP = "both sides agree how to talk (LCP)"
    LOGIN = "the login is accepted (MS-CHAPv2)"
    ENCRYPTION = "the tunnel is encrypted (MPPE, 128 bit)"
    ADDRESS = "the client gets its address (IPCP)"


STAGES = tuple(Stage)
BREAKS = {
    Stage.PORT: ("port-refused", "router"),
    Stage.CONTROL: ("server-hung-up", "router"),
    Stage.CALL: ("server-hung-up", "router"),
    Stage.GRE: ("gre-blocked", "network"),
    Stage.LCP: ("server-hung-up", "router"),
    Stage.LOGIN: ("login-refused", "router"),
    Stage.ENCRYPTION: ("encryption-refused", "router"),
    Stage.ADDRESS: ("address-refused", "router"),
}
"""What a stage that breaks is called, and who has to act, as long as the router's log says nothing better."""


class Course:
    """One call, from its first packet to the tunnel or to where it broke."""

    def __init__(self) -> None:
        self.checks: list[Check] = []
        self.up: AddressesUp | None = None
        """The tunnel, once it is whole."""
        self.broken = False
        self.mru = DEFAULT_MRU
        """Octets that the far end takes in one frame."""
        self._addresses: AddressesUp | None = None
        self._asked: list[Authentication] = []
        self._began = time.monotonic()

    @property
    def stage(self) -> Stage | None:
        """The one that comes next, None where nothing does."""
        return None if self.broken or len(self.checks) == len(STAGES) else STAGES[len(self.checks)]

    def passed(self, stage: Stage, detail: str = "") -> None:
        """This stage, and with it all before, is behind us."""
        while (here := self.stage) and STAGES.index(here) <= STAGES.index(stage):
            self._add(here, Verdict.OK, detail if here is stage else "")

    def breaks(self, detail: str, code: str = "", who: str = "") -> None:
        """It ends at the stage that would come next, and what would come after cannot be tried."""
        here = self.stage
        if here is None:
            return
        usual = BREAKS[here]
        self._add(here, Verdict.BROKEN, detail, code or usual[0], who or usual[1])
        self.broken = True
        for stage in STAGES[len(self.checks) :]:
            self.checks.append(Check(stage.value, Verdict.NOT_TRIED, "the call did not come so far"))

    def _add(self, stage: Stage, verdict: Verdict, detail: str, code: str = "", who: str = "") -> None:
        now = time.monotonic()
        self.checks.append(Check(stage.value, verdict, visible(detail), who, code, seconds=now - self._began))
        self._began = now

    def hear(self, event: Event) -> None:
        """Take in what the call tells."""
        match event:
            case Introduced():
                self.passed(Stage.CONTROL)
            case Accepted():
                self.passed(Stage.CALL)
            case LinkUp(mru):
                self.mru = mru
                self.passed(Stage.LCP)
            case LoggedIn():
                self.passed(Stage.LOGIN)
            case EncryptionUp(bits):
                self.passed(Stage.ENCRYPTION, mppe.in_words(bits))
                self._whole()
            case AddressesUp():
                self._addresses = event
                self._whole()
            case LoginAsked(kind):
                self._asked.append(kind)
            case _:
                self._against(event)

    def _whole(self) -> None:
        """Either of encryption and address may be agreed on first."""
        if self._addresses and self.stage is Stage.ADDRESS:
            self.up = self._addresses
            self.passed(Stage.ADDRESS, str(self.up.own))

    def _against(self, event: Event) -> None:
        """What ends a call. After that the far end may say more, which only follows from it."""
        match event:
            case Refused(reply):
                self.breaks(f"the router refuses: {explain(reply.result_code, reply.error_code)}")
            case LoginRefused(_, message):
                self.breaks(f"the router says: {message}" if message else "the router says no")
            case FalseServer():
                self.breaks(
                    "the server does not know the password itself: it is not yours", "server-unproven", "network"
                )
            case EncryptionRefused(fault):
                self.breaks(f"{fault.value}{self._wanted()}")
            case LoopedBack():
                self.breaks("what comes in is what went out: nobody else is there", "line-looped")
            case GaveUp(layer, why):
                self.breaks(f"{_named(layer)}: {why.value}{self._wanted()}")
            case PeerHungUp(reason, layer) if layer is Protocol.LCP:
                self.breaks(f"the router hung up: {reason or 'without a word'}{self._wanted()}")
            case Ended(how):
                self.breaks(_ended(how))

    def _wanted(self) -> str:
        """The kinds of login that the server asked for, where they are not the one that there is."""
        return f" (it asks for {', '.join(kind.words for kind in self._asked)})" if self._asked else ""


def _named(layer: int) -> str:
    return getattr(layer, "words", f"protocol 0x{layer:04X}")


def _ended(how: object) -> str:
    match how:
        case CallDisconnectNotify():
            return f"the router ended the call: {explain(how.result_code, how.error_code)}"
        case RemoteProtocolError():
            return f"what answers is not a PPTP server, or a broken one: {how}"
    return "the router closed the connection"
