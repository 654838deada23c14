"""Stands in for opkg, OpenWrt's package program from 8.09 (svn r4564) to 24.10 (opkg-lede), with real .ipk archives.

Sources: opkg-lede's libopkg and src/opkg-cl.c for the commands, the options, the order in which things are asked, done
and said, and the exit codes (-1, that is 255, for whatever fails; `update` the number of lists that could not be had);
opkg's history for what was different before (see opkg_age.py); recordings of 24.10.5 for the texts. Downloads are made
by the router's own `wget`, scripts run by /bin/sh, signatures checked by /usr/sbin/opkg-key.

Different from the real one: no offline root, no intercepts, no alternatives, no `upgrade`, `flag` and `download`; of
the messages behind -V 2 only the deletion of files; the files of a package are listed in the archive's order, not in
that of a hash table; whole lists are read where opkg reads the stanzas that it needs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from wizard.practice.packages import opkg_ask as ask
from wizard.practice.packages import opkg_settings
from wizard.practice.packages.opkg_session import Session

Command = Callable[[Session, list[str]], int]

USAGE = """\
usage: opkg [options...] sub-command [arguments...]
where sub-command is one of:
    update, install <pkgs>, remove <pkgs|glob>, configure [pkg]
    list [pkg|glob], list-installed, list-upgradable, list-changed-conffiles
    files <pkg>, search <file|glob>, find <glob>, info [pkg|glob], status [pkg|glob]
    depends <pkgs>, whatdepends <pkgs>, compare-versions <v1> <op> <v2>, print-architecture
"""


def main(argv: list[str]) -> int:
    """Run opkg with these words: the exit code."""
    try:
        options, words = opkg_settings.arguments(argv)
    except opkg_settings.UnknownOptionError as error:
        sys.stderr.write(f"{error}\n")
        options, words = {}, []
    if "version" in options:
        sys.stdout.write("opkg version 38eccbb1fd694d4798ac1baf88f9ba83d1eac616 (2024-10-16)\n")
        return 0
    if not words:
        return _usage("opkg must have one sub-command argument")
    return _begin(options, words[0].replace("_", "-"), words)


def _usage(complaint: str) -> int:
    sys.stderr.write(f"{complaint}\n")
    sys.stdout.write(USAGE)
    return 1


def _begin(options: dict[str, str], name: str, words: list[str]) -> int:
    command, needs_words = COMMANDS.get(name, (None, False))
    if command is None:
        return _usage(f"opkg: unknown sub-command {words[0]}")
    main_file = options.get("conf", "/etc/opkg.conf")
    try:
        settings = opkg_settings.load(main_file)
    except OSError as error:
        sys.stderr.write(f"Collected errors:\n * opkg_conf_load: Couldn't stat {main_file}: {error.strerror}.\n")
        return 255
    settings.lists = options.get("lists-dir", settings.lists)
    if needs_words and len(words) == 1:
        return _usage(f"opkg: the ``{words[0]}'' command requires at least one argument")
    session = Session(options, settings)
    if session.age.first and words[0].startswith("list-"):
        return _usage(f"opkg: unknown sub-command {words[0]}")
    return _run(session, command, words[1:])


def _run(session: Session, command: Command, words: list[str]) -> int:
    for complaint in session.settings.complaints:
        session.error("opkg_conf_parse_file", complaint)
    if session.dest not in session.settings.dests:
        session.error("resolve_pkg_dest_list", f"Unknown dest name: `{session.dest}'.")
        code = -1
    elif not session.open():
        code = -1
    else:
        try:
            code = command(session, words)
        finally:
            session.close()
    if session.age.first and code:
        session.say(f"An error ocurred, return value: {code}.")
    sys.stdout.flush()
    session.print_errors()
    return code & 0xFF


def _update(session: Session, _: list[str]) -> int:
    from wizard.practice.packages.opkg_download import update

    return update(session)


def _install(session: Session, words: list[str]) -> int:
    from wizard.practice.packages.opkg_install import install

    return install(session, words)


def _remove(session: Session, words: list[str]) -> int:
    from wizard.practice.packages.opkg_remove import own, remove

    own(session)
    good = remove(session, words)
    session.save()
    return 0 if good or session.age.first else -1


def _configure(session: Session, words: list[str]) -> int:
    from wizard.practice.packages.opkg_install import configure

    return configure(session, words)


def _compare_versions(session: Session, words: list[str]) -> int:
    from wizard.practice.packages.versions import satisfies

    if len(words) != 3:
        session.error("opkg_compare_versions_cmd", "opkg compare_versions <v1> <op> <v2>\n<op> is one of <= >= << >> =")
        return -1
    return 0 if satisfies(words[0], words[1], words[2]) else 1


COMMANDS: dict[str, tuple[Command | None, bool]] = {
    "update": (_update, False),
    "install": (_install, True),
    "remove": (_remove, True),
    "configure": (_configure, False),
    "list": (ask.list_all, False),
    "list-installed": (ask.list_installed, False),
    "list-upgradable": (ask.list_upgradable, False),
    "list-changed-conffiles": (ask.list_changed_conffiles, False),
    "info": (ask.info, False),
    "status": (ask.status, False),
    "files": (ask.files, True),
    "search": (ask.search, True),
    "find": (ask.find, True),
    "print-architecture": (ask.print_architecture, False),
    "print-installation-architecture": (ask.print_architecture, False),
    "depends": (ask.depends, True),
    "whatdepends": (ask.what_depends, True),
    "compare-versions": (_compare_versions, True),
}
"""The commands, and whether they must have a word."""
