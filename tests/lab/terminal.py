"""This terminal joined to a shell on a guest."""

from __future__ import annotations

import os
import select
import socket
import sys
import termios
import tty
from typing import TextIO

import paramiko


def join(address: str, password: str) -> int:
    """Show a root shell of the guest here until it ends. Returns its exit code. Raises SSHException."""
    transport = paramiko.Transport(socket.create_connection((address, 22), 5))
    try:
        transport.start_client(timeout=10)
        transport.auth_password("root", password)
        channel = transport.open_session()
        size = os.get_terminal_size() if sys.stdout.isatty() else os.terminal_size((80, 24))
        channel.get_pty(os.environ.get("TERM", "vt100"), size.columns, size.lines)
        channel.invoke_shell()
        _pass_on(channel)
        return channel.recv_exit_status()
    finally:
        transport.close()


def _pass_on(channel: paramiko.Channel) -> None:
    before = termios.tcgetattr(sys.stdin) if sys.stdin.isatty() else None
    if before:
        tty.setraw(sys.stdin, termios.TCSADRAIN)  # what was typed meanwhile counts
    sources: list[paramiko.Channel | TextIO] = [channel, sys.stdin]
    try:
        while True:
            ready, _, _ = select.select(sources, [], [])
            if channel in ready:
                if not (data := channel.recv(4096)):
                    return
                os.write(sys.stdout.fileno(), data)
            if sys.stdin in ready:
                if typed := os.read(sys.stdin.fileno(), 1024):
                    channel.sendall(typed)
                else:
                    sources.remove(sys.stdin)
                    channel.shutdown_write()
    finally:
        if before:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
