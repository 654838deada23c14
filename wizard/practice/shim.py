"""Starts a stand-in on a router that is a folder: `python shim.py MODULE[:FUNCTION] words…`."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def start(name: str, words: list[str]) -> int:
    """Run the function of that module, `main` where none is named, on these words. Its result is the exit code."""
    module, _, function = name.partition(":")
    __import__(module)
    code = getattr(sys.modules[module], function or "main")(words)
    return int(code)


if __name__ == "__main__":
    sys.exit(start(sys.argv[1], sys.argv[2:]))
