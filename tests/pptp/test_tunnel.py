"""The tunnel of a call: what goes out and when, and what of a bad network's packets comes through."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pptp import fuzz
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError
from wizard.pptp.gre import LARGEST_PAYLOAD, Packet
from wizard.pptp.reorder import CAPACITY, FAR, HOLD
from wizard.pptp.tunnel import ACKNOWLEDGE_EVERY, ACKNOWLEDGE_WITHIN, QUEUE, Traffic, Tunnel
from wizard.pptp.window import LEAST_TIME_OUT, MOST_TIME_OUT

OURS, THEIRS = 0x4242, 0x0180
LAST = 0xFFFFFFFF
FIRSTS = st.sampled_from([0, 1, 0x7FFFFFFF - 10, LAST - 10, LAST])


@pytest.fixture
def tunnel() -> Tunnel:
    return Tunnel(THEIRS, OURS)


def payload(number: int) -> bytes:
    return b"frame %d" % number


def arrive(tunnel: Tunnel, *sequences: int, now: float = 0.0, first: int = 0) -> None:
    """The far end's payloads with these numbers, counted from `first`."""
    for sequence in sequences:
        packet = Packet(OURS, payload(sequence), (first + sequence) % (LAST + 1))
        tunnel.receive(packet.encode(), now)


def delivered(tunnel: Tunnel) -> list[int]:
    """The numbers of the payloads that came out by now."""
    numbers = []
    while event := tunnel.next_event():
        numbers.append(int(event.octets.split()[1]))
    return numbers


def sent(tunnel: Tunnel, now: float = 0.0) -> list[Packet]:
    return [Packet.decode(octets) for octets in tunnel.packets_to_send(now)]


def test_payloads_are_numbered_from_0_and_bear_the_far_ends_call_id(tunnel: Tunnel) -> None:
    tunnel.send(b"one", 0)
    tunnel.send(b"two", 0)
    assert sent(tunnel) == [Packet(THEIRS, b"one", 0), Packet(THEIRS, b"two", 1)]
    assert sent(tunnel) == []


def test_numbers_of_both_sides_go_round_after_the_last() -> None:
    tunnel = Tunnel(THEIRS, OURS, first=LAST)
    arrive(tunnel, 0, 2, 1, first=LAST)
    assert delivered(tunnel) == [0, 1, 2]
    tunnel.send(b"one", 0)
    tunnel.send(b"two", 0)
    assert sent(tunnel) == [Packet(THEIRS, b"one", LAST, acknowledgement=1), Packet(THEIRS, b"two", 0)]
    tunnel.receive(Packet(OURS, acknowledgement=0).encode(), 0)
    assert tunnel.traffic.acknowledged == 2


def test_an_acknowledgement_goes_along_with_the_next_payload_and_only_once(tunnel: Tunnel) -> None:
    arrive(tunnel, 0, 1)
    tunnel.send(b"one", 0.1)
    tunnel.send(b"two", 0.1)
    assert sent(tunnel, 0.1) == [Packet(THEIRS, b"one", 0, acknowledgement=1), Packet(THEIRS, b"two", 1)]


def test_an_acknowledgement_goes_alone_when_no_payload_comes(tunnel: Tunnel) -> None:
    arrive(tunnel, 0, now=10)
    assert sent(tunnel, 10) == []
    arrive(tunnel, 1, now=10.1)
    assert tunnel.deadline == 10 + ACKNOWLEDGE_WITHIN
    assert sent(tunnel, tunnel.deadline) == [Packet(THEIRS, acknowledgement=1)]
    assert tunnel.deadline is None
    assert sent(tunnel, 20) == []


def test_many_payloads_are_acknowledged_at_once(tunnel: Tunnel) -> None:
    for last in (ACKNOWLEDGE_EVERY - 1, 2 * ACKNOWLEDGE_EVERY - 1):
        arrive(tunnel, *range(last + 1 - ACKNOWLEDGE_EVERY, last))
        assert sent(tunnel) == []
        arrive(tunnel, last)
        assert sent(tunnel) == [Packet(THEIRS, acknowledgement=last)]


def test_an_acknowledgement_is_not_acknowledged(tunnel: Tunnel) -> None:
    tunnel.send(b"one", 0)
    tunnel.packets_to_send(0)
    tunnel.receive(Packet(OURS, acknowledgement=0).encode(), 0)
    assert tunnel.deadline is None
    assert tunnel.traffic == Traffic(sent=1, received=1, acknowledged=1)


def test_what_waits_for_its_predecessor_is_not_acknowledged_yet(tunnel: Tunnel) -> None:
    arrive(tunnel, 0, 2)
    tunnel.send(b"one", 0)
    assert sent(tunnel) == [Packet(THEIRS, b"one", 0, acknowledgement=0)]
    arrive(tunnel, 1)
    tunnel.send(b"two", 0)
    assert sent(tunnel) == [Packet(THEIRS, b"two", 1, acknowledgement=2)]


def test_another_calls_packet_is_counted_and_nothing_else(tunnel: Tunnel) -> None:
    tunnel.send(b"one", 0)
    tunnel.packets_to_send(0)
    tunnel.receive(Packet(OURS + 1, b"x", 0, acknowledgement=0).encode(), 0)
    assert tunnel.next_event() is None
    assert tunnel.traffic == Traffic(sent=1, foreign=1)


def test_a_packet_that_is_none_is_told_and_the_tunnel_goes_on(tunnel: Tunnel) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        tunnel.receive(b"\x00\x00\x08\x00E\x00", 0)
    assert caught.value.fault is Fault.PACKET_CUT
    arrive(tunnel, 0)
    assert delivered(tunnel) == [0]
    assert tunnel.traffic == Traffic(received=1)


def test_reordered_payloads_are_put_back_in_their_place(tunnel: Tunnel) -> None:
    arrive(tunnel, 0, 3, 2)
    assert delivered(tunnel) == [0]
    arrive(tunnel, 1, 4, now=HOLD - 0.01)
    assert delivered(tunnel) == [1, 2, 3, 4]
    assert tunnel.traffic == Traffic(received=5, reordered=2)


def test_a_payload_that_came_already_is_dropped(tunnel: Tunnel) -> None:
    arrive(tunnel, 0, 0, 2, 2)
    assert delivered(tunnel) == [0]
    assert tunnel.traffic == Traffic(received=4, duplicates=2)


def test_what_is_missing_for_too_long_counts_as_lost(tunnel: Tunnel) -> None:
    arrive(tunnel, 0)
    sent(tunnel, 1)
    arrive(tunnel, 3, 4, now=5)
    assert tunnel.deadline == 5 + HOLD
    tunnel.tick(5 + HOLD - 0.01)
    assert delivered(tunnel) == [0]
    tunnel.tick(tunnel.deadline)
    assert delivered(tunnel) == [3, 4]
    arrive(tunnel, 1, now=6)
    assert delivered(tunnel) == []
    assert tunnel.traffic == Traffic(sent=1, received=4, lost=2, duplicates=1)


def test_each_gap_has_its_own_time(tunnel: Tunnel) -> None:
    arrive(tunnel, 0, 2)
    arrive(tunnel, 4, now=0.2)
    tunnel.tick(HOLD)
    assert delivered(tunnel) == [0, 2]
    tunnel.tick(0.2 + HOLD)
    assert delivered(tunnel) == [4]


def test_a_gap_before_too_many_payloads_counts_as_lost_at_once(tunnel: Tunnel) -> None:
    arrive(tunnel, 0, *range(2, 2 + CAPACITY))
    assert delivered(tunnel) == [0]
    arrive(tunnel, 2 + CAPACITY)
    assert delivered(tunnel) == list(range(2, 3 + CAPACITY))
    assert tunnel.traffic.lost == 1


def test_a_far_end_that_begins_with_1_has_lost_nothing(tunnel: Tunnel) -> None:
    arrive(tunnel, 1, 2)
    tunnel.tick(HOLD)
    assert delivered(tunnel) == [1, 2]
    assert tunnel.traffic.lost == 0


def test_a_beginning_that_was_missed_is_lost(tunnel: Tunnel) -> None:
    arrive(tunnel, 4)
    tunnel.tick(HOLD)
    assert delivered(tunnel) == [4]
    assert tunnel.traffic.lost == 3


def test_a_single_number_far_ahead_is_not_believed(tunnel: Tunnel) -> None:
    arrive(tunnel, 0, FAR + 1)
    assert tunnel.deadline == ACKNOWLEDGE_WITHIN
    arrive(tunnel, 1, FAR + 9, 2, FAR + 9, 3)
    tunnel.tick(9)
    assert delivered(tunnel) == [0, 1, 2, 3]
    assert tunnel.traffic.lost == 0


def test_numbers_far_ahead_that_follow_each_other_are_believed(tunnel: Tunnel) -> None:
    arrive(tunnel, 0, FAR + 5, FAR + 6, FAR + 7)
    tunnel.tick(HOLD)
    assert delivered(tunnel) == [0, FAR + 6, FAR + 7]
    assert tunnel.traffic.lost == FAR + 5


def test_the_nearest_number_that_is_not_far_is_believed_alone(tunnel: Tunnel) -> None:
    arrive(tunnel, 0, FAR)
    tunnel.tick(HOLD)
    assert delivered(tunnel) == [0, FAR]


def test_a_full_window_holds_payloads_back_until_it_is_acknowledged() -> None:
    tunnel = Tunnel(THEIRS, OURS, window=4)
    for number in range(4):
        tunnel.send(payload(number), 0)
    assert [packet.sequence for packet in sent(tunnel)] == [0, 1]
    tunnel.receive(Packet(OURS, acknowledgement=0).encode(), 0.1)
    assert [packet.sequence for packet in sent(tunnel, 0.1)] == [2]


def test_payloads_keep_their_order_through_the_queue() -> None:
    tunnel = Tunnel(THEIRS, OURS, window=1)
    for number in range(3):
        tunnel.send(payload(number), 0)
    payloads = []
    for sequence in range(3):
        payloads += [packet.payload for packet in sent(tunnel)]
        tunnel.receive(Packet(OURS, acknowledgement=sequence).encode(), 0)
    assert payloads == [payload(0), payload(1), payload(2)]


def test_a_network_that_brings_nothing_back_does_not_stop_us() -> None:
    tunnel = Tunnel(THEIRS, OURS, window=16)
    for number in range(40):
        tunnel.send(payload(number), 0)
    now, out = 0.0, sent(tunnel)
    while tunnel.deadline is not None:
        assert now < tunnel.deadline <= now + MOST_TIME_OUT
        now = tunnel.deadline
        out += sent(tunnel, now)
    assert [packet.payload for packet in out] == [payload(number) for number in range(40)]
    assert tunnel.traffic == Traffic(sent=40)


def test_a_queue_that_is_full_takes_no_more() -> None:
    tunnel = Tunnel(THEIRS, OURS, window=1)
    for number in range(1 + QUEUE + 3):
        tunnel.send(payload(number), 0)
    out = sent(tunnel)
    while tunnel.deadline is not None:
        out += sent(tunnel, tunnel.deadline)
    assert [packet.payload for packet in out] == [payload(number) for number in range(1 + QUEUE)]
    assert tunnel.traffic.discarded == 3


def test_a_frame_too_long_for_gre_is_our_fault_and_takes_no_number(tunnel: Tunnel) -> None:
    with pytest.raises(LocalProtocolError) as caught:
        tunnel.send(bytes(LARGEST_PAYLOAD + 1), 0)
    assert caught.value.fault is Fault.VALUE
    tunnel.send(bytes(LARGEST_PAYLOAD), 0)
    assert sent(tunnel) == [Packet(THEIRS, bytes(LARGEST_PAYLOAD), 0)]


def test_the_deadline_is_that_of_whatever_comes_first(tunnel: Tunnel) -> None:
    tunnel.send(b"one", 0)
    assert tunnel.deadline == LEAST_TIME_OUT
    arrive(tunnel, 1, now=LEAST_TIME_OUT - HOLD - 0.1)
    assert tunnel.deadline == pytest.approx(LEAST_TIME_OUT - 0.1)
    arrive(tunnel, 0, now=LEAST_TIME_OUT - HOLD)
    assert tunnel.deadline == pytest.approx(LEAST_TIME_OUT - HOLD + ACKNOWLEDGE_WITHIN)


def test_a_tunnel_at_rest_has_no_deadline(tunnel: Tunnel) -> None:
    assert tunnel.deadline is None
    tunnel.tick(1e9)
    assert sent(tunnel, 1e9) == []


ARRIVALS = st.lists(st.tuples(st.integers(0, 40), st.floats(0, 0.4)), max_size=80)


@given(FIRSTS, ARRIVALS)
def test_any_loss_disorder_and_duplication_gives_a_part_in_order_and_nothing_twice(
    first: int, arrivals: list[tuple[int, float]]
) -> None:
    tunnel, now, out = Tunnel(THEIRS, OURS, first=first), 0.0, []
    for sequence, passed in arrivals:
        now += passed
        tunnel.tick(now)
        arrive(tunnel, sequence, now=now, first=first)
        out += delivered(tunnel)
    tunnel.tick(now + HOLD + 0.001)
    out += delivered(tunnel)
    traffic = tunnel.traffic
    assert all(earlier < later for earlier, later in pairwise(out))
    assert set(out) <= {sequence for sequence, _ in arrivals}
    assert len(out) + traffic.duplicates == traffic.received == len(arrivals)
    # the very first may never have been sent
    skipped = out[-1] + 1 - len(out) if out else 0
    assert traffic.lost == skipped - (skipped > 0 and out[0] != 0)


@given(FIRSTS, st.lists(st.integers(0, CAPACITY - 2), max_size=150), st.sets(st.integers(0, 150)))
def test_disorder_and_duplication_alone_lose_nothing(first: int, delays: list[int], twice: set[int]) -> None:
    order = sorted(range(len(delays)), key=lambda sequence: sequence + delays[sequence])
    tunnel = Tunnel(THEIRS, OURS, first=first)
    for sequence in order:
        arrive(tunnel, *[sequence] * (1 + (sequence in twice)), first=first)
    assert delivered(tunnel) == list(range(len(delays)))
    traffic = tunnel.traffic
    assert (traffic.lost, traffic.duplicates) == (0, len(twice & set(order)))
    assert traffic.reordered == sum(sequence < max(order[: place + 1]) for place, sequence in enumerate(order))


class Wire:
    """Two tunnels of one call, and a network that loses what it is told to."""

    def __init__(self, window: int, lost: Callable[[], bool]) -> None:
        self.ends = {OURS: Tunnel(THEIRS, OURS, window=window), THEIRS: Tunnel(OURS, THEIRS, window=window)}
        self.lost = lost
        self.now = 0.0
        self.arrived: dict[int, list[int]] = {OURS: [], THEIRS: []}

    def carry(self) -> bool:
        """Bring over what is due on either side; whether there was anything."""
        carried = False
        for call_id, end in self.ends.items():
            other = THEIRS if call_id == OURS else OURS
            for packet in end.packets_to_send(self.now):
                carried = True
                if not self.lost():
                    self.ends[other].receive(packet, self.now)
            self.arrived[other] += delivered(self.ends[other])
        return carried

    def wait(self) -> bool:
        """Let time pass until one side has something to do; whether it ever has."""
        deadlines = [end.deadline for end in self.ends.values() if end.deadline is not None]
        self.now = max(self.now, min(deadlines, default=self.now))
        for end in self.ends.values():
            end.tick(self.now)
        return bool(deadlines)

    def settle(self) -> None:
        while self.carry() or self.wait():
            assert self.now < 1000


TALK = st.lists(st.tuples(st.sampled_from([OURS, THEIRS]), st.integers(1, 50)), max_size=5)


def talk(wire: Wire, turns: list[tuple[int, int]]) -> dict[int, int]:
    """Let each side in turn send so many payloads; how many each has sent."""
    said = {OURS: 0, THEIRS: 0}
    for speaker, count in turns:
        for _ in range(count):
            wire.ends[speaker].send(payload(said[speaker]), wire.now)
            said[speaker] += 1
        wire.carry()
    wire.settle()
    return said


@given(st.integers(1, 70), TALK)
def test_a_good_network_brings_everything_and_every_acknowledgement(window: int, turns: list[tuple[int, int]]) -> None:
    wire = Wire(window, lambda: False)
    said = talk(wire, turns)
    for here, there in ((OURS, THEIRS), (THEIRS, OURS)):
        assert wire.arrived[there] == list(range(said[here]))
        traffic = wire.ends[here].traffic
        assert (traffic.acknowledged, traffic.lost, traffic.duplicates) == (said[here], 0, 0)
        assert traffic.received == wire.ends[there].traffic.sent


@given(st.integers(1, 70), TALK, st.randoms(use_true_random=False), st.floats(0.1, 1))
def test_a_bad_network_brings_a_part_in_order_and_everything_is_tried(
    window: int, turns: list[tuple[int, int]], random: Random, rate: float
) -> None:
    wire = Wire(window, lambda: random.random() < rate)
    said = talk(wire, turns)
    for here, there in ((OURS, THEIRS), (THEIRS, OURS)):
        assert all(earlier < later for earlier, later in pairwise(wire.arrived[there]))
        assert set(wire.arrived[there]) <= set(range(said[here]))
        assert wire.ends[here].traffic.sent >= said[here]
        assert wire.ends[here].traffic.acknowledged <= said[here]


OPERATIONS = st.sampled_from(["send", "hear", "acknowledge", "take"])


@given(st.lists(st.tuples(OPERATIONS, st.integers(0, 80), st.floats(0, 2)), max_size=60))
def test_a_tick_at_the_deadline_leaves_a_later_one_or_none(steps: list[tuple[str, int, float]]) -> None:
    tunnel, now = Tunnel(THEIRS, OURS, window=6), 0.0
    for operation, number, passed in steps:
        now += passed
        match operation:
            case "send":
                tunnel.send(b"x", now)
            case "hear":
                arrive(tunnel, number, now=now)
            case "acknowledge":
                tunnel.receive(Packet(OURS, acknowledgement=number).encode(), now)
            case "take":
                tunnel.packets_to_send(now)
        if tunnel.deadline is not None:
            now = max(now, tunnel.deadline)
            tunnel.tick(now)
            assert tunnel.deadline is None or tunnel.deadline > now


def test_random_octets_raise_the_remote_error_only_and_are_not_kept() -> None:
    tunnel = Tunnel(THEIRS, OURS)
    samples = [Packet(OURS, bytes(50), number, number).encode() for number in (0, 1, 2, 70, FAR, LAST)]
    refused = heard = 0
    for step, octets in enumerate(islice(fuzz.inputs(47, samples), fuzz.COUNT)):
        try:
            tunnel.receive(octets, step / 100)
        except RemoteProtocolError:
            refused += 1
        while tunnel.next_event():
            heard += 1
        tunnel.packets_to_send(step / 100)
    assert refused and heard
    assert fuzz.weight(tunnel) < CAPACITY * max(map(len, samples)) * 8
