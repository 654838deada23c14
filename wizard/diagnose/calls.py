"""Calls in a log: several at once, line by line, how far each came and the first thing that is wrong with it.

The log is the router's (syslog, logread, pppd's own file) or that of a device with pptp-linux.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from wizard.diagnose.call import Call, Known, Progress, State, Trace
from wizard.diagnose.line import Line, parse
from wizard.diagnose.table import NOTHING, Finding, Meaning, Stage, blame, interpret
from wizard.diagnose.talk import explain, redacted

__all__ = [
    "NOTHING",
    "Finding",
    "Known",
    "Line",
    "Progress",
    "Reader",
    "Stage",
    "State",
    "blame",
    "cause",
    "explain",
    "parse",
    "redacted",
]

AT_MOST = 32
"""Calls that a reader keeps in mind: more than pptpd takes with the settings of this program."""
NOTHING_ELSE = Known()
"""Of the router beside its log."""
_PROGRAMS = ("pptpd", "pptpctrl", "pppd", "pptp", "")
_LAUNCHER = "CTRL (PPPD Launcher)"
_MANAGER = ("MGR: ", "createHostSocket: ")
_OF_A_CHILD = "MGR: Launching"


def cause(lines: Iterable[str], known: Known = NOTHING_ELSE) -> Finding:
    """The first thing that is wrong in a log: of the first call that has something, and else of the server itself."""
    reader = Reader(known=known)
    found: dict[int, Finding] = {}
    for line in lines:
        if progress := reader.read(line):
            found[progress.number] = progress.cause
    # what a line tells of one call may take something from another
    found |= {progress.number: progress.cause for progress in reader.calls}
    wrong = (finding for finding in found.values() if finding != NOTHING)
    return next(wrong, reader.server)


class Reader:
    """Follows calls through a log that is handed to it line by line.

    A call is forgotten when it has ended, and the oldest when there are more than `at_most`. Which pppd belongs to
    which control connection is guessed by their numbers until a line tells. Lines without a process are taken as one
    call after the other. `known` counts too for what is wrong.
    """

    def __init__(self, at_most: int = AT_MOST, known: Known = NOTHING_ELSE) -> None:
        self.full = False
        """All places of the server are taken: who calls now is not even answered."""
        self._calls: list[Call] = []
        self._at_most = at_most
        self._known = known
        self._seen = 0
        self._server = Call(0)
        self._strangers: deque[int | None] = deque(maxlen=at_most)
        """Processes of a pppd that serves something else."""

    @property
    def calls(self) -> tuple[Progress, ...]:
        """Those that stand, in the order in which they were seen."""
        return tuple(call.progress(self._beside(call)) for call in self._calls)

    @property
    def server(self) -> Finding:
        """What is wrong with the server as a whole. It may well be full of calls that are seen here."""
        found = self._server.find(())
        return NOTHING if found.code == "no-free-slot" and (self._seen or not self.full) else found

    def read(self, raw: str) -> Progress | None:
        """Take a line in. The call that it is about, as it stands now, or None where it is about none."""
        line = parse(raw)
        call = self._hear(line, interpret(line.text)) if line.program in _PROGRAMS else None
        if call is None:
            return None
        if call.by_process:
            call.ended = _is_over(call)
        progress = call.progress(self._beside(call))
        if call.ended and call.by_process:
            self._calls.remove(call)
        return progress

    def _hear(self, line: Line, meaning: Meaning) -> Call | None:
        if "full" in meaning.marks or "finished" in meaning.marks:
            self.full = "full" in meaning.marks
        if line.text.startswith(_MANAGER) and not line.text.startswith(_OF_A_CHILD):
            self._server.control.hear(line.text, meaning)
            return None
        if line.pid is None:
            return self._hear_file(line, meaning) if meaning.speaks else None
        if line.program == "pppd" or line.text.startswith(_LAUNCHER):
            return self._hear_link(line, meaning)
        return self._hear_caller(line, meaning) if line.program == "pptp" else self._hear_control(line, meaning)

    def _hear_control(self, line: Line, meaning: Meaning) -> Call | None:
        call = self._of(line.pid, "control")
        if call and "called" in meaning.marks and "called" in call.control.marks:
            self._calls.remove(call)  # its end was not in the log, and the number is used again
            call = None
        if call is None:
            if not meaning.begins:
                return None
            call = self._begin()
            call.control.pid = line.pid
        call.control.hear(line.text, meaning)
        if child := meaning.facts.get("child"):
            self._pair(call, self._of(int(child), "link"))
        return call

    def _hear_link(self, line: Line, meaning: Meaning) -> Call | None:
        if line.pid is not None and line.pid in self._strangers:
            if "exits" in meaning.marks:
                self._strangers.remove(line.pid)
            return None
        call = self._of(line.pid, "link")
        if "other" in meaning.marks:
            self._turn_away(line.pid, call)
            return None
        if call is None:
            if not meaning.begins:
                return None
            call = self._waiting(line.pid) or self._begin()
            call.link.pid = line.pid
        call.link.hear(line.text, meaning)
        return self._paired(call) if "source" in meaning.facts else call

    def _hear_caller(self, line: Line, meaning: Meaning) -> Call | None:
        """pptp-linux, on a device that calls: it makes one call, which is the last that was seen."""
        call = next((each for each in reversed(self._calls) if each.by_process and each.control.pid is None), None)
        if call is None:
            if not meaning.begins:
                return None
            call = self._begin()
            call.link.pid = line.pid
        call.control.hear(line.text, meaning)
        return call

    def _hear_file(self, line: Line, meaning: Meaning) -> Call | None:
        """A program's own log file, which says of no line whose it is."""
        call = next((each for each in self._calls if not each.by_process), None)
        if call and "begun" in meaning.marks and call.link.marks & {"connected", "packets", "exited"}:
            self._calls.remove(call)
            call = None
        if call is None:
            if not meaning.begins:
                return None
            call = self._begin()
        call.link.hear(line.text, meaning)
        call.ended = "exited" in call.link.marks
        return call

    def _begin(self) -> Call:
        self._seen += 1
        call = Call(self._seen, self._known)
        self._calls.append(call)
        del self._calls[: -self._at_most]
        return call

    def _of(self, pid: int | None, part: str) -> Call | None:
        traces = ((each, each.link if part == "link" else each.control) for each in self._calls)
        return next((call for call, trace in traces if trace.pid == pid), None)

    def _waiting(self, pid: int | None) -> Call | None:
        """The control connection that started the pppd with this number: the next lower one that has none yet."""
        waiting = [each for each in self._calls if "launching" in each.control.marks and each.link.pid is None]
        below = [each for each in waiting if (each.control.pid or 0) < (pid or 0)]
        return max(below, key=lambda each: each.control.pid or 0) if below else next(iter(waiting), None)

    def _paired(self, call: Call) -> Call:
        """Where pppd itself says who called, it belongs to a control connection from there. Gives that one."""
        source = call.link.facts["source"]
        fitting = [each for each in self._calls if each.control.facts.get("source") == source and not each.paired]
        owner = call if call in fitting else next(iter(fitting), None)
        if owner is None or call.paired:
            return call
        self._pair(owner, call)
        return owner

    def _pair(self, owner: Call, holder: Call | None) -> None:
        """The pppd that was counted to `holder` is `owner`'s."""
        if holder is None:
            return
        if holder is not owner:
            holder.link, owner.link = owner.link, holder.link
            if holder.control.pid is None and holder.link.pid is None:
                self._calls.remove(holder)
        owner.paired = True

    def _turn_away(self, pid: int | None, call: Call | None) -> None:
        """This pppd serves something else, as the router's own way to the Internet."""
        self._strangers.append(pid)
        if call:
            call.link = Trace()
            if call.control.pid is None:
                self._calls.remove(call)

    def _beside(self, call: Call) -> list[Call]:
        return [each for each in self._calls if each is not call and each.by_process] if call.by_process else []


def _is_over(call: Call) -> bool:
    if call.control.pid is not None:
        return "finished" in call.control.marks
    return "exits" in call.link.marks
