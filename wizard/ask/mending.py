"""What is wrong on the router already: one question for each, before the tunnel is talked about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wizard.ask.prompter import Prompter, Question, Way
from wizard.ask.words import ASK_LEAVE
from wizard.model.damage import Damage, Kind
from wizard.model.facts import ExistingTunnel
from wizard.screen import Screen

SHOWN = 6
"""Findings that are listed one by one."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is asked about one kind of damage."""

    question: Question
    anyway: str = ""
    """What is said to a no, where what the wizard writes ends it all the same."""
    default: bool = True


def _words(title: str, why: str, more: str, anyway: str = "", *, default: bool = True) -> Words:
    return Words(Question(title, why, more), anyway, default)


WORDS = {
    Kind.PORT_FORWARD: _words(
        "Let this router answer the calls itself (port forward of TCP 1723)?",
        "Calls from the Internet go to another machine now; yes takes that forward out.",
        """\
A router can pass calls on or answer them, not both. Say no if a VPN server on
that machine is still used: the wizard stops then and leaves all as it is.""",
        default=False,
    ),
    Kind.PPP_WILDCARD: _words(
        "Close a door that may let the Internet in (ppp+)?",
        "It was meant for clients, but an Internet line by PPPoE fits it too.",
        """\
“ppp+” stands for every device whose name begins with ppp. The devices of
calls are called so, and so is an Internet line by PPPoE (pppoe-wan, ppp0):
whoever is out there then counts as a client. The wizard's own rules name each
device and each client's address, and nothing of the old is needed.""",
    ),
    Kind.OLD_ZONE: _words(
        "Take out the old firewall zone for clients?",
        "It stands before the wizard's own, and would decide what clients may reach.",
        "A zone that an earlier set-up made for the devices of calls. What you answer later takes its place.",
    ),
    Kind.DUPLICATE_RULES: _words(
        "Tidy up firewall rules for calls that were there before?",
        "Earlier set-ups left them. The wizard writes each that is needed, once.",
        "Rules that let calls in (TCP 1723 and GRE) or stand there several times, as scripts add them at each run.",
    ),
    Kind.SECRETS_LINK: _words(
        "Make the file of passwords a real file again (chap-secrets)?",
        "It is a link into memory now, so it is empty after each restart.",
        """\
The package's own service replaces /etc/ppp/chap-secrets by a link to a file in
memory. Lines that other services have there are kept. Say no, and the wizard
stops: nobody could log in after the router's next start.""",
    ),
    Kind.SECRETS_OPEN: _words(
        "Hide the passwords from everybody else on the router (chap-secrets)?",
        "Any program there can read them now; afterwards only root can (mode 0600).",
        "pppd itself warns of it at each call.",
        "It is closed all the same: the wizard writes passwords into this file, and they must not lie open.",
    ),
    Kind.STALE_LOGINS: _words(
        "Shut out users who were deleted (stale logins)?",
        "They can still log in, although the router's settings do not list them.",
        """\
The package's own service adds users to the file that pppd reads and hardly
ever takes one out, so a deleted user or an old password still works.""",
        "They are out all the same: the wizard writes the list of users anew. Add whoever should get in.",
    ),
    Kind.SAMPLE_LOGIN: _words(
        "Delete the sample user, whose password everybody knows (youruser)?",
        "It comes with the package and is a live login here.",
        "The package ships user “youruser” with password “yourpass”, and they work once its service is switched on.",
        "It is shut out all the same: the wizard never lets it in.",
    ),
    Kind.MPPE_LINE: _words(
        "Take out the words for encryption that this router refuses (MPPE)?",
        "With them every call ends before it begins.",
        """\
Routers of up to 2023 say “mppe required,…”, later ones “require-mppe-128”, and
neither knows the other's words. An upgrade keeps the file and not the words.""",
        "They are gone all the same: the wizard writes that file anew, with the words that this router knows.",
    ),
    Kind.DEBUG: _words(
        "Stop writing every detail of calls into the log (debug)?",
        "Somebody left it on. It fills the log with names and addresses.",
        "It is only of use to find a fault, and can be switched on again at the review.",
    ),
}


def anyway(kind: Kind) -> str:
    """What is said where damage of this kind was to stay and goes all the same."""
    return WORDS[kind].anyway


def ask_damage(found: Sequence[Damage], prompter: Prompter, screen: Screen) -> frozenset[Kind] | None:
    """What shall be mended; None where the person leaves. Going back leads to the question before."""
    kinds = list(dict.fromkeys(damage.code for damage in found))
    answers: dict[Kind, bool] = {}
    place = 0
    while place < len(kinds):
        kind = kinds[place]
        _show([damage for damage in found if damage.code is kind], screen)
        answer = prompter.confirm(WORDS[kind].question, answers.get(kind, WORDS[kind].default))
        if answer is not Way.BACK:
            answers[kind] = answer
            place += 1
        elif place:
            place -= 1
        elif prompter.confirm(ASK_LEAVE, default=False) is True:
            return None
    return frozenset(kind for kind, mend in answers.items() if mend)


def _show(found: Sequence[Damage], screen: Screen) -> None:
    said = list(listed(found))
    for line in said[:SHOWN]:
        screen.say(f"Found: {line}")
    if said[SHOWN:]:
        screen.say(f"Found: {len(said) - SHOWN} more of that kind")


def listed(found: Sequence[Damage]) -> Iterator[str]:
    """Each finding in a few words."""
    for damage in found:
        said = damage.data.get("found", ())
        assert isinstance(said, tuple)
        yield from said


def ask_take_over(tunnel: ExistingTunnel, prompter: Prompter, screen: Screen) -> bool:
    """Whether a server that the package's own service runs becomes ours, after it was shown."""
    screen.say("The package's own service is set up here already (/etc/config/pptpd), with these users:")
    for client in tunnel.answers.clients:
        screen.say(f"  {client.name}, address {client.address}")
    return prompter.confirm(ASK_TAKE_OVER, default=True) is True


ASK_TAKE_OVER = Question(
    "Take it over, with its users, passwords and addresses?",
    "No leaves it entirely alone and ends here.",
    """\
The wizard then runs the server itself: its own start script, passwords in a
file that only root can read, and a removed user is really out. The package's
own service is switched off (it cannot do that, and on OpenWrt 24.10 and later
no call to it gets through at all). The next screens show all of it, and
nothing is changed before you say yes at the last.""",
    back="no, leave it alone",
)
