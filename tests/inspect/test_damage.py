"""What is wrong on a router already is found, and what is right is left alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.inspect.test_read import WITH_A_CALL, recorded, saying, without
from tests.later import (
    COMMON,
    COMMON_TEXT,
    CONF,
    FIREWALL,
    FIREWALL_USER,
    OPENWRT_19_07,
    OPENWRT_24_10,
    OPTIONS,
    SAMPLE_LOGIN,
    STOCK,
    ZONES,
    applied,
    found,
    service,
    text_after,
)
from tests.samples import CHAP_SECRETS, FACTORY_FRESH
from wizard.inspect import read
from wizard.inspect.damage import damage
from wizard.model import uci
from wizard.model.damage import Damage, Kind
from wizard.model.facts import Mppe, RouterFacts, RouterFile
from wizard.model.section import Section

SCRIPT_S_RULES = b"""
config rule
\toption name 'pptp'
\toption src 'wan'
\toption proto 'tcp'
\toption dest_port '1723'
\toption target 'ACCEPT'

config rule
\toption src 'wan'
\toption proto '47'
\toption target 'ACCEPT'
"""
OLD_ZONE = b"""
config zone
\toption name 'vpn'
\tlist device 'ppp+'
\toption input 'ACCEPT'

config forwarding
\toption src 'vpn'
\toption dest 'lan'
"""
AWAY = b"""
config redirect
\toption name 'NAS'
\toption src 'wan'
\toption proto 'tcp'
\toption src_dport '1723'
\toption dest_ip '192.168.1.20'
\toption target 'DNAT'

config redirect
\toption src 'wan'
\toption proto 'gre'
\toption dest_ip '192.168.1.20'
"""


def kinds(facts: RouterFacts) -> list[Kind]:
    return [each.code for each in facts.damage]


def one(facts: RouterFacts, kind: Kind) -> Damage:
    (alone,) = [each for each in facts.damage if each.code is kind]
    return alone


def with_rules(*more: bytes, at: RouterFacts = OPENWRT_24_10) -> RouterFacts:
    return found(at, {FIREWALL: b"".join([ZONES, *more])})


@pytest.mark.parametrize("facts", [FACTORY_FRESH, OPENWRT_24_10, OPENWRT_19_07], ids=lambda facts: facts.release)
def test_a_router_as_it_comes_has_none(facts: RouterFacts) -> None:
    assert damage(facts) == ()


@pytest.mark.parametrize("facts", [OPENWRT_24_10, OPENWRT_19_07], ids=lambda facts: facts.release)
def test_what_the_wizard_writes_is_none(facts: RouterFacts) -> None:
    assert applied(facts).damage == ()


def test_a_zone_for_ppp_alone_goes_with_what_is_tied_to_it() -> None:
    facts = with_rules(OLD_ZONE)
    assert kinds(facts) == [Kind.PPP_WILDCARD]
    assert facts.damage[0].blocks == "zone-in-the-way"
    left = text_after(facts, FIREWALL, Kind.PPP_WILDCARD)
    assert left.startswith(ZONES.decode())
    assert "vpn" not in left and "ppp+" not in left


@pytest.mark.parametrize("device", ["ppp+", "ppp*", "pp+", "+"])
def test_ppp_in_the_zone_of_the_lan_is_taken_out_alone(device: str) -> None:
    line = f"\tlist device '{device}'\n".encode()
    facts = found(OPENWRT_19_07, {FIREWALL: ZONES.replace(b"\tlist network 'lan'\n", b"\tlist network 'lan'\n" + line)})
    assert kinds(facts) == [Kind.PPP_WILDCARD]
    assert text_after(facts, FIREWALL, Kind.PPP_WILDCARD).startswith(ZONES.decode())


def test_the_only_thing_in_the_zone_of_the_internet_stays() -> None:
    text = ZONES.replace(b"\tlist network 'wan'\n\tlist network 'wan6'\n", b"\tlist device 'ppp+'\n")
    assert kinds(found(OPENWRT_24_10, {FIREWALL: text})) == []


@pytest.mark.parametrize("device", [b"eth+", b"pppoe-wan", b"tun0"])
def test_other_devices_of_a_zone_are_nobodys_business(device: bytes) -> None:
    assert kinds(with_rules(OLD_ZONE.replace(b"ppp+", device))) == []


def test_a_zone_for_calls_by_name_is_an_old_one() -> None:
    facts = with_rules(OLD_ZONE.replace(b"ppp+", b"ppp0"))
    assert kinds(facts) == [Kind.OLD_ZONE]
    assert "vpn" not in text_after(facts, FIREWALL, Kind.OLD_ZONE)


def test_a_zone_on_the_device_of_the_internet_is_none() -> None:
    facts = replace(OPENWRT_19_07, wan=replace(OPENWRT_19_07.wan, device="ppp0"))
    assert kinds(with_rules(OLD_ZONE.replace(b"ppp+", b"ppp0"), at=facts)) == []


def test_rules_that_scripts_appended_at_each_run_all_go() -> None:
    facts = with_rules(SCRIPT_S_RULES, SCRIPT_S_RULES, SCRIPT_S_RULES)
    found_there = one(facts, Kind.DUPLICATE_RULES)
    assert len(found_there.cuts) == 6
    left = uci.sections(text_after(facts, FIREWALL, Kind.DUPLICATE_RULES))
    assert [each.value("name") for each in uci.of_type(left, "rule") if not each.ours] == ["Allow-Ping"]


@pytest.mark.parametrize(
    "change",
    [
        (b"\toption target 'ACCEPT'\n", b"\toption target 'DROP'\n"),
        (b"\toption target", b"\toption src_ip '198.51.100.7'\n\toption target"),
        (b"\toption target", b"\toption dest 'lan'\n\toption target"),
        (b"\toption target", b"\toption enabled '0'\n\toption target"),
        (b"'wan'", b"'guest'"),
    ],
)
def test_a_rule_that_says_something_else_stays(change: tuple[bytes, bytes]) -> None:
    assert kinds(with_rules(SCRIPT_S_RULES.replace(*change))) == []


def test_calls_that_are_sent_to_another_host() -> None:
    facts = with_rules(AWAY)
    away = one(facts, Kind.PORT_FORWARD)
    assert away.data["to"] == ("192.168.1.20",)
    assert away.blocks == "port-forwarded"
    assert "192.168.1.20" not in text_after(facts, FIREWALL, Kind.PORT_FORWARD)


@pytest.mark.parametrize("ports", [b"1-65535", b"1723 80", b"80"])
def test_a_forward_of_more_than_calls_is_not_taken_out(ports: bytes) -> None:
    facts = with_rules(AWAY.replace(b"'1723'", b"'" + ports + b"'").replace(b"'gre'", b"'tcp'"))
    assert kinds(facts) == []


def test_a_second_forward_by_hand_leaves_the_first_alone() -> None:
    line = b"iptables -t nat -A prerouting_rule -p tcp --dport 1723 -j DNAT --to 192.168.1.20\n"
    assert kinds(found(with_rules(AWAY, at=OPENWRT_19_07), {FIREWALL_USER: line})) == []


def test_lines_of_a_script_that_stand_there_twice() -> None:
    rule, other = (
        b"iptables -A input_rule -p tcp --dport 1723 -j ACCEPT\n",
        b"iptables -A input_rule -p icmp -j ACCEPT\n",
    )
    facts = found(OPENWRT_19_07, {FIREWALL_USER: rule + other + other + rule + b"  " + rule + rule})
    assert kinds(facts) == [Kind.DUPLICATE_RULES]
    assert text_after(facts, FIREWALL_USER, Kind.DUPLICATE_RULES).encode() == rule + other + other + b"  " + rule


def test_lines_that_open_every_ppp_device() -> None:
    narrow = b"iptables -A forwarding_rule -i ppp+ -s 172.16.1.2 -j ACCEPT\n"
    nat = b"iptables -t nat -A postrouting_rule -o ppp+ -j MASQUERADE\n"
    wide = b"iptables -A forwarding_rule -i ppp+ -o $LAN -j ACCEPT\n"
    inside = b"if true; then\n" + wide + b"fi\n"
    facts = found(FACTORY_FRESH, {FIREWALL_USER: narrow + wide + nat + inside + wide})
    assert kinds(facts) == [Kind.PPP_WILDCARD]
    assert text_after(facts, FIREWALL_USER, Kind.PPP_WILDCARD).startswith((narrow + nat + inside).decode())


def test_fw4_does_not_run_the_script() -> None:
    wide = b"iptables -A forwarding_rule -i ppp+ -j ACCEPT\n"
    assert kinds(found(OPENWRT_24_10, {FIREWALL_USER: wide})) == []


def test_secrets_that_everybody_can_read() -> None:
    secrets = {CHAP_SECRETS: b"me@isp * made-up\n"}
    facts = found(OPENWRT_24_10, secrets, {CHAP_SECRETS: "-rw-r--r--"})
    assert one(facts, Kind.SECRETS_OPEN).anyway
    assert kinds(found(OPENWRT_24_10, secrets, {CHAP_SECRETS: "-rw-r-----"})) == []
    assert kinds(found(OPENWRT_24_10, {CHAP_SECRETS: b"# nobody\n"}, {CHAP_SECRETS: "-rw-r--r--"})) == []


def test_secrets_in_ram() -> None:
    gone = one(found(OPENWRT_24_10, {}, link="/var/etc/chap-secrets"), Kind.SECRETS_LINK)
    assert gone.blocks == "secrets-link" and gone.data["gone"]
    there = found(OPENWRT_24_10, {CHAP_SECRETS: b"x other made-up *\n"}, link="/var/etc/chap-secrets")
    assert not one(there, Kind.SECRETS_LINK).data["gone"]
    assert kinds(found(OPENWRT_24_10, {CHAP_SECRETS: b"x other made-up *\n"}, link="/rom/etc/ppp/chap-secrets")) == []


def test_logins_that_were_deleted_and_still_work() -> None:
    generated = b"john.doe pptp-server made-up-old *\nann pptp-server made-up-1 *\nann pptp-server made-up-2 *\n"
    facts = found(
        OPENWRT_24_10,
        {STOCK: service(True, ("ann", "made-up-2", "")), CHAP_SECRETS: generated + b"x other made-up *\n"},
        link="/var/etc/chap-secrets",
    )
    assert one(facts, Kind.STALE_LOGINS).data["found"] == ("john.doe", "ann, with an earlier password")
    assert kinds(facts) == [Kind.STALE_LOGINS]
    after = text_after(facts, CHAP_SECRETS)
    assert "john.doe" not in after and "made-up-1\n" not in after
    assert "x other made-up *" in after


def test_what_the_switched_off_service_left_in_ram_is_no_tunnel() -> None:
    facts = found(
        OPENWRT_24_10,
        {OPTIONS: b"name pptp-server\n", CHAP_SECRETS: b"john pptp-server made-up *\n"},
        link="/var/etc/chap-secrets",
    )
    assert facts.tunnel is None
    assert kinds(facts) == [Kind.SECRETS_LINK, Kind.STALE_LOGINS]


def test_the_sample_login_only_where_it_is_alive() -> None:
    facts = found(OPENWRT_24_10, {STOCK: service(True, ("ann", "made-up", "")) + SAMPLE_LOGIN})
    assert kinds(facts) == [Kind.SAMPLE_LOGIN]
    assert "youruser" not in text_after(facts, STOCK, Kind.SAMPLE_LOGIN)
    assert kinds(found(OPENWRT_24_10, {STOCK: service(False, ("ann", "made-up", "")) + SAMPLE_LOGIN})) == []


def test_the_sample_login_in_the_secrets_themselves() -> None:
    facts = found(OPENWRT_24_10, {CHAP_SECRETS: b"youruser * yourpass *\n", OPTIONS: b"name pptp-server\n"})
    assert facts.tunnel is None
    assert kinds(facts) == [Kind.SAMPLE_LOGIN]
    assert "youruser" not in text_after(facts, CHAP_SECRETS)


@pytest.mark.parametrize(
    ("facts", "line"),
    [(OPENWRT_24_10, b"mppe required,no40,no56,stateless\n"), (OPENWRT_19_07, b"require-mppe-128\n")],
    ids=["24.10", "19.07"],
)
def test_words_that_this_pppd_refuses(facts: RouterFacts, line: bytes) -> None:
    own = one(found(facts, {OPTIONS: b"auth\n" + line}), Kind.MPPE_LINE)
    assert own.anyway and not own.blocks
    everywhere = found(facts, {COMMON: COMMON_TEXT + line + b"lock\n"})
    common = one(everywhere, Kind.MPPE_LINE)
    assert common.blocks == "mppe-line" and not common.anyway
    assert text_after(everywhere, COMMON, Kind.MPPE_LINE).encode() == COMMON_TEXT + b"lock\n"


def test_words_are_no_damage_where_no_pppd_says_so() -> None:
    unknown = replace(OPENWRT_24_10, dialect=replace(OPENWRT_24_10.dialect, mppe=None))
    assert kinds(found(unknown, {OPTIONS: b"mppe required\nrequire-mppe-128\n"})) == []


def test_a_log_that_was_left_on() -> None:
    facts = found(OPENWRT_24_10, {OPTIONS: b"debug\n", CONF: b"debug\nspeed 115200\n", COMMON: b"logfile /tmp/x # y"})
    assert kinds(facts) == [Kind.DEBUG] * 3
    assert text_after(facts, COMMON, Kind.DEBUG) == ""


def test_a_log_that_was_asked_for_is_none() -> None:
    ours = applied(OPENWRT_24_10)
    noisy = found(ours, {OPTIONS: ours.files[OPTIONS].content + b"debug\n"})
    assert kinds(noisy) == []


PIECES = st.sampled_from(
    [
        SCRIPT_S_RULES,
        OLD_ZONE,
        AWAY,
        OLD_ZONE.replace(b"ppp+", b"ppp1"),
        OLD_ZONE.replace(b"vpn", b"pptp"),
        b"\n# x\n\n",
    ]
)


@given(st.lists(PIECES, max_size=8))
def test_no_two_cuts_meet_and_mending_is_done_once(pieces: list[bytes]) -> None:
    facts = with_rules(*pieces)
    cuts = sorted((cut.start, cut.end) for each in facts.damage for cut in each.cuts)
    assert all(first[1] <= second[0] for first, second in pairwise(cuts))
    mended = found(facts, {FIREWALL: text_after(facts, FIREWALL, *Kind).encode()})
    assert not mended.damage
    assert b"# Ping from outside" in mended.files[FIREWALL].content


@given(st.binary(max_size=200), st.sampled_from([FIREWALL_USER, COMMON, OPTIONS, CONF]))
def test_any_bytes_can_be_looked_at(content: bytes, path: str) -> None:
    files = {**OPENWRT_19_07.files, path: RouterFile(path, content, "-rw-r--r--")}
    for each in damage(replace(OPENWRT_19_07, files=files)):
        assert all(0 <= cut.start < cut.end <= len(content) for cut in each.cuts)


def test_a_look_finds_it() -> None:
    sections = recorded(WITH_A_CALL)
    sections["mode /etc/ppp/chap-secrets"] = Section(b"-rw-r--r--    1 root root 100 Jan 1 00:00 x\n", 0)
    assert Kind.SECRETS_OPEN in kinds(read(sections))


def test_a_look_finds_a_link_to_nothing() -> None:
    line = "lrwxrwxrwx 1 root root 21 Jan 1 00:00 /etc/ppp/chap-secrets -> /var/etc/chap-secrets\n"
    sections = dict(without("file /etc/ppp/chap-secrets")(recorded(WITH_A_CALL)))
    facts = read(saying("secrets link", line)(sections))
    assert one(facts, Kind.SECRETS_LINK).data["target"] == "/var/etc/chap-secrets"


@pytest.mark.parametrize(("word", "knows"), [("mppe", Mppe.REQUIRE), ("require-mppe-128", Mppe.MPPE)])
def test_a_word_in_everybodys_options_does_not_hide_what_pppd_knows(word: str, knows: Mppe) -> None:
    said = f"/usr/sbin/pppd: In file /etc/ppp/options: unrecognized option '{word}'\n"
    sections = saying("mppe mppe", said, 2)(recorded(WITH_A_CALL))
    assert read(saying("mppe require-mppe", said, 2)(dict(sections))).dialect.mppe is knows
