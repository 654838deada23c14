"""Stands in for apk 3.0.5, OpenWrt's package program from 25.12 on, with real archives.

Sources: apk-tools v3.0.5 for the commands, options, messages and exit codes (the number of errors, at most 99; 250 for
what stops it before it begins), and OpenWrt's package/system/apk for wget as the downloader. Downloads are made by the
router's own `wget`, scripts run by its /bin/sh.

Different from the real one: packages and indexes have the layout of apk 2 (gzip streams of tar with .PKGINFO, and an
APKINDEX), also where a repository calls its index packages.adb; their signature is a sum with the key; the database is
that of apk 2; dependencies are taken as they come, without search for another choice; messages are not broken at the
width of the terminal; no virtual packages, pinning, triggers, `fix`, `audit`, `upgrade` and `cache`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from wizard.practice import root
from wizard.practice.packages.apk_session import LockedError, Session

Command = Callable[[Session, list[str]], int]

FLAGS = """
    allow-untrusted force force-binary-stdout force-broken-world force-missing-repositories force-no-chroot
    force-non-repository force-old-apk force-overwrite force-refresh no-cache no-check-certificate no-interactive
    no-logfile no-network no-progress no-scripts no-commit-hooks purge simulate update-cache print-arch"""
VALUES = """
    arch cache-dir cache-max-age fields format from keys-dir match output progress-fd repositories-file root timeout
    wait"""
SHORT = {"U": "update-cache", "f": "force", "s": "simulate", "F": "fields"}
OWN: dict[str, dict[str, str]] = {
    "add": {"u": "upgrade", "l": "latest"},
    "del": {"r": "rdepends"},
    "fetch": {"o": "output", "R": "recursive"},
    "info": {
        **{"e": "exists", "L": "contents", "W": "who-owns", "d": "description", "a": "all", "R": "depends"},
        **{"r": "rdepends", "s": "size", "w": "webpage", "P": "provides", "": "installed license"},
    },
    "list": {"I": "installed", "a": "available", "": "manifest"},
    "query": {"": "installed available"},
    "search": {"e": "exact", "x": "exact", "a": "all", "d": "description"},
    "update": {},
}
USAGE = """\
usage: apk [<OPTIONS>...] COMMAND [<ARGUMENTS>...]

  add del fetch info list query search update
"""


class BadOptionError(Exception):
    """An option that apk does not have, or one without its value; the text is what apk says."""


def main(argv: list[str]) -> int:
    """Run apk with these words: the exit code."""
    name = next((word for word in argv if word in COMMANDS), "")
    try:
        options, words = _arguments(argv, name)
    except BadOptionError as error:
        sys.stderr.write(f"ERROR: command line: {error}\n")
        return 1
    if "version" in options:
        sys.stdout.write("apk-tools 3.0.5, compiled for x86_64.\n")
        return 0
    if not name:
        return _no_command(words)
    session = Session(options)
    try:
        return _run(session, name, words)
    finally:
        session.close()
        sys.stdout.flush()


def _no_command(words: list[str]) -> int:
    if words:
        sys.stderr.write(f"ERROR: '{words[0]}' is not an apk command. See 'apk --help'.\n")
        return 1
    sys.stdout.write(USAGE)
    return 1


def _run(session: Session, name: str, words: list[str]) -> int:
    command, writes = COMMANDS[name]
    if writes:
        try:
            session.lock()
        except (LockedError, OSError) as error:
            text = error.strerror if isinstance(error, OSError) else str(error)
            session.error(f"Unable to lock database: {text}")
            session.error(f"Failed to open apk database: {text}")
            return 250
    code = command(session, words)
    return 250 if code < 0 else min(code, 99)


def _arguments(argv: list[str], name: str) -> tuple[dict[str, str], list[str]]:
    """The options, whose values are counts where they are flags, and the other words without the command."""
    options: dict[str, str] = {}
    words: list[str] = []
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word.startswith("--") and len(word) > 2:
            _long(word[2:], rest, name, options)
        elif word.startswith("-") and len(word) > 1 and word != "--":
            _letters(word[1:], rest, name, options)
        elif word and word != "--":
            words.append(word)
    if name in words:
        words.remove(name)
    return options, words


def _long(text: str, rest: list[str], name: str, options: dict[str, str]) -> None:
    key, equals, value = text.partition("=")
    own = " ".join(OWN.get(name, {}).values()).split()
    if key in VALUES.split():
        if not equals and not rest:
            raise BadOptionError(f"option '{key}' expects an argument")
        options[key] = value if equals else rest.pop(0)
    elif key in ("quiet", "verbose"):
        options[key] = str(int(options.get(key, "0")) + 1)
    elif key == "version" or key in FLAGS.split() or key in own:
        options[key] = "1"
    else:
        raise BadOptionError(f"unrecognized option '{key}'")


def _letters(letters: str, rest: list[str], name: str, options: dict[str, str]) -> None:
    own = OWN.get(name, {})
    for position, letter in enumerate(letters):
        key = {"q": "quiet", "v": "verbose", "V": "version"}.get(letter) or own.get(letter) or SHORT.get(letter)
        if not key:
            raise BadOptionError(f"unrecognized option '{letter}'")
        if key in VALUES.split():
            value = letters[position + 1 :]
            _long(f"{key}={value}" if value else key, rest, name, options)
            return
        _long(key, rest, name, options)


def _update(session: Session, _: list[str]) -> int:
    session.open_repositories(anew=True)
    for repository in session.repositories:
        if repository.available:
            session.say(f" [{repository.url}]")
    trouble = f"{session.unavailable} unavailable, {session.stale} stale;"
    failures = session.unavailable + session.stale
    session.say(f"{trouble if failures else 'OK:'} {len(session.everything())} distinct packages available")
    return failures


def _add(session: Session, words: list[str]) -> int:
    from wizard.practice.packages.apk_change import add

    return add(session, words)


def _del(session: Session, words: list[str]) -> int:
    from wizard.practice.packages.apk_change import delete

    return delete(session, words)


def _fetch(session: Session, words: list[str]) -> int:
    from wizard.practice.packages.apk_change import fetch

    return fetch(session, words)


def _ask(name: str) -> Command:
    def ask(session: Session, words: list[str]) -> int:
        from wizard.practice.packages import apk_ask

        commands: dict[str, Command] = {
            "info": apk_ask.info,
            "list": apk_ask.list_,
            "query": apk_ask.query,
            "search": apk_ask.search,
        }
        if not os.path.isdir(root.path("/lib/apk/db")):
            session.error("Failed to open apk database: No such file or directory")
            return -1
        return commands[name](session, words)

    return ask


COMMANDS: dict[str, tuple[Command, bool]] = {
    "add": (_add, True),
    "del": (_del, True),
    "fetch": (_fetch, False),
    "info": (_ask("info"), False),
    "list": (_ask("list"), False),
    "query": (_ask("query"), False),
    "search": (_ask("search"), False),
    "update": (_update, True),
}
"""The commands, and whether they write."""
