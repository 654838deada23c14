"""Questions on the way in: which router, is it the right one, and what opens it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, Protocol

from wizard.ask.prompter import Choice, Prompter, Question, Way
from wizard.model.door import Door, Target
from wizard.model.errors import ExitCode, WizardError
from wizard.model.secret import Secret
from wizard.resources import visible
from wizard.screen import Screen

OTHER = Choice("other", "Another address …")
USUAL_ADDRESS = "192.168.1.1"
"""What OpenWrt gives itself out of the box."""

ASK_ROUTER = Question(
    "Which router?",
    "What answered on this network, the likeliest first.",
    """\
The wizard looked at the default gateway, at addresses that routers usually
have, and at the hosts in your SSH configuration. A router that answers by
telnet alone has no root password yet: log in by telnet, type passwd, and
SSH takes the place of telnet.""",
    back="leave",
)
ASK_ADDRESS = Question(
    "Address of the router",
    "As 192.168.1.1, or with a port as 192.168.1.1:2222.",
    "It is the address at which you open the router's web page.",
)
ASK_TRUST = Question(
    "Is this your router?",
    "It has not been seen before. At home, over your own network, it is.",
    """\
SSH knows a router by its key, and the fingerprint above is short for that key.
It is kept from now on, and the wizard stops if it ever changes. Say no where
the way there leads through a network that others control, as in a hotel.""",
    back="no",
)
ASK_OLD = Question(
    "Use them for this router?",
    "Old routers know nothing better. On your own network that is acceptable.",
    """\
Routers of before about 2013 speak only SSH algorithms that are retired today
(SHA-1, CBC, short keys). They still keep out whoever only listens in at home.
Across the Internet, rather use a cable at home, or upgrade the router first.""",
    back="no",
)
MORE_PASSWORD = """\
It is the password of the router's web page and of SSH, for the user that is
named. It is used to log in and kept nowhere."""


class Doorkeeper(Protocol):
    """Answers what SSH wants to know before it lets anyone in."""

    def trust(self, host: str, kind: str, fingerprint: str) -> bool:
        """A host key that has not been seen before is the router's."""

    def password(self, target: Target, attempt: int) -> Secret | None:
        """The password for `target`; `attempt` counts from 1; None gives up."""

    def passphrase(self, key: Path) -> Secret | None:
        """What opens the private key in a file; None leaves that key out."""

    def old_algorithms(self, target: Target) -> bool:
        """Algorithms that are retired today may be used."""


def doorkeeper(prompter: Prompter, screen: Screen) -> Doorkeeper:
    """One that asks a person."""
    return Asking(lambda: prompter, screen)


class Asking:
    """Asks a person; going back means no. The terminal is looked at when the first question comes."""

    def __init__(self, prompter: Callable[[], Prompter], screen: Screen) -> None:
        self._prompter = prompter
        self._screen = screen

    def trust(self, host: str, kind: str, fingerprint: str) -> bool:
        """See `Doorkeeper`."""
        self._screen.say(f"{host} shows a key that is new here ({kind}):\n  {fingerprint}")
        return self._prompter().confirm(ASK_TRUST, default=True) is True

    def password(self, target: Target, attempt: int) -> Secret | None:
        """See `Doorkeeper`."""
        if attempt > 1:
            self._screen.warn(
                "The router did not take that password. Mind capital letters and the keyboard's language."
            )
        return self._secret(
            Question(f"Password for {target}", "The router's own, not one for the tunnel.", MORE_PASSWORD)
        )

    def passphrase(self, key: Path) -> Secret | None:
        """See `Doorkeeper`."""
        return self._secret(Question(f"Passphrase of {key}", "It opens your private key, here and for this run alone."))

    def old_algorithms(self, target: Target) -> bool:
        """See `Doorkeeper`."""
        self._screen.say(f"{target} knows only SSH algorithms that are retired today.")
        return self._prompter().confirm(ASK_OLD, default=True) is True

    def _secret(self, question: Question) -> Secret | None:
        answer = self._prompter().secret(question)
        return None if answer is Way.BACK else answer


class Unattended:
    """Asks nobody. Every question raises `WizardError("answer-missing", USAGE)` with the flag that answers it."""

    def trust(self, host: str, kind: str, fingerprint: str) -> bool:
        """See `Doorkeeper`."""
        missing(f"Is the key {fingerprint} ({kind}) that of {host}?", f"ssh {host} (once, to compare and keep the key)")

    def password(self, target: Target, attempt: int) -> Secret | None:
        """See `Doorkeeper`. There is no second try with a password from a file."""
        if attempt > 1:
            return None
        missing(f"The password for {target}.", "--password-file FILE or --identity FILE")

    def passphrase(self, key: Path) -> Secret | None:
        """See `Doorkeeper`."""
        missing(f"The passphrase of {key}.", "--identity FILE (a key without one, or one in your SSH agent)")

    def old_algorithms(self, target: Target) -> bool:
        """See `Doorkeeper`."""
        missing(f"May {target} be reached by SSH algorithms that are retired today?", "--old-ssh")


def pick_router(doors: Sequence[Door], prompter: Prompter, screen: Screen) -> str | None:
    """Which router, as `[USER@]HOST[:PORT]`: one of `doors`, the best first, or typed; None where the person leaves."""
    if not doors:
        screen.say("No router answered by itself.")
        return _typed(prompter, USUAL_ADDRESS)
    places = {str(place): door for place, door in enumerate(doors)}
    choices = [*(Choice(place, _described(door)) for place, door in places.items()), OTHER]
    while True:
        answer = prompter.choose(ASK_ROUTER, choices, "0")
        if answer is Way.BACK:
            return None
        router = _typed(prompter, "") if answer == OTHER.value else str(places[answer].target)
        if router is not None:
            return router


def _described(door: Door) -> str:
    says = "telnet only: it has no password yet" if door.telnet else door.banner
    return visible(f"{door.target}  ({', '.join(filter(None, (door.found_by, says)))})")


def _typed(prompter: Prompter, default: str) -> str | None:
    answer = prompter.text(ASK_ADDRESS, default, _address_fault)
    return None if answer is Way.BACK else answer.strip()


def _address_fault(text: str) -> str | None:
    if len(text.split()) == 1:
        return None
    return "Type one name or address without spaces, as 192.168.1.1."


def missing(question: str, flag: str) -> NoReturn:
    """Raise `WizardError("answer-missing", USAGE)` with the question and the flag that answers it."""
    raise WizardError("answer-missing", ExitCode.USAGE, question=question, flag=flag)
