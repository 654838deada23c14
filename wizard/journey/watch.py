"""Following real devices as they dial in: the router's log and its counters, live, for as long as somebody watches."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from wizard import resources
from wizard.changes import trial
from wizard.diagnose import calls as diagnosis
from wizard.diagnose.calls import NOTHING, Finding, Progress, Stage, State
from wizard.inspect import examined
from wizard.journey.hold import held
from wizard.journey.line import RETRY, SILENCE
from wizard.journey.trip import Trip
from wizard.model.errors import ExitCode, WizardError
from wizard.model.examined import Traffic
from wizard.model.report import Check, Rung, Verdict
from wizard.router import script
from wizard.router.session import reconnect

WINDOW = 120
"""Seconds without anybody who watches, after which the router switches the detailed log off again by itself."""
BEATS = 300
"""Seconds that one script watches; then the next one does."""
PATIENCE = 300.0
"""Seconds that somebody has to dial in from outside, where they are asked to."""
LOST = 180.0
"""Seconds to go on trying after the connection to the router broke."""
SIGNS = {State.REACHED: "ok", State.FAILED: "FAILED", State.NOT_YET: "-", State.UNSEEN: "?"}
VERDICTS = {
    State.REACHED: Verdict.OK,
    State.FAILED: Verdict.BROKEN,
    State.NOT_YET: Verdict.NOT_TRIED,
    State.UNSEEN: Verdict.NOT_TRIED,
}
NOT_YET, UNSEEN = "the call did not come so far", "this router's log does not tell"


class Enough(Exception):  # noqa: N818 - nothing went wrong: what was waited for has come
    """There is nothing more to watch for."""


class Watch:
    """What is known of the calls since somebody watches. `changed` hears of each call whenever it comes further."""

    def __init__(self, changed: Callable[[Progress], None]) -> None:
        self.calls: dict[int, Progress] = {}
        self.live = False
        """The log has been followed up to now; what comes from here on is new."""
        self.first: Traffic | None = None
        self.latest = Traffic()
        self._reader = diagnosis.Reader()
        self._changed = changed
        self._counted: list[str] = []

    def line(self, text: str, nonce: str) -> None:
        """Take in one line of `watch.sh`."""
        mark, _, rest = text.partition(" ")
        if mark == nonce:
            self._mark(*rest.partition(" ")[::2])
        elif f"watching {nonce}" in text:
            self.live = True
        elif self.live and (progress := self._reader.read(text)):
            self._heard(progress)

    def _mark(self, word: str, rest: str) -> None:
        if word == "traffic":
            self._counted.append(rest)
        elif word == "beat":
            self.latest = examined.traffic(self._counted)
            self.first = self.first or self.latest
            self._counted.clear()

    def _heard(self, progress: Progress) -> None:
        before = self.calls.get(progress.number)
        self.calls[progress.number] = progress
        if before is None or _standing(before) != _standing(progress):
            self._changed(progress)

    @property
    def finished(self) -> tuple[Progress, ...]:
        """Calls that came through, or are over."""
        return tuple(each for each in self.calls.values() if each.ended or is_up(each))

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


def is_up(progress: Progress) -> bool:
    """The tunnel stands."""
    return progress.stages[Stage.ADDRESS] is State.REACHED and progress.cause == NOTHING


def _standing(progress: Progress) -> tuple[object, ...]:
    return (dict(progress.stages), progress.cause.code, progress.ended, progress.user)


def boxes(progress: Progress) -> str:
    """One call on one line: who, and the six boxes."""
    who = progress.user or "somebody"
    source = f" from {progress.source}" if progress.source else ""
    states = " · ".join(f"{stage.value} {SIGNS[state]}" for stage, state in progress.stages.items())
    return f"{who}{source}: {states}"


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


@contextmanager
def _detailed(trip: Trip) -> Iterator[Trip]:
    """Calls leave a record in the log, until nobody watches any more; with options that pppd refuses there is none."""
    assert trip.facts
    changes = trial.with_debug(trip.facts)
    with ExitStack() as stack:
        mine = trip
        if changes:
            try:
                mine = stack.enter_context(held(trip, changes, WINDOW))
            except WizardError as error:
                if error.code != "options-refused":
                    raise
                trip.screen.warn("pppd refuses the options of calls as they are, so the log stays as short as it is.")
        yield mine


def follow(trip: Trip, watch: Watch, enough: Callable[[], bool]) -> None:
    """Watch until it is enough. A connection that breaks is made anew.

    Raises WizardError where the router does not come back.
    """
    with _detailed(trip) as mine, trip.screen.progress("Watching for calls") as progress:
        session = mine.session
        assert session and mine.facts
        nonce = mine.work.follower.nonce if mine.work else script.render("log", begin=True).nonce

        def line(text: str) -> None:
            watch.line(text, nonce)
            progress.update(_now(watch))
            if enough():
                raise Enough

        lost_since: float | None = None
        while True:
            watching = script.about(nonce, "watch", dialect=mine.facts.dialect, window=WINDOW, beats=BEATS)
            try:
                session.run(watching.text, on_line=line, timeout=SILENCE)
                lost_since = None
            except Enough:
                return
            except WizardError as error:
                lost_since = lost_since or time.monotonic()
                if time.monotonic() - lost_since > LOST:
                    raise error
                progress.update("the connection broke, trying again")
                session.close()
                time.sleep(RETRY)
                with _tried():
                    session = reconnect(session.way_in)


@contextmanager
def _tried() -> Iterator[None]:
    """The next round tries again; how long is its business."""
    try:
        yield
    except WizardError:
        return


def _now(watch: Watch) -> str:
    standing = [each for each in watch.calls.values() if not each.ended]
    if standing:
        return boxes(standing[-1])
    return f"nobody dials; {watch.knocks} connections to TCP port 1723 so far" if watch.live else "the log"


def watch(trip: Trip) -> Trip:
    """The command: all calls, until Ctrl-C or as many as were asked for."""
    end = time.monotonic() + trip.options.seconds if trip.options.seconds else None
    told = _Told(trip)
    watch = Watch(told.call)

    def enough() -> bool:
        told.begin(watch)
        calls = trip.options.calls
        return bool(calls and len(watch.finished) >= calls) or (end is not None and time.monotonic() > end)

    try:
        follow(trip, watch, enough)
    except KeyboardInterrupt:
        if not watch.live:
            raise
    return replace(trip, ended=told.conclude(watch))


class _Told:
    """What a person, or a program, hears of it."""

    def __init__(self, trip: Trip) -> None:
        self._screen = trip.screen
        self._json = trip.options.json
        self._begun = False

    def begin(self, watch: Watch) -> None:
        """Once, when from now on nothing is missed."""
        if watch.live and watch.first and not self._begun:
            self._begun = True
            if self._json:
                self._screen.document(json.dumps({"event": "watching"}))
            else:
                self._screen.say("Every call is followed from now on. Ctrl-C ends it.")

    def call(self, progress: Progress) -> None:
        """A call has come further."""
        if self._json:
            self._screen.document(json.dumps(document(progress)))
            return
        self._screen.say(boxes(progress))
        if progress.cause != NOTHING and progress.ended:
            explain(progress.cause, self._screen.page)

    def conclude(self, watch: Watch) -> ExitCode:
        """The last word, and what it comes to."""
        finding = watch.finding
        if self._json:
            self._screen.document(json.dumps({"event": "end", "finding": finding_document(finding)}))
        elif not watch.calls:
            explain(finding, self._screen.page)
        if not watch.calls:
            return ExitCode.NOT_TRIED if finding.code == "nothing-came" else ExitCode.FAILED
        return ExitCode.DONE if finding == NOTHING else ExitCode.FAILED


def explain(finding: Finding, show: Callable[[str, str], None]) -> None:
    """The page about what is wrong, with who has to act and what told so."""
    page = resources.page(finding.page or finding.code)
    show(page.headline, f"Who has to act: {finding.who}. Seen: {finding.said}\n\n{page.body}")


def guided(trip: Trip, address: object) -> Rung:
    """Somebody dials in from another network, as they are told; the first call is enough."""
    page = resources.page("outside", address=address)
    trip.screen.page(page.headline, page.body)
    end = time.monotonic() + PATIENCE
    watch = Watch(lambda progress: trip.screen.say(boxes(progress)))
    follow(trip, watch, lambda: bool(watch.finished) or time.monotonic() > end)
    return Rung("From outside", tuple(_checks(watch)))


def _checks(watch: Watch) -> Iterator[Check]:
    """The six boxes of the call that came furthest."""
    best = max(
        watch.calls.values(), key=lambda each: sum(s is State.REACHED for s in each.stages.values()), default=None
    )
    finding = watch.finding
    for stage in Stage:
        state = best.stages[stage] if best else State.FAILED if stage is Stage.PORT else State.NOT_YET
        if state is State.FAILED:
            yield Check(
                stage.value, Verdict.BROKEN, finding.said, finding.who, finding.code, page=finding.page or finding.code
            )
        else:
            said = {State.NOT_YET: NOT_YET, State.UNSEEN: UNSEEN}.get(state, "")
            yield Check(stage.value, VERDICTS[state], said)
