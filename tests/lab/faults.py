"""Faults that are put into a change of a router, and what becomes of the router by itself."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.fault_script import FOLDER, PROGRAMS
from tests.lab.fault_state import State, state
from tests.lab.guest import Disk
from tests.lab.lab import WHITE_RUSSIAN, Lab
from tests.lab.router import Router
from tests.lab.wizard import Wizard, answers

REACHED = 240.0
"""Seconds until a point has to be reached, on a computer with other work too."""
AFTERWARDS = 30.0
"""Seconds beyond its limit in which the router has to be what it should be."""
SILENT, BOUND = 90.0, 60.0
"""Seconds without a word until the router takes its own work for hung, and that a single command may take."""
END = "\n[ -d /etc/pptp-wizard/pending ] || [ -d /tmp/pptp-wizard.lock ] || [ -d /etc/pptp-wizard/stage ]"
ANNA, BEN = {"anna": "made-up-4-anna"}, {"ben": "made-up-5-ben"}
ADDRESSES = {"anna": "172.16.1.2", "ben": "172.16.1.3"}
"""One of his own for each, so that a change from one to the other is one of the firewall too."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong. `action` is what `at` on the router does; `here` what happens on this side, if anything does.

    `limit` is how long the router may take by its own rules, given the confirm window.
    """

    name: str
    action: str
    here: Callable[[Scene], None] = lambda scene: None
    limit: Callable[[float], float] = lambda window: window


@dataclass(frozen=True)
class Shot:
    """A fault at a point, in the first boot or a later one."""

    fault: Fault
    point: str
    boot: int = 1

    @property
    def line(self) -> str:
        """The line of the plan."""
        point = " ".join(self.point.split()[:2]) if self.point.startswith("step ") else self.point
        return f"{self.boot} {self.fault.action} {point}"


@dataclass
class Scene:
    """One router, and the wizard in front of it."""

    lab: Lab
    router: Router
    wizard: FaultyWizard
    window: int
    client: subprocess.Popen[bytes] | None = None
    points: list[str] = field(default_factory=list)
    """What the boots that are over reached."""

    def plan(self, shots: Sequence[Shot]) -> None:
        """Put the faults and their programs on the router's disk."""
        self.router.run(f"mkdir -p {FOLDER}")
        for program in PROGRAMS.iterdir():
            self.router.write(f"{FOLDER}/{program.name}", program.read_bytes(), 0o755)
        self.router.write(f"{FOLDER}/plan", "".join(f"{shot.line}\n" for shot in shots).encode())
        self.router.run("sync")

    def await_hit(self, shot: Shot) -> float:
        """Return the router's uptime when the point is reached. Raises NotReachedError."""
        point = shot.line.split(" ", 2)[2]
        hit = re.compile(rf"lab-hit (\S+) {shot.boot} {re.escape(point)}\r?$", re.MULTILINE)
        end = time.monotonic() + REACHED
        while time.monotonic() < end:
            if found := hit.search(self.router.console()):
                return float(found[1])
            if self.client and self.client.poll() is not None and self.over():
                break
            time.sleep(0.02)
        raise NotReachedError(f"{shot.line}\n{self.wizard.said()[-2000:]}\n{self.router.console()[-2000:]}")

    def over(self) -> bool:
        """The client has ended, and nothing goes on at the router either."""
        return self.router.console().count("lab-point start ") > 0 and self.router.run(END).code != 0

    def cut_power(self) -> None:
        self.points += reached(self.router)
        self.router.cut_and_go_on()

    def end_client(self) -> None:
        """With SIGKILL: it has no time for a farewell."""
        assert self.client
        self.client.kill()
        self.client.wait()

    def cut_line(self) -> None:
        """No packet comes through, in either direction, for longer than the router waits."""
        self.router.hang_up()
        self.lab.network.home.links("link set router-lan nomaster")
        time.sleep(self.window + 8)
        self.lab.network.home.links("link set router-lan master lan")

    def settle(self, limit: float, *, client: bool) -> float:
        """Return the router's uptime when nothing goes on there, and the client has ended where that matters.

        Raises TimeoutError.
        """
        end = time.monotonic() + limit + AFTERWARDS + REACHED
        while time.monotonic() < end:
            try:
                done = self.router.run(f"cat /proc/uptime{END}", timeout=20)
            except Exception as error:  # locked out, or still booting
                print("no answer:", repr(error))
                self.router.hang_up()
                time.sleep(0.5)
                continue
            if done.code != 0 and not (client and self.client and self.client.poll() is None):
                return float(done.out.split()[0])
            time.sleep(0.3)
        raise TimeoutError(f"still at work: {self.router.run('ls -R /etc/pptp-wizard; ls /tmp; ps').out}")


class NotReachedError(Exception):
    """A planned point was not come by."""


def reached(router: Router) -> list[str]:
    """The points of this boot so far, in order, each once."""
    return list(dict.fromkeys(re.findall(r"lab-point (.*?) ?\r?$", router.console(), re.MULTILINE)))


class FaultyWizard(Wizard):
    """The wizard with points in its scripts, as a program that can be killed."""

    def begin(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start it, and let it run."""
        with (self.home / "said").open("wb") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.lab.fault_client", *arguments],
                env=self.environment(),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        """What it showed so far."""
        return (self.home / "said").read_text() if (self.home / "said").exists() else ""

    def setting_up(self, password: dict[str, str]) -> list[str]:
        """The words for a tunnel with this one client."""
        return self._unattended(answers({name: ADDRESSES[name] for name in password}), password)


def cut_power(scene: Scene) -> None:
    scene.cut_power()


def end_client(scene: Scene) -> None:
    scene.end_client()


def cut_line(scene: Scene) -> None:
    scene.cut_line()


POWER = Fault("power cut", "hold", cut_power)
WRITTEN = Fault("power cut, all written", "written", cut_power)
CLIENT = Fault("client killed", "pause", end_client)
LINE = Fault("packets dropped", "pause", cut_line)
FULL = Fault("flash full", "fill")
FAILS = Fault("command fails", "fail")
LATE = Fault("command fails at its end", "late")
HANGS = Fault("command hangs", "hang", limit=lambda window: max(window, SILENT))
BOUND_HANGS = Fault("command hangs", "hang", limit=lambda window: window + BOUND)
LOCK_OUT = Fault("locked out", "lock-out")
HALF = Fault("reload dies half way", "half-fail")
HALF_HANGS = Fault("reload hangs half way", "half-hang", limit=lambda window: max(window, SILENT))


@dataclass(frozen=True)
class Kind:
    """A way to change a router. What comes before the faults of a matrix is part of it."""

    name: str
    first: str
    """Its points begin with the mark that begins so."""
    command: str = ""
    """undo or uninstall; "" for an apply."""
    there: bool = False
    """The packages are there already."""
    applied: int = 0
    """How often the router was set up before."""
    before: tuple[Shot, ...] = ()

    @property
    def boot(self) -> int:
        """In which boot its points are."""
        return 1 + sum(shot.fault is POWER for shot in self.before)

    def words(self, wizard: FaultyWizard, window: int) -> list[str]:
        """What the wizard is started with."""
        if self.command:
            words = [self.command, *wizard.login, "--yes"]
        else:
            words = wizard.setting_up(BEN if self.applied else ANNA)
        return [*words, "--confirm-within", str(window)]


INSTALL = Kind("apply with packages", "start")
APPLY = Kind("apply", "start", there=True)
AGAIN = Kind("apply again", "start", there=True, applied=1)
FAILED = Kind("going back after a failure", "undo", before=(Shot(LATE, "step firewall"),))
TIMED_OUT = Kind("going back by the timer", "undo", there=True, before=(Shot(CLIENT, "complete"),))
AT_BOOT = Kind("going back at boot", "undo", before=(Shot(POWER, "complete"),))
UNDO = Kind("undo", "start", "undo", there=True, applied=2)
UNINSTALL = Kind("uninstall", "start", "uninstall", applied=1)


Kept = dict[tuple[str, bool, int], Disk]
"""What routers had written that were set up once or twice, by release, whether packages were there, and how often."""


def scene_of(lab: Lab, home: Path, release: str, kind: Kind, window: int, kept: Kept) -> Scene:
    """A router as it is before a change of this kind, and the wizard. What was set up for one is kept for the next."""
    key = (release, kind.there, kind.applied)
    if kind.applied and key not in kept:
        kept[key] = _set_up(_scene(lab, home / "before", release, kind, window, None), kind.applied)
    return _scene(lab, home / "now", release, kind, window, kept.get(key))


def _scene(lab: Lab, home: Path, release: str, kind: Kind, window: int, written: Disk | None) -> Scene:
    packages = ("pptpd",) if kind.there else ()
    stock = bool(packages) and release == WHITE_RUSSIAN
    router = lab.router(release=release, packages=packages, pptpd=stock, written=written)
    home.mkdir(parents=True)
    return Scene(lab, router, FaultyWizard(router, home), window)


def _set_up(scene: Scene, times: int) -> Disk:
    """What the router has written after so many changes that went well."""
    for password in (ANNA, BEN)[:times]:
        ran = scene.wizard.run(*scene.wizard.setting_up(password))
        assert ran.code == 0, ran.out
    return scene.router.keep()


@dataclass(frozen=True)
class Ended:
    """How a router ended: its state before and after, the points it came by, seconds since the last fault."""

    before: State
    after: State
    points: list[str]
    seconds: float
    code: int | None
    """The client's exit code; None where it was still at work."""
    said: str
    allowed: float


def run(scene: Scene, kind: Kind, shots: Sequence[Shot]) -> Ended:
    """The change with these faults, one after the other, and what became of it without help.

    Raises NotReachedError, and TimeoutError where something goes on for ever.
    """
    before = state(scene.router)
    scene.plan(shots)
    scene.client = scene.wizard.begin(kind.words(scene.wizard, scene.window))
    limit, since = float(scene.window), 0.0
    for shot in shots:
        since = scene.await_hit(shot)
        limit = max(limit, shot.fault.limit(scene.window))
        if shot.fault.action in ("hold", "written"):
            since = 0.0  # its clock begins anew
        shot.fault.here(scene)
    # After a power cut the client finds out only after its 20 seconds of silence: it is not waited for each time.
    ended = scene.settle(limit, client=not any(shot.fault is POWER for shot in shots)) - since
    code = scene.client.poll()
    scene.end_client()
    points = [*scene.points, *reached(scene.router)]
    scene.router.run(f"rm -f {FOLDER}/full")
    return Ended(before, state(scene.router), points, ended, code, scene.wizard.said(), limit + AFTERWARDS)
