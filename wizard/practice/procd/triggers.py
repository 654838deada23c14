"""What procd's services asked to be done when something happens: `procd_add_reload_trigger` and its kin.

A trigger is `[event, rule, milliseconds]`. The rules are procd's little language (its `trigger.c`): `if` with a
condition, `eq`, `or`, and `run_script`. A trigger that happens again before its time is up waits anew.
"""

from __future__ import annotations

from collections import deque

from wizard.practice import root
from wizard.practice.procd.log import Log
from wizard.practice.procd.loop import Loop, Timer
from wizard.practice.procd.wire import Table


class _Trigger:
    def __init__(self, event: str, rule: object, milliseconds: int) -> None:
        self.event, self.rule, self.seconds = event, rule, milliseconds / 1000
        self.timer: Timer | None = None

    def meets(self, kind: str) -> bool:
        return self.event == kind or (self.event.endswith("*") and kind.startswith(self.event[:-1]))


class Triggers:
    """The triggers of all services, and the scripts they run, one after another."""

    def __init__(self, loop: Loop, log: Log) -> None:
        self._loop, self._log = loop, log
        self._triggers: dict[str, list[_Trigger]] = {}
        self._queue: deque[list[str]] = deque()
        self._busy = False

    def replace(self, service: str, triggers: object) -> None:
        """These triggers, instead of those the service had."""
        for trigger in self._triggers.pop(service, []):
            if trigger.timer:
                trigger.timer.cancel()
        given = triggers if isinstance(triggers, list) else []
        self._triggers[service] = [_Trigger(row[0], row[1], row[2] if len(row) > 2 else 0) for row in given]

    def happened(self, kind: str, data: Table) -> None:
        for triggers in self._triggers.values():
            for trigger in triggers:
                if trigger.meets(kind):
                    for script in _scripts(trigger.rule, data):
                        self._later(trigger, script)

    def _later(self, trigger: _Trigger, script: list[str]) -> None:
        if trigger.timer:
            trigger.timer.cancel()
        trigger.timer = self._loop.after(trigger.seconds, lambda: self.run(script))

    def run(self, script: list[str]) -> None:
        self._queue.append(script)
        if not self._busy:
            self._next()

    def _next(self) -> None:
        self._busy = bool(self._queue)
        if not self._busy:
            return
        first, *rest = self._queue.popleft()
        try:
            self._loop.spawn([*runner(first), *rest], lambda _code: self._next())
        except OSError as error:
            self._log.write(3, "procd", f"failed to run {first}: {error.strerror}")
            self._loop.after(0, self._next)


def runner(script: str) -> list[str]:
    """How a script is run, wherever the root is: those in /etc/init.d by rc.common, as their first line says."""
    place = root.path(script)
    if script.startswith(("/etc/init.d/", "/etc/rc.d/")):
        return ["/bin/sh", root.path("/etc/rc.common"), place]
    return [place]


def _scripts(rule: object, data: Table) -> list[list[str]]:
    """The scripts a rule asks for when that has happened."""
    if not isinstance(rule, list) or not rule:
        return []
    if isinstance(rule[0], list):
        return [script for part in rule for script in _scripts(part, data)]
    if rule[0] == "run_script":
        return [[str(word) for word in rule[1:]]]
    if rule[0] == "if":
        chosen = rule[2:3] if _true(rule[1], data) else rule[3:4]
        return [script for part in chosen for script in _scripts(part, data)]
    return []


def _true(condition: object, data: Table) -> bool:
    if not isinstance(condition, list) or not condition:
        return False
    if condition[0] == "eq":
        return str(data.get(condition[1])) == str(condition[2])
    if condition[0] == "or":
        return any(_true(part, data) for part in condition[1:])
    return condition[0] == "and" and all(_true(part, data) for part in condition[1:])
