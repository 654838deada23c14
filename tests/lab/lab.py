"""One lab: a router, clients, hosts and the wires between them. Nothing in it has a name outside this process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from ipaddress import IPv4Interface
from pathlib import Path

from tests.lab.build.images import images
from tests.lab.build.pppd import Dialect
from tests.lab.build.router import NVRAM
from tests.lab.client import Client
from tests.lab.guest import Disk, Guest, Nic, in_main_thread
from tests.lab.hosts import Host
from tests.lab.internet import InternetHost
from tests.lab.network import FIRST_CLIENT, WAN_GATEWAY, Network
from tests.lab.router import Router, personalize

PASSWORD = "made-up-for-the-lab"


class Lab:
    """The machines of one test. `admin` is the address of the test's own process, on the LAN."""

    def __init__(self) -> None:
        self._images = images()
        self._folder = tempfile.TemporaryDirectory(prefix="pptp-lab-")
        self.network = Network()
        self._clients: dict[int, Client] = {}
        self._router: Router | None = None

    @property
    def admin(self) -> str:
        return self.network.admin

    @property
    def lan_host(self) -> Host:
        return self.network.lan_host

    @property
    def other_lan_host(self) -> Host:
        return self.network.other_lan_host

    @property
    def internet_host(self) -> InternetHost:
        return self.network.internet_host

    def router(
        self,
        *,
        ppp: bool = False,
        pptpd: bool = False,
        mppe: Dialect = "old",
        nvram: Mapping[str, str] | None = None,
        password: str | None = PASSWORD,
    ) -> Router:
        """A factory-fresh White Russian, up; the one made before, if any, is switched off for good.

        `ppp` says whether the package of that name is there already; `pptpd`, with all it needs, saves a test the three
        seconds of `ipkg`: it was installed before this boot, so it runs, with the stock settings. `mppe` is which words
        pppd knows, now or when installed. `nvram` are settings other than the factory's; the hosts follow to another
        LAN or WAN network.
        Without a password only telnet lets anybody in. Raises NotAnsweringError.
        """
        self.drop_router()
        settings = NVRAM | dict(nvram or {})
        lan = IPv4Interface(f"{settings['lan_ipaddr']}/{settings['lan_netmask']}")
        wan = IPv4Interface(f"{settings['wan_ipaddr']}/{settings['wan_netmask']}")
        if settings["wan_gateway"] == WAN_GATEWAY and wan.network != IPv4Interface(f"{WAN_GATEWAY}/24").network:
            settings["wan_gateway"] = str(wan.network.broadcast_address - 1)
        self.network.seat_lan(lan)
        self.network.seat_wan(wan, settings["wan_gateway"])
        self.internet_host.offer(self._images.feed(mppe))
        disk = Disk(self._images.router_disk("pptpd" if pptpd else "ppp" if ppp else "plain", mppe))
        personalize(disk, {name: value for name, value in settings.items() if NVRAM.get(name) != value}, password)
        home = self.network.home
        self._router = Router(lambda: self._router_guest(disk), disk, home, str(lan.ip), str(wan.ip), password)
        self._router.wait()
        return self._router

    def _router_guest(self, disk: Disk) -> Guest:
        nics = [Nic("router-lan", "02:00:00:00:00:01"), Nic("router-wan", "02:00:00:00:00:02")]
        return self._guest("router", f"ubd0={disk.path}", nics, "rw", "init=/etc/preinit")

    def client(self, number: int = 1) -> Client:
        """A computer on the Internet at 203.0.113.(49 + number), numbers 1 to 3.

        It boots beside whatever the test does next and is waited for on first use. It lives on for the tests that
        follow, each of which finds it without calls, routes and listeners.
        """
        if number not in self._clients:
            address = f"203.0.113.{FIRST_CLIENT - 1 + number}"
            nic = Nic(f"client-{number}", f"02:00:00:00:01:0{number}")
            words = ("ro", "init=/init", f"lab.address={address}/24", f"lab.gateway={WAN_GATEWAY}")
            guest = self._guest(f"client-{number}", f"ubd0r={self._images.client_disk}", [nic], *words)
            self._clients[number] = Client(guest, address, self.internet_host)
        return self._clients[number]

    def clients(self, count: int) -> list[Client]:
        """The first `count` clients, all booting at the same time."""
        return [self.client(number) for number in range(1, count + 1)]

    def _guest(self, name: str, disk: str, nics: list[Nic], *words: str) -> Guest:
        assert in_main_thread(), "a machine ends with the thread that started it"
        with self.network.home.entered():
            return Guest(self._images, name, Path(self._folder.name), disk, nics, self._processor(name), *words)

    @staticmethod
    def _processor(name: str) -> int:
        """A processor for this machine: routers of workers side by side get different ones, clients those between."""
        processors = sorted(os.sched_getaffinity(0))
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        number = 0 if name == "router" else int(name.removeprefix("client-"))
        return processors[(worker + number) % len(processors)]

    def scan_tcp(self, address: str, ports: range = range(1, 65536)) -> set[int]:
        """The TCP ports of `address` that are open to the Internet host."""
        return self.internet_host.scan_tcp(address, ports)

    def drop_router(self) -> None:
        """Switch the router off for good; its disk is gone."""
        if self._router is not None:
            self._router.close()
            self._router = None

    def clean(self) -> None:
        """Leave nothing of a test to the next."""
        self.drop_router()
        self.network.clean()
        for client in self._clients.values():
            client.clean()

    def close(self) -> None:
        self.drop_router()
        for client in self._clients.values():
            client.close()
        self.network.close()
        self._folder.cleanup()
