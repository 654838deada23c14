"""One line of a log: what a program said, and what syslog put in front of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TIME = r"""
    [A-Z][a-z]{2}\ [A-Z][a-z]{2}\ +\d{1,2}\ [\d:]{8}\ \d{4}(?:\ \[\d+\.\d+\])?    # logread of 14.07 and later, and -t
  | [A-Z][a-z]{2}\ +\d{1,2}\ [\d:]{8}(?:\.\d+)?                                   # RFC 3164, and busybox
  | \d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?                                  # ISO 8601, as rsyslog can
"""
_TAG = r"(?P<program>[\w./-]+)(?:\[(?P<pid>\d{1,10})\])?:(?:\ |$)(?P<text>.*)"
_SYSLOG = re.compile(
    rf"""
    (?:<\d{{1,3}}>)?
    (?P<time>{_TIME})\ +
    (?:\S+\ +)??                        # the host; logread has none
    (?:[a-z]+\d?\.[a-z]+\ +)?           # facility and level, in busybox and logread
    {_TAG}
    """,
    re.VERBOSE | re.DOTALL,
)
_BARE = re.compile(r"(?P<program>pppd|pptpd|pptpctrl|pptp)\[(?P<pid>\d{1,10})\]:(?: |$)(?P<text>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """What stands in one line of a log."""

    text: str
    """What was said, without line end."""
    program: str = ""
    """Who said it, "" in a program's own log file."""
    pid: int | None = None
    """Its process, None where the log does not tell."""
    time: str = ""
    """When, as it stands there: routers without a clock of their own begin in 1970."""


def parse(raw: str) -> Line:
    """Take a line apart: of syslog (busybox since 2005, RFC 3164, RFC 5424), of logread, or of pppd's own log file.

    A line that is none of these is all text. Nothing is joined and nothing refused.
    """
    raw = raw.rstrip("\r\n")
    found = _SYSLOG.match(raw)
    if found:
        return Line(found["text"], _base(found["program"]), _number(found["pid"]), found["time"])
    found = _BARE.match(raw)
    return Line(found["text"], found["program"], _number(found["pid"])) if found else Line(raw)


def _base(program: str) -> str:
    return program.rpartition("/")[2]


def _number(pid: str | None) -> int | None:
    return int(pid) if pid else None
