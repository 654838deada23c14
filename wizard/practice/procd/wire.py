"""The client's end of the bus. Stands in for libubus; one line of JSON is a request, one or more are its answers."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator

from wizard.practice import root

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

Table = dict[str, object]


class RefusedError(Exception):
    """The daemon answered with a status that is not 0."""

    def __init__(self, status: int) -> None:
        super().__init__(STATUS[status])
        self.status = status


def socket_path() -> str:
    return os.environ.get("UBUS_SOCKET") or root.path(SOCKET)


def request(message: Table) -> Iterator[Table]:
    """Send one request and yield each answer until the daemon closes. Raises OSError where no daemon listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.connect(socket_path())
        link.sendall(json.dumps(message).encode() + b"\n")
        with link.makefile("rb") as answers:
            for line in answers:
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
