"""The daemon's one thread: descriptors, timers and ended children, each with what to do about it."""

from __future__ import annotations

import heapq
import os
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import count

Action = Callable[[], None]
ChildEnded = Callable[[int], None]


class Timer:
    """Something to do later, unless it is called off first."""

    def __init__(self, action: Action) -> None:
        self.action: Action | None = action

    def cancel(self) -> None:
        self.action = None


class Loop:
    """Runs until `running` is false. Children are started through it, so that their ends are noticed."""

    def __init__(self) -> None:
        self.running = True
        self._poll = select.poll()
        self._readers: dict[int, Action] = {}
        self._timers: list[tuple[float, int, Timer]] = []
        self._numbers = count()
        self._children: dict[int, ChildEnded] = {}
        self._wakeup, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        self.watch(self._wakeup, self._reap)

    def watch(self, descriptor: int, action: Action) -> None:
        """Call `action` whenever there is something to read, or the far end has gone."""
        self._readers[descriptor] = action
        self._poll.register(descriptor, select.POLLIN)

    def forget(self, descriptor: int) -> None:
        if self._readers.pop(descriptor, None):
            self._poll.unregister(descriptor)

    def after(self, seconds: float, action: Action) -> Timer:
        timer = Timer(action)
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._numbers), timer))
        return timer

    def spawn(
        self,
        words: Sequence[str],
        ended: ChildEnded,
        environment: Mapping[str, str] | None = None,
        *,
        out: int | None = None,
        err: int | None = None,
    ) -> int:
        """Start a program with nothing to read, and call `ended` with its exit code. Raises OSError."""
        null = os.open("/dev/null", os.O_RDWR)
        actions = [
            (os.POSIX_SPAWN_DUP2, null, 0),
            (os.POSIX_SPAWN_DUP2, null if out is None else out, 1),
            (os.POSIX_SPAWN_DUP2, null if err is None else err, 2),
        ]
        try:
            pid = os.posix_spawnp(
                words[0],
                list(words),
                {**os.environ, **(environment or {})},
                file_actions=actions,
                setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],  # Python ignores both, and children would inherit that
            )
        finally:
            os.close(null)
        self._children[pid] = ended
        return pid

    def stop(self) -> None:
        self.running = False

    def run(self) -> None:
        while self.running:
            for descriptor, _ in self._poll.poll(self._patience()):
                action = self._readers.get(descriptor)
                if action:
                    action()
            self._fire()

    def _patience(self) -> float | None:
        if not self._timers:
            return None
        return max(0.0, (self._timers[0][0] - time.monotonic()) * 1000)

    def _fire(self) -> None:
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            timer = heapq.heappop(self._timers)[2]
            if timer.action:
                timer.action()

    def _reap(self) -> None:
        os.read(self._wakeup, 4096)
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._children.pop(pid)(exit_code(status))


def exit_code(status: int) -> int:
    """A shell's number for a wait status: a signal is 128 more than its number."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
