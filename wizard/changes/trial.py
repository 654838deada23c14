"""Changes for the time of a connection test: more to read in the log, or one more user. None of them is ever kept."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

from wizard.changes.build import change
from wizard.changes.compare import file_change, same
from wizard.changes.files import OPTIONS, SECRETS
from wizard.model.changes import ChangeSet, FileChange, FirewallChange, ServiceChange, What
from wizard.model.facts import RouterFacts
from wizard.model.plan import Plan

DEBUG = "debug\n"


def with_debug(facts: RouterFacts) -> ChangeSet | None:
    """Each call's own record in the router's log: `debug` for pppd, which its next call reads. Nothing is restarted.

    None where the options say so already, or where there is no such file.
    """
    file = facts.files.get(OPTIONS)
    if file is None or DEBUG.encode().strip() in {line.strip() for line in file.content.splitlines()}:
        return None
    old = file.content.decode("utf-8", "surrogateescape")
    new = old + ("" if old.endswith("\n") or not old else "\n") + DEBUG
    after = replace(same(DEBUG), raw=new.encode("utf-8", "surrogateescape"))
    told = file_change(facts, OPTIONS, "each call leaves a record in the log", after, checked_by="pppd")
    return _trial(facts, (told,), FirewallChange((), (), (), False))


def with_user(planned: Plan, facts: RouterFacts, address: IPv4Address) -> ChangeSet:
    """A tunnel of ours with one more seat, which has this address, and what lets it in; everybody's calls go on."""
    whole = change(planned, facts)
    needed = tuple(file for file in whole.files if file.path in (SECRETS, facts.firewall_file))
    changes = _trial(facts, needed, replace(whole.firewall, reload=True))
    return replace(changes, keep_calls=tuple(each for each in changes.keep_calls if each != address))


def _trial(facts: RouterFacts, files: tuple[FileChange, ...], firewall: FirewallChange) -> ChangeSet:
    return ChangeSet(
        packages=(),
        flash_free=facts.flash_free,
        files=files,
        service=ServiceChange(enable=False, restart=False),
        ended_calls=(),
        firewall=firewall,
        keep_calls=tuple(call.address for call in facts.calls),
        what=What.TRY,
    )
