"""The questions as a program of their own, for a test that looks at a real terminal."""

from __future__ import annotations

import sys

from tests.plan.scene import FRESH
from wizard.ask import person
from wizard.plan import addresses, names
from wizard.screen import Screen

if __name__ == "__main__":
    screen = Screen(plain="--plain" in sys.argv)
    asked = person(screen, addresses=addresses, names=names, plain="--plain" in sys.argv).ask(FRESH, None, {})
    screen.say(f"RESULT {asked.answers if asked else None}")
