"""What is said of the packet filter, and when the running one is right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.samples import ANSWERS, FACTORY_FRESH, PASSWORDS, with_files
from wizard.changes.chains import stands
from wizard.changes.firewall import expected, flows
from wizard.model.answers import Access, Answers
from wizard.model.facts import FilterRule, RouterFacts
from wizard.plan.build import plan

WANTED = expected(plan(FACTORY_FRESH, ANSWERS, PASSWORDS), FACTORY_FRESH)


def told(facts: RouterFacts, answers: Answers = ANSWERS) -> dict[str, tuple[bool | None, bool]]:
    """What is said of each way, by where it leads."""
    return {flow.destination: (flow.before, flow.after) for flow in flows(plan(facts, answers, PASSWORDS), facts)}


def test_before_a_tunnel_nothing_comes_through_it() -> None:
    said = told(FACTORY_FRESH)
    assert said["LAN (192.168.1.0/24)"] == (False, True)
    assert said["this router: SSH, web page"] == (False, False)


def test_what_rules_by_hand_allow_is_not_guessed_at() -> None:
    by_hand = with_files(
        FACTORY_FRESH, options_pptpd=b"172.16.1.1:\n", chap_secrets=b"vpnuser pptp-server x 172.16.1.2\n"
    )
    assert told(by_hand)["LAN (192.168.1.0/24)"] == (None, True)


def test_no_rule_lets_a_whole_family_of_devices_in() -> None:
    open_wide = replace(ANSWERS, access=Access(internet=True, between_clients=True, router="all"))
    for rule in expected(plan(FACTORY_FRESH, open_wide, PASSWORDS), FACTORY_FRESH):
        if "ppp+" in (rule.inside, rule.outside):
            assert rule.target != "ACCEPT" or rule.destination.num_addresses == 1, rule


def test_the_rules_themselves_stand() -> None:
    assert stands(WANTED, WANTED)


@pytest.mark.parametrize("place", range(len(WANTED)))
def test_a_filter_that_lacks_any_rule_does_not_stand(place: int) -> None:
    assert not stands(WANTED, WANTED[:place] + WANTED[place + 1 :])


def test_somebody_elses_rule_before_ours_is_noticed() -> None:
    stranger = FilterRule("forwarding_rule", "ACCEPT", inside="ppp+")
    assert not stands(WANTED, (stranger, *WANTED))
    assert stands(WANTED, (*WANTED, stranger))
