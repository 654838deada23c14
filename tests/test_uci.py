"""UCI files as text: everything is read as uci reads it, and a change touches nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recordings import recording
from wizard.model import uci

COMMENTED = """# mine
config dnsmasq
	option domainneeded	1   # by hand
	list server "1.2.3.4"
	list server '5.6.7.8 9.9.9.9'

config rule 'keep'
	option target 'ACC'EPT
	option note 'two
lines'
"""
WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=0, max_size=12)


def test_words_quotes_and_comments() -> None:
    dnsmasq, keep = uci.sections(COMMENTED)
    assert (dnsmasq.type, dnsmasq.name, keep.name) == ("dnsmasq", "", "keep")
    assert dnsmasq.value("domainneeded") == "1"
    assert dnsmasq.values("server") == ("1.2.3.4", "5.6.7.8", "9.9.9.9")
    assert (keep.value("target"), keep.value("note")) == ("ACCEPT", "two\nlines")
    assert keep.value("missing", "none") == "none"


@pytest.mark.parametrize("name", ["dhcp", "dropbear", "firewall", "network", "pptpd", "system"])
def test_what_real_routers_export_is_read(name: str) -> None:
    text = recording("24.10", f"uci_export_{name}").out
    found = uci.sections(text)
    assert len(found) == text.count("\nconfig ")
    assert sum(len(section.entries) for section in found) == text.count("\n\toption ") + text.count("\n\tlist ")


@pytest.mark.parametrize("text", ["option a b\n", "config\n", "config a b c\n", "config a\n\toption x 'y\n", "what\n"])
def test_what_uci_refuses_is_refused(text: str) -> None:
    with pytest.raises(uci.UciSyntaxError):
        uci.sections(text)


@given(WORDS)
def test_a_word_reads_back(value: str) -> None:
    section = uci.sections(f"config a\n\toption key {uci.quoted(value)}\n")[0]
    assert section.value("key") == value


@given(WORDS)
def test_an_option_is_set_and_nothing_else_changes(value: str) -> None:
    dnsmasq = uci.sections(COMMENTED)[0]
    text = uci.with_option(COMMENTED, dnsmasq, "domainneeded", value)
    assert uci.sections(text)[0].value("domainneeded") == value
    assert text.replace(f"\toption domainneeded {uci.quoted(value)}\n", "") == COMMENTED.replace(
        "\toption domainneeded\t1   # by hand\n", ""
    )


def test_an_option_that_was_not_there_ends_the_section() -> None:
    dnsmasq = uci.sections(COMMENTED)[0]
    text = uci.with_option(COMMENTED, dnsmasq, "localservice", "0")
    assert "9.9.9.9'\n\toption localservice '0'\n\nconfig rule" in text


def test_one_value_goes_and_the_others_stay() -> None:
    dnsmasq = uci.sections(COMMENTED)[0]
    text = uci.without_value(COMMENTED, dnsmasq, "server", "5.6.7.8")
    assert uci.sections(text)[0].values("server") == ("1.2.3.4", "9.9.9.9")
    assert uci.sections(uci.without_value(text, uci.sections(text)[0], "server", "1.2.3.4"))[0].values("server") == (
        "9.9.9.9",
    )


@given(st.sampled_from(["", "# only a comment\n", COMMENTED, COMMENTED + "\n", "\n\n" + COMMENTED, "\n"]))
def test_our_sections_come_and_go_and_leave_the_bytes(text: str) -> None:
    ours = "config rule 'pptp_wizard_tcp'\n\toption src 'wan'\n\nconfig zone 'pptp_wizard_zone'\n\toption name 'pptp'\n"
    there = uci.with_sections(text, ours)
    assert uci.without(there, lambda section: section.ours) == text
    again = uci.with_sections(uci.without(there, lambda section: section.ours), ours)
    assert again == there


def test_what_uci_wrote_anew_says_the_same() -> None:
    ours = "config rule 'pptp_wizard_tcp'\n\toption src 'wan'\n\tlist proto 'tcp'\n"
    anew = "\nconfig rule pptp_wizard_tcp\n\toption src wan\n\tlist proto 'tcp'\n\n"
    assert uci.same(uci.sections(ours), uci.sections(anew))
    for other in (ours.replace("wan", "lan"), ours.replace("_tcp", "_gre"), ours + ours, ""):
        assert not uci.same(uci.sections(ours), uci.sections(other))
