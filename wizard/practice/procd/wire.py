"""The client's end of the bus. Stands in for libubus.

A request is a line of JSON: a list of words from the command `ubus`, which is answered with a status and the text to
show, or a table from another program, which is answered with tables. `ubus` is started so often that it must not wait
for the modules `json` and `socket`.
"""

from __future__ import annotations

import _socket
import os

from wizard.practice import root
from wizard.practice.procd import form

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SOCKET = "/var/run/ubus/ubus.sock"

STATUS = (
    "Success",
    "Invalid command",
    "Invalid argument",
    "Method not found",
    "Not found",
    "No response",
    "Permission denied",
    "Request timed out",
    "Operation not supported",
    "Unknown error",
    "Connection failed",
)
INVALID_ARGUMENT, METHOD_NOT_FOUND, NOT_FOUND, NO_DATA, TIMEOUT = 2, 3, 4, 5, 7
UNREADABLE = -1
"""The status, among ourselves, for a message that is no table of JSON."""

Table = dict[str, object]


class RefusedError(Exception):
    """The daemon answered with a status that is not 0."""

    def __init__(self, status: int) -> None:
        super().__init__(STATUS[status])
        self.status = status


def socket_path() -> str:
    return os.environ.get("UBUS_SOCKET") or root.path(SOCKET)


def _pieces(request: str) -> Iterator[bytes]:
    """Send a line, and yield what comes until the daemon closes. Raises OSError where no daemon listens."""
    link = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        link.connect(socket_path())
        link.sendall(request.encode("utf-8", "surrogateescape") + b"\n")
        while piece := link.recv(65536):
            yield piece
    finally:
        link.close()


def ask(words: list[str]) -> tuple[int, str]:
    """The status and the text for the command `ubus`. Raises OSError."""
    status, _, text = b"".join(_pieces(form.compact(words))).decode("utf-8", "surrogateescape").partition("\n")
    if not status:
        raise OSError("the daemon hung up")
    return int(status), text


def request(message: Table) -> Iterator[Table]:
    """Send one request and yield each answer until the daemon closes. Raises OSError where no daemon listens."""
    import json

    heard = b""
    for piece in _pieces(form.compact(message)):
        *lines, heard = (heard + piece).split(b"\n")
        for line in lines:
            yield json.loads(line)


def call(name: str, method: str, arguments: Table | None = None) -> Table | None:
    """Call a method and return its table, or None where it answers with nothing. Raises RefusedError and OSError."""
    for answer in request({"do": "call", "object": name, "method": method, "arguments": arguments or {}}):
        status = answer.get("status")
        if isinstance(status, int) and status:
            raise RefusedError(status)
        data = answer.get("data")
        return data if isinstance(data, dict) else None
    raise OSError("the daemon hung up")
