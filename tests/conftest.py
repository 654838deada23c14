"""What holds for every test."""

from __future__ import annotations

import signal

# Where the tests run in the background of a script, Ctrl-C is switched off for them and for every program they start
# (POSIX: asynchronous lists ignore SIGINT). Some tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
