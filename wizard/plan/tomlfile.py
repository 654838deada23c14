"""A TOML file that a person wrote: read whole, then table by table and value by value, refused by name."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from wizard.model.errors import ExitCode, WizardError

MODE_MATTERS = os.name == "posix"
"""Who else can read a file is in its mode. Elsewhere that is not checked."""

Reader = Callable[[str, Any], Any]
"""Takes a key, as it is told to a person, and its value; returns the value checked, or raises `Refusal`."""


class Refusal(Exception):  # noqa: N818 -- what is refused is the file, not the program
    """One value of a file, and what is wrong with it."""

    def __init__(self, key: str, problem: str, advice: str = "") -> None:
        super().__init__(key)
        self.key, self.problem, self.advice = key, problem, advice


def read_text(path: Path, code: str, *, private: bool = False) -> str:
    """The text of a file. `private`: its owner alone may read it.

    Raises `WizardError`: `code` (path, reason), or "secrets-readable" (path, mode).
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)  # of what is read, not of what the name meant before
            if private and MODE_MATTERS and mode & 0o077:
                raise WizardError("secrets-readable", ExitCode.USAGE, path=path, mode=f"{mode:04o}")
            return file.read().decode("utf-8-sig")  # Notepad begins a file with a mark
    except OSError as error:
        raise WizardError(code, ExitCode.USAGE, path=path, reason=error.strerror or "it cannot be read") from error
    except UnicodeDecodeError:
        raise WizardError(code, ExitCode.USAGE, path=path, reason="it is not UTF-8 text") from None


def refuse(code: str, path: Path, refusal: Refusal) -> NoReturn:
    """Raise `WizardError(code)` with path, key, problem, advice."""
    data = {"key": refusal.key, "problem": refusal.problem, "advice": refusal.advice}
    raise WizardError(code, ExitCode.USAGE, path=path, **data) from None


def read_table(name: str, value: object, readers: Mapping[str, Reader], required: Sequence[str] = ()) -> dict[str, Any]:
    """The values of a table, each read and checked by its reader; what is not there is left out."""
    if not isinstance(value, dict):
        raise Refusal(name, "it has to be a table", f"Write a line [{name}] and its keys below.")
    for key in value:
        if key not in readers:
            raise unknown(name, key, tuple(readers))
    for key in required:
        if key not in value:
            raise Refusal(path_of(name, key), "it is missing", "Add it.")
    return {key: readers[key](path_of(name, key), each) for key, each in value.items()}


def unknown(name: str, key: str, known: Sequence[str]) -> Refusal:
    """What is said about a key that is not known: the nearest one that is, or all."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    advice = f"Did you mean {near[0]}?" if near else f"Known here: {', '.join(known)}."
    return Refusal(path_of(name, key), "there is no such key", advice)


def path_of(name: str, key: str) -> str:
    """The key as it is told to a person, as `clients[2].address`."""
    return f"{name}.{key}" if name else key


def text_of(key: str, value: object) -> str:
    """Text, whatever it says."""
    if not isinstance(value, str):
        raise Refusal(key, "it has to be text", "Put it in quotes.")
    return value


def truth_of(key: str, value: object) -> bool:
    """True or false, and no number or text instead."""
    if not isinstance(value, bool):
        raise Refusal(key, "it is a yes or a no", "Write true or false, without quotes.")
    return value


def word_of(key: str, value: object, words: tuple[str, ...], otherwise: str = "") -> str:
    """One of `words`; `otherwise` names what else could stand there."""
    if value not in words:
        allowed = " or ".join([*map(quoted, words), *filter(None, [otherwise])])
        raise Refusal(key, f"{value!r} is not known", f"Write {allowed}.")
    return str(value)


def quoted(value: object) -> str:
    """A value as a basic string of TOML, for text without control characters."""
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
