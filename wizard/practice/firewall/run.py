"""Programs that the firewalls start. Lighter than `subprocess`, which costs a slow guest more than the programs do."""

from __future__ import annotations

import os


def installed(program: str) -> bool:
    """Whether there is a program of that name."""
    return any(os.access(f"{folder}/{program}", os.X_OK) for folder in os.environ.get("PATH", "").split(":"))


def output(command: list[str]) -> tuple[int, str]:
    """Exit code and standard output of a program that gets no input; 127 where there is none of that name."""
    reading, writing = os.pipe()
    child = _spawn(command, [(os.POSIX_SPAWN_DUP2, writing, 1)])
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8", errors="surrogateescape") as answer:
        text = answer.read()
    return _code(child), text


def run(command: list[str], stdin: str = "") -> int:
    """Run it with this text coming through a pipe. Returns the exit code; 127 where there is no such program."""
    reading, writing = os.pipe()
    child = _spawn(command, [(os.POSIX_SPAWN_DUP2, reading, 0), (os.POSIX_SPAWN_CLOSE, writing)])
    os.close(reading)
    _write(writing, stdin)
    return _code(child)


def _spawn(command: list[str], actions: list[tuple[int, int, int] | tuple[int, int]]) -> int:
    try:
        return os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    except FileNotFoundError:
        return 0


def _code(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if child else 127


def _write(pipe: int, stdin: str) -> None:
    with os.fdopen(pipe, "wb") as stream:
        try:
            stream.write(stdin.encode("utf-8", "surrogateescape"))
            stream.flush()
        except BrokenPipeError:
            stream.raw.close()  # the program ended without reading; its exit code says what that means
