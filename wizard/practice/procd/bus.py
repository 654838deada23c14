"""The daemon's end of the bus: objects with methods, and those who call them. Stands in for ubusd."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable

from wizard.practice.procd.loop import Loop
from wizard.practice.procd.wire import INVALID_ARGUMENT, METHOD_NOT_FOUND, NOT_FOUND, RefusedError, Table, socket_path

# A method takes its arguments and the connection (for answers that go on), and returns its table or None.
Method = Callable[[Table, "Link"], "Table | None"]

# What the command `ubus` is answered: its words → a status and a text.
Show = Callable[[list[str], "Link"], tuple[int, str]]


class Link:
    """One caller. A method that wants to say more later keeps it with `stream` and calls `send`."""

    def __init__(self, bus: Bus, link: socket.socket) -> None:
        self._bus, self._socket = bus, link
        self._heard = b""
        self.streaming = False
        self.gone: list[Callable[[], None]] = []

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, message: Table) -> None:
        self._write(json.dumps(message).encode() + b"\n")

    def _write(self, data: bytes) -> None:
        """A caller that has gone or does not listen is let go of."""
        try:
            self._socket.sendall(data)
        except OSError:
            self.close()

    def hear(self) -> None:
        try:
            heard = self._socket.recv(65536)
        except OSError:
            heard = b""
        if not heard:
            self.close()
            return
        self._heard += heard
        if b"\n" in self._heard:
            line, self._heard = self._heard.split(b"\n", 1)
            self._answer(json.loads(line.decode("utf-8", "surrogateescape")))
            if not self.streaming:
                self.close()

    def _answer(self, message: object) -> None:
        if isinstance(message, dict):
            self.send(self._bus.answer(message, self))
        elif isinstance(message, list):
            status, text = self._bus.show(message, self)
            self._write(f"{status}\n{text}".encode("utf-8", "surrogateescape"))

    def close(self) -> None:
        if self._socket.fileno() < 0:
            return
        self._bus.loop.forget(self._socket.fileno())
        self._socket.close()
        for farewell in self.gone:
            farewell()


class Bus:
    """Objects by name. Those who `listen` hear every event that anyone sends."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.objects: dict[str, dict[str, tuple[Table, Method]]] = {}
        self.listeners: list[Callable[[str, Table], None]] = []
        self.show: Show = lambda _words, _link: (METHOD_NOT_FOUND, "")
        self._server: socket.socket | None = None

    def open(self) -> None:
        """Listen on the socket; what an earlier daemon left there is replaced."""
        place = socket_path()
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if os.path.exists(place):
            os.unlink(place)
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(place)
        self._server.listen(16)
        self.loop.watch(self._server.fileno(), self._accept)

    def offer(self, name: str, **methods: tuple[Table, Method]) -> None:
        self.objects[name] = methods

    def withdraw(self, name: str) -> None:
        self.objects.pop(name, None)

    def publish(self, kind: str, data: Table) -> None:
        for listener in self.listeners:
            listener(kind, data)

    def answer(self, message: Table, link: Link) -> Table:
        try:
            return self._answer(message, link)
        except RefusedError as refusal:
            return {"status": refusal.status}

    def _answer(self, message: Table, link: Link) -> Table:
        if message["do"] == "list":
            return {"status": 0, "objects": self.listing(message.get("pattern"))}
        if message["do"] == "send":
            self.publish(str(message["type"]), _table(message["data"]))
            return {"status": 0}
        arguments = _table(message["arguments"])
        return {"status": 0, "data": self.call(str(message["object"]), str(message["method"]), arguments, link)}

    def call(self, name: str, method: str, arguments: Table, link: Link) -> Table | None:
        """Raises RefusedError."""
        methods = self.objects.get(name)
        if methods is None:
            raise RefusedError(NOT_FOUND)
        if method not in methods:
            raise RefusedError(METHOD_NOT_FOUND)
        return methods[method][1](arguments, link)

    def listing(self, pattern: object) -> dict[str, Table]:
        """Every object, the one of that name, or those that begin with what stands before a `*`."""
        names = sorted(self.objects)
        if isinstance(pattern, str):
            start = pattern[:-1] if pattern.endswith("*") else None
            names = [name for name in names if name == pattern or (start is not None and name.startswith(start))]
        return {name: {word: method[0] for word, method in self.objects[name].items()} for name in names}

    def _accept(self) -> None:
        assert self._server is not None
        accepted, _ = self._server.accept()
        accepted.settimeout(2)
        link = Link(self, accepted)
        self.loop.watch(link.fileno(), link.hear)


def _table(value: object) -> Table:
    if not isinstance(value, dict):
        raise RefusedError(INVALID_ARGUMENT)
    return value
