"""Damage on a real router, mended on the way to a tunnel that a real client gets into."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.lab import Lab
from tests.lab.wizard import PASSWORD, Wizard, answers

pytestmark = pytest.mark.lab

COMMON, SECRETS, RULES = "/etc/ppp/options", "/etc/ppp/chap-secrets", "/etc/firewall.user"
ONCE = "iptables -A input_rule -i $WAN -p tcp --dport 1723 -j ACCEPT\n"
WIDE = "iptables -A forwarding_rule -i ppp+ -o $LAN -j ACCEPT\n"


def test_everything_that_was_wrong_is_mended_and_a_client_gets_in(lab: Lab, tmp_path: Path) -> None:
    client, router = lab.client(), lab.router(ppp=True)
    stock = router.read(RULES).decode()
    router.write(COMMON, b"lock\nrequire-mppe-128\ndebug\n")
    router.write(SECRETS, b"me@isp * made-up-9\n", 0o644)
    router.write(RULES, (stock + ONCE + WIDE + ONCE + WIDE).encode())
    wizard = Wizard(router, tmp_path)

    refused = wizard.apply(answers(), {"anna": PASSWORD})
    assert refused.code == 3, refused.out
    assert "--mend mppe-line" in refused.out
    assert router.read(COMMON) == b"lock\nrequire-mppe-128\ndebug\n"

    ran = wizard.apply(answers(), {"anna": PASSWORD}, "--mend", "all")
    assert ran.code == 0, ran.out
    assert router.read(COMMON) == b"lock\n"
    assert router.read(RULES).decode().startswith(stock + ONCE + "# >>> pptp-wizard")
    assert router.run(f"ls -l {SECRETS}").out.startswith("-rw-------")
    assert b"me@isp * made-up-9" in router.read(SECRETS)
    call = client.dial("anna", PASSWORD)
    assert call.up, call.log


def test_secrets_that_lead_nowhere_become_a_file(lab: Lab, tmp_path: Path) -> None:
    client, router = lab.client(), lab.router(ppp=True)
    router.run(f"rm -f {SECRETS}; ln -s /var/etc/chap-secrets {SECRETS}")
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD})
    assert ran.code == 0, ran.out
    assert router.run(f"ls -l {SECRETS}").out.startswith("-rw-------")
    assert client.dial("anna", PASSWORD).up


def test_the_same_again_needs_no_answers(lab: Lab, tmp_path: Path) -> None:
    client, router = lab.client(), lab.router()
    wizard = Wizard(router, tmp_path)
    nothing = wizard.run(*wizard.login, "--yes")
    assert nothing.code == 2, nothing.out
    assert "--answers FILE" in nothing.out
    assert wizard.apply(answers(), {"anna": PASSWORD}).code == 0
    removed = router.run("/etc/init.d/S50pptpd stop; ipkg remove pptpd", timeout=60)
    assert removed.code == 0, removed.out
    again = wizard.run(*wizard.login, "--yes")
    assert again.code == 0, again.out
    assert client.dial("anna", PASSWORD).up
