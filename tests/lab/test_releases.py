"""Every release, from a factory-fresh router to a client that gets in, with everything that was promised on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lab.access import LISTED, NOT_LISTED, Wish, reached, wanted
from tests.lab.client import Client
from tests.lab.lab import Lab
from tests.lab.report import Row
from tests.lab.router import Router
from tests.lab.wizard import Wizard, answers
from wizard.practice import release

pytestmark = pytest.mark.lab

RELEASES = ("white-russian", *release.names())
SERVER = "172.16.1.1"
SEATS = {"john.doe": "172.16.1.2", "a-b": "172.16.1.3", "carl": "172.16.1.4"}
PASSWORDS = {"john.doe": 'made-up-1 "#\\', "a-b": "made-up-2", "carl": "made-up-3"}
# Each value of each key of [access] is in one of the two, allowed or refused.
PROPOSED = Wish((LISTED, NOT_LISTED), from_lan=True, internet=False, between_clients=False, router="dns")
OTHERWISE = Wish((LISTED,), from_lan=False, internet=True, between_clients=True, router="all")


@dataclass
class Scene:
    """One router with its clients and the wizard in front of it."""

    lab: Lab
    router: Router
    wizard: Wizard
    john: Client
    other: Client

    def set_up(self, seats: dict[str, str], wish: Wish) -> str:
        """One unattended run. Returns what it showed."""
        ran = self.wizard.apply(answers(seats, access=wish.lines), PASSWORDS)
        assert ran.code == 0, ran.out
        return ran.out

    def call(self, client: Client, name: str) -> None:
        """This user gets in, encrypted, with its own address, and sends everything of interest into the tunnel."""
        call = client.dial(name, PASSWORDS[name])
        assert call.up, call.log
        assert (call.address, call.peer) == (SEATS[name], SERVER)
        assert call.mppe and "128-bit stateless" in call.mppe
        for network in ("192.168.1.0/24", "172.16.1.0/24", "198.51.100.10"):
            client.route(network)
        client.listen(7000)

    def call_both(self) -> None:
        self.call(self.john, "john.doe")
        self.call(self.other, "a-b")

    def is_open(self) -> dict[str, object]:
        """What is open, seen from each side."""
        return reached(self.lab, self.john, self.other, (SEATS["john.doe"], SEATS["a-b"]), SERVER)

    def out(self, client: Client, name: str) -> None:
        """This user does not get in."""
        assert not client.dial(name, PASSWORDS[name], wait=8).up, name


@pytest.fixture(params=RELEASES)
def scene(request: pytest.FixtureRequest, lab: Lab, tmp_path: Path) -> Scene:
    john, other = lab.clients(2)
    router = lab.router(release=request.param)
    return Scene(lab, router, Wizard(router, tmp_path), john, other)


@pytest.mark.brief(3)
def test_from_factory_fresh_to_a_client_that_gets_in(scene: Scene, row: Row) -> None:
    with row.first_set_up(scene.router):
        ran = scene.wizard.apply_here(answers(SEATS, access=PROPOSED.lines), PASSWORDS)
    assert ran.code == 0, ran.out
    scene.call_both()
    assert scene.is_open() == wanted(PROPOSED)
    assert "nothing has to be changed" in scene.set_up(SEATS, PROPOSED).lower()

    scene.set_up(SEATS, OTHERWISE)
    assert scene.is_open() == wanted(OTHERWISE)
    sends_from_another_address(scene)
    comes_by_the_highest_device(scene)

    scene.call_both()
    scene.set_up({name: SEATS[name] for name in ("a-b", "carl")}, PROPOSED)
    assert [call.peer for call in scene.router.calls()] == [SEATS["a-b"]]
    scene.out(scene.john, "john.doe")
    scene.set_up({"carl": SEATS["carl"]}, PROPOSED)
    assert scene.router.calls() == []

    scene.router.reboot()
    scene.out(scene.john, "john.doe")
    scene.out(scene.other, "a-b")
    scene.call(scene.other, "carl")
    assert scene.other.ping(SERVER) and scene.other.ping(LISTED)


def sends_from_another_address(scene: Scene) -> None:
    """A client that claims an address which is not its own gets nothing, though everything is open to clients."""
    device = next(call.device for call in scene.router.calls() if call.peer == SEATS["john.doe"])
    stranger = "172.16.1.77"
    scene.john.run(f"ifconfig ppp0:1 {stranger} pointopoint {SERVER}")
    # The answers have to come back to the wrong address: the router is told that it is in the tunnel too.
    scene.router.run(f"route add -host {stranger} {device}")
    assert not scene.john.ping(SERVER, source=stranger)
    assert not scene.john.ping(LISTED, source=stranger)
    scene.john.run("ifconfig ppp0:1 0.0.0.0")


def highest_device(router: Router) -> str:
    """The last of the devices that our part of the firewall names; where it names them all at once, one far up."""
    listed = router.run("cat /etc/config/firewall /etc/firewall.user 2>/dev/null").out
    numbers = [int(number) for number in re.findall(r"\bppp(\d+)", listed)]
    return f"ppp{max(numbers, default=57)}"


def comes_by_the_highest_device(scene: Scene) -> None:
    """The last device that a call can get is a client's like any other, and no more."""
    highest = highest_device(scene.router)
    options = scene.router.run("cat /etc/ppp/options 2>/dev/null").out
    scene.router.write("/etc/ppp/options", f"{options}unit {highest.removeprefix('ppp')}\n".encode())
    scene.call(scene.john, "john.doe")
    assert highest in [call.device for call in scene.router.calls()]
    assert scene.john.tcp(LISTED, 8080) == "open"
    assert scene.john.tcp(NOT_LISTED, 8080) != "open"
    sends_from_another_address(scene)
    scene.router.write("/etc/ppp/options", options.encode())
