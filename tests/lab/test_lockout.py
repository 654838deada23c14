"""What is foretold for an administrator inside the tunnel, held against what then happens to packets.

The wizard cannot run on the client's machine, so it looks at the router from the home network, and the connection that
is judged is the one that the client has: its own address in the tunnel, and the router's.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab.client import Client
from tests.lab.lab import Lab
from tests.lab.router import Router
from tests.lab.wizard import PASSWORD, Wizard, answers
from wizard import inspect
from wizard.changes import Threat, change, connection, expected, threats
from wizard.journey.arrive import looking_script
from wizard.model.answers import Access
from wizard.model.facts import RouterFacts
from wizard.plan.build import plan
from wizard.router import script

pytestmark = [pytest.mark.lab, pytest.mark.turns]

SERVER, ANNA = "172.16.1.1", "172.16.1.2"
ALL, NAMES = 'router = "all"', 'router = "dns"'


def look(router: Router) -> RouterFacts:
    """One look, as the wizard's own."""
    looking = looking_script(feeds=False)
    router.write("/tmp/look", looking.text.encode())
    said = router.run("sh /tmp/look").out.encode()
    return inspect.read(script.split(said, looking.nonce))


def foretold(router: Router, source: str, to: str, access: Access) -> tuple[Threat, ...]:
    """What a change of the access to this threatens for a connection from there."""
    facts = look(router)
    assert facts.tunnel and facts.calls
    wanted = plan(facts, replace(facts.tunnel.answers, access=access), facts.tunnel.passwords)
    changes = change(wanted, facts)
    assert changes.firewall.reload
    return threats(connection(source, to, 22), changes, facts, expected(wanted, facts))


def in_the_tunnel(client: Client) -> None:
    call = client.dial("anna", PASSWORD)
    assert call.up, call.log
    assert call.address == ANNA


@pytest.mark.brief(2)
@pytest.mark.parametrize("release", ["white-russian", "12.09", "21.02", "24.10"])
def test_what_is_foretold_comes_true(lab: Lab, tmp_path: Path, release: str) -> None:
    client = lab.client()
    router = lab.router(release=release)
    wizard = Wizard(router, tmp_path)
    assert wizard.apply(answers(access=[ALL]), {"anna": PASSWORD}).code == 0
    in_the_tunnel(client)
    assert client.tcp(SERVER, 22) == "open"

    still_open = Access(internet=True, router="all")
    assert foretold(router, ANNA, SERVER, still_open) == ()
    assert wizard.apply(answers(access=[ALL, "internet = true"])).code == 0
    assert client.tcp(SERVER, 22) == "open"

    (threat,) = foretold(router, ANNA, SERVER, Access(router="dns"))
    assert "ppp0" in threat.rule
    assert foretold(router, lab.admin, router.lan, Access(router="dns")) == ()
    ran = wizard.apply(answers(access=[NAMES]))  # from home, without a word about it
    assert (ran.code, "keep you out" in ran.out) == (0, False), ran.out
    assert client.tcp(SERVER, 22) != "open"
    assert client.ping(SERVER)
