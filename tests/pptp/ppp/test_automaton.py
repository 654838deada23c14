"""The automaton, run with an option or two that are nobody's."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from wizard.pptp.errors import Fault, RemoteProtocolError
from wizard.pptp.ppp.automaton import LONGEST_REASON, LONGEST_REJECTED, Automaton
from wizard.pptp.ppp.events import GaveUp, PeerHungUp, Why
from wizard.pptp.ppp.frames import Frame, Protocol
from wizard.pptp.ppp.negotiation import Negotiation
from wizard.pptp.ppp.output import Output, Signal
from wizard.pptp.ppp.packets import Option, Packet, PacketCode, decode_options, encode_options
from wizard.pptp.ppp.settings import Limits
from wizard.pptp.ppp.transitions import State

GOOD, OTHER, UNKNOWN = Option(1, b"good"), Option(1, b"other"), Option(99, b"?")
EXTRA = 200
LIMITS = Limits()


class Plain(Negotiation):
    """Wants the options 1 and 2, and takes option 1 with one value."""

    def __init__(self) -> None:
        super().__init__()
        self.responses = {EXTRA: lambda packet: Packet(EXTRA + 1, packet.identifier, packet.data)}
        self.lost: list[int] = []

    def first_wishes(self) -> Mapping[int, bytes]:
        return {1: b"mine", 2: b"too"}

    def judge(self, option: Option) -> Option | None:
        return GOOD if option.kind == 1 else None

    def hinted(self, option: Option) -> bytes:
        return option.value

    def refused(self, kind: int) -> None:
        self.lost.append(kind)


class Machine:
    """An automaton under test, with what came of it."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.automaton = Automaton(Protocol.IPCP, Plain(), limits)
        self.now = 0.0
        self.automaton.open(self.now)
        self.output: list[Output] = self.automaton.up(self.now)

    def receive(self, code: int, identifier: int, data: bytes = b"") -> list[Output]:
        self.output = self.automaton.receive(Packet(code, identifier, data), self.now)
        return self.output

    def ask(self, *options: Option, identifier: int = 50) -> list[Output]:
        return self.receive(PacketCode.CONFIGURE_REQUEST, identifier, encode_options(options))

    def acknowledge(self) -> list[Output]:
        request = self.request
        return self.receive(PacketCode.CONFIGURE_ACK, request.identifier, request.data)

    def wait(self) -> list[Output]:
        """Until the restart timer runs out."""
        assert self.automaton.deadline is not None
        self.now = self.automaton.deadline
        self.output = self.automaton.tick(self.now)
        return self.output

    def opened(self) -> Machine:
        self.ask(GOOD)
        self.acknowledge()
        assert self.state is State.OPENED
        return self

    @property
    def state(self) -> State:
        return self.automaton.state

    @property
    def request(self) -> Packet:
        request = self.automaton._request
        assert request
        return request

    @property
    def packets(self) -> list[Packet]:
        """What the last move sent."""
        frames = [output for output in self.output if isinstance(output, Frame)]
        assert all(frame.protocol == Protocol.IPCP for frame in frames)
        return [Packet.decode(frame.information) for frame in frames]

    @property
    def sent(self) -> list[int]:
        return [packet.code for packet in self.packets]

    @property
    def said(self) -> list[Output]:
        """What the last move told, beside packets."""
        return [output for output in self.output if not isinstance(output, Frame)]


def test_it_asks_as_soon_as_it_can() -> None:
    automaton = Automaton(Protocol.IPCP, Plain(), LIMITS)
    assert automaton.open(0.0) == [Signal.STARTED]
    [frame] = automaton.up(0.0)
    assert isinstance(frame, Frame)
    packet = Packet.decode(frame.information)
    assert (packet.code, packet.identifier) == (PacketCode.CONFIGURE_REQUEST, 1)
    assert decode_options(packet.data) == (Option(1, b"mine"), Option(2, b"too"))


@pytest.mark.parametrize("first", ["theirs", "ours"])
def test_it_opens_when_both_have_agreed(first: str) -> None:
    machine = Machine()
    moves = [lambda: machine.ask(GOOD), machine.acknowledge]
    for move in moves if first == "theirs" else reversed(moves):
        assert Signal.UP not in machine.output
        move()
    assert Signal.UP in machine.output
    assert machine.automaton.is_open and machine.automaton.deadline is None
    assert machine.automaton.rules.granted == {1: b"good"}


def test_an_unanswered_request_is_sent_again_unchanged_and_then_given_up() -> None:
    machine = Machine()
    first = machine.packets
    for _ in range(LIMITS.max_configure - 1):
        machine.wait()
        assert machine.packets == first
    machine.wait()
    assert machine.output == [GaveUp(Protocol.IPCP, Why.NO_ANSWER), Signal.FINISHED]
    assert machine.now == LIMITS.max_configure * LIMITS.restart_timer
    assert machine.state is State.STOPPED and machine.automaton.deadline is None


def test_nothing_happens_before_the_deadline() -> None:
    machine = Machine()
    assert machine.automaton.tick(LIMITS.restart_timer - 0.001) == []
    assert machine.automaton.tick(LIMITS.restart_timer) != []


def test_an_answer_of_any_kind_begins_the_count_anew() -> None:
    machine = Machine()
    for _ in range(LIMITS.max_configure - 1):
        machine.wait()
    machine.receive(PacketCode.CONFIGURE_NAK, machine.request.identifier, OTHER.encode())
    for _ in range(LIMITS.max_configure - 1):
        assert machine.wait() and not machine.said


def test_a_nak_is_followed_with_a_new_request() -> None:
    machine = Machine()
    machine.receive(PacketCode.CONFIGURE_NAK, 1, OTHER.encode() + UNKNOWN.encode())
    [packet] = machine.packets
    assert packet.identifier == 2
    assert decode_options(packet.data) == (OTHER, Option(2, b"too"))


def test_a_reject_drops_the_wish() -> None:
    machine = Machine()
    machine.receive(PacketCode.CONFIGURE_REJECT, 1, Option(2, b"too").encode())
    assert decode_options(machine.packets[0].data) == (Option(1, b"mine"),)
    assert machine.automaton.rules.lost == [2]


def test_naks_without_end_become_rejects() -> None:
    machine = Machine()
    for _ in range(LIMITS.max_failure):
        machine.receive(PacketCode.CONFIGURE_NAK, machine.request.identifier, OTHER.encode())
        assert OTHER in decode_options(machine.request.data)
    machine.receive(PacketCode.CONFIGURE_NAK, machine.request.identifier, OTHER.encode())
    assert decode_options(machine.request.data) == (Option(2, b"too"),)


def test_a_far_end_that_never_agrees_is_given_up() -> None:
    machine = Machine()
    for _ in range(3 * LIMITS.max_configure):
        assert not machine.said
        machine.receive(PacketCode.CONFIGURE_NAK, machine.request.identifier, b"")
    assert machine.said == [GaveUp(Protocol.IPCP, Why.NOT_CONVERGING)]


def test_a_far_end_that_agrees_and_never_asks_is_given_up() -> None:
    machine = Machine()
    while not machine.said:
        machine.acknowledge()
        machine.wait()
    assert machine.said == [GaveUp(Protocol.IPCP, Why.NOT_CONVERGING)]
    assert machine.now == 3 * LIMITS.max_configure * LIMITS.restart_timer


def test_a_far_end_that_insists_is_hinted_then_refused_then_given_up() -> None:
    machine = Machine()
    codes = []
    while not machine.said:
        machine.ask(OTHER)
        codes += machine.sent
    hints, refusals = LIMITS.max_failure, 2 * LIMITS.max_failure + 1
    assert codes == [PacketCode.CONFIGURE_NAK] * hints + [PacketCode.CONFIGURE_REJECT] * refusals
    assert machine.said == [GaveUp(Protocol.IPCP, Why.NOT_CONVERGING)]


def test_an_agreement_makes_patient_again() -> None:
    machine = Machine()
    for _ in range(LIMITS.max_failure):
        machine.ask(OTHER)
    machine.ask(GOOD)
    machine.ask(OTHER)
    assert machine.sent == [PacketCode.CONFIGURE_NAK]


def test_a_new_negotiation_begins_with_new_patience() -> None:
    machine = Machine()
    for _ in range(LIMITS.max_failure):
        machine.receive(PacketCode.CONFIGURE_NAK, machine.request.identifier, OTHER.encode())
    machine.opened()
    machine.ask(GOOD)
    machine.receive(PacketCode.CONFIGURE_NAK, machine.request.identifier, OTHER.encode())
    assert OTHER in decode_options(machine.request.data)


def test_unknown_options_are_rejected_before_anything_is_hinted_at() -> None:
    machine = Machine()
    machine.ask(OTHER, UNKNOWN, identifier=9)
    assert machine.packets == [Packet(PacketCode.CONFIGURE_REJECT, 9, UNKNOWN.encode())]
    machine.ask(OTHER, identifier=10)
    assert machine.packets == [Packet(PacketCode.CONFIGURE_NAK, 10, GOOD.encode())]
    machine.ask(GOOD, identifier=11)
    assert machine.packets == [Packet(PacketCode.CONFIGURE_ACK, 11, GOOD.encode())]


@pytest.mark.parametrize("code", [PacketCode.CONFIGURE_ACK, PacketCode.CONFIGURE_NAK, PacketCode.CONFIGURE_REJECT])
def test_an_answer_to_another_request_counts_for_nothing(code: PacketCode) -> None:
    machine = Machine()
    assert machine.receive(code, 7, machine.request.data) == []
    assert machine.state is State.REQ_SENT


def test_an_answer_that_comes_twice_counts_once() -> None:
    machine = Machine()
    request = machine.request
    machine.opened()
    assert machine.receive(PacketCode.CONFIGURE_ACK, request.identifier, request.data) == []
    assert machine.receive(PacketCode.CONFIGURE_NAK, request.identifier, OTHER.encode()) == []
    assert machine.state is State.OPENED


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (PacketCode.CONFIGURE_ACK, GOOD.encode()),
        (PacketCode.CONFIGURE_REJECT, UNKNOWN.encode()),
        (PacketCode.CONFIGURE_NAK, b"\x01"),
        (PacketCode.CONFIGURE_REQUEST, b"\x01\x09"),
        (PacketCode.CODE_REJECT, b""),
    ],
)
def test_a_malformed_packet_changes_nothing(code: PacketCode, data: bytes) -> None:
    machine = Machine()
    with pytest.raises(RemoteProtocolError) as caught:
        machine.receive(code, 1, data)
    assert caught.value.fault is Fault.MALFORMED
    assert machine.state is State.REQ_SENT
    machine.opened()


def test_a_request_while_open_begins_anew_with_the_first_wishes() -> None:
    machine = Machine()
    machine.receive(PacketCode.CONFIGURE_REJECT, 1, Option(2, b"too").encode())
    machine.opened()
    machine.ask(GOOD)
    assert machine.said == [Signal.DOWN]
    assert machine.sent == [PacketCode.CONFIGURE_REQUEST, PacketCode.CONFIGURE_ACK]
    assert decode_options(machine.packets[0].data) == (Option(1, b"mine"), Option(2, b"too"))
    machine.acknowledge()
    assert machine.said == [Signal.UP]


def test_the_end_is_asked_for_twice_and_then_taken() -> None:
    machine = Machine().opened()
    machine.output = machine.automaton.close(machine.now, "good night")
    assert machine.said == [Signal.DOWN]
    assert machine.packets == [Packet(PacketCode.TERMINATE_REQUEST, 2, b"good night")]
    machine.wait()
    assert machine.sent == [PacketCode.TERMINATE_REQUEST]
    machine.wait()
    assert machine.output == [Signal.FINISHED]
    assert (machine.state, machine.now) == (State.CLOSED, LIMITS.max_terminate * LIMITS.restart_timer)


def test_a_long_reason_is_cut() -> None:
    machine = Machine().opened()
    machine.output = machine.automaton.close(machine.now, "no" * 1000)
    assert len(machine.packets[0].data) == LONGEST_REASON


def test_the_end_that_is_agreed_on_comes_at_once() -> None:
    machine = Machine().opened()
    machine.automaton.close(machine.now)
    assert machine.receive(PacketCode.TERMINATE_ACK, 2) == [Signal.FINISHED]


def test_the_far_ends_end_is_told_with_its_reason() -> None:
    machine = Machine().opened()
    machine.receive(PacketCode.TERMINATE_REQUEST, 77, b"User request")
    assert machine.said == [Signal.DOWN, PeerHungUp("User request", Protocol.IPCP)]
    assert machine.packets == [Packet(PacketCode.TERMINATE_ACK, 77)]
    assert machine.wait() == [Signal.FINISHED]
    assert machine.now == LIMITS.restart_timer


def test_what_comes_after_our_end_is_not_told() -> None:
    machine = Machine().opened()
    machine.automaton.close(machine.now)
    machine.receive(PacketCode.TERMINATE_REQUEST, 77, b"User request")
    assert not machine.said and machine.sent == [PacketCode.TERMINATE_ACK]
    machine.receive(PacketCode.CODE_REJECT, 1, bytes([PacketCode.TERMINATE_REQUEST, 2, 0, 4]))
    assert machine.said == [Signal.FINISHED]


def test_an_unknown_code_is_rejected() -> None:
    machine = Machine()
    machine.receive(99, 5, bytes(500))
    [packet] = machine.packets
    assert packet.code == PacketCode.CODE_REJECT
    assert packet.data == Packet(99, 5, bytes(500)).encode()[:LONGEST_REJECTED]
    machine.opened()


def test_an_extra_code_is_answered_while_open_only() -> None:
    machine = Machine()
    assert machine.receive(EXTRA, 5, b"x") == []
    machine.opened()
    machine.receive(EXTRA, 5, b"x")
    assert machine.packets == [Packet(EXTRA + 1, 5, b"x")]


def test_a_rejected_extra_code_is_harmless() -> None:
    machine = Machine().opened()
    assert machine.receive(PacketCode.CODE_REJECT, 1, bytes([EXTRA, 1, 0, 4])) == []
    assert machine.state is State.OPENED


def test_a_rejected_request_is_the_end() -> None:
    machine = Machine()
    machine.receive(PacketCode.CODE_REJECT, 1, machine.request.encode())
    assert machine.output == [GaveUp(Protocol.IPCP, Why.REJECTED), Signal.FINISHED]


def test_a_rejected_protocol_is_the_end() -> None:
    machine = Machine()
    assert machine.automaton.reject(machine.now) == [GaveUp(Protocol.IPCP, Why.REJECTED), Signal.FINISHED]
    assert machine.automaton.reject(machine.now) == [Signal.FINISHED]


@pytest.mark.parametrize(
    "code",
    [PacketCode.CONFIGURE_REQUEST, PacketCode.CONFIGURE_ACK, PacketCode.CONFIGURE_NAK, PacketCode.TERMINATE_REQUEST],
)
def test_before_it_is_opened_everything_is_answered_with_the_end(code: PacketCode) -> None:
    automaton = Automaton(Protocol.IPCP, Plain(), LIMITS)
    assert automaton.receive(Packet(code, 7, b""), 0.0) == []
    automaton.up(0.0)
    [frame] = automaton.receive(Packet(code, 7, b""), 0.0)
    assert frame == Frame(Protocol.IPCP, Packet(PacketCode.TERMINATE_ACK, 7).encode())
    assert automaton.rules.granted == {}


def test_a_layer_below_that_falls_takes_it_along() -> None:
    machine = Machine().opened()
    assert machine.automaton.down(machine.now) == [Signal.DOWN]
    assert machine.automaton.deadline is None
    machine.output = machine.automaton.up(machine.now)
    assert machine.sent == [PacketCode.CONFIGURE_REQUEST]


def test_shorter_limits_are_obeyed() -> None:
    machine = Machine(Limits(restart_timer=0.5, max_configure=2, max_terminate=1))
    machine.wait()
    assert machine.wait() == [GaveUp(Protocol.IPCP, Why.NO_ANSWER), Signal.FINISHED]
    assert machine.now == 1.0


def test_identifiers_go_round() -> None:
    automaton = Machine().automaton
    assert {automaton.next_identifier() for _ in range(256)} == set(range(256))
