"""What happens to files that others write to as well."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.inspect.test_tunnel import applied
from tests.samples import ANSWERS, CHAP_SECRETS, FACTORY_FRESH, FIREWALL_USER, PASSWORDS, with_files
from wizard.changes import change
from wizard.model.changes import ChangeSet, FileChange
from wizard.model.errors import WizardError
from wizard.model.facts import Daemon, Mppe, RouterFacts
from wizard.model.marked import BEGIN, END, without_block
from wizard.plan.build import plan


def changes(facts: RouterFacts) -> ChangeSet:
    return change(plan(facts, ANSWERS, PASSWORDS), facts)


def file(facts: RouterFacts, path: str) -> FileChange:
    return next(each for each in changes(facts).files if each.path == path)


FOREIGN = st.binary(max_size=200).filter(lambda raw: BEGIN.encode() not in raw and END.encode() not in raw)


@given(FOREIGN)
def test_text_outside_our_marks_stays_byte_for_byte(foreign: bytes) -> None:
    after = file(with_files(FACTORY_FRESH, firewall_user=foreign), FIREWALL_USER).after.raw
    left = without_block(after.decode("latin-1")).encode("latin-1")
    assert left.removesuffix(b"\n") == foreign.removesuffix(b"\n")


@given(FOREIGN)
def test_once_in_place_nothing_changes_any_more(foreign: bytes) -> None:
    there = applied(ANSWERS, with_files(FACTORY_FRESH, firewall_user=foreign))
    assert not [each.path for each in changes(there).files if each.before and each.before.raw != each.after.raw]


def test_our_lines_come_before_one_that_leaves_the_script() -> None:
    after = file(with_files(FACTORY_FRESH, firewall_user=b"iptables -F\nexit 0\n# end\n"), FIREWALL_USER).after.raw
    assert after.startswith(b"iptables -F\n# >>> pptp-wizard")
    assert after.endswith(b"# <<< pptp-wizard\nexit 0\n# end\n")


def test_entries_of_our_server_are_taken_over_and_others_stay() -> None:
    before = b"# mine\nme@isp * uplink\n  vpnuser pptp-server old 172.16.1.9 # by hand\nx other y z\n"
    after = file(with_files(FACTORY_FRESH, chap_secrets=before), CHAP_SECRETS).after.raw
    assert after.endswith(b"# <<< pptp-wizard\n# mine\nme@isp * uplink\nx other y z\n")
    assert b"old" not in after


def test_a_quote_left_open_by_others_cannot_swallow_our_clients() -> None:
    there = applied(ANSWERS, with_files(FACTORY_FRESH, chap_secrets=b'x other "open\n'))
    assert there.tunnel is not None
    assert there.tunnel.passwords == PASSWORDS


def test_no_secret_is_shown_whoever_wrote_it() -> None:
    there = applied(ANSWERS, with_files(FACTORY_FRESH, chap_secrets=b"me@isp * uplink-secret\n"))
    shown = file(there, CHAP_SECRETS)
    assert shown.before is not None
    for text in (shown.before.shown, shown.after.shown):
        assert "uplink-secret" not in text
        assert "made-up-1" not in text and "made up" not in text
        assert "me@isp" in text and "vpnuser" in text


def test_an_unchanged_client_looks_unchanged() -> None:
    shown = file(applied(ANSWERS, FACTORY_FRESH), CHAP_SECRETS)
    assert shown.before is not None
    assert shown.before.shown == shown.after.shown


@pytest.mark.parametrize("damage", [("# <<< pptp-wizard\n", ""), ("# >>> pptp-wizard", "#")])
def test_a_damaged_mark_stops_instead_of_taking_other_lines_along(damage: tuple[str, str]) -> None:
    there = applied(ANSWERS, FACTORY_FRESH)
    text = there.files[FIREWALL_USER].content.decode().replace(*damage) + "iptables -A mine\n"
    with pytest.raises(WizardError) as error:
        changes(with_files(there, firewall_user=text.encode()))
    assert error.value.code == "marks-damaged"


def test_several_blocks_become_one_and_lines_between_them_stay() -> None:
    there = applied(ANSWERS, FACTORY_FRESH).files[FIREWALL_USER].content
    after = file(with_files(FACTORY_FRESH, firewall_user=there + b"mine\n" + there), FIREWALL_USER).after.raw
    assert after == there + b"mine\n"


def test_a_password_in_an_options_file_is_not_shown() -> None:
    before = file(
        with_files(FACTORY_FRESH, options_pptpd=b"password hunter2-made-up\n"), "/etc/ppp/options.pptpd"
    ).before
    assert before is not None and "hunter2" not in before.shown


def test_secrets_that_others_can_read_are_closed() -> None:
    there = applied(ANSWERS, FACTORY_FRESH)
    loose = replace(there, files={**there.files, CHAP_SECRETS: replace(there.files[CHAP_SECRETS], mode="-rw-r--r--")})
    change_of_mode = file(loose, CHAP_SECRETS)
    assert change_of_mode.changed
    assert (change_of_mode.mode_before, change_of_mode.mode) == ("0644", "0600")


@pytest.mark.parametrize(
    ("version", "expected"), [("2.4.3-7", b"mppe required,no40,no56,stateless"), ("2.5.1-r2", b"require-mppe-128")]
)
def test_mppe_words_are_foretold_from_the_feed_and_both_are_ready(version: str, expected: bytes) -> None:
    offered = {**FACTORY_FRESH.offered, "ppp": replace(FACTORY_FRESH.offered["ppp"], version=version)}
    options = file(replace(FACTORY_FRESH, offered=offered), "/etc/ppp/options.pptpd")
    assert expected in options.after.raw.splitlines()
    assert set(options.if_pppd_says) == set(Mppe)


def test_a_daemon_that_does_not_listen_is_started() -> None:
    there = replace(
        applied(ANSWERS, FACTORY_FRESH),
        daemon=Daemon("/etc/init.d/S50pptpd", enabled=True, running=True, listening=False),
    )
    assert changes(replace(there, installed={"pptpd": "1", "ppp": "1", "kmod-mppe": "1"})).service.restart
