"""The whole of the questions by keys: straight on, back, out, and with what is there already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from tests.ask.desk import CLEAR, CTRL_C, DOWN, ENTER, ESCAPE, SPACE, UP, Desk, typing
from tests.plan.scene import ANSWERS, FRESH, KEPT, WITH_TUNNEL, router
from wizard.ask import Asked, ask, unasked
from wizard.ask.flow import STAGES
from wizard.ask.review import LINES
from wizard.model.answers import Access, Answers, Client, DaemonOptions, Tunnel
from wizard.model.facts import RouterFacts
from wizard.model.secret import Secret
from wizard.plan import addresses, names

STRAIGHT = ENTER * len(STAGES)
PROPOSED = Answers(Tunnel(IPv4Address("172.16.1.1")), (Client("vpnuser", IPv4Address("172.16.1.2")),))
TO_CLIENTS, TO_REVIEW = ENTER * 3, ENTER * 4
ADD, FIRST, SECOND = DOWN, DOWN * 2, DOWN * 3
"""Entries of the list of clients."""
NAME, ADDRESS, PASSWORD, GENERATE, REMOVE = (DOWN * number for number in range(5))
"""Entries of the list of edits."""
LINE = {line: DOWN * number for number, line in enumerate(["accept", *(line.key for line in LINES)])}
"""Entries of the review."""


def asked_at(
    desk: Desk,
    facts: RouterFacts = FRESH,
    start: Answers | None = None,
    at: str | None = None,
    passwords: Mapping[str, Secret] | None = None,
) -> Asked | None:
    """What comes of the questions at this desk."""
    return ask(
        facts,
        start,
        passwords or {},
        desk.prompter,
        desk.screen,
        addresses=addresses,
        names=names,
        at=at,
        remember=desk.remembered.append,
    )


def after(
    *keys: str,
    facts: RouterFacts = FRESH,
    start: Answers | None = None,
    at: str | None = None,
    passwords: Mapping[str, Secret] | None = None,
) -> Asked:
    """What comes of these keys."""
    with typing(*keys) as desk:
        asked = asked_at(desk, facts, start, at, passwords)
    assert asked
    return asked


def test_enter_all_the_way_is_a_good_tunnel() -> None:
    with typing(STRAIGHT) as desk:
        asked = asked_at(desk)
    assert asked
    assert asked.answers == PROPOSED
    assert asked.devices == {"windows"}
    assert asked.generated == {"vpnuser"}
    assert len(asked.passwords["vpnuser"].reveal()) >= 16
    assert not any(problem.fatal for problem in addresses.problems(asked.answers, FRESH))


def test_there_are_at_most_six_questions_and_each_is_counted() -> None:
    with typing(STRAIGHT) as desk:
        asked_at(desk)
    assert desk.steps == [1, 2, 3, 4, 5]
    assert desk.seen.count(" of 6 ·") == 5


def test_the_first_screen_says_what_pptp_protects_and_which_devices_cannot() -> None:
    with typing(CTRL_C) as desk, pytest.raises(KeyboardInterrupt):
        asked_at(desk)
    seen = desk.words
    assert "not as a lock" in seen
    assert "about a day" in seen
    assert "WireGuard" in seen


def test_a_question_says_more_when_asked_and_is_asked_again() -> None:
    with typing("?", ENTER, "?", ENTER, CLEAR, "?", ENTER, ENTER, "?", ENTER, "?", ENTER) as desk:
        assert asked_at(desk)
    for word in ("Credential", "full tunnel", "proxy ARP", "One client per device", "asks\nonce more"):
        assert word in desk.seen


CHANGED = DOWN + SPACE + ENTER, DOWN * 3 + ENTER, CLEAR + "10.9.8.1" + ENTER, ADD + ENTER * 3 + ENTER
"""Another answer to each of the first four questions: Linux too, the router only, another server, two clients."""
CHANGED_ANSWERS = Answers(
    Tunnel(IPv4Address("10.9.8.1")),
    (Client("vpnuser", IPv4Address("10.9.8.2")), Client("vpnuser2", IPv4Address("10.9.8.3"))),
    Access(lan="none"),
)


@pytest.mark.parametrize("steps", range(len(STAGES)))
def test_going_back_loses_no_later_answer(steps: int) -> None:
    with typing(*CHANGED, ESCAPE * steps, ENTER * steps, ENTER) as desk:
        asked = asked_at(desk)
    assert asked
    assert asked.answers == CHANGED_ANSWERS
    assert asked.devices == {"windows", "linux"}
    assert desk.steps == [1, 2, 3, 4, 5, *range(4, 4 - steps, -1), *range(6 - steps, 6)]


@pytest.mark.parametrize("steps", range(1, len(STAGES)))
def test_every_list_has_an_entry_that_goes_back(steps: int) -> None:
    back = {4: UP + ENTER, 3: UP + ENTER, 2: ESCAPE, 1: DOWN * 3 + ENTER}  # there the pointer is on "Only the router"
    keys = "".join(back[place] for place in range(4, 4 - steps, -1))
    with typing(*CHANGED, keys, ENTER * steps, ENTER) as desk:
        asked = asked_at(desk)
    assert asked
    assert asked.answers == CHANGED_ANSWERS
    assert desk.steps == [1, 2, 3, 4, 5, *range(4, 4 - steps, -1), *range(6 - steps, 6)]


def test_the_first_question_leads_out_after_a_yes() -> None:
    with typing(ESCAPE, UP, ENTER) as desk:
        assert asked_at(desk) is None


@pytest.mark.parametrize("keys", [ESCAPE + ENTER, ESCAPE + ESCAPE, UP + ENTER + ENTER])
def test_and_stays_without_one(keys: str) -> None:
    assert after(keys, STRAIGHT).answers == PROPOSED


@pytest.mark.parametrize("number", range(len(STAGES)))
def test_ctrl_c_interrupts_at_once_and_loses_no_answer(number: int) -> None:
    with typing(*CHANGED[:number], CTRL_C) as desk, pytest.raises(KeyboardInterrupt):
        asked_at(desk)
    assert len(desk.remembered) >= number
    if number >= 3:
        assert desk.remembered[-1].tunnel == CHANGED_ANSWERS.tunnel


@pytest.mark.parametrize(
    "keys",
    [
        ESCAPE,  # leave?
        SPACE + DOWN * 5 + SPACE + ENTER,  # none can dial
        ENTER + DOWN * 2 + ENTER,  # which hosts
        ENTER + DOWN * 2 + ENTER + "192.168.1.10" + ENTER,  # and the Internet
        TO_CLIENTS + ADD + ENTER,  # name
        TO_CLIENTS + ADD + ENTER * 2,  # address
        TO_CLIENTS + FIRST + ENTER,  # what to change
        TO_CLIENTS + FIRST + ENTER + PASSWORD + ENTER,
        TO_CLIENTS + FIRST + ENTER + PASSWORD + ENTER + "secret" + ENTER,  # once more
        *(TO_REVIEW + LINE[key] + ENTER for key in list(LINE)[1:]),
        TO_REVIEW + LINE["dns"] + ENTER + DOWN * 2 + ENTER,
    ],
)
def test_ctrl_c_interrupts_within_a_question_too(keys: str) -> None:
    with typing(keys, CTRL_C) as desk, pytest.raises(KeyboardInterrupt):
        asked_at(desk)


def test_edits_of_clients_are_remembered_before_the_list_is_left() -> None:
    with typing(TO_CLIENTS, ADD, ENTER * 3, CTRL_C) as desk, pytest.raises(KeyboardInterrupt):
        asked_at(desk)
    assert [client.name for client in desk.remembered[-1].clients] == ["vpnuser", "vpnuser2"]


APPLE_ALONE = SPACE + DOWN * 5 + SPACE + ENTER


def test_phones_and_macs_alone_are_a_reason_to_stop() -> None:
    with typing(APPLE_ALONE, ENTER) as desk:
        assert asked_at(desk) is None
    assert "WireGuard or IKEv2" in desk.seen


def test_but_not_to_be_stopped() -> None:
    assert after(APPLE_ALONE, DOWN * 2, ENTER, ENTER * 4).devices == {"apple"}
    assert after(APPLE_ALONE, ESCAPE, SPACE, ENTER, ENTER * 4).devices == {"apple", "windows"}


@pytest.mark.parametrize(
    ("keys", "access"),
    [
        ("", Access()),
        (DOWN, Access(internet=True)),
        (DOWN * 3, Access(lan="none")),
        (DOWN * 4, Access(lan="none", internet=True)),
        (DOWN * 2 + ENTER + "192.168.1.10", Access(lan=(IPv4Network("192.168.1.10"),))),
        (DOWN * 2 + ENTER + "192.168.1.10" + ENTER + UP, Access(lan=(IPv4Network("192.168.1.10"),), internet=True)),
    ],
)
def test_what_they_may_reach(keys: str, access: Access) -> None:
    last = ENTER if "192" not in keys or UP in keys else ENTER * 2
    assert after(ENTER, keys, last, ENTER * 3).answers.access == access


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("10.0.0.5", "192.168.1.0/24"),
        ("192.168.1.10/24", "192.168.1.0/24"),
        ("printer", "neither an address nor a network"),
        ("", "at least one host"),
    ],
)
def test_hosts_outside_the_lan_are_refused_and_can_be_put_right(typed: str, word: str) -> None:
    with typing(ENTER, DOWN * 2, ENTER, typed, ENTER, CLEAR, "192.168.1.9, 192.168.1.32/28", ENTER * 5) as desk:
        asked = asked_at(desk)
    assert asked
    assert asked.answers.access.lan == (IPv4Network("192.168.1.9"), IPv4Network("192.168.1.32/28"))
    assert word in desk.words


def test_going_back_among_the_hosts_keeps_them() -> None:
    keys = ENTER, DOWN * 2, ENTER, "192.168.1.9", ENTER, ESCAPE, ESCAPE, ENTER, ENTER, ENTER, ENTER * 3
    assert after(*keys).answers.access.lan == (IPv4Network("192.168.1.9"),)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("172.16.1", "not an address"),
        ("192.168.1.100", "hands out"),
        ("192.168.1.3", "in use"),
        ("203.0.113.9", "WAN"),
        ("224.0.0.1", "multicast"),
    ],
)
def test_a_server_that_cannot_be_is_refused_and_can_be_edited(typed: str, word: str) -> None:
    with typing(ENTER * 2, CLEAR, typed, ENTER, CLEAR, "10.9.8.1", ENTER * 3) as desk:
        asked = asked_at(desk)
    assert asked
    assert asked.answers.tunnel.server == IPv4Address("10.9.8.1")
    assert word in desk.words


def test_a_server_in_a_common_home_network_is_warned_of_and_taken() -> None:
    with typing(ENTER * 2, CLEAR, "192.168.178.1", ENTER * 3) as desk:
        asked = asked_at(desk)
    assert asked
    assert asked.answers.tunnel.server == IPv4Address("192.168.178.1")
    assert "FRITZ!Box" in desk.seen


def test_the_proposed_client_follows_the_server() -> None:
    assert after(ENTER * 2, CLEAR, "10.9.8.7", ENTER * 3).answers.clients[0].address == IPv4Address("10.9.8.8")


def test_an_edited_client_stays_where_it_is() -> None:
    keys = TO_CLIENTS, FIRST, ENTER, NAME, ENTER, CLEAR, "ann", ENTER, ESCAPE, CLEAR, "10.9.8.7", ENTER * 3
    assert after(*keys).answers.clients == (Client("ann", IPv4Address("172.16.1.2")),)


def test_the_server_may_take_the_proposed_clients_address() -> None:
    asked = after(ENTER * 2, CLEAR, "172.16.1.2", ENTER * 3)
    assert asked.answers.clients == (Client("vpnuser", IPv4Address("172.16.1.3")),)


def test_clients_in_the_lan_are_said_to_need_proxy_arp() -> None:
    with typing(ENTER * 2, CLEAR, "192.168.1.1", ENTER * 3) as desk:
        asked = asked_at(desk)
    assert asked
    assert asked.answers.clients[0].address == IPv4Address("192.168.1.2")
    assert "(proxy ARP)" in desk.words


def edited(*keys: str, facts: RouterFacts = FRESH) -> Asked:
    """What comes of these keys at the list of clients, which is then accepted."""
    return after(TO_CLIENTS, *keys, ENTER, ENTER, facts=facts)


def test_a_client_is_renamed_and_moved() -> None:
    keys = FIRST, ENTER, NAME, ENTER, CLEAR, 'jo "x" #1', ENTER, FIRST, ENTER, ADDRESS, ENTER, CLEAR, "10.1.1.1", ENTER
    assert edited(*keys).answers.clients == (Client('jo "x" #1', IPv4Address("10.1.1.1")),)


def test_a_client_is_removed_but_somebody_has_to_stay() -> None:
    two = ADD, ENTER * 3
    assert [c.name for c in edited(*two, FIRST, ENTER, REMOVE, ENTER).answers.clients] == ["vpnuser2"]
    # with nobody left, the list begins with "Add a client"
    assert [c.name for c in edited(FIRST, ENTER, REMOVE, ENTER, ENTER * 3).answers.clients] == ["vpnuser"]


@pytest.mark.parametrize(
    ("typed", "word"),
    [("", "at least one"), ("*", "everyone"), ("vpnuser", "already"), ("jörg", "differently"), ("x" * 256, "255")],
)
def test_a_name_that_cannot_be_is_refused_and_can_be_edited(typed: str, word: str) -> None:
    with typing(TO_CLIENTS, ADD, ENTER, CLEAR, typed, ENTER, CLEAR, "ann", ENTER * 2, ENTER * 2) as desk:
        asked = asked_at(desk)
    assert asked
    assert [client.name for client in asked.answers.clients] == ["vpnuser", "ann"]
    assert word in desk.seen


@pytest.mark.parametrize("typed", ["172.16.1.1", "172.16.1.2", "192.168.1.120", "x"])
def test_an_address_that_cannot_be_is_refused_and_can_be_edited(typed: str) -> None:
    keys = TO_CLIENTS, ADD, ENTER * 2, CLEAR, typed, ENTER, CLEAR, "172.16.1.77", ENTER * 3
    assert after(*keys).answers.clients[1].address == IPv4Address("172.16.1.77")


def test_back_from_the_address_of_a_new_client_keeps_its_name() -> None:
    keys = ADD, ENTER, CLEAR, "ann", ENTER, ESCAPE, ENTER, ENTER
    assert [client.name for client in edited(*keys).answers.clients] == ["vpnuser", "ann"]


def test_back_from_everything_in_an_edit_changes_nothing() -> None:
    edits = "".join(FIRST + ENTER + entry + ENTER + ESCAPE + ESCAPE for entry in (NAME, ADDRESS, PASSWORD))
    assert edited(edits, ADD, ENTER, ESCAPE).answers == PROPOSED


def test_an_own_password_is_typed_twice_and_shown_never() -> None:
    own = "p\"#\\ $'x"
    keys = TO_CLIENTS, FIRST, ENTER, PASSWORD, ENTER, own, ENTER, "other", ENTER, own, ENTER, own, ENTER, ENTER, ENTER
    with typing(*keys) as desk:
        asked = asked_at(desk)
    assert asked
    assert asked.passwords == {"vpnuser": Secret(own)}
    assert asked.generated == frozenset()
    assert "not the same" in desk.seen
    assert own not in desk.seen


@pytest.mark.parametrize(("typed", "word"), [("", "at least one"), ("@x", "start with @"), ("ü", "differently")])
def test_a_password_that_cannot_be_is_refused(typed: str, word: str) -> None:
    keys = TO_CLIENTS, FIRST, ENTER, PASSWORD, ENTER, typed, ENTER, "good", ENTER, "good", ENTER, ENTER, ENTER
    with typing(*keys) as desk:
        asked = asked_at(desk)
    assert asked
    assert asked.passwords == {"vpnuser": Secret("good")}
    assert word in desk.seen


def test_a_tunnel_that_is_there_is_kept_by_enter() -> None:
    asked = after(STRAIGHT, facts=WITH_TUNNEL)
    assert asked.answers == ANSWERS
    assert asked.passwords == KEPT
    assert asked.generated == frozenset()


def test_a_client_more_gets_a_password_and_the_others_keep_theirs() -> None:
    asked = edited(ADD, ENTER, CLEAR, "eve", ENTER * 2, facts=WITH_TUNNEL)
    assert asked.answers.clients == (*ANSWERS.clients, Client("eve", IPv4Address("10.9.8.4")))
    assert asked.generated == {"eve"}
    assert {name: asked.passwords[name] for name in KEPT} == KEPT


def test_a_client_fewer_takes_its_password_away() -> None:
    asked = edited(FIRST, ENTER, REMOVE, ENTER, facts=WITH_TUNNEL)
    assert asked.answers.clients == ANSWERS.clients[1:]
    assert asked.passwords == {"bob": KEPT["bob"]}


def test_a_client_that_comes_back_keeps_its_password() -> None:
    keys = FIRST, ENTER, REMOVE, ENTER, ADD, ENTER, CLEAR, "ann", ENTER * 2
    asked = edited(*keys, facts=WITH_TUNNEL)
    assert asked.passwords == KEPT
    assert asked.generated == frozenset()


def test_a_new_name_takes_the_password_along() -> None:
    asked = edited(SECOND, ENTER, NAME, ENTER, CLEAR, "rob", ENTER, facts=WITH_TUNNEL)
    assert asked.passwords == {"ann": KEPT["ann"], "rob": KEPT["bob"]}


def test_a_new_password_on_request() -> None:
    asked = edited(FIRST, ENTER, GENERATE, ENTER, facts=WITH_TUNNEL)
    assert asked.generated == {"ann"}
    assert asked.passwords["ann"] != KEPT["ann"]
    assert asked.passwords["bob"] == KEPT["bob"]


def test_an_existing_tunnels_clients_do_not_follow_the_server() -> None:
    assert WITH_TUNNEL.tunnel
    one = replace(WITH_TUNNEL.tunnel, answers=replace(ANSWERS, clients=(Client("vpnuser", IPv4Address("10.9.8.2")),)))
    facts = replace(WITH_TUNNEL, tunnel=one)
    asked = after(ENTER * 2, CLEAR, "10.7.7.1", ENTER * 3, facts=facts)
    assert asked.answers.clients[0].address == IPv4Address("10.9.8.2")


def test_access_of_somebody_elses_tunnel_is_called_a_proposal() -> None:
    assert WITH_TUNNEL.tunnel
    facts = replace(WITH_TUNNEL, tunnel=replace(WITH_TUNNEL.tunnel, ours=False))
    with typing(STRAIGHT) as desk:
        assert asked_at(desk, facts)
    assert "not set up by pptp-wizard" in desk.seen


def test_given_passwords_win_over_the_routers() -> None:
    asked = after(STRAIGHT, facts=WITH_TUNNEL, passwords={"ann": Secret("given")})
    assert asked.passwords == {**KEPT, "ann": Secret("given")}


def reviewed(*keys: str) -> Answers:
    """What comes of these keys at the review, which is then accepted."""
    return after(*keys, ENTER, start=PROPOSED, at="review").answers


@pytest.mark.parametrize(
    ("line", "keys", "changed"),
    [
        ("reach", DOWN + ENTER, replace(PROPOSED, access=Access(internet=True))),
        (
            "server",
            CLEAR + "172.16.1.9" + ENTER,  # the client that is still the proposal follows
            Answers(Tunnel(IPv4Address("172.16.1.9")), (Client("vpnuser", IPv4Address("172.16.1.10")),)),
        ),
        (
            "clients",
            ADD + ENTER * 3 + ENTER,
            replace(PROPOSED, clients=(*PROPOSED.clients, Client("vpnuser2", IPv4Address("172.16.1.3")))),
        ),
        ("dns", DOWN + ENTER, replace(PROPOSED, tunnel=replace(PROPOSED.tunnel, dns="none"))),
        (
            "dns",
            DOWN * 2 + ENTER + "9.9.9.9, 1.1.1.1" + ENTER,
            replace(PROPOSED, tunnel=replace(PROPOSED.tunnel, dns=(IPv4Address("9.9.9.9"), IPv4Address("1.1.1.1")))),
        ),
        ("from_lan", DOWN + ENTER, replace(PROPOSED, access=Access(from_lan=False))),
        ("between_clients", UP + ENTER, replace(PROPOSED, access=Access(between_clients=True))),
        ("router", DOWN + ENTER, replace(PROPOSED, access=Access(router="all"))),
        ("mtu", CLEAR + "1300" + ENTER, replace(PROPOSED, daemon=DaemonOptions(mtu=1300))),
        ("debug", UP + ENTER, replace(PROPOSED, daemon=DaemonOptions(debug=True))),
    ],
)
def test_every_line_can_be_changed_from_the_review(line: str, keys: str, changed: Answers) -> None:
    assert reviewed(LINE[line] + ENTER + keys) == changed


@pytest.mark.parametrize("line", list(LINE)[1:])
def test_every_line_leads_back_to_the_review(line: str) -> None:
    with typing(LINE[line], ENTER, ESCAPE, ENTER) as desk:
        asked = asked_at(desk, start=PROPOSED, at="review")
    assert asked
    assert asked.answers == PROPOSED
    assert desk.seen.count("Is this right?") == 2


def test_devices_are_changed_from_the_review() -> None:
    asked = after(LINE["devices"], ENTER, DOWN, SPACE, ENTER, ENTER, start=PROPOSED, at="review")
    assert asked.devices == {"windows", "linux"}


@pytest.mark.parametrize("typed", ["575", "1483", "a lot", "", "-1", "1400.5", "٣٠٠٠"])
def test_an_mtu_that_cannot_be_is_refused(typed: str) -> None:
    assert reviewed(LINE["mtu"], ENTER, CLEAR, typed, ENTER, CLEAR, "1280", ENTER).daemon.mtu == 1280


@pytest.mark.parametrize("typed", ["x", "0.0.0.0", "1.1.1.1 2.2.2.2 3.3.3.3", ""])
def test_name_servers_that_cannot_be_are_refused(typed: str) -> None:
    keys = LINE["dns"], ENTER, DOWN * 2, ENTER, typed, ENTER, CLEAR, "9.9.9.9", ENTER
    assert reviewed(*keys).tunnel.dns == (IPv4Address("9.9.9.9"),)


def test_the_review_lets_nothing_pass_that_cannot_work() -> None:
    leased = replace(PROPOSED, clients=(Client("vpnuser", IPv4Address("192.168.1.120")),))
    # Enter opens the line that is wrong; there it is edited, and only then Enter accepts
    keys = ENTER, FIRST, ENTER, ADDRESS, ENTER, CLEAR, "172.16.1.2", ENTER, ENTER, ENTER
    with typing(*keys) as desk:
        asked = asked_at(desk, start=leased, at="review")
    assert asked
    assert asked.answers == PROPOSED
    assert "hands out" in desk.seen


def test_a_password_on_the_router_that_cannot_log_in_is_found() -> None:
    assert WITH_TUNNEL.tunnel
    facts = replace(WITH_TUNNEL, tunnel=replace(WITH_TUNNEL.tunnel, passwords={**KEPT, "ann": Secret("@file")}))
    with typing(TO_REVIEW, ENTER, FIRST, ENTER, GENERATE, ENTER, ENTER, ENTER) as desk:
        asked = asked_at(desk, facts)
    assert asked
    assert asked.generated == {"ann"}
    assert "Password of ann" in desk.seen
    assert "@file" not in desk.seen


def test_asking_again_keeps_what_was_made() -> None:
    first = after(STRAIGHT)
    with typing(ENTER) as desk:
        again = ask(
            FRESH,
            first.answers,
            first.passwords,
            desk.prompter,
            desk.screen,
            addresses=addresses,
            names=names,
            at="review",
            devices=first.devices,
            generated=first.generated,
        )
    assert again == first


def test_nothing_is_asked_with_answers_from_a_file() -> None:
    given = unasked(WITH_TUNNEL, PROPOSED, {}, names=names)
    assert given.answers == PROPOSED
    assert given.generated == {"vpnuser"}
    assert unasked(WITH_TUNNEL, ANSWERS, {"ann": Secret("x")}, names=names).passwords == {**KEPT, "ann": Secret("x")}


def test_no_password_is_ever_shown() -> None:
    with typing(TO_CLIENTS, ADD, ENTER * 3, ENTER, ENTER) as desk:
        asked = asked_at(desk, router(tunnel=WITH_TUNNEL.tunnel))
    assert asked
    assert not [name for name, secret in asked.passwords.items() if secret.reveal() in desk.seen]
