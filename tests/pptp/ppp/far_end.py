"""A link whose far end is played by the test, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from tests.pptp.ppp import pppd_log
from tests.pptp.ppp.pair import CLIENT, SERVER
from wizard.pptp.ppp.events import Event
from wizard.pptp.ppp.link import Link, Phase
from wizard.pptp.ppp.settings import ServerSettings, Settings
from wizard.pptp.transitions import Role


class Recorded(Random):
    """Gives out what a recorded call had for a magic number and for challenges."""

    def __init__(self, magic: int = 0x11111111, octets: Iterable[str] = ("00" * 16,)) -> None:
        super().__init__(0)
        self.identifier = 0xB4
        self._magic = magic
        self._octets = [bytes.fromhex(text) for text in octets]

    def randint(self, a: int, b: int) -> int:
        """The magic number, and the next one after it each time."""
        self._magic += 1
        return self._magic - 1

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """CHAP's first identifier."""
        return self.identifier

    def randbytes(self, n: int) -> bytes:
        """The challenges in turn, the last one for ever."""
        return self._octets.pop(0) if len(self._octets) > 1 else self._octets[0]


class FarEnd:
    """Says lines of pppd's log to a link, and hears what it says in such lines."""

    def __init__(self, settings: Settings = CLIENT, random: Random | None = None) -> None:
        role = Role.SERVER if isinstance(settings, ServerSettings) else Role.CLIENT
        self.now = 0.0
        self.link = Link(role, settings, now=self.now, random=random or Recorded())
        self.link.start(self.now)

    @classmethod
    def of_server(cls, settings: ServerSettings = SERVER, random: Random | None = None) -> FarEnd:
        """The client of a server under test."""
        return cls(settings, random)

    def say(self, *lines: str) -> FarEnd:
        """Let the link receive these, one after the other."""
        for line in lines:
            self.link.receive(pppd_log.frame(line), self.now)
        return self

    def hears(self) -> list[str]:
        """What the link said since the last time."""
        return pppd_log.lines(self.link.frames_to_send())

    def told(self) -> list[Event]:
        """The link's events since the last time."""
        return list(iter(self.link.next_event, None))

    def phase(self) -> Phase:
        """Where the link stands now; a method, for mypy takes an attribute to be what it was before."""
        return self.link.phase

    def wait(self, seconds: float) -> FarEnd:
        """Let time pass, and the link do all that is due in it."""
        end = self.now + seconds
        while self.link.deadline is not None and self.link.deadline <= end:
            self.now = self.link.deadline
            self.link.tick(self.now)
        self.now = end
        return self

    def agree(self) -> FarEnd:
        """Through LCP, and all that was said by then forgotten."""
        ours = "<asyncmap 0x0> <magic 0x22222222> <pcomp> <accomp>"
        if self.link.role is Role.CLIENT:
            ours = ours.replace(" <magic", " <auth chap MS-v2> <magic")
        self.say(f"LCP ConfReq id=0x1 {ours}")
        request = next(line for line in self.hears() if "LCP ConfReq" in line)
        self.say(request.replace("ConfReq", "ConfAck"))
        return self
