"""What the protocols of a link hand to each other, beside frames and events."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wizard.pptp.ppp.events import Event
from wizard.pptp.ppp.frames import Frame


class Signal(Enum):
    """What an automaton tells the layers above and below it (RFC 1661 §4.4)."""

    UP = "This-Layer-Up"
    DOWN = "This-Layer-Down"
    STARTED = "This-Layer-Started"
    FINISHED = "This-Layer-Finished"


@dataclass(frozen=True, slots=True)
class ProtocolRejected:
    """The far end does not know this protocol."""

    protocol: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """A frame whose protocol is not known here."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class HangUp:
    """The link cannot go on."""

    reason: str
    """For the far end, in pppd's words where it has some."""


Output = Frame | Event | Signal | ProtocolRejected | Unknown | HangUp
