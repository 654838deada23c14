"""Following real devices as they dial in: the router's log and its counters, live, for as long as somebody watches."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from wizard import resources
from wizard.changes import trial
from wizard.diagnose.calls import NOTHING, Finding, Progress, Stage, State
from wizard.journey.calls import Watch, boxes, caller, document, finding_document, is_up, known
from wizard.journey.hold import held
from wizard.journey.line import RETRY, SILENCE
from wizard.journey.trip import Trip
from wizard.model.errors import ExitCode, WizardError
from wizard.model.report import Check, Rung, Verdict
from wizard.router import script
from wizard.router.session import Session, reconnect
from wizard.screen import Progress as Progressing
from wizard.screen import Screen

WINDOW = 180
"""Seconds without anybody who watches, after which the router switches the detailed log off again by itself."""
PUT_OFF = 30.0
"""Seconds between two times that the router hears of it that somebody does."""
LOST = 150.0
"""Seconds to go on trying after the connection to the router broke: by then the log is still as it was."""
PATIENCE = 300.0
"""Seconds that somebody has to dial in from outside, where they are asked to."""
VERDICTS = {
    State.REACHED: Verdict.OK,
    State.FAILED: Verdict.BROKEN,
    State.NOT_YET: Verdict.NOT_TRIED,
    State.UNSEEN: Verdict.NOT_TRIED,
}
NOT_YET, UNSEEN = "the call did not come so far", "this router's log does not tell"


class Enough(Exception):  # noqa: N818 - nothing went wrong: what was waited for has come
    """There is nothing more to watch for."""


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
    """Watch until it is enough. A connection that breaks is made anew, and nothing that came meanwhile is missed.

    Raises WizardError where the router does not come back.
    """
    with _detailed(trip) as mine, trip.screen.progress("Calls") as progress:
        assert mine.session and mine.facts
        eye = _Eye(mine, watch, enough, progress)
        session, lost = mine.session, 0.0
        while not enough():
            try:
                eye.look(session)
            except Enough:
                return
            except WizardError as error:
                lost = max(lost, eye.heard) or time.monotonic()
                if time.monotonic() - lost > LOST:
                    raise error
                progress.update("the connection broke, trying again")
                session.close()
                time.sleep(RETRY)
                with _tried():
                    session = reconnect(session.way_in)


class _Eye:
    """One watcher, whichever connection it looks through."""

    def __init__(self, trip: Trip, watch: Watch, enough: Callable[[], bool], progress: Progressing) -> None:
        assert trip.facts
        self.heard = 0.0
        """When the last line came."""
        self._dialect = trip.facts.dialect
        self._tried = trip.work is not None
        self._nonce = trip.work.follower.nonce if trip.work else script.render("log", begin=True).nonce
        self._watch = watch
        self._enough = enough
        self._progress = progress
        self._put_off = 0.0

    def look(self, session: Session) -> None:
        """Watch over this connection. Raises Enough, and WizardError where it breaks."""
        number = self._watch.begin()
        watching = script.about(self._nonce, "watch", dialect=self._dialect, number=number)
        self._put_off = 0.0

        def line(text: str) -> None:
            self.heard = time.monotonic()
            self._watch.line(text, self._nonce)
            self._progress.update(_now(self._watch))
            if self._enough():
                raise Enough
            self._stay(session)

        session.run(watching.text, on_line=line, timeout=SILENCE)

    def _stay(self, session: Session) -> None:
        """Let the router know now and then that somebody is there, or it takes the detailed log back."""
        if self._tried and self.heard - self._put_off > PUT_OFF:
            self._put_off = self.heard
            session.run(script.about(self._nonce, "put-off", window=WINDOW).text, timeout=SILENCE)


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
        return boxes(standing[-1], between=" ")
    return f"nobody dials; {watch.knocks} connections to TCP port 1723 so far" if watch.live else "the log"


def watch(trip: Trip) -> Trip:
    """The command: all calls, until Ctrl-C or as many as were asked for."""
    end = time.monotonic() + trip.options.seconds if trip.options.seconds else None
    told = _Told(trip)
    assert trip.facts
    watch = Watch(told.call, known(trip.facts))

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


class _Tale:
    """What is printed of calls: where the last line moves each as it ends or comes through, else whatever it does."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._last: dict[int, str] = {}

    def call(self, progress: Progress) -> None:
        """A call has come further."""
        said = f"{caller(progress)}\n  {boxes(progress)}"
        final = progress.ended or is_up(progress) or progress.cause != NOTHING
        if said != self._last.get(progress.number) and (final or self._screen.plain):
            self._last[progress.number] = said
            self._screen.say(said)


class _Told:
    """What a person, or a program, hears of it."""

    def __init__(self, trip: Trip) -> None:
        self._screen = trip.screen
        self._json = trip.options.json
        self._begun = False
        self._tale = _Tale(trip.screen)

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
        self._tale.call(progress)
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
    assert trip.facts
    for page in (*_sheet(trip, address), resources.page("outside", address=address)):
        trip.screen.page(page.headline, page.body)
    end = time.monotonic() + PATIENCE
    watch = Watch(_Tale(trip.screen).call, known(trip.facts))
    follow(trip, watch, lambda: bool(watch.finished) or time.monotonic() > end)
    return Rung("From outside", tuple(_checks(watch)))


def _sheet(trip: Trip, address: object) -> Iterator[resources.Page]:
    """How the device at hand is set up, where somebody is there who was asked already; a flag may stand for that."""
    assert trip.facts
    tunnel, device = trip.facts.tunnel, trip.person.pick_device() if trip.options.outside is None else ""
    if not device or tunnel is None:
        return
    access, clients = tunnel.answers.access, tunnel.answers.clients
    lan = [trip.facts.lan.interface.network] if access.lan == "all" else [] if access.lan == "none" else access.lan
    name = clients[0].name if clients else "its user name"
    yield resources.sheet(
        device, address=address, name=name, server=tunnel.answers.tunnel.server, internet=access.internet, lan=lan
    )


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
