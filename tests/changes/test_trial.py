"""Changes for the time of a test: as little as it takes, and nothing that stays or disturbs."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from tests.inspect.test_tunnel import applied
from tests.later import OPENWRT_24_10
from tests.samples import ANSWERS, CHAP_SECRETS, FACTORY_FRESH, PASSWORDS, with_files
from wizard import apply
from wizard.changes import trial
from wizard.model.answers import Client
from wizard.model.changes import ChangeSet, What
from wizard.model.facts import LiveCall, Mppe
from wizard.model.secret import Secret
from wizard.plan.build import plan
from wizard.router import script

GUEST = Client("pptp-wizard-test", IPv4Address("172.16.1.9"))


def scripts(changes: ChangeSet) -> str:
    dialect = replace(OPENWRT_24_10.dialect, mppe=Mppe.REQUIRE)
    return script.render("apply", **apply.script_data(changes, dialect, window=30)).text


@pytest.mark.parametrize("text", [b"name x\n", b"name x", b""])
def test_debug_is_one_more_line_and_no_call_is_ended(text: bytes) -> None:
    changes = trial.with_debug(with_files(OPENWRT_24_10, options_pptpd=text))
    assert changes and changes.what is What.TRY
    (file,) = changes.files
    assert file.after.raw.splitlines() == [*text.splitlines(), b"debug"]
    assert (file.mode, file.checked_by) == ("0644", "pppd")
    assert not (changes.service.restart or changes.service.enable or changes.firewall.reload)
    said = scripts(changes)
    assert "end_calls\n" not in said.replace("end_calls() {\n", "")
    assert "note_applied" not in said and "state.tgz" not in said.partition("remember() {")[0]


@pytest.mark.parametrize("text", [b"name x\ndebug\n", b"  debug  \n"])
def test_where_it_is_on_already_nothing_changes(text: bytes) -> None:
    assert trial.with_debug(with_files(OPENWRT_24_10, options_pptpd=text)) is None


def test_bytes_of_no_encoding_survive() -> None:
    changes = trial.with_debug(with_files(OPENWRT_24_10, options_pptpd=b"# \xff\xe4\n"))
    assert changes and changes.files[0].after.raw == b"# \xff\xe4\ndebug\n"


def test_one_more_user_comes_with_its_rules_and_takes_only_its_own_call_along() -> None:
    there = replace(applied(ANSWERS, FACTORY_FRESH), calls=(LiveCall("ppp0", IPv4Address("172.16.1.2")),))
    more = replace(ANSWERS, clients=(*ANSWERS.clients, GUEST))
    wanted = plan(there, more, {**PASSWORDS, GUEST.name: Secret("made-up-9")})
    changes = trial.with_user(wanted, there, GUEST.address)
    assert {file.path for file in changes.files if file.changed} == {CHAP_SECRETS, there.firewall_file}
    assert changes.firewall.reload and not changes.service.restart
    assert changes.keep_calls == (IPv4Address("172.16.1.2"),)
    assert "end_calls" in scripts(changes).partition("undo() {")[2]
