"""The sliding window and its time-out, by the numbers of RFC 2637 §4.2 and §4.4."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.pptp.sequence import ahead, following, preceding
from wizard.pptp.window import LEAST_TIME_OUT, MOST_TIME_OUT, SlidingWindow

LAST = 0xFFFFFFFF


def fill(window: SlidingWindow, now: float = 0.0) -> int:
    """Send as much as the window allows; the last number that went out."""
    while window.is_open:
        number = window.take_number(now)
    return number


def at_rest(window: SlidingWindow) -> bool:
    """Nothing is on its way."""
    return window.deadline is None


@pytest.mark.parametrize(("largest", "size"), [(0, 1), (1, 1), (2, 1), (3, 1), (4, 2), (64, 32), (65535, 32767)])
def test_it_begins_with_half_of_what_the_far_end_takes(largest: int, size: int) -> None:
    assert SlidingWindow(largest).size == size


def test_numbers_begin_at_0_and_fill_the_window() -> None:
    window = SlidingWindow(8)
    assert [window.take_number(0) for _ in range(4)] == [0, 1, 2, 3]
    assert not window.is_open


def test_one_acknowledgement_stands_for_all_before_it() -> None:
    window = SlidingWindow(8)
    fill(window)
    window.acknowledge(2, 0.1)
    assert window.acknowledged == 3
    assert window.is_open and not at_rest(window)
    window.acknowledge(3, 0.1)
    assert window.acknowledged == 4
    assert at_rest(window)


def test_a_windows_worth_of_acknowledgements_widens_it_by_one_up_to_the_largest() -> None:
    window = SlidingWindow(4)
    sizes: list[int] = []
    for _ in range(4):
        window.acknowledge(fill(window), 0)
        sizes.append(window.size)
    assert sizes == [3, 4, 4, 4]


def test_less_than_a_windows_worth_does_not_widen_it() -> None:
    window = SlidingWindow(8)
    fill(window)
    window.acknowledge(2, 0)
    assert window.size == 4
    window.acknowledge(3, 0)
    assert window.size == 5


def test_each_widening_takes_a_whole_windows_worth_anew() -> None:
    window = SlidingWindow(8)
    window.acknowledge(fill(window), 0)
    fill(window)
    window.acknowledge(7, 0)
    assert window.size == 5
    window.acknowledge(8, 0)
    assert window.size == 6


def test_a_time_out_halves_it_rounding_up_and_opens_it_again() -> None:
    window = SlidingWindow(10)
    sizes: list[int] = []
    for _ in range(4):
        fill(window)
        assert window.deadline is not None
        window.expire(window.deadline)
        assert window.is_open and at_rest(window)
        sizes.append(window.size)
    assert sizes == [3, 2, 1, 1]


def test_nothing_expires_before_its_time() -> None:
    window = SlidingWindow(8)
    window.expire(1e9)
    fill(window)
    window.expire(LEAST_TIME_OUT - 0.001)
    assert (window.size, window.is_open) == (4, False)


def test_a_time_out_spoils_the_windows_worth_that_was_under_way() -> None:
    window = SlidingWindow(8)
    fill(window)
    window.acknowledge(2, 0)
    window.expire(10)
    assert window.size == 2
    window.acknowledge(window.take_number(10), 10)
    assert window.size == 2


@pytest.mark.parametrize("number", [0, LAST, 4, 0x80000000])
def test_an_old_acknowledgement_or_one_of_nothing_sent_says_nothing(number: int) -> None:
    window = SlidingWindow(8)
    fill(window)
    window.acknowledge(1, 0)
    window.acknowledge(number, 0)
    assert (window.acknowledged, window.size) == (2, 4)


def test_an_acknowledgement_after_the_time_out_still_counts() -> None:
    window = SlidingWindow(8)
    last = fill(window)
    window.expire(10)
    window.acknowledge(last, 11)
    assert (window.acknowledged, window.size) == (4, 2)


def test_the_time_out_follows_the_formula() -> None:
    """DIFF = SAMPLE - RTT; DEV += (|DIFF| - DEV) / 4; RTT += DIFF / 8; ATO = RTT + 4 DEV (§4.4.1)."""
    window = SlidingWindow(8)
    assert window.time_out == 1.0
    window.acknowledge(window.take_number(0), 1.4)
    assert window.time_out == pytest.approx(1.05 + 4 * 0.1)
    window.acknowledge(window.take_number(2), 3)
    assert window.time_out == pytest.approx((1.05 - 0.05 / 8) + 4 * (0.1 + (0.05 - 0.1) / 4))


def test_the_sample_is_that_of_the_highest_number_acknowledged() -> None:
    window = SlidingWindow(8)
    window.take_number(0)
    window.take_number(5)
    window.acknowledge(1, 6)
    assert window.time_out == 1.0


def test_each_time_out_doubles_the_round_trip_time_up_to_the_most() -> None:
    window = SlidingWindow(8)
    seen = []
    for step in range(3):
        window.take_number(step * 100)
        window.expire(step * 100 + 50)
        seen.append(window.time_out)
    assert seen == [2.0, MOST_TIME_OUT, MOST_TIME_OUT]


def test_a_fast_network_does_not_hurry_a_far_end_that_waits_before_it_acknowledges() -> None:
    window = SlidingWindow(64)
    for step in range(100):
        window.acknowledge(window.take_number(step), step + 0.001)
    assert window.time_out == LEAST_TIME_OUT


def test_numbers_go_round_after_the_last() -> None:
    window = SlidingWindow(8, first=LAST - 1)
    assert [window.take_number(0) for _ in range(4)] == [LAST - 1, LAST, 0, 1]
    window.acknowledge(0, 0)
    assert window.acknowledged == 3
    window.acknowledge(LAST, 0)
    assert window.acknowledged == 3
    window.acknowledge(1, 0)
    assert window.acknowledged == 4
    assert at_rest(window)


@given(st.integers(0, LAST), st.integers(-(2**31), 2**31 - 1))
def test_distances_hold_on_both_sides_of_the_last_number(base: int, distance: int) -> None:
    number = (base + distance) % (LAST + 1)
    assert ahead(base, number) == distance
    assert ahead(number, following(number)) == 1
    assert preceding(following(number)) == number


@given(st.integers(0, 70), st.lists(st.tuples(st.floats(0, 5), st.integers(-5, 80)), max_size=60))
def test_the_window_always_opens_again(largest: int, steps: list[tuple[float, int]]) -> None:
    """Whatever is acknowledged: it is never wider than the far end takes, and never shut for longer than 3 s."""
    window = SlidingWindow(largest)
    now = 0.0
    for passed, number in steps:
        fill(window, now)
        now += passed
        window.acknowledge(number % (LAST + 1), now)
        assert 1 <= window.size <= max(1, largest)
        assert LEAST_TIME_OUT <= window.time_out <= MOST_TIME_OUT
        window.expire(now + MOST_TIME_OUT)
        assert window.is_open
