"""Damage on routers of later releases, mended on the way to a tunnel that reaches what was answered and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.access import LISTED, NOT_LISTED
from tests.lab.client import Client
from tests.lab.lab import Lab
from tests.lab.wizard import PASSWORD, Wizard, answers

pytestmark = [pytest.mark.lab, pytest.mark.turns]

SERVER = "172.16.1.1"
COMMON = "/etc/ppp/options"
DAMAGE = """
add_rule() {
    rule=$(uci add firewall rule)
    uci set firewall.$rule.src=wan
    uci set firewall.$rule.proto=tcp
    uci set firewall.$rule.dest_port=1723
    uci set firewall.$rule.target=ACCEPT
}
add_rule; add_rule
uci add_list firewall.@zone[0].device=ppp+
uci commit firewall
echo debug >>/etc/ppp/options
"""
FORWARD = f"""
away=$(uci add firewall redirect)
uci set firewall.$away.name=old-server
uci set firewall.$away.src=wan
uci set firewall.$away.proto=tcp
uci set firewall.$away.src_dport=1723
uci set firewall.$away.dest=lan
uci set firewall.$away.dest_ip={NOT_LISTED}
uci set firewall.$away.target=DNAT
uci commit firewall
"""
OLD_SET_UP = """
zone=$(uci add firewall zone)
uci set firewall.$zone.name=vpn
uci add_list firewall.$zone.device=ppp+
uci set firewall.$zone.input=ACCEPT
uci set firewall.$zone.output=ACCEPT
uci set firewall.$zone.forward=ACCEPT
way=$(uci add firewall forwarding)
uci set firewall.$way.src=vpn
uci set firewall.$way.dest=lan
uci commit firewall
echo require-mppe-128 >>/etc/ppp/options
echo 'me@isp * made-up-9' >/etc/ppp/chap-secrets
chmod 644 /etc/ppp/chap-secrets
"""
NARROW = [f'lan = ["{LISTED}"]', "internet = false", 'router = "dns"']


def reaches_what_was_answered(client: Client) -> None:
    call = client.dial("anna", PASSWORD)
    assert call.up, call.log
    client.route("192.168.1.0/24")
    assert client.tcp(LISTED, 8080) == "open"
    assert client.ping(SERVER)
    assert client.tcp(NOT_LISTED, 8080) != "open"
    assert client.tcp(SERVER, 22) != "open"
    assert client.tcp("192.168.1.1", 22) != "open"


def test_a_forward_stops_it_and_with_leave_all_is_mended(lab: Lab, tmp_path: Path) -> None:
    client, router = lab.client(), lab.router(release="24.10")
    assert router.run(f"{DAMAGE}{FORWARD}/etc/init.d/firewall restart").code == 0
    wizard, before = Wizard(router, tmp_path), router.digest()

    refused = wizard.apply(answers(access=NARROW), {"anna": PASSWORD})
    assert refused.code == 3, refused.out
    assert "--mend port-forward" in refused.out
    assert router.digest() == before

    ran = wizard.apply(answers(access=NARROW), {"anna": PASSWORD}, "--mend", "all")
    assert ran.code == 0, ran.out
    config = router.read("/etc/config/firewall").decode()
    assert "ppp+" not in config and "old-server" not in config
    assert config.count("1723") == 1
    assert b"\ndebug\n" not in router.read(COMMON)
    reaches_what_was_answered(client)


def test_what_nobody_asked_to_mend_stays_unless_it_lets_calls_in(lab: Lab, tmp_path: Path) -> None:
    client, router = lab.client(), lab.router(release="24.10")
    assert router.run(f"{DAMAGE}/etc/init.d/firewall restart").code == 0
    wizard, before = Wizard(router, tmp_path), router.digest()
    refused = wizard.apply(answers(access=NARROW), {"anna": PASSWORD})
    assert refused.code == 3, refused.out
    assert "--mend ppp-wildcard" in refused.out
    assert router.digest() == before

    ran = wizard.apply(answers(access=NARROW), {"anna": PASSWORD}, "--mend", "ppp-wildcard")
    for kind in ("duplicate-rules", "debug"):
        assert f"--mend {kind}" in " ".join(ran.out.split())
    config = router.read("/etc/config/firewall").decode()
    assert "ppp+" not in config
    assert config.count("1723") == 3
    assert b"\ndebug\n" in router.read(COMMON)
    assert client.dial("anna", PASSWORD).up


def test_an_old_set_up_gives_way(lab: Lab, tmp_path: Path) -> None:
    client, router = lab.client(), lab.router(release="21.02")
    assert router.run(f"{OLD_SET_UP}/etc/init.d/firewall restart").code == 0
    wizard = Wizard(router, tmp_path)

    refused = wizard.apply(answers(access=NARROW), {"anna": PASSWORD})
    assert refused.code == 3, refused.out
    assert "--mend ppp-wildcard" in refused.out
    refused = wizard.apply(answers(access=NARROW), {"anna": PASSWORD}, "--mend", "ppp-wildcard")
    assert refused.code == 3, refused.out
    assert "--mend mppe-line" in refused.out

    ran = wizard.apply(answers(access=NARROW), {"anna": PASSWORD}, "--mend", "all")
    assert ran.code == 0, ran.out
    assert b"require-mppe-128" not in router.read(COMMON)
    assert "ppp+" not in router.read("/etc/config/firewall").decode()
    assert router.run("ls -l /etc/ppp/chap-secrets").out.startswith("-rw-------")
    assert b"me@isp * made-up-9" in router.read("/etc/ppp/chap-secrets")
    reaches_what_was_answered(client)
