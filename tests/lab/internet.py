"""The host behind the WAN: the router's way out, the package feed, and a place to look at the router from outside."""

from __future__ import annotations

import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.lab import scan
from tests.lab.hosts import Closable, Host
from tests.lab.udp import UdpService, echo, name_server

ADDRESS = "198.51.100.10"
NAMED = "198.18.0.10"
"""Where names lead: dnsmasq takes 198.51.100.0/24 for a private network, and OpenWrt's withholds names in one."""
NAME = "internet.test"


class InternetHost(Host):
    """203.0.113.254, which also is 198.51.100.10 and 198.18.0.10: web server, name server, UDP echo on port 7."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.names = {NAME: NAMED}
        """What the name server knows."""
        self._folder = Path("/nonexistent")
        self._server: WebServer | None = None

    def services(self) -> list[Closable]:
        return [*super().services(), UdpService(7, echo, ADDRESS), UdpService(53, name_server(self.names), ADDRESS)]

    def offer(self, folder: Path, name: str | None = None) -> None:
        """Serve this folder, from now to the end of the test, under that name too."""
        self.feed(False)
        self._folder = folder
        if name:
            self.names[name] = NAMED
        self.feed(True)

    def feed(self, on: bool) -> None:
        """Switch the web server on or off; connections are refused while it is off."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if on:
            with self.namespace.entered():
                self._server = WebServer(self._folder)

    @property
    def requests(self) -> list[str]:
        """The paths asked for since the feed was switched on."""
        return self._server.requests if self._server else []

    def scan_tcp(self, address: str, ports: range = range(1, 65536)) -> set[int]:
        """The open TCP ports of `address`, by half-open connections from here."""
        with self.namespace.entered():
            return scan.open_ports(self.address, address, ports)

    def clean(self) -> None:
        super().clean()
        self.feed(False)
        for name in set(self.names) - {NAME}:
            del self.names[name]


class WebServer(ThreadingHTTPServer):
    """A folder served on port 80 of the calling thread's namespace. `requests` are the paths asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: list[str] = []
        super().__init__(("", 80), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Handler(SimpleHTTPRequestHandler):
    server: WebServer

    def setup(self) -> None:
        super().setup()
        self.directory = str(self.server.folder)

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        super().do_GET()

    def log_message(self, *words: object) -> None:
        """Say nothing: `requests` has it."""
