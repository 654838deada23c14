"""The fourth question: who may dial in. One list to accept, edit or add to."""

from __future__ import annotations

from dataclasses import replace

from wizard.ask import words
from wizard.ask.draft import Draft, describe_password, new_name, with_client, with_password, without_client
from wizard.ask.prompter import Back, Choice, Question, Way
from wizard.ask.talk import Direction, Outcome, Talk, not_an_address, parse_address, refusal, warn
from wizard.model.answers import Client
from wizard.model.secret import Secret
from wizard.resources import visible

RIGHT, ADD = Choice("right", "These are right"), Choice("add", "Add a client")


def ask_clients(talk: Talk, draft: Draft) -> Outcome:
    """The clients, edited until they are right."""
    while True:
        talk.remember(draft.answers)
        _show(talk, draft)
        choices = [*([RIGHT] if draft.clients else []), ADD, *_entries(draft)]
        answer = talk.prompter.choose(words.ASK_CLIENTS, choices, choices[0].value)
        if answer is Way.BACK:
            return draft, Direction.BACK
        if answer == RIGHT.value:
            return draft, Direction.NEXT
        draft = _add(talk, draft) if answer == ADD.value else _edit(talk, draft, int(answer))


def _show(talk: Talk, draft: Draft) -> None:
    if talk.screen.plain:
        for client in draft.clients:
            password = describe_password(draft, client.name, talk.facts)
            talk.screen.say(f"Client {client.name}: address {client.address}, password {password}")
    else:
        _show_table(talk, draft)
    if talk.addresses.uses_proxy_arp(talk.facts, draft.clients):
        talk.screen.note("Addresses inside the home network: the router answers for them there (proxy ARP).")


def _show_table(talk: Talk, draft: Draft) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table("User name", "Address", "Password", box=box.SIMPLE)
    for client in draft.clients:
        cells = (client.name, str(client.address), describe_password(draft, client.name, talk.facts))
        table.add_row(*(Text(visible(cell)) for cell in cells))
    talk.screen.show(table)


def _entries(draft: Draft) -> list[Choice]:
    return [Choice(str(place), f"Change {visible(client.name)}") for place, client in enumerate(draft.clients)]


def _add(talk: Talk, draft: Draft) -> Draft:
    taken = [client.address for client in draft.clients]
    client = Client(new_name(draft), talk.addresses.next_free(talk.facts, draft.server, taken))
    while True:
        name = _ask_name(talk, draft, client.name, None)
        if name is Way.BACK:
            return draft
        client = replace(client, name=name)
        address = _ask_address(talk, draft, client, None)
        if address is not Way.BACK:
            return with_client(draft, address)


def _edit(talk: Talk, draft: Draft, place: int) -> Draft:
    client = draft.clients[place]
    question = Question(f"Client {visible(client.name)}", f"Address {client.address}.")
    while True:
        what = talk.prompter.choose(question, words.EDITS, "name")
        if what is Way.BACK:
            return draft
        edited = _edit_one(talk, draft, place, what)
        if edited is not None:
            return edited


def _edit_one(talk: Talk, draft: Draft, place: int, what: str) -> Draft | None:
    """The draft after one edit, None where it was not made."""
    client = draft.clients[place]
    if what == "remove":
        return without_client(draft, place)
    if what == "generate":
        return with_password(draft, client.name, None)
    if what == "password":
        password = _ask_password(talk)
        return None if password is Way.BACK else with_password(draft, client.name, password)
    if what == "name":
        name = _ask_name(talk, draft, client.name, place)
        return None if name is Way.BACK else with_client(draft, replace(client, name=name), place)
    moved = _ask_address(talk, draft, client, place)
    return None if moved is Way.BACK else with_client(draft, moved, place)


def _others(draft: Draft, place: int | None) -> list[Client]:
    return [client for number, client in enumerate(draft.clients) if number != place]


def _ask_name(talk: Talk, draft: Draft, default: str, place: int | None) -> str | Back:
    taken = {client.name for client in _others(draft, place)}

    def check(name: str) -> str | None:
        if name in taken:
            return f"There is a client called {name} already. Choose another name, for example {new_name(draft)}."
        return talk.names.name_problem(name)

    return talk.prompter.text(words.ASK_NAME, default, check)


def _ask_address(talk: Talk, draft: Draft, client: Client, place: int | None) -> Client | Back:
    others = [other.address for other in _others(draft, place)]

    def check(text: str) -> str | None:
        address = parse_address(text)
        if address is None:
            return not_an_address(text)
        return refusal(talk.addresses.client_problem(address, talk.facts, draft.server, others))

    text = talk.prompter.text(words.ASK_ADDRESS, str(client.address), check)
    if text is Way.BACK:
        return Way.BACK
    moved = replace(client, address=parse_address(text) or client.address)
    warn(talk, talk.addresses.client_problem(moved.address, talk.facts, draft.server, others))
    return moved


def _ask_password(talk: Talk) -> Secret | Back:
    while True:
        password = talk.prompter.secret(words.ASK_PASSWORD, talk.names.password_problem)
        if password is Way.BACK:
            return Way.BACK
        again = talk.prompter.secret(words.ASK_AGAIN)
        if again == password:
            return password
        if again is not Way.BACK:
            talk.screen.warn("The two were not the same. Type the password again.")
