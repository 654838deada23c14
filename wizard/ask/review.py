"""The fifth question: is this right? Every answer on a line of its own that can be changed, those for experts too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from textwrap import shorten

from wizard.ask import words
from wizard.ask.clients import ask_clients
from wizard.ask.draft import Draft, reach_of, with_access, with_daemon, with_dns
from wizard.ask.needs import Problem
from wizard.ask.prompter import Choice, Question, Way
from wizard.ask.steps import ask_devices, ask_reach, ask_server
from wizard.ask.talk import (
    Direction,
    Outcome,
    Step,
    Talk,
    listed,
    not_an_address,
    parse_address,
    refusal,
    split_list,
)
from wizard.model.answers import MAX_MTU, MIN_MTU, Access, RouterAccess
from wizard.resources import visible

ACCEPT = Choice("accept", "Yes: show what would be changed")
LINE_WIDTH = 70
"""Columns of a line of the review, so that it stays one line beside the pointer on 80 columns."""


@dataclass(frozen=True, slots=True)
class Line:
    """One answer in the review."""

    key: str
    label: str
    value: Callable[[Draft], str]
    change: Step


@dataclass(frozen=True, slots=True)
class PasswordProblem:
    """A password, kept from the router, with which nobody can log in."""

    text: str
    fatal: bool = True
    about: str = "clients"


def ask_review(talk: Talk, draft: Draft) -> Outcome:
    """All answers, changed line by line until they are right; none that is fatal passes."""
    while True:
        talk.remember(draft.answers)
        wrong = [*_password_problems(talk, draft), *talk.addresses.problems(draft.answers, talk.facts)]
        for problem in wrong:
            talk.screen.warn(problem.text)
        answer = _choose(talk, draft, wrong)
        if answer is Way.BACK:
            return draft, Direction.BACK
        if answer == ACCEPT.value:
            return draft, Direction.NEXT
        draft, direction = next(line.change for line in LINES if line.key == answer)(talk, draft)
        if direction is Direction.LEAVE:
            return draft, direction


def _choose(talk: Talk, draft: Draft, wrong: Sequence[Problem]) -> str | Way:
    lines = [Choice(line.key, _written(line, draft)) for line in LINES]
    fatal = [problem.about for problem in wrong if problem.fatal]
    if fatal:
        return talk.prompter.choose(words.ASK_MEND, lines, fatal[0])
    return talk.prompter.choose(words.ASK_REVIEW, [ACCEPT, *lines], ACCEPT.value)


def _written(line: Line, draft: Draft) -> str:
    return shorten(f"{line.label}: {visible(line.value(draft))}", LINE_WIDTH, placeholder=" …")


def _password_problems(talk: Talk, draft: Draft) -> Iterator[Problem]:
    for client in draft.clients:
        password = draft.passwords.get(client.name)
        fault = password and talk.names.password_problem(password.reveal())
        if fault:
            yield PasswordProblem(f"Password of {client.name}: {fault}")


def _devices(draft: Draft) -> str:
    return ", ".join(device.title.split(":")[0] for device in words.DEVICES if device.key in draft.devices) or "none"


def _reach(draft: Draft) -> str:
    reach = reach_of(draft.answers.access)
    if reach != "some":
        return next(choice.title for choice in words.REACH if choice.value == reach)
    return listed(draft.hosts) + (", and the Internet" if draft.answers.access.internet else "")


def _clients(draft: Draft) -> str:
    return listed([f"{client.name} {client.address}" for client in draft.clients])


def _dns(draft: Draft) -> str:
    dns = draft.answers.tunnel.dns
    return listed(dns) if isinstance(dns, tuple) else _title(words.DNS, dns).lower()


def _title(choices: Sequence[Choice], value: str) -> str:
    return next(choice.title for choice in choices if choice.value == value)


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _ask_dns(talk: Talk, draft: Draft) -> Outcome:
    dns = draft.answers.tunnel.dns
    answer = talk.prompter.choose(words.ASK_DNS, words.DNS, "list" if isinstance(dns, tuple) else dns)
    if answer is Way.BACK:
        return draft, Direction.BACK
    if answer != "list":
        return with_dns(draft, "none" if answer == "none" else "router"), Direction.NEXT
    default = listed(dns) if isinstance(dns, tuple) else ""
    text = talk.prompter.text(words.ASK_DNS_LIST, default, lambda typed: _dns_fault(talk, draft, typed))
    if text is Way.BACK:
        return _ask_dns(talk, draft)
    return with_dns(draft, _name_servers(text)), Direction.NEXT


def _name_servers(text: str) -> tuple[IPv4Address, ...]:
    return tuple(address for address in map(parse_address, split_list(text)) if address)


def _dns_fault(talk: Talk, draft: Draft, text: str) -> str | None:
    for part in split_list(text):
        if parse_address(part) is None:
            return not_an_address(part)
    answers = with_dns(draft, _name_servers(text)).answers
    faults = (refusal(each) for each in talk.addresses.problems(answers, talk.facts) if each.about == "dns")
    return next((fault for fault in faults if fault), None)


def _ask_router(talk: Talk, draft: Draft) -> Outcome:
    answer = talk.prompter.choose(words.ASK_ROUTER, words.ROUTER, draft.answers.access.router)
    if answer is Way.BACK:
        return draft, Direction.BACK
    router: RouterAccess = "all" if answer == "all" else "dns"
    return with_access(draft, replace(draft.answers.access, router=router)), Direction.NEXT


def _ask_mtu(talk: Talk, draft: Draft) -> Outcome:
    text = talk.prompter.text(words.ASK_MTU, str(draft.answers.daemon.mtu), _mtu_fault)
    if text is Way.BACK:
        return draft, Direction.BACK
    return with_daemon(draft, replace(draft.answers.daemon, mtu=int(text))), Direction.NEXT


def _mtu_fault(text: str) -> str | None:
    number = text.strip()
    if number.isascii() and number.isdecimal() and MIN_MTU <= int(number[:6]) <= MAX_MTU:
        return None
    return f"“{number}” is not a number of bytes from {MIN_MTU} to {MAX_MTU}. 1400 passes nearly everywhere."


def _flip(question: Question, now: Callable[[Draft], bool], change: Callable[[Draft, bool], Draft]) -> Step:
    """A step that asks for a yes or a no."""

    def ask(talk: Talk, draft: Draft) -> Outcome:
        answer = talk.prompter.confirm(question, now(draft))
        if answer is Way.BACK:
            return draft, Direction.BACK
        return change(draft, answer), Direction.NEXT

    return ask


def _from_lan(draft: Draft, yes: bool) -> Draft:
    return with_access(draft, replace(draft.answers.access, from_lan=yes))


def _between(draft: Draft, yes: bool) -> Draft:
    return with_access(draft, replace(draft.answers.access, between_clients=yes))


def _debug(draft: Draft, yes: bool) -> Draft:
    return with_daemon(draft, replace(draft.answers.daemon, debug=yes))


def _access(draft: Draft) -> Access:
    return draft.answers.access


LINES = (
    Line("devices", "Devices", _devices, ask_devices),
    Line("reach", "They may reach", _reach, ask_reach),
    Line("server", "Server's address", lambda draft: str(draft.server), ask_server),
    Line("clients", "Clients", _clients, ask_clients),
    Line("dns", "Name servers for clients (DNS)", _dns, _ask_dns),
    Line(
        "from_lan",
        "Home may call clients",
        lambda draft: _yes_no(_access(draft).from_lan),
        _flip(words.ASK_FROM_LAN, lambda draft: _access(draft).from_lan, _from_lan),
    ),
    Line(
        "between_clients",
        "Clients reach each other",
        lambda draft: _yes_no(_access(draft).between_clients),
        _flip(words.ASK_BETWEEN, lambda draft: _access(draft).between_clients, _between),
    ),
    Line(
        "router",
        "Of the router itself",
        lambda draft: _title(words.ROUTER, _access(draft).router),
        _ask_router,
    ),
    Line("mtu", "Largest packet (MTU)", lambda draft: f"{draft.answers.daemon.mtu} bytes", _ask_mtu),
    Line(
        "debug",
        "Detailed log",
        lambda draft: _yes_no(draft.answers.daemon.debug),
        _flip(words.ASK_DEBUG, lambda draft: draft.answers.daemon.debug, _debug),
    ),
)
"""Every line of the review, in order; the first four are the questions of the straight way."""
