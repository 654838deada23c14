"""What has become of the files that we wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from wizard.changes.files import CONF, OPTIONS, SECRETS
from wizard.changes.system import DHCP, FIREWALL_CONFIG, FIREWALL_USER, STOCK_CONFIG, SYSUPGRADE
from wizard.model.changes import ChangeSet
from wizard.model.facts import Firewall, RouterFacts, Service

COMMON = "/etc/ppp/options"


class State(StrEnum):
    """Of one file, as programs read it from `status --json`."""

    CHANGED = "changed"
    """It is not what we wrote."""
    BESIDE = "changed-beside"
    """A file that others write to as well is not what it was, and still has all that the tunnel needs."""
    GONE = "gone"
    NOT_SEEN = "not-looked-at"
    """This program does not read it on this router, so nobody knows."""


@dataclass(frozen=True, slots=True)
class Drifted:
    """A file that is not as we noted it."""

    path: str
    state: State

    @property
    def ours(self) -> bool:
        """Something that the tunnel is made of is not what we wrote."""
        return self.state in (State.CHANGED, State.GONE)


def drift(facts: RouterFacts, left: ChangeSet | None) -> tuple[Drifted, ...]:
    """Every file that is not as it was when we last wrote. `left`: what a run with its own answers would do."""
    return tuple(_drifted(facts, left))


def _drifted(facts: RouterFacts, left: ChangeSet | None) -> Iterator[Drifted]:
    for path, noted in sorted(facts.journal.applied.items()):
        file = facts.files.get(path)
        if file is None:
            yield Drifted(path, State.GONE if path in looked_at(facts) else State.NOT_SEEN)
        elif hashlib.md5(file.content, usedforsecurity=False).hexdigest() != noted:
            yield Drifted(path, State.BESIDE if _still_serves(path, facts, left) else State.CHANGED)


def _still_serves(path: str, facts: RouterFacts, left: ChangeSet | None) -> bool:
    """A shared file that a run would leave alone. What is ours from top to bottom nobody else has any business in."""
    if left is None or path in (CONF, OPTIONS, SECRETS, facts.own_script):
        return False
    return all(not file.changed for file in left.files if file.path == path)


def looked_at(facts: RouterFacts) -> frozenset[str]:
    """What `templates/router/inspect.sh` reads on such a router, if it is there."""
    paths = {CONF, OPTIONS, SECRETS, COMMON, FIREWALL_USER, facts.firewall_file, facts.own_script}
    if facts.dialect.service is not Service.RCS:
        paths |= {DHCP, STOCK_CONFIG, SYSUPGRADE}
    if facts.dialect.firewall is not Firewall.USER:
        paths.add(FIREWALL_CONFIG)
    return frozenset(paths - {""})
