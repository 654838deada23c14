"""The wizard's scripts, edited on their way to the router so that each of their points can be reached and spoiled.

The product knows nothing of it: a script's `mark`, its changing functions, and what runs a step's command each call
`/lib/lab/fault/at` first (tests/lab/guest/fault), which lies on the router's disk because a test has put it there. The
copy of the engine that a change leaves on the flash is edited too, so going back after a restart has points as well.
"""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = "/lib/lab/fault"
PROGRAMS = Path(__file__).parent / "guest/fault"
TEMPLATES = Path(__file__).parents[2] / "templates"

_QUESTIONS = """
    alive alike armed at_work await_listener began begin copy decoded end_family fail family firewall_check
    for_everybody
    firewall_file firewall_includes firewall_listing guard holder_words link_target listening_on_1723 main
    newcomers packages_architectures packages_database packages_have packages_installed packages_offered
    pptp_calls progress section service_enabled service_hook service_links service_makes service_own
    service_script service_who still tree uptime_seconds watch_clock watch_progress within
    """
QUESTIONS = frozenset(_QUESTIONS.split())
"""Functions that only look, or that run every second, or whose arguments differ from run to run: no points."""
RUNNERS = frozenset({"attempt", "bounded", "guarded", "mark", "surely", "step", "watched"})
"""They have points of their own."""

BOUNDS = 2
"""Functions that end a command which takes too long: bounded and watched."""

_FUNCTION = re.compile(r"^([a-z]\w*)\(\) \{\n", re.MULTILINE)
_MARK = '\techo "$nonce $*"\n'
_STEP = 'if "$@" 2>&1; then'
_BOUND = re.compile(r'^((?:bounded|watched)\(\) \{\n(?:(?!\}).*\n)*?.*?)"\$@"', re.MULTILINE)

# lab_run NAME COMMAND…: what the plan says about this step, or the command.
_RUN = f"""\
lab_run() {{
	lab_how=$({FOLDER}/at step "$1" "$2")
	shift
	case "$lab_how" in
	fail) return 1 ;;
	late)
		"$@"
		return 1
		;;
	hang) sleep 100000 ;;
	half-fail)
		{FOLDER}/half
		return 1
		;;
	half-hang)
		{FOLDER}/half
		sleep 100000
		;;
	*) "$@" ;;
	esac
}}

"""


def edited(text: str) -> str:
    """The script with its points, or as it is where it changes nothing. Raises ValueError where a place is missing."""
    if "\nmark() {\n" not in text:
        return text
    text = _once(text, _MARK, f'{_MARK}\t{FOLDER}/at "$@"\n')
    text = _once(text, _STEP, 'if lab_run "$at_step" "$@" 2>&1; then')
    text, bounds = _BOUND.subn(r'\1lab_run "$1" "$@"', text)
    if bounds != BOUNDS:
        raise ValueError(f"{bounds} functions that end a command")
    text = _FUNCTION.sub(_with_point, text)
    return _once(text, "\nmark() {\n", f"\n{_RUN}mark() {{\n")


def _once(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise ValueError(f"{text.count(old)} times {old!r}")
    return text.replace(old, new)


def _with_point(match: re.Match[str]) -> str:
    """A function's first line. Content of files that travels in the script has functions too; they stay as they are."""
    name = match[1]
    if name not in functions() - QUESTIONS - RUNNERS:
        return match[0]
    return f'{match[0]}\t{FOLDER}/at in {name} ${{1:+"$1"}}\n'


def functions() -> frozenset[str]:
    """The names of all functions of the templates that make up a change."""
    sources = [*TEMPLATES.glob("router/*.sh"), *TEMPLATES.glob("axis/*/*.sh")]
    return frozenset(name for source in sources for name in _FUNCTION.findall(source.read_text()))
