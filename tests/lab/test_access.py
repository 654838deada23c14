"""Who can reach what, by packets: every value of every key of [access], allowed and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.access import INTERNET, LISTED, NOT_LISTED, Wish, reached, wanted
from tests.lab.call import Call
from tests.lab.client import Client
from tests.lab.lab import Lab
from tests.lab.wizard import Wizard, answers

pytestmark = pytest.mark.lab

PASSWORDS = {"anna": "made-up-1", "bert": "made-up-2"}
ROUTED = {"anna": "172.16.1.2", "bert": "172.16.1.3"}
IN_THE_LAN = {"anna": "192.168.1.60", "bert": "192.168.1.61"}


WISHES = {
    "as proposed": Wish((LISTED, NOT_LISTED), from_lan=True, internet=False, between_clients=False, router="dns"),
    "only the router": Wish((), from_lan=False, internet=False, between_clients=False, router="all"),
    "one host and the Internet": Wish((LISTED,), from_lan=True, internet=True, between_clients=True, router="dns"),
    "Internet only": Wish((), from_lan=False, internet=True, between_clients=False, router="dns"),
}


def dial(client: Client, name: str, address: str) -> Call:
    """A call of this user, with everything that could be of interest sent into the tunnel."""
    call = client.dial(name, PASSWORDS[name])
    assert call.up, call.log
    assert call.address == address
    for network in ("192.168.1.0/24", "172.16.1.0/24", INTERNET):
        client.route(network)
    client.listen(7000)
    return call


@pytest.mark.parametrize("seats", [ROUTED, IN_THE_LAN], ids=["routed", "proxy ARP"])
def test_what_was_answered_is_what_is_open(lab: Lab, tmp_path: Path, seats: dict[str, str]) -> None:
    anna, bert = lab.clients(2)
    wizard = Wizard(lab.router(ppp=True), tmp_path)
    for name, wish in WISHES.items():
        ran = wizard.apply(answers(seats, access=wish.lines), PASSWORDS)
        assert ran.code == 0, ran.out
        calls = [dial(anna, "anna", seats["anna"]), dial(bert, "bert", seats["bert"])]
        assert reached(lab, anna, bert, (seats["anna"], seats["bert"]), "172.16.1.1") == wanted(wish), name
        assert (anna.tcp("172.16.1.1", 80) == "open") == (wish.router == "all"), name
        for call in calls:
            call.hangup()


def test_a_client_that_sends_from_another_address_gets_nothing(lab: Lab, tmp_path: Path) -> None:
    client = lab.client()
    wizard = Wizard(lab.router(ppp=True), tmp_path)
    all_open = Wish((LISTED, NOT_LISTED), from_lan=True, internet=True, between_clients=True, router="all")
    assert wizard.apply(answers({"anna": "172.16.1.2"}, access=all_open.lines), PASSWORDS).code == 0
    dial(client, "anna", "172.16.1.2")
    assert client.ping("172.16.1.1") and client.ping(LISTED)
    # The answers have to come back to the wrong address: the router is told that it is in the tunnel too.
    client.run("ifconfig ppp0:1 172.16.1.77 pointopoint 172.16.1.1")
    wizard.router.run("route add -host 172.16.1.77 ppp0")
    assert not client.ping("172.16.1.1", source="172.16.1.77")
    assert not client.ping(LISTED, source="172.16.1.77")


def test_a_call_on_a_high_device_is_a_client_like_any_other(lab: Lab, tmp_path: Path) -> None:
    client = lab.client()
    wizard = Wizard(lab.router(ppp=True), tmp_path)
    assert wizard.apply(answers({"anna": "172.16.1.2"}), PASSWORDS).code == 0
    # White Russian's pptpd counts no calls, so strangers who only dial can push a client's device as high as they like.
    wizard.router.run("echo unit 57 >>/etc/ppp/options")
    dial(client, "anna", "172.16.1.2")
    assert [call.device for call in wizard.router.calls()] == ["ppp57"]
    assert client.ping("172.16.1.1") and client.ping(LISTED)
    assert client.tcp("172.16.1.1", 22) != "open"
    client.run("ifconfig ppp0:1 172.16.1.77 pointopoint 172.16.1.1")
    wizard.router.run("route add -host 172.16.1.77 ppp57")
    assert not client.ping("172.16.1.1", source="172.16.1.77")


def test_rules_by_hand_do_not_undo_what_was_answered(lab: Lab, tmp_path: Path) -> None:
    client = lab.client()
    router = lab.router(ppp=True)
    by_hand = "iptables -A forwarding_rule -i ppp+ -o $LAN -j ACCEPT\niptables -A input_rule -i ppp+ -j ACCEPT\n"
    stock = router.read("/etc/firewall.user")
    router.write("/etc/firewall.user", stock + by_hand.encode())
    ran = Wizard(router, tmp_path).apply(answers({"anna": "172.16.1.2"}, access=['lan = "none"']), PASSWORDS)
    assert ran.code == 0, ran.out
    dial(client, "anna", "172.16.1.2")
    assert client.ping("172.16.1.1")
    assert client.tcp("172.16.1.1", 22) != "open"
    assert client.tcp(LISTED, 8080) != "open"
    assert by_hand.encode() in router.read("/etc/firewall.user")


def test_two_clients_each_have_their_own_address_and_no_other(lab: Lab, tmp_path: Path) -> None:
    anna, bert = lab.clients(2)
    wizard = Wizard(lab.router(ppp=True), tmp_path)
    assert wizard.apply(answers(ROUTED), PASSWORDS).code == 0
    first, second = dial(anna, "anna", ROUTED["anna"]), dial(bert, "bert", ROUTED["bert"])
    assert first.alive() and second.alive()
    assert anna.ping("172.16.1.1") and bert.ping("172.16.1.1")
    second.hangup()
    greedy = bert.dial("bert", PASSWORDS["bert"], options=("require-mppe-128", "172.16.1.9:"))
    assert not greedy.up or greedy.address == ROUTED["bert"]


@pytest.mark.parametrize("name", ["anna", "john.doe", "a-b"])
def test_a_removed_client_is_out_at_once_and_stays_out(lab: Lab, tmp_path: Path, name: str) -> None:
    gone, stays = lab.clients(2)
    wizard = Wizard(lab.router(ppp=True), tmp_path)
    passwords = {name: "made-up-1", "bert": "made-up-2"}
    assert wizard.apply(answers({name: "172.16.1.2", "bert": "172.16.1.3"}), passwords).code == 0
    call, other = gone.dial(name, "made-up-1"), stays.dial("bert", "made-up-2")
    assert call.up and other.up
    ran = wizard.apply(answers({"bert": "172.16.1.3"}))
    assert ran.code == 0, ran.out
    # The wizard is done only after the call was ended, so this is later than the five seconds allowed.
    assert [standing.peer for standing in wizard.router.calls()] == ["172.16.1.3"]
    assert not call.alive()
    assert other.alive() and stays.ping("172.16.1.1")
    assert not gone.dial(name, "made-up-1", wait=8).up
    wizard.router.reboot()
    assert not gone.dial(name, "made-up-1", wait=8).up
    assert stays.dial("bert", "made-up-2").up
