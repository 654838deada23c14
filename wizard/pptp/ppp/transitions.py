"""The option negotiation automaton of RFC 1661 §4 as a table: LCP, CCP and IPCP each run one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple


class State(Enum):
    """Where a protocol stands (§4.2)."""

    INITIAL = 0
    STARTING = 1
    CLOSED = 2
    STOPPED = 3
    CLOSING = 4
    STOPPING = 5
    REQ_SENT = 6
    ACK_RCVD = 7
    ACK_SENT = 8
    OPENED = 9


class Event(Enum):
    """What moves it (§4.3)."""

    UP = "Up"
    DOWN = "Down"
    OPEN = "Open"
    CLOSE = "Close"
    TIMEOUT = "TO+"
    """The restart timer ran out, and may be started again."""
    LAST_TIMEOUT = "TO-"
    """The restart timer ran out for the last time."""
    REQUEST_GOOD = "RCR+"
    REQUEST_BAD = "RCR-"
    ACK = "RCA"
    NAK = "RCN"
    """A Configure-Nak or a Configure-Reject."""
    TERMINATE = "RTR"
    TERMINATED = "RTA"
    UNKNOWN_CODE = "RUC"
    REJECT_HARMLESS = "RXJ+"
    REJECT_FATAL = "RXJ-"
    """A Code-Reject or Protocol-Reject of something that nothing works without."""
    EXTRA = "RXR"
    """A packet of those that move nothing: an echo, a discard, …"""


class Action(Enum):
    """What it does then (§4.4)."""

    THIS_LAYER_UP = "tlu"
    THIS_LAYER_DOWN = "tld"
    THIS_LAYER_STARTED = "tls"
    THIS_LAYER_FINISHED = "tlf"
    INITIALIZE_RESTART_COUNT = "irc"
    ZERO_RESTART_COUNT = "zrc"
    SEND_CONFIGURE_REQUEST = "scr"
    SEND_CONFIGURE_ACK = "sca"
    SEND_CONFIGURE_NAK = "scn"
    """A Configure-Nak or a Configure-Reject."""
    SEND_TERMINATE_REQUEST = "str"
    SEND_TERMINATE_ACK = "sta"
    SEND_CODE_REJECT = "scj"
    SEND_ECHO_REPLY = "ser"


class Step(NamedTuple):
    """What an event leads to."""

    actions: tuple[Action, ...]
    state: State


def _to(state: State, *actions: Action) -> Step:
    return Step(actions, state)


_TLU, _TLD = Action.THIS_LAYER_UP, Action.THIS_LAYER_DOWN
_TLS, _TLF = Action.THIS_LAYER_STARTED, Action.THIS_LAYER_FINISHED
_IRC, _ZRC = Action.INITIALIZE_RESTART_COUNT, Action.ZERO_RESTART_COUNT
_SCR, _SCA, _SCN = Action.SEND_CONFIGURE_REQUEST, Action.SEND_CONFIGURE_ACK, Action.SEND_CONFIGURE_NAK
_STR, _STA = Action.SEND_TERMINATE_REQUEST, Action.SEND_TERMINATE_ACK
_SCJ, _SER = Action.SEND_CODE_REJECT, Action.SEND_ECHO_REPLY

TRANSITIONS: Mapping[State, Mapping[Event, Step]] = {
    State.INITIAL: {
        Event.UP: _to(State.CLOSED),
        Event.OPEN: _to(State.STARTING, _TLS),
        Event.CLOSE: _to(State.INITIAL),
    },
    State.STARTING: {
        Event.UP: _to(State.REQ_SENT, _IRC, _SCR),
        Event.OPEN: _to(State.STARTING),
        Event.CLOSE: _to(State.INITIAL, _TLF),
    },
    State.CLOSED: {
        Event.DOWN: _to(State.INITIAL),
        Event.OPEN: _to(State.REQ_SENT, _IRC, _SCR),
        Event.CLOSE: _to(State.CLOSED),
        Event.REQUEST_GOOD: _to(State.CLOSED, _STA),
        Event.REQUEST_BAD: _to(State.CLOSED, _STA),
        Event.ACK: _to(State.CLOSED, _STA),
        Event.NAK: _to(State.CLOSED, _STA),
        Event.TERMINATE: _to(State.CLOSED, _STA),
        Event.TERMINATED: _to(State.CLOSED),
        Event.UNKNOWN_CODE: _to(State.CLOSED, _SCJ),
        Event.REJECT_HARMLESS: _to(State.CLOSED),
        Event.REJECT_FATAL: _to(State.CLOSED, _TLF),
        Event.EXTRA: _to(State.CLOSED),
    },
    State.STOPPED: {
        Event.DOWN: _to(State.STARTING, _TLS),
        Event.OPEN: _to(State.STOPPED),
        Event.CLOSE: _to(State.CLOSED),
        Event.REQUEST_GOOD: _to(State.ACK_SENT, _IRC, _SCR, _SCA),
        Event.REQUEST_BAD: _to(State.REQ_SENT, _IRC, _SCR, _SCN),
        Event.ACK: _to(State.STOPPED, _STA),
        Event.NAK: _to(State.STOPPED, _STA),
        Event.TERMINATE: _to(State.STOPPED, _STA),
        Event.TERMINATED: _to(State.STOPPED),
        Event.UNKNOWN_CODE: _to(State.STOPPED, _SCJ),
        Event.REJECT_HARMLESS: _to(State.STOPPED),
        Event.REJECT_FATAL: _to(State.STOPPED, _TLF),
        Event.EXTRA: _to(State.STOPPED),
    },
    State.CLOSING: {
        Event.DOWN: _to(State.INITIAL),
        Event.OPEN: _to(State.STOPPING),
        Event.CLOSE: _to(State.CLOSING),
        Event.TIMEOUT: _to(State.CLOSING, _STR),
        Event.LAST_TIMEOUT: _to(State.CLOSED, _TLF),
        Event.REQUEST_GOOD: _to(State.CLOSING),
        Event.REQUEST_BAD: _to(State.CLOSING),
        Event.ACK: _to(State.CLOSING),
        Event.NAK: _to(State.CLOSING),
        Event.TERMINATE: _to(State.CLOSING, _STA),
        Event.TERMINATED: _to(State.CLOSED, _TLF),
        Event.UNKNOWN_CODE: _to(State.CLOSING, _SCJ),
        Event.REJECT_HARMLESS: _to(State.CLOSING),
        Event.REJECT_FATAL: _to(State.CLOSED, _TLF),
        Event.EXTRA: _to(State.CLOSING),
    },
    State.STOPPING: {
        Event.DOWN: _to(State.STARTING),
        Event.OPEN: _to(State.STOPPING),
        Event.CLOSE: _to(State.CLOSING),
        Event.TIMEOUT: _to(State.STOPPING, _STR),
        Event.LAST_TIMEOUT: _to(State.STOPPED, _TLF),
        Event.REQUEST_GOOD: _to(State.STOPPING),
        Event.REQUEST_BAD: _to(State.STOPPING),
        Event.ACK: _to(State.STOPPING),
        Event.NAK: _to(State.STOPPING),
        Event.TERMINATE: _to(State.STOPPING, _STA),
        Event.TERMINATED: _to(State.STOPPED, _TLF),
        Event.UNKNOWN_CODE: _to(State.STOPPING, _SCJ),
        Event.REJECT_HARMLESS: _to(State.STOPPING),
        Event.REJECT_FATAL: _to(State.STOPPED, _TLF),
        Event.EXTRA: _to(State.STOPPING),
    },
    State.REQ_SENT: {
        Event.DOWN: _to(State.STARTING),
        Event.OPEN: _to(State.REQ_SENT),
        Event.CLOSE: _to(State.CLOSING, _IRC, _STR),
        Event.TIMEOUT: _to(State.REQ_SENT, _SCR),
        Event.LAST_TIMEOUT: _to(State.STOPPED, _TLF),
        Event.REQUEST_GOOD: _to(State.ACK_SENT, _SCA),
        Event.REQUEST_BAD: _to(State.REQ_SENT, _SCN),
        Event.ACK: _to(State.ACK_RCVD, _IRC),
        Event.NAK: _to(State.REQ_SENT, _IRC, _SCR),
        Event.TERMINATE: _to(State.REQ_SENT, _STA),
        Event.TERMINATED: _to(State.REQ_SENT),
        Event.UNKNOWN_CODE: _to(State.REQ_SENT, _SCJ),
        Event.REJECT_HARMLESS: _to(State.REQ_SENT),
        Event.REJECT_FATAL: _to(State.STOPPED, _TLF),
        Event.EXTRA: _to(State.REQ_SENT),
    },
    State.ACK_RCVD: {
        Event.DOWN: _to(State.STARTING),
        Event.OPEN: _to(State.ACK_RCVD),
        Event.CLOSE: _to(State.CLOSING, _IRC, _STR),
        Event.TIMEOUT: _to(State.REQ_SENT, _SCR),
        Event.LAST_TIMEOUT: _to(State.STOPPED, _TLF),
        Event.REQUEST_GOOD: _to(State.OPENED, _SCA, _TLU),
        Event.REQUEST_BAD: _to(State.ACK_RCVD, _SCN),
        Event.ACK: _to(State.REQ_SENT, _SCR),
        Event.NAK: _to(State.REQ_SENT, _SCR),
        Event.TERMINATE: _to(State.REQ_SENT, _STA),
        Event.TERMINATED: _to(State.REQ_SENT),
        Event.UNKNOWN_CODE: _to(State.ACK_RCVD, _SCJ),
        Event.REJECT_HARMLESS: _to(State.REQ_SENT),
        Event.REJECT_FATAL: _to(State.STOPPED, _TLF),
        Event.EXTRA: _to(State.ACK_RCVD),
    },
    State.ACK_SENT: {
        Event.DOWN: _to(State.STARTING),
        Event.OPEN: _to(State.ACK_SENT),
        Event.CLOSE: _to(State.CLOSING, _IRC, _STR),
        Event.TIMEOUT: _to(State.ACK_SENT, _SCR),
        Event.LAST_TIMEOUT: _to(State.STOPPED, _TLF),
        Event.REQUEST_GOOD: _to(State.ACK_SENT, _SCA),
        Event.REQUEST_BAD: _to(State.REQ_SENT, _SCN),
        Event.ACK: _to(State.OPENED, _IRC, _TLU),
        Event.NAK: _to(State.ACK_SENT, _IRC, _SCR),
        Event.TERMINATE: _to(State.REQ_SENT, _STA),
        Event.TERMINATED: _to(State.ACK_SENT),
        Event.UNKNOWN_CODE: _to(State.ACK_SENT, _SCJ),
        Event.REJECT_HARMLESS: _to(State.ACK_SENT),
        Event.REJECT_FATAL: _to(State.STOPPED, _TLF),
        Event.EXTRA: _to(State.ACK_SENT),
    },
    State.OPENED: {
        Event.DOWN: _to(State.STARTING, _TLD),
        Event.OPEN: _to(State.OPENED),
        Event.CLOSE: _to(State.CLOSING, _TLD, _IRC, _STR),
        Event.REQUEST_GOOD: _to(State.ACK_SENT, _TLD, _SCR, _SCA),
        Event.REQUEST_BAD: _to(State.REQ_SENT, _TLD, _SCR, _SCN),
        Event.ACK: _to(State.REQ_SENT, _TLD, _SCR),
        Event.NAK: _to(State.REQ_SENT, _TLD, _SCR),
        Event.TERMINATE: _to(State.STOPPING, _TLD, _ZRC, _STA),
        Event.TERMINATED: _to(State.REQ_SENT, _TLD, _SCR),
        Event.UNKNOWN_CODE: _to(State.OPENED, _SCJ),
        Event.REJECT_HARMLESS: _to(State.OPENED),
        Event.REJECT_FATAL: _to(State.STOPPING, _TLD, _IRC, _STR),
        Event.EXTRA: _to(State.OPENED, _SER),
    },
}
"""§4.1, whole. An event that is missing cannot happen in that state."""

NEGOTIATING = frozenset({State.REQ_SENT, State.ACK_RCVD, State.ACK_SENT})
TIMED = NEGOTIATING | {State.CLOSING, State.STOPPING}
"""In these states the restart timer runs (§4.2)."""
