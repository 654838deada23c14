"""A server that the package's own service runs becomes ours, with its users; nothing of it is half-used."""

from __future__ import annotations

from ipaddress import IPv4Address

from tests.later import FIREWALL_USER, OPENWRT_19_07, OPENWRT_24_10, OWN_SCRIPT, SAMPLE_LOGIN, STOCK, found, service
from tests.samples import CHAP_SECRETS
from wizard.changes import change
from wizard.model import uci
from wizard.model.answers import Client
from wizard.model.changes import ChangeSet, FileChange
from wizard.model.damage import Kind
from wizard.model.facts import RouterFacts
from wizard.model.secret import Secret
from wizard.plan.build import plan

GENERATED = b"ann pptp-server made-up-1 192.168.0.25\nbob pptp-server made-up-2 *\nx other made-up-3 *\n"
IN_UCI = found(
    OPENWRT_24_10,
    {
        STOCK: service(True, ("ann", "made-up-1", "192.168.0.25"), ("bob", "made-up-2", "")) + SAMPLE_LOGIN,
        CHAP_SECRETS: GENERATED,
    },
    {CHAP_SECRETS: "-rw-r--r--"},
    link="/var/etc/chap-secrets",
)


def taken_over(facts: RouterFacts, *kinds: Kind) -> ChangeSet:
    assert facts.tunnel is not None
    mended = [each for each in facts.damage if each.code in kinds]
    return change(plan(facts, facts.tunnel.answers, facts.tunnel.passwords), facts, mended)


def file(changes: ChangeSet, path: str) -> FileChange:
    return next(each for each in changes.files if each.path == path)


def test_it_is_recognised_with_its_users_and_without_the_sample() -> None:
    assert IN_UCI.tunnel is not None and IN_UCI.tunnel.in_uci and IN_UCI.stock_service
    assert IN_UCI.tunnel.answers.clients == (
        Client("ann", IPv4Address("192.168.0.25")),
        Client("bob", IPv4Address("192.168.0.20")),
    )
    assert IN_UCI.tunnel.passwords == {"ann": Secret("made-up-1"), "bob": Secret("made-up-2")}


def test_its_service_is_switched_off_and_ours_is_put_there() -> None:
    changes = taken_over(IN_UCI)
    after = uci.named(uci.sections(file(changes, STOCK).after.raw.decode()), "pptpd")
    assert after is not None and after.value("enabled") == "0"
    assert file(changes, OWN_SCRIPT).before is None
    assert changes.service.enable and changes.service.restart


def test_secrets_become_a_file_that_root_alone_reads() -> None:
    secrets = file(taken_over(IN_UCI), CHAP_SECRETS)
    assert secrets.changed and secrets.link == "/var/etc/chap-secrets"
    assert secrets.mode == "0600"
    text = secrets.after.raw.decode()
    assert '"ann" pptp-server "made-up-1" 192.168.0.25' in text.replace('"pptp-server"', "pptp-server")
    assert text.count("made-up-1") == 1
    assert text.endswith("x other made-up-3 *\n")
    assert "made-up" not in secrets.after.shown


def test_the_sample_is_out_of_the_settings_only_if_the_person_says_so() -> None:
    assert "youruser" in file(taken_over(IN_UCI), STOCK).after.raw.decode()
    assert "youruser" not in file(taken_over(IN_UCI, Kind.SAMPLE_LOGIN), STOCK).after.raw.decode()
    assert "youruser" not in file(taken_over(IN_UCI), CHAP_SECRETS).after.raw.decode()


def test_a_file_of_others_that_is_mended_is_checked_and_the_firewall_built_anew() -> None:
    rule = b"iptables -A input_rule -p tcp --dport 1723 -j ACCEPT\n"
    facts = found(OPENWRT_19_07, {FIREWALL_USER: rule + rule, STOCK: service(True, ("ann", "made-up-1", ""))})
    changes = taken_over(facts, Kind.DUPLICATE_RULES)
    assert file(changes, FIREWALL_USER).after.raw == rule
    assert file(changes, FIREWALL_USER).checked_by == "shell"
    assert changes.firewall.reload
    assert not [each for each in taken_over(facts).files if each.path == FIREWALL_USER]
