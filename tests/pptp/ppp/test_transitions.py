"""The automaton's table against the one that RFC 1661 §4.1 prints."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from wizard.pptp.ppp.transitions import NEGOTIATING, TIMED, TRANSITIONS, Event, State

PRINTED = """
         0       1         2           3             4       5       6           7           8           9
 Up      2       irc,scr/6 -           -             -       -       -           -           -           -
 Down    -       -         0           tls/1         0       1       1           1           1           tld/1
 Open    tls/1   1         irc,scr/6   3             5       5       6           7           8           9
 Close   0       tlf/0     2           2             4       4       irc,str/4   irc,str/4   irc,str/4   tld,irc,str/4
 TO+     -       -         -           -             str/4   str/5   scr/6       scr/6       scr/8       -
 TO-     -       -         -           -             tlf/2   tlf/3   tlf/3       tlf/3       tlf/3       -
 RCR+    -       -         sta/2       irc,scr,sca/8 4       5       sca/8       sca,tlu/9   sca/8       tld,scr,sca/8
 RCR-    -       -         sta/2       irc,scr,scn/6 4       5       scn/6       scn/7       scn/6       tld,scr,scn/6
 RCA     -       -         sta/2       sta/3         4       5       irc/7       scr/6       irc,tlu/9   tld,scr/6
 RCN     -       -         sta/2       sta/3         4       5       irc,scr/6   scr/6       irc,scr/8   tld,scr/6
 RTR     -       -         sta/2       sta/3         sta/4   sta/5   sta/6       sta/6       sta/6       tld,zrc,sta/5
 RTA     -       -         2           3             tlf/2   tlf/3   6           6           8           tld,scr/6
 RUC     -       -         scj/2       scj/3         scj/4   scj/5   scj/6       scj/7       scj/8       scj/9
 RXJ+    -       -         2           3             4       5       6           6           8           9
 RXJ-    -       -         tlf/2       tlf/3         tlf/2   tlf/3   tlf/3       tlf/3       tlf/3       tld,irc,str/5
 RXR     -       -         2           3             4       5       6           7           8           ser/9
"""
"""Both halves side by side, without the letters that refer to footnotes."""


def printed() -> Mapping[tuple[str, int], str]:
    head, *rows = PRINTED.strip("\n").splitlines()
    cells = [row.split() for row in rows]
    return {(row[0], int(state)): cell for row in cells for state, cell in zip(head.split(), row[1:], strict=True)}


def ours(event: Event, state: State) -> str:
    step = TRANSITIONS[state].get(event)
    if step is None:
        return "-"
    actions = ",".join(action.value for action in step.actions)
    return f"{actions}/{step.state.value}".lstrip("/")


@pytest.mark.parametrize("event", list(Event), ids=lambda event: event.value)
def test_every_event_does_what_the_rfc_prints(event: Event) -> None:
    table = printed()
    assert [ours(event, state) for state in State] == [table[event.value, state.value] for state in State]


def test_the_rfc_prints_no_event_that_is_not_there() -> None:
    assert {event for event, _ in printed()} == {event.value for event in Event}


def test_the_restart_timer_runs_where_it_can_run_out() -> None:
    assert {state for state in State if Event.TIMEOUT in TRANSITIONS[state]} == TIMED
    assert {State.CLOSING, State.STOPPING} == TIMED - NEGOTIATING
