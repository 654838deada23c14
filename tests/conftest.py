"""What holds for every test."""

from __future__ import annotations

import signal

import pytest

from tests.lab.fault_report import FaultTable
from tests.lab.report import Table

# Where the tests run in the background of a script, Ctrl-C is switched off for them and for every program they start
# (POSIX: asynchronous lists ignore SIGINT). Some tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """The process that hears of every test makes the lab's report; a worker of pytest-xdist hears of its own alone."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Table())
        config.pluginmanager.register(FaultTable())
