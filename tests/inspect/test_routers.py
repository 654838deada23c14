"""Every recorded router: what is found on it, what a set-up with the proposed answers comes to, and what stops one.

tests/routers/scenes.toml says what each folder is; its facts.toml says what has to be found there.
"""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.preview.golden import check, drawn
from tests.shells import SHELLS
from wizard import apply, preview
from wizard.ask.draft import begin
from wizard.changes import change
from wizard.inspect import read
from wizard.model.changes import ChangeSet
from wizard.model.errors import WizardError
from wizard.model.facts import ExistingTunnel, RouterFacts, Zones
from wizard.model.plan import Plan
from wizard.model.secret import Secret
from wizard.plan import addresses, gate
from wizard.plan.build import plan
from wizard.router import script

ROUTERS = Path(__file__).parents[1] / "routers"
NONCE = "0123456789abcdef"
FOLDERS = sorted(path.name for path in ROUTERS.iterdir() if path.is_dir())
PASSWORD = Secret("made-up-1")


def expected(folder: str) -> Mapping[str, Any]:
    return tomllib.loads((ROUTERS / folder / "facts.toml").read_text())


def facts_of(folder: str) -> RouterFacts:
    return read(script.split((ROUTERS / folder / "inspect.txt").read_bytes(), NONCE))


STOPPED = [folder for folder in FOLDERS if "stops" in expected(folder)]
READ = [folder for folder in FOLDERS if folder not in STOPPED]
WITH_A_TUNNEL = [folder for folder in READ if expected(folder)["tunnel"]]


def found(facts: RouterFacts) -> Mapping[str, Any]:
    """The facts in few words, as facts.toml has them."""
    dialect = facts.dialect
    return {
        "release": facts.release,
        "dialect": [dialect.packages.value, dialect.firewall.value, dialect.service.value],
        "mppe": dialect.mppe.value if dialect.mppe else "",
        "lan": f"{facts.lan.device} {facts.lan.interface}",
        "wan": " ".join([facts.wan.name, facts.wan.device or "-", facts.wan.protocol, str(facts.wan.interface or "-")]),
        "uplinks": facts.uplinks,
        "dhcp": f"{facts.dhcp.first}-{facts.dhcp.last}" if facts.dhcp else "",
        "zones": zones(facts.zones),
        "firewall_file": facts.firewall_file,
        "missing": [name for name in ("pptpd", "ppp", "kmod-mppe") if name not in facts.installed],
        "offered": sorted(name for name in ("pptpd", "ppp", "kmod-mppe") if name in facts.offered),
        "findings": [finding.code + (" (stops)" if finding.stops else "") for finding in gate.findings(facts)],
        "proposal": str(addresses.propose_server(facts)),
        "damage": [damage.code.value for damage in facts.damage],
        "tunnel": tunnel(facts.tunnel) if facts.tunnel else [],
        "calls": [f"{call.device} {call.address}" for call in facts.calls],
    }


def zones(zones: Zones) -> str:
    return f"lan={zones.lan} wan={zones.wan} clients={zones.clients}" + ("" if zones.wan_refuses else " open")


def tunnel(there: ExistingTunnel) -> list[str]:
    """The server, then its users."""
    whose = "ours" if there.ours else "in UCI" if there.in_uci else "somebody's"
    users = [f"{client.name} {client.address}" for client in there.answers.clients]
    return [f"{whose} {there.answers.tunnel.server}", *users]


@pytest.mark.parametrize("folder", READ)
def test_what_is_found(folder: str) -> None:
    assert found(facts_of(folder)) == expected(folder)


@pytest.mark.parametrize("folder", STOPPED)
def test_what_stops(folder: str) -> None:
    with pytest.raises(WizardError) as error:
        facts_of(folder)
    assert expected(folder) == {"stops": error.value.code}


def set_up(folder: str) -> tuple[RouterFacts, Plan, ChangeSet]:
    """What the proposed answers, or the router's own, come to."""
    facts = facts_of(folder)
    draft = begin(facts, None, {}, addresses, devices=frozenset(), generated=frozenset())
    assert not [problem.text for problem in addresses.problems(draft.answers, facts) if problem.fatal]
    passwords = {client.name: PASSWORD for client in draft.clients} | dict(draft.passwords)
    wanted = plan(facts, draft.answers, passwords)
    return facts, wanted, change(wanted, facts, facts.damage)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("folder", READ)
def test_the_proposed_answers_become_a_script_that_a_shell_can_read(folder: str, shell: tuple[str, ...]) -> None:
    facts, _, changes = set_up(folder)
    assert changes.empty == (folder in WITH_A_TUNNEL)
    changing = script.render("apply", **apply.script_data(changes, facts.dialect, apply.folder()))
    subprocess.run([*shell, "-n"], input=changing.text.encode(), check=True)


@pytest.mark.parametrize("folder", WITH_A_TUNNEL)
def test_nothing_separates_a_router_from_its_own_answers(folder: str) -> None:
    facts = facts_of(folder)
    assert facts.tunnel is not None
    assert change(plan(facts, facts.tunnel.answers, facts.tunnel.passwords), facts).empty


@pytest.mark.parametrize("release", ["12.09", "21.02", "24.10"])
def test_the_preview(release: str) -> None:
    facts, wanted, changes = set_up(f"openwrt-{release}-factory-fresh")
    check(f"openwrt-{release}", drawn(preview.preview(changes, wanted, facts, plain=False, width=80), 80))


def test_every_scene_is_recorded() -> None:
    scenes = tomllib.loads((ROUTERS / "scenes.toml").read_text())
    assert not set(scenes) - set(FOLDERS)
