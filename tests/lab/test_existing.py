"""What is on a router already: the package's own server, what a firmware upgrade leaves, what others did by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.lab.client import Client
from tests.lab.lab import Lab
from tests.lab.router import Router
from tests.lab.wizard import PASSWORD, Wizard, answers
from tests.terminal import Terminal

pytestmark = [pytest.mark.lab, pytest.mark.turns]

SECRETS = "/etc/ppp/chap-secrets"
SERVER, ALICE, ANNA = "192.168.9.1", "192.168.9.40", "172.16.1.2"
STOCK_LOGINS = f"""
uci set pptpd.pptpd.enabled=1
uci set pptpd.pptpd.localip={SERVER}
uci set pptpd.pptpd.remoteip=192.168.9.20-30
add_login() {{
    login=$(uci add pptpd login)
    uci set pptpd.$login.username="$1"
    uci set pptpd.$login.password="$2"
    [ -z "$3" ] || uci set pptpd.$login.remoteip="$3"
}}
add_login alice made-up-alice {ALICE}
add_login bob made-up-bob
add_login carol made-up-carol
uci commit pptpd
"""
LET_CALLS_IN = """
open_to_wan() {
    rule=$(uci add firewall rule)
    uci set firewall.$rule.src=wan
    uci set firewall.$rule.target=ACCEPT
    uci set firewall.$rule.proto=$1
    [ -z "$2" ] || uci set firewall.$rule.dest_port=$2
}
open_to_wan tcp 1723
open_to_wan 47
uci commit firewall
/etc/init.d/firewall restart
"""
FORGET_CAROL = "uci delete pptpd.@login[-1]; uci commit pptpd; /etc/init.d/pptpd restart"


def stock_server(lab: Lab, release: str) -> Router:
    """A router whose owner has set up the package's own server, and deleted a user since."""
    router = lab.router(release=release, packages=("pptpd",))
    done = router.run(f"{STOCK_LOGINS}{LET_CALLS_IN}/etc/init.d/pptpd enable; /etc/init.d/pptpd start; {FORGET_CAROL}")
    assert done.code == 0, done.out
    assert "carol" not in router.read("/etc/config/pptpd").decode()
    return router


def gets_in(client: Client, name: str) -> bool:
    return client.dial(name, "yourpass" if name == "youruser" else f"made-up-{name}", wait=8).up


@pytest.mark.sample(2)
@pytest.mark.parametrize(("release", "works"), [("14.07", True), ("22.03", True), ("24.10", False)])
def test_the_packages_own_server_is_taken_over(lab: Lab, tmp_path: Path, release: str, works: bool) -> None:
    client, router = lab.client(), stock_server(lab, release)
    for name in ("alice", "carol", "youruser"):  # deleted or never meant, and they get in all the same
        assert gets_in(client, name) is works
    wizard = Wizard(router, tmp_path)
    wanted = answers({"alice": ALICE}, server=SERVER)

    ran = wizard.apply(wanted)
    assert ran.code == 0, ran.out
    assert "User bob of the package's own set-up is not in the answers" in " ".join(ran.out.split())
    router.reboot()

    call = client.dial("alice", "made-up-alice")
    assert call.up, call.log
    assert (call.address, call.peer) == (ALICE, SERVER)
    assert [name for name in ("bob", "carol", "youruser") if gets_in(client, name)] == []
    assert router.run(f"ls -l {SECRETS}").out.startswith("-rw-------")
    assert router.run("uci get pptpd.pptpd.enabled").out == "0\n"
    assert len(router.run("pidof pptpd").out.split()) == 1
    assert "/var/etc" not in router.run("tr '\\0' ' ' </proc/$(pidof pptpd)/cmdline").out
    router.run("uci set firewall.@rule[0].name=renamed; uci commit firewall")  # which writes the whole file anew
    again = wizard.apply(wanted)
    assert "nothing has to be changed" in again.out.lower(), again.out


def test_a_server_that_is_not_taken_over_is_left_entirely_alone(lab: Lab, tmp_path: Path) -> None:
    client, router = lab.client(), stock_server(lab, "22.03")
    wizard = Wizard(router, tmp_path)
    before, secrets = router.digest(), router.read(SECRETS)
    command = [sys.executable, "-m", "wizard", *wizard.login, "--plain"]
    terminal = Terminal(command, wizard.environment(), wizard.home)
    try:
        terminal.wait_for("Take it over")
        terminal.wait_for(r"Number \[1\]")
        terminal.type("2\r")
        assert terminal.end() == 0, terminal.scrollback
    finally:
        terminal.close()
    assert "Nothing was changed on" in terminal.scrollback
    assert router.digest() == before
    assert router.read(SECRETS) == secrets
    assert gets_in(client, "alice")


@pytest.mark.sample(2)
@pytest.mark.parametrize("release", ["12.09", "21.02", "24.10"])
def test_after_a_firmware_upgrade_one_command_brings_the_tunnel_back(lab: Lab, tmp_path: Path, release: str) -> None:
    client, router = lab.client(), lab.router(release=release)
    wizard = Wizard(router, tmp_path)
    ran = wizard.apply(answers(), {"anna": PASSWORD})
    assert ran.code == 0, ran.out
    router.run("echo mine >/etc/not-listed")

    router.upgrade()
    assert router.run("[ -e /etc/not-listed ]; echo $?; which pptpd").out == "1\n"
    assert router.run(f"ls -l {SECRETS}").out.startswith("-rw-------")

    again = wizard.run(*wizard.login, "--yes")
    assert again.code == 0, again.out
    call = client.dial("anna", PASSWORD)
    assert call.up, call.log
    assert call.address == ANNA
