"""What is known of the calls to a router while somebody watches: how far each has come, and what is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from wizard import verify
from wizard.diagnose import calls as diagnosis
from wizard.diagnose.calls import NOTHING, Finding, Known, Progress, Stage, State
from wizard.inspect import examined
from wizard.model.examined import Traffic
from wizard.model.facts import RouterFacts

SIGNS = {State.REACHED: "ok", State.FAILED: "FAILED", State.NOT_YET: "-", State.UNSEEN: "?"}
SETTLED = 2.0
"""Seconds after which a call that came through counts as one that stays."""


class Watch:
    """What is known of the calls since somebody watches. `changed` hears of each call whenever it comes further."""

    def __init__(
        self, changed: Callable[[Progress], None], known: Known, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.calls: dict[int, Progress] = {}
        self.live = False
        """The log has been followed up to now; what comes from here on is new."""
        self.first: Traffic | None = None
        self.latest = Traffic()
        self.times = 0
        """Scripts that have watched: a connection may break."""
        self._known = known
        self._clock = clock
        self._changed_at: dict[int, float] = {}
        self._changed = changed
        self._counted: list[str] = []
        self._after = 0
        self._begin_reading()

    def begin(self) -> int:
        """A script begins to watch. Its number, with which it marks the router's log."""
        self.times += 1
        self.live = False
        self._begin_reading()
        return self.times

    def _begin_reading(self) -> None:
        """From the log's first mark once more: what is known by then comes out as before."""
        self._reader = diagnosis.Reader(known=self._known)
        self._waiting: list[str] | None = None
        """Lines behind this script's own mark, as long as those before it have not all come."""
        self._before: dict[int, Progress] = {}
        """Calls as the log from before leaves them: what they went through was told, or is past."""
        self._anew = True
        """Not one line from before has come: the log has lost its first mark, or there is no other."""

    def line(self, text: str, nonce: str) -> None:
        """Take in one line of `watch.sh`."""
        mark, _, rest = text.partition(" ")
        if mark == nonce:
            self._mark(*rest.partition(" ")[::2])
        elif text.endswith(f"watching {nonce} {self.times}"):
            self._waiting = []
        elif self._waiting is not None and not self.live:
            self._waiting.append(text)
        elif self.live:
            self._read(text)

    def _mark(self, word: str, rest: str) -> None:
        if word == "traffic":
            self._counted.append(rest)
        elif word == "beat":
            self.latest = examined.traffic(self._counted)
            self.first = self.first or self.latest
            self._counted.clear()
        elif word == "past":
            self._from_before(rest)
        elif word == "caught-up":
            self._catch_up()

    def _from_before(self, text: str) -> None:
        if self._anew:
            self._anew, self._after = False, 0
        if progress := self._reader.read(text):
            self._before[progress.number] = progress

    def _catch_up(self) -> None:
        """Calls that are seen from here on go by numbers of their own where those from before are lost to the log."""
        if self._anew:
            self._after = max(self.calls, default=0)
        self.live = True
        for progress in self._before.values():
            self._heard(progress)
        for text in self._waiting or ():
            self._read(text)

    def _read(self, text: str) -> None:
        if progress := self._reader.read(text):
            self._heard(replace(progress, number=self._after + progress.number))

    def _heard(self, progress: Progress) -> None:
        before = self.calls.get(progress.number)
        self.calls[progress.number] = progress
        if before is None or _standing(before) != _standing(progress):
            self._changed_at[progress.number] = self._clock()
            self._changed(progress)

    @property
    def finished(self) -> tuple[Progress, ...]:
        """Calls that came through and stay, or are over."""
        return tuple(each for each in self.calls.values() if each.ended or self._stays(each))

    def _stays(self, progress: Progress) -> bool:
        """Some devices agree to everything and hang up at once, and say only then why."""
        return is_up(progress) and self._clock() - self._changed_at[progress.number] > SETTLED

    @property
    def finding(self) -> Finding:
        """What is wrong: of the first call that has something, or with the server as a whole."""
        wrong = [each.cause for each in self.calls.values() if each.cause != NOTHING]
        return wrong[0] if wrong else self._unheard() if not self.calls else NOTHING

    def _unheard(self) -> Finding:
        """No call is in the log: of that the server may know, and else the counters."""
        if self._reader.server != NOTHING:
            return self._reader.server
        if self.knocks:
            said = f"{self.knocks} connections to TCP port 1723 came as far as the firewall, and the server took none"
            return Finding("port-closed", "router", said, "port-refused")
        return Finding("nothing-came", "network", "nothing of a call has come to the router", "nothing-came")

    @property
    def knocks(self) -> int:
        """New TCP connections to port 1723 since somebody watches."""
        began = self.first.port if self.first else None
        return (self.latest.port or 0) - (began or 0)


def known(facts: RouterFacts) -> Known:
    """What the router was seen to have, which a log does not tell."""
    wan, tunnel = facts.wan.interface, facts.tunnel
    taken = verify.taken(facts, tunnel) if tunnel else {}
    return Known(frozenset({str(wan.ip)} if wan else ()), {str(address): holder for address, holder in taken.items()})


def is_up(progress: Progress) -> bool:
    """The tunnel stands."""
    return progress.stages[Stage.ADDRESS] is State.REACHED and progress.cause == NOTHING


def _standing(progress: Progress) -> tuple[object, ...]:
    return (dict(progress.stages), progress.cause.code, progress.ended, progress.user)


def caller(progress: Progress) -> str:
    """Who calls, and where from, as far as anybody knows."""
    source = f" from {progress.source}" if progress.source else ""
    return f"{progress.user or 'somebody'}{source}"


def boxes(progress: Progress, between: str = " · ") -> str:
    """The six boxes on one line, which a terminal of 80 columns has room for."""
    return between.join(f"{stage.value} {SIGNS[state]}" for stage, state in progress.stages.items())


def document(progress: Progress) -> Mapping[str, object]:
    """One line of `watch --json`. Keys are added and never change their meaning."""
    return {
        "event": "call",
        "call": progress.number,
        "source": progress.source or None,
        "user": progress.user or None,
        "address": progress.address or None,
        "stages": {stage.value: state.value for stage, state in progress.stages.items()},
        "finding": finding_document(progress.cause),
        "ended": progress.ended,
    }


def finding_document(finding: Finding) -> Mapping[str, object] | None:
    """What is wrong, for a program; None where nothing is."""
    if finding == NOTHING:
        return None
    return {"code": finding.code, "who": finding.who, "said": finding.said}
