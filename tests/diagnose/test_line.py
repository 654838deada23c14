"""What syslog puts in front of a line is taken off, whoever wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnose.scenes import by_syslog, expected
from wizard.diagnose.line import Line, parse

SAID = "CTRL: Client 203.0.113.50 control connection started"


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (
            f"Jan  1 00:00:20 (none) daemon.info pptpd[413]: {SAID}",
            Line(SAID, "pptpd", 413, "Jan  1 00:00:20"),
        ),
        (
            f"Jan 11 00:00:20.123 OpenWrt daemon.info pptpd[413]: {SAID}",
            Line(SAID, "pptpd", 413, "Jan 11 00:00:20.123"),
        ),
        (f"Jan 11 00:00:20 pptpd[413]: {SAID}", Line(SAID, "pptpd", 413, "Jan 11 00:00:20")),
        (f"<30>Jan 11 00:00:20 OpenWrt pptpd[413]: {SAID}", Line(SAID, "pptpd", 413, "Jan 11 00:00:20")),
        (
            f"Fri Jan  5 08:00:00 2024 daemon.info pptpd[413]: {SAID}",
            Line(SAID, "pptpd", 413, "Fri Jan  5 08:00:00 2024"),
        ),
        (
            f"Fri Jan  5 08:00:00 2024 [1704441600.123] daemon.info pptpd[413]: {SAID}\r\n",
            Line(SAID, "pptpd", 413, "Fri Jan  5 08:00:00 2024 [1704441600.123]"),
        ),
        (
            f"2024-01-05T08:00:00.123456+01:00 vpn pptpd[413]: {SAID}",
            Line(SAID, "pptpd", 413, "2024-01-05T08:00:00.123456+01:00"),
        ),
        ("Jan  1 00:00:20 r local2.info /usr/sbin/pppd[9]: Exit.", Line("Exit.", "pppd", 9, "Jan  1 00:00:20")),
        ("Jan  1 00:00:20 r kern.info kernel: [ 1.2] PPP", Line("[ 1.2] PPP", "kernel", None, "Jan  1 00:00:20")),
        ("Jan  1 00:00:20 r local2.info pppd[9]:", Line("", "pppd", 9, "Jan  1 00:00:20")),
        ("pppd[9]: LCP: timeout sending Config-Requests", Line("LCP: timeout sending Config-Requests", "pppd", 9)),
        ("LCP: timeout sending Config-Requests\n", Line("LCP: timeout sending Config-Requests")),
        ("debug\t\t# (from command line)", Line("debug\t\t# (from command line)")),
        ("  script pptp 203.0.113.1", Line("  script pptp 203.0.113.1")),
        ("", Line("")),
    ],
)
def test_a_line_is_taken_apart(raw: str, line: Line) -> None:
    assert parse(raw) == line


@pytest.mark.parametrize("path", expected())
def test_every_recorded_line_of_syslog_has_program_and_process(path: str) -> None:
    lines = [parse(raw) for raw in by_syslog(path)]
    assert {line.program for line in lines} <= {"pptpd", "pppd", "pptp"}
    assert all(line.pid and line.time for line in lines)


@given(st.text())
def test_any_line_is_taken_apart_and_its_end_stays(raw: str) -> None:
    assert raw.rstrip("\r\n").endswith(parse(raw).text)
