"""One call as a log shows it: how far it came, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from wizard.diagnose.table import NOTHING, Cause, Finding, Meaning, Stage, causes
from wizard.diagnose.talk import redacted

STAGES = tuple(Stage)


class State(Enum):
    """How a call stands to one of the boxes."""

    REACHED = "reached"
    FAILED = "failed"
    NOT_YET = "not yet"
    UNSEEN = "cannot be known"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a call came, as far as the log tells."""

    number: int
    """Of the call, in the order in which they were seen, from 1."""
    source: str
    """The address that called; this and the next two are "" while no line tells."""
    user: str
    address: str
    """What the device was given."""
    stages: Mapping[Stage, State]
    """All six."""
    cause: Finding
    ended: bool
    unseen: tuple[str, ...]
    """What this log cannot tell, and why, in words."""


HEADLESS = "how the call began: that is not in this log"
QUIET_PPPD = 'who called, and what both sides said to each other: pppd says little without "debug" in its options'
QUIET_PPTPD = 'whether packets (GRE) arrived: pptpd says little without "debug" in pptpd.conf'
NO_PPPD = "how far the call came: pppd writes somewhere else, or nothing"
_HIDDEN_BY: Mapping[str, tuple[Stage, ...]] = {
    HEADLESS: (Stage.ENCRYPTION,),
    QUIET_PPPD: (Stage.LCP,),
    QUIET_PPTPD: (Stage.GRE,),
    NO_PPPD: STAGES[1:],
}
"""The boxes that nobody sees then, unless a later one shows that they were passed."""


@dataclass(slots=True)
class Trace:
    """What one process said about a call: pptpd's, which holds the control connection, or pppd."""

    pid: int | None = None
    marks: set[str] = field(default_factory=set)
    reached: set[Stage] = field(default_factory=set)
    facts: dict[str, str] = field(default_factory=dict)
    said: dict[Cause, str] = field(default_factory=dict)
    """The first line that has words of each cause."""
    times: dict[Cause, int] = field(default_factory=dict)
    denied: set[Cause] = field(default_factory=set)
    speaks: bool = False

    def hear(self, text: str, meaning: Meaning) -> None:
        """Take one line in."""
        self.speaks = True
        self.marks |= meaning.marks
        self.reached |= meaning.reached
        self.facts.update(meaning.facts)
        self.denied.update(meaning.denied)
        for cause in meaning.causes:
            self.said.setdefault(cause, text)
            self.times[cause] = self.times.get(cause, 0) + 1


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the router beside its log."""

    dialled: frozenset[str] = frozenset()
    """Its addresses on the Internet, which devices call."""
    taken: Mapping[str, str] = field(default_factory=dict)
    """Address → who has it, of those that no client may be given."""


@dataclass(slots=True)
class Call:
    """A control connection and the pppd that belongs to it, or one of them where the other is not in the log."""

    number: int
    known: Known = Known()
    control: Trace = field(default_factory=Trace)
    link: Trace = field(default_factory=Trace)
    paired: bool = False
    """A line told that these two belong together; until then it is a guess by their numbers."""
    ended: bool = False

    @property
    def by_process(self) -> bool:
        """The log tells whose line each is: only then can calls be compared."""
        return self.control.pid is not None or self.link.pid is not None

    @property
    def marks(self) -> set[str]:
        return self.control.marks | self.link.marks

    @property
    def side(self) -> str:
        """Who wrote the log: "client" where a line of such a one is there, and else "router"."""
        return "client" if "client" in self.marks and "router" not in self.marks else "router"

    @property
    def reached(self) -> frozenset[Stage]:
        """What was passed: with every stage those before it, but encryption, which a call can do without."""
        seen = self.control.reached | self.link.reached
        if self.link.speaks and self.side == "router":
            seen |= {Stage.PORT}  # pptpd starts pppd; a device's own pppd starts what makes the connection
        last = max(map(STAGES.index, seen), default=0)
        implied = {stage for stage in STAGES[:last] if stage is not Stage.ENCRYPTION}
        return frozenset(seen | implied)

    def fact(self, name: str) -> str:
        """What is known of that name, "" where nothing is. What pptpd says of its own connection is certain."""
        return self.control.facts.get(name) or self.link.facts.get(name, "")

    @property
    def address(self) -> str:
        """What the device was given, "" before."""
        return self.fact("remote" if self.side == "router" else "local")

    def shows(self, cause: Cause) -> str:
        """The line that has this cause's words, "" where it does not apply."""
        said = self.control.said.get(cause) or self.link.said.get(cause, "")
        times = self.control.times.get(cause, 0) + self.link.times.get(cause, 0)
        if times < cause.times or not self._allows(cause):
            return ""
        return cause.say or redacted(said)

    def _allows(self, cause: Cause) -> bool:
        reached = self.reached
        return not (
            (cause.side and cause.side != self.side)
            or cause in self.control.denied | self.link.denied
            or cause.before in reached
            or (cause.after and cause.after not in reached)
            or (cause.whole and "begun" not in self.marks)
        )

    def progress(self, others: Sequence[Call]) -> Progress:
        """How it stands now. `others` are the calls that stand beside it."""
        found, broken = self._find(others)
        unseen = self._unseen()
        return Progress(
            self.number,
            self.fact("source"),
            _unescaped(self.fact("user")),
            self.address,
            self._states(broken, unseen),
            found,
            self.ended,
            unseen,
        )

    def find(self, others: Sequence[Call]) -> Finding:
        """The first thing that is wrong with it."""
        return self._find(others)[0]

    def _find(self, others: Sequence[Call]) -> tuple[Finding, Stage | None]:
        for cause in causes():
            compare = COMPARED.get(cause.code)
            if said := compare(self, others) if compare else self.shows(cause):
                return Finding(cause.code, cause.who, said, cause.page), cause.stage
        return NOTHING, None

    def _states(self, broken: Stage | None, unseen: Sequence[str]) -> Mapping[Stage, State]:
        until = STAGES.index(broken) if broken else len(STAGES)
        hidden = [stage for why in unseen for stage in _HIDDEN_BY[why] if STAGES.index(stage) < until]
        states = dict.fromkeys(STAGES, State.NOT_YET)
        states |= dict.fromkeys(hidden, State.UNSEEN)
        states |= dict.fromkeys(self.reached, State.REACHED)
        return states | ({broken: State.FAILED} if broken else {})

    def _unseen(self) -> tuple[str, ...]:
        link, control = self.link.marks, self.control.marks
        quiet = "connected" in link and "talks" not in link
        why = {
            HEADLESS: self.link.speaks and "begun" not in link,
            QUIET_PPPD: quiet,
            QUIET_PPTPD: quiet and "counts" not in control,
            NO_PPPD: self.ended and "launching" in control and not self.link.speaks,
        }
        return tuple(words for words, applies in why.items() if applies)


def _unescaped(name: str) -> str:
    """As pppd's print_string had it before it put backslashes in."""
    return name.replace('\\"', '"').replace("\\\\", "\\")


def _own_address(call: Call, _: Sequence[Call]) -> str:
    """Both ends of a call have one address, or two users are given the same."""
    local, remote = call.fact("local"), call.fact("remote")
    return f"both ends of the call have the address {remote}" if remote and remote == local else ""


def _taken(call: Call) -> str:
    """The device is given what somebody at home has."""
    holder = call.known.taken.get(call.address, "") if call.side == "router" else ""
    return f"the device is given {call.address}, which is also that of {holder}" if holder else ""


def _loops(call: Call, _: Sequence[Call]) -> str:
    """The server's end of the tunnel is what the device dials: the way there then leads through the tunnel itself."""
    local = call.fact("local") if call.side == "router" else ""
    return f"in the tunnel the server has {local}, the address that is dialled" if local in call.known.dialled else ""


def _clash(call: Call, others: Sequence[Call]) -> str:
    twin = _twin(call, others)
    if twin and _strangers(call, twin):
        return f"{call.fact('user')} and {twin.fact('user')} both have the address {call.address}"
    return _own_address(call, others) or _taken(call)


def _twice(call: Call, others: Sequence[Call]) -> str:
    twin = _twin(call, others)
    if not twin or _strangers(call, twin):
        return ""
    source = twin.fact("source")
    return f"a call{f' from {source}' if source else ''} still has the address {call.address}"


def _twin(call: Call, others: Sequence[Call]) -> Call | None:
    """An earlier call to this router that still stands, whose device has the same address."""
    earlier = (other for other in others if other.number < call.number and other.address == call.address)
    return next(earlier, None) if call.address and call.side == "router" else None


def _strangers(call: Call, other: Call) -> bool:
    users = {call.fact("user"), other.fact("user")}
    return len(users) == 2 and "" not in users


def _behind_nat(call: Call, others: Sequence[Call]) -> str:
    """A call that nothing comes from any more, while another from the same address goes well."""
    source = call.fact("source")
    signs = [said for cause in causes() if cause.nat and (said := call.shows(cause))]
    beside = [other for other in others if other.fact("source") == source and Stage.GRE in other.reached]
    return f"another call from {source} goes on; of this one: {signs[0]}" if source and signs and beside else ""


COMPARED: Mapping[str, Callable[[Call, Sequence[Call]], str]] = {
    "address-clash": _clash,
    "user-twice": _twice,
    "second-behind-nat": _behind_nat,
    "route-loop": _loops,
}
"""Causes that no single line shows."""
