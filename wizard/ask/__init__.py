"""The questions: what is asked (pure), how it is asked (by keys or by lines), and the way through and back."""

from wizard.ask.door import Doorkeeper, Unattended, doorkeeper, pick_router
from wizard.ask.ending import ask_path, confirm_preview
from wizard.ask.flow import OF, Asked, ask, unasked
from wizard.ask.mending import anyway, ask_damage, ask_take_over, listed
from wizard.ask.people import Person, person
from wizard.ask.prompter import Prompter
from wizard.ask.terminal import open_prompter

__all__ = [
    "OF",
    "Asked",
    "Doorkeeper",
    "Person",
    "Prompter",
    "Unattended",
    "anyway",
    "ask",
    "ask_damage",
    "ask_path",
    "ask_take_over",
    "confirm_preview",
    "doorkeeper",
    "listed",
    "open_prompter",
    "person",
    "pick_router",
    "unasked",
]
