"""What the running filter comes to for a call from the Internet, whoever wrote its rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.later import OPENWRT_24_10
from wizard.changes import refusal
from wizard.model.facts import FilterRule, RouterFacts

WAN = OPENWRT_24_10.wan.device
BASE = (
    FilterRule("input", "input_wan", inside=WAN),
    FilterRule("input", "handle_reject"),
)
OURS = (FilterRule("input_wan", "ACCEPT", "tcp", match="dpt:1723"), FilterRule("input_wan", "ACCEPT", "gre"))
END = FilterRule("input_wan", "REJECT")


def router(*rules: FilterRule) -> RouterFacts:
    return replace(OPENWRT_24_10, rules=(*BASE, *rules))


def test_what_is_let_in_is_not_refused() -> None:
    facts = router(*OURS, END)
    assert refusal(facts, "tcp", 1723) is None
    assert refusal(facts, "gre") is None
    assert refusal(facts, "tcp", 22) == END


@pytest.mark.parametrize(
    ("rule", "protocol"),
    [
        (FilterRule("input_wan", "DROP", "tcp", match="dpt:1723"), "tcp"),
        (FilterRule("input_wan", "REJECT"), "tcp"),
        (FilterRule("input_wan", "DROP", "gre"), "gre"),
        (FilterRule("input", "DROP", "gre", inside=WAN), "gre"),
    ],
)
def test_what_comes_before_counts(rule: FilterRule, protocol: str) -> None:
    before = [rule, *BASE] if rule.chain == "input" else [*BASE, rule]
    facts = replace(OPENWRT_24_10, rules=(*before, *OURS, END))
    assert refusal(facts, protocol, 1723) == rule


def test_without_any_rule_of_ours_the_zone_decides() -> None:
    assert refusal(router(END), "tcp", 1723) == END
