"""The wizard as it is, but for its scripts, which have points: `python -m tests.lab.fault_client WORDS…`."""

from __future__ import annotations

import sys

from tests.lab.fault_script import edited
from wizard.__main__ import main
from wizard.router import script

_about = script.about


def _with_points(nonce: str, name: str, /, **data: object) -> script.Script:
    made = _about(nonce, name, **data)
    return script.Script(edited(made.text), made.nonce)


if __name__ == "__main__":
    script.about = _with_points
    sys.exit(main(sys.argv[1:]))
