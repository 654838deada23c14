"""The main job, end to end: a factory-fresh router becomes a tunnel that a real client gets into."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.build.pppd import Dialect
from tests.lab.lab import Lab
from tests.lab.wizard import PASSWORD, Wizard, answers

pytestmark = pytest.mark.lab


@pytest.mark.parametrize("mppe", ["old", "new"])
@pytest.mark.parametrize("ppp", [False, True], ids=["without ppp", "with ppp"])
def test_answers_file_to_a_ping(lab: Lab, tmp_path: Path, mppe: Dialect, ppp: bool) -> None:
    client = lab.client()
    router = lab.router(ppp=ppp, mppe=mppe)
    assert not client.dial("anna", PASSWORD, wait=8).up
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD})
    assert ran.code == 0, ran.out
    call = client.dial("anna", PASSWORD)
    assert call.up, call.log
    assert (call.address, call.peer, call.dns[:1]) == ("172.16.1.2", "172.16.1.1", ("172.16.1.1",))
    assert call.mppe and "128-bit stateless" in call.mppe
    assert client.ping("172.16.1.1")
    assert client.udp_dns("lanhost.lan", "172.16.1.1") == "192.168.1.20"


def test_the_second_run_changes_nothing(lab: Lab, tmp_path: Path) -> None:
    router = lab.router()
    wizard = Wizard(router, tmp_path)
    first = wizard.apply(answers(), {"anna": PASSWORD})
    assert first.code == 0, first.out
    before = router.digest()
    # Without the secrets file: the password is the router's own now.
    second = wizard.apply(answers())
    assert second.code == 0, second.out
    assert "nothing" in second.out.lower()
    assert router.digest() == before


def test_a_dry_run_changes_no_byte(lab: Lab, tmp_path: Path) -> None:
    router = lab.router()
    before = router.digest()
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD}, "--dry-run")
    assert ran.code == 4, ran.out
    assert PASSWORD not in ran.out
    assert router.digest() == before


def test_after_a_reboot_the_client_gets_in_again(lab: Lab, tmp_path: Path) -> None:
    client = lab.client()
    router = lab.router()
    assert Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD}).code == 0
    router.reboot()
    call = client.dial("anna", PASSWORD)
    assert call.up, call.log
    assert call.address == "172.16.1.2"


def test_only_1723_and_gre_are_open_to_the_internet(lab: Lab, tmp_path: Path) -> None:
    router = lab.router()
    assert lab.scan_tcp(router.wan) == set()
    assert Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD}).code == 0
    assert lab.scan_tcp(router.wan) == {1723}
