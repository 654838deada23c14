"""Client and server in conversation, in order and with messages that cross on the wire."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pptp.conversation import CLIENT_CALL, SERVER_CALL, Pair, events
from wizard.pptp.codes import DisconnectResult, IncomingCallResult, OutgoingCallResult, StartResult
from wizard.pptp.control import ControlConnection, TcpClosed
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError
from wizard.pptp.layout import HEAD, Message
from wizard.pptp.messages import (
    CallClearRequest,
    CallDisconnectNotify,
    EchoReply,
    EchoRequest,
    IncomingCallConnected,
    IncomingCallReply,
    IncomingCallRequest,
    OutgoingCallReply,
    OutgoingCallRequest,
    SetLinkInfo,
    StartControlConnectionReply,
    StartControlConnectionRequest,
    StopControlConnectionReply,
    StopControlConnectionRequest,
    WanErrorNotify,
)
from wizard.pptp.recognize import MESSAGES
from wizard.pptp.transitions import TRANSITIONS, Call, Connection, Role

CLIENT, SERVER = Role.CLIENT, Role.SERVER


@pytest.fixture
def pair() -> Pair:
    return Pair()


def connections(pair: Pair) -> set[Connection]:
    return {machine.connection for machine in pair.machines.values()}


def calls(pair: Pair) -> set[Call]:
    return {machine.call for machine in pair.machines.values()}


def test_a_whole_call(pair: Pair) -> None:
    assert pair.say(CLIENT, StartControlConnectionRequest(host_name=b"c")) == [
        StartControlConnectionRequest(host_name=b"c")
    ]
    assert pair.say(SERVER, StartControlConnectionReply()) == [StartControlConnectionReply()]
    pair.dial()
    assert calls(pair) == {Call.ESTABLISHED}
    pair.say(CLIENT, SetLinkInfo(SERVER_CALL))
    pair.say(SERVER, WanErrorNotify(CLIENT_CALL, crc_errors=1))
    pair.say(CLIENT, CallClearRequest(CLIENT_CALL))
    assert pair.say(SERVER, CallDisconnectNotify(SERVER_CALL)) == [CallDisconnectNotify(SERVER_CALL)]
    assert calls(pair) == {Call.IDLE}
    assert pair.say(CLIENT, StopControlConnectionRequest()) == [StopControlConnectionRequest()]
    assert pair.deliver(SERVER) == [StopControlConnectionReply()]
    assert connections(pair) == {Connection.CLOSED}


def test_a_second_call_after_the_first(pair: Pair) -> None:
    pair.start()
    pair.dial()
    pair.say(SERVER, CallDisconnectNotify(SERVER_CALL, DisconnectResult.LOST_CARRIER))
    pair.dial()
    assert pair.client.call is Call.ESTABLISHED


def test_a_refused_start_closes(pair: Pair) -> None:
    pair.start(StartResult.NOT_AUTHORIZED)
    assert connections(pair) == {Connection.CLOSED}


def test_a_refused_call_leaves_the_connection(pair: Pair) -> None:
    pair.start()
    pair.dial(OutgoingCallResult.BUSY)
    assert calls(pair) == {Call.IDLE}
    assert pair.client.connection is Connection.ESTABLISHED


@pytest.mark.parametrize("asker", list(Role))
def test_an_echo_is_answered_by_itself(pair: Pair, asker: Role) -> None:
    pair.start()
    assert pair.say(asker, EchoRequest(7)) == [EchoRequest(7)]
    assert pair.deliver(asker.peer) == [EchoReply(7)]


def test_a_telephone_call_is_declined(pair: Pair) -> None:
    pair.start()
    pair.say(SERVER, IncomingCallRequest(call_id=9))
    [reply] = pair.deliver(CLIENT)
    assert reply == IncomingCallReply(peers_call_id=9, result_code=IncomingCallResult.DO_NOT_ACCEPT)
    with pytest.raises(LocalProtocolError):
        pair.send(CLIENT, IncomingCallReply(peers_call_id=9))


@pytest.mark.parametrize("asker", list(Role))
def test_stop_clears_the_call(pair: Pair, asker: Role) -> None:
    pair.start()
    pair.dial()
    pair.say(asker, StopControlConnectionRequest())
    pair.deliver(asker.peer)
    assert connections(pair) == {Connection.CLOSED}
    assert calls(pair) == {Call.IDLE}


def test_both_stop_at_once(pair: Pair) -> None:
    pair.start()
    pair.send(CLIENT, StopControlConnectionRequest())
    pair.send(SERVER, StopControlConnectionRequest())
    pair.deliver(CLIENT)
    pair.deliver(SERVER)
    pair.deliver(CLIENT)
    assert connections(pair) == {Connection.CLOSED}


def test_hanging_up_crosses_the_end_of_the_call(pair: Pair) -> None:
    pair.start()
    pair.dial()
    pair.send(SERVER, CallDisconnectNotify(SERVER_CALL, DisconnectResult.LOST_CARRIER))
    assert pair.say(CLIENT, CallClearRequest(CLIENT_CALL)) == []
    pair.deliver(SERVER)
    assert calls(pair) == {Call.IDLE}


OUT_OF_TURN = [
    (CLIENT, OutgoingCallRequest()),
    (CLIENT, CallClearRequest()),
    (CLIENT, StopControlConnectionRequest()),
    (CLIENT, StartControlConnectionReply()),
    (SERVER, StartControlConnectionReply()),
    (SERVER, EchoRequest()),
]


@pytest.mark.parametrize(("role", "message"), OUT_OF_TURN)
def test_out_of_turn_is_our_fault_when_we_send_it(role: Role, message: Message) -> None:
    machine = ControlConnection(role)
    with pytest.raises(LocalProtocolError) as caught:
        machine.send(message)
    assert caught.value.fault is Fault.OUT_OF_TURN
    assert type(message).__name__ in caught.value.detail
    assert machine.data_to_send() == b""


@pytest.mark.parametrize(("role", "message"), OUT_OF_TURN)
def test_out_of_turn_is_their_fault_when_it_arrives(role: Role, message: Message) -> None:
    machine = ControlConnection(role.peer)
    machine.receive_data(message.encode())
    with pytest.raises(RemoteProtocolError) as caught:
        machine.next_event()
    assert caught.value.fault is Fault.OUT_OF_TURN
    assert type(message).__name__ in caught.value.detail


def test_a_value_that_does_not_fit_moves_nothing() -> None:
    machine = ControlConnection(CLIENT)
    with pytest.raises(LocalProtocolError):
        machine.send(StartControlConnectionRequest(host_name=b"x" * 65))
    assert machine.connection is Connection.IDLE


def test_a_call_needs_a_connection(pair: Pair) -> None:
    pair.say(CLIENT, StartControlConnectionRequest())
    with pytest.raises(LocalProtocolError):
        pair.send(CLIENT, OutgoingCallRequest())


def test_a_second_call_beside_the_first_is_refused(pair: Pair) -> None:
    pair.start()
    pair.dial()
    with pytest.raises(LocalProtocolError):
        pair.send(CLIENT, OutgoingCallRequest())


def test_the_end_is_told_once(pair: Pair) -> None:
    pair.start()
    pair.dial()
    pair.client.receive_data(b"")
    assert list(events(pair.client)) == [TcpClosed()]
    assert pair.client.next_event() is None
    assert (pair.client.connection, pair.client.call) == (Connection.CLOSED, Call.IDLE)
    with pytest.raises(LocalProtocolError):
        pair.client.receive_data(b"more")


def test_the_end_in_the_middle_of_a_message_is_an_error() -> None:
    machine = ControlConnection(SERVER)
    machine.receive_data(StartControlConnectionRequest().encode()[:-1])
    machine.receive_data(b"")
    with pytest.raises(RemoteProtocolError) as caught:
        machine.next_event()
    assert caught.value.fault is Fault.CUT
    assert "155 octets" in caught.value.detail


def test_an_error_stays_and_ends_the_conversation(pair: Pair) -> None:
    pair.start()
    pair.client.receive_data(b"HTTP/1.1 400 Bad Request\r\n")
    for _ in range(2):
        with pytest.raises(RemoteProtocolError) as caught:
            pair.client.next_event()
        assert caught.value.fault is Fault.COOKIE
    with pytest.raises(LocalProtocolError):
        pair.send(CLIENT, EchoRequest())


def test_no_move_asks_for_a_message_that_is_not_there() -> None:
    moved = {move.message for moves in TRANSITIONS.values() for move in moves}
    # §2.11 follows an accepted Incoming-Call-Request, and we accept none
    assert set(MESSAGES.values()) - moved == {IncomingCallConnected}
    assert set(TRANSITIONS) == {*Connection, *Call}


EVERYTHING: list[Message] = [
    *(kind() for kind in MESSAGES.values()),
    StartControlConnectionReply(result_code=StartResult.VERSION),
    OutgoingCallReply(result_code=OutgoingCallResult.BUSY),
    IncomingCallReply(result_code=IncomingCallResult.DO_NOT_ACCEPT),
]


def legal(machine: ControlConnection) -> list[Message]:
    """What the machine may send now, by trying each on a copy."""
    found = []
    for message in EVERYTHING:
        with suppress(LocalProtocolError):
            deepcopy(machine).send(message)
            found.append(message)
    return found


def speak(pair: Pair, role: Role, choice: int) -> None:
    """Send one of the messages that are legal now, if there is any."""
    if messages := legal(pair.machines[role]):
        pair.send(role, messages[choice % len(messages)])


STEPS = st.lists(st.tuples(st.sampled_from([speak, Pair.deliver]), st.sampled_from(list(Role)), st.integers(1, 400)))


@given(st.booleans(), STEPS)
def test_two_correct_sides_never_blame_each_other(
    in_call: bool, steps: list[tuple[Callable[[Pair, Role, int], object], Role, int]]
) -> None:
    """However their messages cross: no RemoteProtocolError, and in the end both hold the same state."""
    pair = Pair()
    if in_call:
        pair.start()
        pair.dial()
    for act, role, number in steps:
        act(pair, role, number)
    while any(pair.wire.values()):
        pair.deliver(CLIENT)
        pair.deliver(SERVER)
    assert len(connections(pair)) == len(calls(pair)) == 1


def outcome(role: Role, chunks: list[bytes]) -> tuple[list[str], bytes]:
    """What one side of a call tells about what it receives, and what it answers."""
    pair = Pair()
    pair.start()
    pair.dial()
    machine = pair.machines[role]
    told: list[str] = []
    try:
        for chunk in [*chunks, b""]:
            machine.receive_data(chunk)
            told.extend(map(repr, events(machine)))
    except RemoteProtocolError as error:
        told.append(repr(error))
    return told, machine.data_to_send()


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted({place for place in places if 0 < place < len(stream)}), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges) if end > start]


OCTETS = st.one_of(st.sampled_from(EVERYTHING).map(Message.encode), st.binary(max_size=20))


@given(st.sampled_from(list(Role)), st.lists(OCTETS, max_size=8).map(b"".join), st.lists(st.integers(0, 1500)))
def test_any_split_gives_the_same_events(role: Role, stream: bytes, places: list[int]) -> None:
    assert outcome(role, cut(stream, places)) == outcome(role, cut(stream, []))


@given(st.sampled_from(list(Role)), st.lists(st.binary(min_size=1, max_size=300), max_size=10))
def test_random_octets_raise_the_remote_error_only(role: Role, chunks: list[bytes]) -> None:
    machine = ControlConnection(role)
    for chunk in chunks:
        machine.receive_data(chunk)
        try:
            assert not list(events(machine))
        except RemoteProtocolError:
            return
    assert sum(map(len, chunks)) < HEAD.size


BODIES = st.sampled_from(sorted(MESSAGES)).flatmap(
    lambda number: st.binary(min_size=MESSAGES[number].BODY.size, max_size=MESSAGES[number].BODY.size).map(
        lambda body: MESSAGES[number]().encode()[: HEAD.size] + body
    )
)


@given(st.sampled_from(list(Role)), st.booleans(), st.lists(BODIES, max_size=6))
def test_good_heads_with_random_bodies_raise_the_remote_error_only(
    role: Role, in_call: bool, messages: list[bytes]
) -> None:
    pair = Pair()
    if in_call:
        pair.start()
        pair.dial()
    machine = pair.machines[role]
    machine.receive_data(b"".join(messages))
    try:
        list(events(machine))
    except RemoteProtocolError as error:
        assert error.fault is Fault.OUT_OF_TURN
