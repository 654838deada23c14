"""The way back: what separates the router from a state that it keeps, with other people's work left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from wizard.changes.compare import octal, of_bytes
from wizard.changes.files import CONF, OPTIONS, SECRETS, masked
from wizard.changes.system import DHCP, FIREWALL_CONFIG, FIREWALL_USER, STOCK_CONFIG, SYSUPGRADE
from wizard.model import uci
from wizard.model.changes import ChangeSet, Checker, Content, EndedCall, FileChange, FirewallChange, ServiceChange, What
from wizard.model.facts import RouterFacts, RouterFile, SecretsEntry
from wizard.model.kept import KeptFile, State
from wizard.model.marked import block, with_block, without_block

NOTES = "/etc/pptp-wizard/"
PACKAGES_NOTE = f"{NOTES}packages"
MARKED = (FIREWALL_USER, SYSUPGRADE, SECRETS)
"""Files in which our part stands between two marks."""
NOTHING = Content(b"", "")

Entries = Callable[[bytes], Sequence[SecretsEntry]]


@dataclass(frozen=True, slots=True)
class Aim:
    """Where to go back to."""

    what: What
    state: State
    entry: str = ""
    """The archive in the router's history that is used up by it."""
    spared: frozenset[str] = frozenset()
    """Files that stay as they are, as the person said."""


def going_back(aim: Aim, current: Mapping[str, RouterFile], facts: RouterFacts, entries: Entries) -> ChangeSet:
    """Everything that separates this router from the aim. `entries` reads a secrets file.

    Where somebody else has edited a file since we wrote it, only our part of it goes back; where all of it was ours, it
    goes back as a whole, and `doubtful` names it first.
    """
    files = tuple(
        _file(path, aim, current.get(path), facts, entries)
        for path in aim.state.paths
        if path not in aim.spared and not (aim.what is What.UNINSTALL and path.startswith(NOTES))
    )
    changed = {file.path for file in files if file.changed}
    remove = _packages(aim, facts)
    daemon = {CONF, OPTIONS, facts.own_script, STOCK_CONFIG} & changed
    restart = bool(daemon or remove) or (aim.state.daemon == "-" and facts.daemon.listening)
    keep = _staying(aim, current, entries) if aim.state.daemon != "-" else ()
    return ChangeSet(
        packages=(),
        flash_free=facts.flash_free,
        files=files,
        service=ServiceChange(
            enable=False,
            restart=False,
            again=("dnsmasq",) if DHCP in changed else (),
            stop=restart,
            back=aim.state.daemon if restart and aim.state.daemon != "-" else "",
        ),
        ended_calls=tuple(_ended(facts, keep)),
        firewall=FirewallChange((), (), (), reload=bool(changed & {FIREWALL_CONFIG, FIREWALL_USER})),
        keep_calls=keep,
        warnings=tuple(_warnings(aim, current, facts)),
        what=aim.what,
        remove=remove,
        entry=aim.entry,
    )


def doubtful(aim: Aim, current: Mapping[str, RouterFile], facts: RouterFacts) -> tuple[str, ...]:
    """Files of ours from top to bottom that somebody else has changed since we wrote them."""
    return tuple(
        path
        for path in aim.state.paths
        if not path.startswith(NOTES)
        and _edited(path, current.get(path), facts)
        and not _is_shared(path)
        and _differs(aim.state.files.get(path), current.get(path))
    )


def _is_shared(path: str) -> bool:
    return path in (*MARKED, FIREWALL_CONFIG, STOCK_CONFIG, DHCP)


def _edited(path: str, now: RouterFile | None, facts: RouterFacts) -> bool:
    """It is not what we wrote there last. What we never noted, as a link, cannot be told."""
    noted = facts.journal.applied.get(path)
    return now is not None and noted is not None and noted != _md5(now.content)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _differs(kept: KeptFile | None, now: RouterFile | None) -> bool:
    return (kept.content if kept else None) != (now.content if now else None)


def _is_back(now: RouterFile, kept: KeptFile | None) -> bool:
    """It is as it was, to the letter."""
    if kept is None or now.link != kept.link:
        return False
    return bool(now.link) or (now.content, octal(now.mode)) == (kept.content, kept.mode)


def _file(path: str, aim: Aim, now: RouterFile | None, facts: RouterFacts, entries: Entries) -> FileChange:
    kept = aim.state.files.get(path)

    def shown(raw: bytes) -> Content:
        return Content(raw, masked(raw, entries(raw))) if path == SECRETS else of_bytes(raw.decode("latin-1"))

    merged = _merged(path, now, kept) if now and _edited(path, now, facts) and not _is_back(now, kept) else None
    if merged is not None and now:
        mode = octal(now.mode)
        return FileChange(
            path, "our part goes", shown(now.content), shown(merged), mode, mode, _check(path), link=now.link
        )
    why = "as it was" if kept else "was not there before"
    return FileChange(
        path,
        why,
        before=shown(now.content) if now and not now.mode.startswith("l") else None,  # a link may lead to nothing
        after=shown(kept.content) if kept else NOTHING,
        mode=kept.mode if kept else "",
        mode_before=octal(now.mode) if now else "",
        checked_by=_check(path) if kept and not kept.link else "",
        link=now.link if now else "",
        gone=kept is None,
        link_after=kept.link if kept else "",
    )


def _check(path: str) -> Checker:
    if path.startswith("/etc/config/"):
        return "uci"
    return "shell" if path == FIREWALL_USER else ""


def _merged(path: str, now: RouterFile, kept: KeptFile | None) -> bytes | None:
    """The file as it is, with our part as it was then; None where it is not one that others share."""
    text, old = now.content.decode("latin-1"), kept.content.decode("latin-1") if kept else ""
    if path in MARKED:
        ours = block(old)
        text = with_block(text, ours) if ours else without_block(text)
    elif path == FIREWALL_CONFIG:
        ours = "\n".join(old[slice(*section.span)] for section in uci.sections(old) if section.ours)
        text = uci.without(text, lambda section: section.ours)
        text = uci.with_sections(text, ours) if ours else text
    elif path == STOCK_CONFIG:
        text = _option_back(text, old, "service", "enabled")
    elif path == DHCP:
        text = _option_back(text, old, "dnsmasq", "localservice")
    else:
        return None
    return text.encode("latin-1")


def _option_back(text: str, old: str, kind: str, key: str) -> str:
    """The one option that we set, as it was: another value, or none."""
    there, then = uci.of_type(uci.sections(text), kind), uci.of_type(uci.sections(old), kind)
    if not there:
        return text
    values = then[0].values(key) if then else ()
    if values:
        return uci.with_option(text, there[0], key, values[0])
    return uci.without_value(text, there[0], key, there[0].value(key)) if there[0].values(key) else text


def _packages(aim: Aim, facts: RouterFacts) -> tuple[str, ...]:
    """Those that came with us since then and are still there, as noted: who needs others comes first."""
    if aim.what is What.UNDO and PACKAGES_NOTE not in aim.state.paths:
        return ()
    noted = aim.state.files.get(PACKAGES_NOTE) if aim.what is What.UNDO else None
    before = noted.content.decode("utf-8", "replace").split() if noted else []
    return tuple(name for name in facts.journal.packages if name not in before and name in facts.installed)


def _staying(aim: Aim, current: Mapping[str, RouterFile], entries: Entries) -> tuple[IPv4Address, ...]:
    """Addresses of clients with the same password before and after."""
    now, kept = current.get(SECRETS), aim.state.files.get(SECRETS)
    if SECRETS not in aim.state.paths:
        return tuple(_addresses(entries(now.content))) if now else ()
    if not (now and kept):
        return ()
    then = {(entry.client, entry.server, entry.password, entry.addresses) for entry in entries(kept.content)}
    same = [each for each in entries(now.content) if (each.client, each.server, each.password, each.addresses) in then]
    return tuple(_addresses(same))


def _addresses(found: Sequence[SecretsEntry]) -> Iterator[IPv4Address]:
    for entry in found:
        for address in entry.addresses:
            try:
                yield IPv4Address(address)
            except ValueError:
                continue  # `*`, a network or a name: no call can be told by it


def _ended(facts: RouterFacts, keep: Collection[IPv4Address]) -> Iterator[EndedCall]:
    for call in facts.calls:
        if call.address not in keep:
            yield EndedCall(call.device, call.address, "its login is not what it was")


def _warnings(aim: Aim, current: Mapping[str, RouterFile], facts: RouterFacts) -> Iterator[str]:
    for path in sorted(facts.journal.applied.keys() & set(aim.state.paths)):
        if path in aim.spared:
            yield f"{path} stays as it is."
        elif _is_shared(path) and _edited(path, current.get(path), facts):
            yield f"Somebody else has changed {path} since. Only what is ours in it goes; the rest stays as it is now."
