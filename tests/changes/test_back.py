"""The way back, as values: exact where nobody else wrote, and only our part where somebody did."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.later import FIREWALL, OPENWRT_24_10, OPTIONS, OWN_SCRIPT, applied, found
from tests.samples import CHAP_SECRETS
from wizard import preview
from wizard.changes import Aim, doubtful, going_back
from wizard.inspect import entries
from wizard.model.changes import ChangeSet, FileChange, What
from wizard.model.facts import RouterFacts
from wizard.model.journal import Journal
from wizard.model.kept import KeptFile, State

SYSUPGRADE = "/etc/sysupgrade.conf"
BITS = {"-rw-------": "0600", "-rw-r--r--": "0644", "-rwxr-xr-x": "0755"}


def written() -> RouterFacts:
    """The router after the first run, with what that run noted."""
    facts = applied(OPENWRT_24_10)
    noted = {path: md5(file.content) for path, file in facts.files.items()}
    return replace(facts, journal=Journal(applied=noted, packages=("pptpd", "ppp"), ours=True))


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def before() -> State:
    """What was there before that run."""
    there = {path: KeptFile(file.content, BITS[file.mode]) for path, file in OPENWRT_24_10.files.items()}
    return State("original", "2026-01-02", "-", there, frozenset(written().files.keys() - there.keys()))


def edited(facts: RouterFacts, files: Mapping[str, bytes]) -> RouterFacts:
    """Somebody has changed these since."""
    modes = {path: facts.files[path].mode for path in files}
    return replace(found(facts, files, modes), journal=facts.journal)


def uninstall(facts: RouterFacts, *spared: str) -> ChangeSet:
    return going_back(Aim(What.UNINSTALL, before(), spared=frozenset(spared)), facts.files, facts, entries)


def file(changes: ChangeSet, path: str) -> FileChange:
    return next(each for each in changes.files if each.path == path)


def test_where_nobody_else_wrote_every_byte_goes_back() -> None:
    changes = uninstall(written())
    for path, kept in before().files.items():
        assert (file(changes, path).after.raw, file(changes, path).mode) == (kept.content, kept.mode)
    assert {each.path for each in changes.files if each.gone} == before().absent
    assert changes.remove == ("pptpd", "ppp")
    assert changes.firewall.reload and changes.service.stop and not changes.service.back
    assert doubtful(Aim(What.UNINSTALL, before()), written().files, written()) == ()


def test_once_it_is_back_nothing_is_left_to_do() -> None:
    facts = written()
    now = replace(OPENWRT_24_10, journal=facts.journal)
    assert not [each.path for each in uninstall(now).files if each.changed]


def test_a_rule_of_somebody_elses_stays_and_ours_go() -> None:
    facts = written()
    rule = b"\nconfig rule 'mine'\n\toption target 'ACCEPT'\n"
    after = file(uninstall(edited(facts, {FIREWALL: facts.files[FIREWALL].content + rule})), FIREWALL).after.raw
    assert after.endswith(rule)
    assert b"pptp_wizard" not in after
    assert after.startswith(before().files[FIREWALL].content)


@pytest.mark.parametrize("path", [CHAP_SECRETS, SYSUPGRADE])
def test_lines_around_our_marks_stay_byte_for_byte(path: str) -> None:
    facts = written()
    foreign = b"# caf\xe9\r\nme isp made-up *\n# no end"
    after = file(uninstall(edited(facts, {path: facts.files[path].content + foreign})), path).after.raw
    assert after.endswith(foreign)
    assert b">>> pptp-wizard" not in after


def test_a_file_that_was_ours_from_top_to_bottom_is_asked_about() -> None:
    facts = edited(written(), {OPTIONS: written().files[OPTIONS].content + b"mtu 1300\n"})
    assert doubtful(Aim(What.UNINSTALL, before()), facts.files, facts) == (OPTIONS,)
    assert file(uninstall(facts), OPTIONS).gone
    spared = uninstall(facts, OPTIONS)
    assert OPTIONS not in {each.path for each in spared.files}
    assert any(OPTIONS in warning for warning in spared.warnings)


def test_one_step_back_keeps_the_calls_whose_login_stays() -> None:
    facts = written()
    old = facts.files[CHAP_SECRETS].content
    state = State("0001.tgz", "", "own", {CHAP_SECRETS: KeptFile(old, "0600")}, frozenset())
    more = old.replace(b"# <<< pptp-wizard", b"new pptp-wizard made-up 172.16.1.77\n# <<< pptp-wizard")
    now = edited(facts, {CHAP_SECRETS: more})
    now = replace(now, journal=replace(now.journal, applied={CHAP_SECRETS: md5(more)}))
    changes = going_back(Aim(What.UNDO, state, "0001.tgz"), now.files, now, entries)
    kept = {str(address) for address in changes.keep_calls}
    assert kept and "172.16.1.77" not in kept
    assert not changes.service.stop, "logins are read anew by each call"
    assert not changes.firewall.reload


def test_a_link_into_rom_becomes_one_again() -> None:
    state = State("original", "", "-", {SYSUPGRADE: KeptFile(b"", "0777", "/rom/etc/sysupgrade.conf")}, frozenset())
    facts = written()
    changes = going_back(Aim(What.UNINSTALL, state), facts.files, facts, entries)
    assert file(changes, SYSUPGRADE).link_after == "/rom/etc/sysupgrade.conf"
    assert file(changes, SYSUPGRADE).changed


def test_no_password_is_in_the_preview() -> None:
    shown = uninstall(written())
    secrets = file(shown, CHAP_SECRETS)
    assert secrets.before and "made-up" not in secrets.before.shown
    assert preview.going_back(shown)
    assert OWN_SCRIPT in {each.path for each in shown.files if each.gone}
