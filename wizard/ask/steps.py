"""The first three questions: which devices, what they may reach, and the server's address."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network

from wizard.ask import words
from wizard.ask.draft import Draft, is_proposal, reach_of, with_reach, with_server
from wizard.ask.prompter import Choice, Way
from wizard.ask.talk import (
    Direction,
    Outcome,
    Talk,
    listed,
    not_an_address,
    parse_address,
    refusal,
    split_list,
    warn,
)


def ask_devices(talk: Talk, draft: Draft) -> Outcome:
    """Which devices will dial in, and, where none of them can, whether to stop."""
    talk.screen.say(words.PROTECTS)
    if talk.facts.tunnel:
        talk.screen.say("This router has a tunnel already. The questions open with what is there.")
    choices = [Choice(device.key, device.title) for device in words.DEVICES]
    while True:
        ticked = talk.prompter.tick(words.ASK_DEVICES, choices, draft.devices)
        if ticked is Way.BACK:
            return draft, Direction.BACK
        draft = replace(draft, devices=ticked)
        if not ticked or any(device.can_dial for device in words.DEVICES if device.key in ticked):
            return draft, Direction.NEXT
        answer = talk.prompter.choose(words.ASK_CANNOT, words.CANNOT, "stop")
        if answer == "stop":
            return draft, Direction.LEAVE
        if answer == "on":
            return draft, Direction.NEXT


def ask_reach(talk: Talk, draft: Draft) -> Outcome:
    """What clients may reach at home, and whether the Internet too."""
    if talk.facts.tunnel and not talk.facts.tunnel.ours:
        talk.screen.note("This tunnel was not set up by pptp-wizard; what is chosen here is a proposal.")
    chosen = reach_of(draft.answers.access)
    while True:
        reach = talk.prompter.choose(words.ASK_REACH, words.REACH, chosen)
        if reach is Way.BACK:
            return draft, Direction.BACK
        if reach != "some":
            return with_reach(draft, reach), Direction.NEXT
        chosen = reach
        draft, direction = _ask_hosts(talk, draft)
        if direction is Direction.NEXT:
            return draft, direction


def ask_server(talk: Talk, draft: Draft) -> Outcome:
    """The server's address in the tunnel."""
    # clients that are a proposal follow the server, so they are in nobody's way
    settled = () if is_proposal(draft, talk.facts, talk.addresses) else draft.clients

    def check(text: str) -> str | None:
        address = parse_address(text)
        if address is None:
            return not_an_address(text)
        return refusal(talk.addresses.server_problem(address, talk.facts, settled))

    text = talk.prompter.text(words.ASK_SERVER, str(draft.server), check)
    if text is Way.BACK:
        return draft, Direction.BACK
    server = parse_address(text) or draft.server
    warn(talk, talk.addresses.server_problem(server, talk.facts, settled))
    return with_server(draft, server, talk.facts, talk.addresses), Direction.NEXT


def _ask_hosts(talk: Talk, draft: Draft) -> Outcome:
    while True:
        text = talk.prompter.text(words.ASK_HOSTS, _hosts_as_text(draft.hosts), lambda typed: _hosts_fault(talk, typed))
        if text is Way.BACK:
            return draft, Direction.BACK
        draft = replace(draft, hosts=tuple(map(IPv4Network, split_list(text))))
        internet = talk.prompter.confirm(words.ASK_SOME_INTERNET, draft.answers.access.internet)
        if internet is not Way.BACK:
            return with_reach(draft, "some", internet), Direction.NEXT


def _hosts_as_text(hosts: tuple[IPv4Network, ...]) -> str:
    return listed([host.network_address if host.prefixlen == host.max_prefixlen else host for host in hosts])


def _hosts_fault(talk: Talk, text: str) -> str | None:
    if not split_list(text):
        return "Name at least one host, or go back and choose “Only the router itself”."
    faults = (_host_fault(talk, part) for part in split_list(text))
    return next((fault for fault in faults if fault), None)


def _host_fault(talk: Talk, part: str) -> str | None:
    try:
        return refusal(talk.addresses.lan_target_problem(IPv4Network(part), talk.facts))
    except ValueError as error:
        if "host bits" in str(error):
            return (
                f"{part} is a host and a network at once: leave out the /, or write {IPv4Network(part, strict=False)}."
            )
        return f"“{part}” is neither an address nor a network: write 192.168.1.10 or 192.168.1.32/28."
