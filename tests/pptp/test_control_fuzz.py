"""Neither side of a control connection comes to harm by what it is sent, in any state."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from itertools import islice

import pytest

from tests.pptp import fuzz
from tests.pptp.conversation import Pair, events
from wizard.pptp.control import ControlConnection
from wizard.pptp.errors import RemoteProtocolError
from wizard.pptp.messages import (
    CallClearRequest,
    EchoRequest,
    OutgoingCallRequest,
    StartControlConnectionRequest,
    StopControlConnectionRequest,
)
from wizard.pptp.recognize import MESSAGES
from wizard.pptp.transitions import Call, Connection, Role

SAMPLES = [kind().encode() for kind in MESSAGES.values()]
ROOM = max(map(len, SAMPLES)) + 100
"""Octets that a machine may hold more than before: a message whose end is missing, and names of states."""


def before_the_start(pair: Pair) -> None:
    """Nobody has said a word."""


def asked_to_start(pair: Pair) -> None:
    pair.say(Role.CLIENT, StartControlConnectionRequest())


def asked_for_a_call(pair: Pair) -> None:
    pair.start()
    pair.say(Role.CLIENT, OutgoingCallRequest())


def in_a_call(pair: Pair) -> None:
    pair.start()
    pair.dial()


def hanging_up(pair: Pair) -> None:
    in_a_call(pair)
    pair.say(Role.CLIENT, CallClearRequest())


def asked_to_stop(pair: Pair) -> None:
    pair.start()
    pair.send(Role.SERVER, StopControlConnectionRequest())
    pair.send(Role.CLIENT, StopControlConnectionRequest())


STATES = [before_the_start, asked_to_start, asked_for_a_call, in_a_call, hanging_up, asked_to_stop]


def prepared(state: Callable[[Pair], None], role: Role) -> ControlConnection:
    """One side's machine in that state."""
    pair = Pair()
    state(pair)
    return pair.machines[role]


def ends(machine: ControlConnection, octets: bytes) -> RemoteProtocolError | None:
    """Let it hear that, and see what error it ends with, if any."""
    machine.receive_data(octets)
    try:
        for _ in events(machine):
            machine.data_to_send()
    except RemoteProtocolError as error:
        return error
    finally:
        machine.data_to_send()
    return None


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_random_octets_raise_the_remote_error_only(state: Callable[[Pair], None], role: Role) -> None:
    beginning = prepared(state, role)
    heaviest = fuzz.weight(beginning) + ROOM
    machine = deepcopy(beginning)
    survived = ended = 0
    for octets in islice(fuzz.inputs(2637, SAMPLES), fuzz.COUNT):
        if error := ends(machine, octets):
            with pytest.raises(RemoteProtocolError) as caught:
                machine.next_event()
            assert caught.value is error
            assert (machine.connection, machine.call) == (Connection.CLOSED, Call.IDLE)
            ended += 1
        else:
            assert fuzz.weight(machine) <= heaviest
            survived += 1
        if error or not octets:
            machine = deepcopy(beginning)
    assert survived and ended


@pytest.mark.parametrize("role", list(Role))
def test_a_long_conversation_weighs_no_more_than_a_short_one(role: Role) -> None:
    machine = prepared(in_a_call, role)
    heaviest = fuzz.weight(machine) + ROOM
    for identifier in range(1000):
        assert ends(machine, EchoRequest(identifier).encode()) is None
        assert fuzz.weight(machine) <= heaviest
