"""One lab: a router, clients, hosts and the wires between them. Nothing in it has a name outside this process."""

from __future__ import annotations

import itertools
import os
import random
import tempfile
import zlib
from collections.abc import Collection, Mapping
from ipaddress import IPv4Interface
from pathlib import Path

from tests.lab.build import disk as image
from tests.lab.build.images import Stage, images
from tests.lab.build.pppd import Dialect
from tests.lab.build.white_russian import NVRAM
from tests.lab.client import Client
from tests.lab.dhcp import DhcpServer
from tests.lab.guest import Disk, Guest, Nic, in_main_thread
from tests.lab.hosts import Host
from tests.lab.internet import InternetHost
from tests.lab.network import FIRST_CLIENT, LAN, WAN_GATEWAY, Network
from tests.lab.provider import OWN_ADDRESS, AccessConcentrator
from tests.lab.router import Place, Router
from tests.lab.settings import WAN as WAN_SETTINGS
from tests.lab.settings import Wan, nvram_files, password_file, settings_files, white_russian_passwd
from wizard.practice import stock
from wizard.practice.release import Release, load

PASSWORD = "made-up-for-the-lab"
WHITE_RUSSIAN = "white-russian"
WAN = "203.0.113.1"
ROUTER_NICS = [Nic("router-lan", "02:00:00:00:00:01"), Nic("router-wan", "02:00:00:00:00:02")]


class Lab:
    """The machines of one test. `admin` is the address of the test's own process, on the LAN."""

    def __init__(self) -> None:
        self._images = images()
        self._folder = tempfile.TemporaryDirectory(prefix="pptp-lab-")
        self.network = Network()
        self._place = place_among_workers()
        self._clients: dict[int, Client] = {}
        self._router: Router | None = None
        self._dhcp: DhcpServer | None = None
        self._provider: AccessConcentrator | None = None
        self._boots = itertools.count(1)

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
        release: str = WHITE_RUSSIAN,
        wan: Wan = "static",
        settings: Mapping[str, str | None] | None = None,
        packages: Collection[str] = (),
        ppp: bool = False,
        pptpd: bool = False,
        mppe: Dialect = "old",
        nvram: Mapping[str, str] | None = None,
        password: str | None = PASSWORD,
        written: Disk | None = None,
    ) -> Router:
        """A factory-fresh router, up; the one made before, if any, is switched off for good.

        Of a release in wizard/practice/releases: `wan` says how it gets its address on the Internet, `settings` are
        values other than the factory's, such as `network.lan.ipaddr` (None takes one away). `packages`, with all they
        need, were installed before this boot. Without a password SSH lets root in where the release does that, else
        telnet.

        Of White Russian: `ppp` says whether the package of that name is there already; `pptpd`, with all it needs,
        saves a test the three seconds of `ipkg`: it was installed before this boot, so it runs, with the stock
        settings. `mppe` is which words pppd knows, now or when installed. `nvram` are settings other than the
        factory's; the hosts follow to another LAN or WAN network. Without a password only telnet lets anybody in.
        Raises NotAnsweringError, and ReleaseError for a release that there is not.
        """
        self.drop_router()
        self._boots = itertools.count(1)
        if release == WHITE_RUSSIAN:
            self._router = self._white_russian(
                "pptpd" if pptpd else "ppp" if ppp else "plain", mppe, nvram, password, written
            )
        else:
            self._router = self._openwrt(load(release), wan, settings or {}, packages, password, written)
        self._router.wait()
        if wan != "static":
            self._router.wait_for_wan()
        return self._router

    def _white_russian(
        self,
        stage: Stage,
        mppe: Dialect,
        nvram: Mapping[str, str] | None,
        password: str | None,
        written: Disk | None,
    ) -> Router:
        settings = NVRAM | dict(nvram or {})
        lan = IPv4Interface(f"{settings['lan_ipaddr']}/{settings['lan_netmask']}")
        wan = IPv4Interface(f"{settings['wan_ipaddr']}/{settings['wan_netmask']}")
        if settings["wan_gateway"] == WAN_GATEWAY and wan.network != IPv4Interface(f"{WAN_GATEWAY}/24").network:
            settings["wan_gateway"] = str(wan.network.broadcast_address - 1)
        self.network.seat_lan(lan)
        self.network.seat_wan(wan, settings["wan_gateway"])
        self.internet_host.offer(self._images.feed(mppe))
        disk = Disk(written.path if written else self._images.router_disk(stage, mppe))
        changed = {name: value for name, value in settings.items() if NVRAM.get(name) != value}
        if not written:
            image.put(disk.path, nvram_files(changed) | white_russian_passwd(password))
        place = Place(str(lan.ip), str(wan.ip), password, WHITE_RUSSIAN, flash="ubda")
        return Router(lambda: self._white_russian_guest(disk), disk, self.network.home, place)

    def _white_russian_guest(self, disk: Disk) -> Guest:
        return self._router_guest([f"ubd0={disk.path}"], "rw", "init=/etc/preinit")

    def _openwrt(
        self,
        release: Release,
        wan: Wan,
        settings: Mapping[str, str | None],
        packages: Collection[str],
        password: str | None,
        written: Disk | None,
    ) -> Router:
        lan = settings.get("network.lan.ipaddr") or str(LAN.ip)
        self.network.seat_lan(IPv4Interface(f"{lan}/{settings.get('network.lan.netmask') or '24'}"))
        self.network.seat_wan(IPv4Interface(f"{WAN}/24"), WAN_GATEWAY)
        if wan == "dhcp":
            self._dhcp = DhcpServer(self._images.sysroot, self.internet_host.namespace, ROUTER_NICS[1].mac, WAN)
        elif wan == "pppoe":
            self.provider.clean()
        self.internet_host.offer(self._images.release_feed(release), stock.feeds(release.name).host)
        flash = Disk(written.path if written else self._images.flash)
        if not written:
            _settle_in(flash, release, WAN_SETTINGS[wan] | dict(settings), password)
        disk = self._images.openwrt(release, packages)
        place = Place(lan, WAN, password, release.name, flash="ubdb", blank=release.ssh.blank)
        return Router(lambda: self._openwrt_guest(disk, flash), flash, self.network.home, place)

    def _openwrt_guest(self, disk: Path, flash: Disk) -> Guest:
        return self._router_guest([f"ubd0r={disk}", f"ubd1={flash.path}"], "ro", "init=/lib/lab/init")

    def _router_guest(self, disks: list[str], *words: str) -> Guest:
        """Its power is switched on. It is told how often that was, for faults that are planned for a later boot."""
        return self._guest("router", disks, ROUTER_NICS, *words, f"lab.boot={next(self._boots)}")

    def client(self, number: int = 1) -> Client:
        """A computer on the Internet at 203.0.113.(49 + number), numbers 1 to 3.

        It boots beside whatever the test does next and is waited for on first use. It lives on for the tests that
        follow, each of which finds it without calls, routes and listeners.
        """
        if number not in self._clients:
            address = f"203.0.113.{FIRST_CLIENT - 1 + number}"
            guest = self._internet_guest(f"client-{number}", f"02:00:00:00:01:0{number}", address)
            self._clients[number] = Client(guest, address, self.internet_host)
        return self._clients[number]

    @property
    def provider(self) -> AccessConcentrator:
        """The other end of the router's line with `wan="pppoe"`. It lives on for the tests that follow."""
        if self._provider is None:
            guest = self._internet_guest("provider", "02:00:00:00:02:01", OWN_ADDRESS)
            self._provider = AccessConcentrator(guest, self.internet_host, WAN)
            self._provider.serve()
        return self._provider

    def _internet_guest(self, name: str, mac: str, address: str) -> Guest:
        words = ("ro", "init=/init", f"lab.address={address}/24", f"lab.gateway={WAN_GATEWAY}")
        return self._guest(name, [f"ubd0r={self._images.client_disk}"], [Nic(name, mac)], *words)

    def clients(self, count: int) -> list[Client]:
        """The first `count` clients, all booting at the same time."""
        return [self.client(number) for number in range(1, count + 1)]

    def _guest(self, name: str, disks: list[str], nics: list[Nic], *words: str) -> Guest:
        assert in_main_thread(), "a machine ends with the thread that started it"
        with self.network.home.entered():
            return Guest(self._images, name, Path(self._folder.name), disks, nics, self._processor(name), *words)

    def _processor(self, name: str) -> int:
        """A processor for this machine: routers of workers side by side get different ones, clients those between."""
        processors = sorted(os.sched_getaffinity(0))
        number = int(name.removeprefix("client-")) if name.startswith("client-") else 0
        return processors[(self._place + number) % len(processors)]

    def scan_tcp(self, address: str, ports: range = range(1, 65536)) -> set[int]:
        """The TCP ports of `address` that are open to the Internet host."""
        return self.internet_host.scan_tcp(address, ports)

    def drop_router(self) -> None:
        """Switch the router off for good; its disk is gone."""
        if self._router is not None:
            self._router.close()
            self._router = None
        if self._dhcp is not None:
            self._dhcp.close()
            self._dhcp = None

    def clean(self) -> None:
        """Leave nothing of a test to the next."""
        self.drop_router()
        self.network.clean()
        for guest in self._lasting():
            guest.clean()

    def _lasting(self) -> list[Client | AccessConcentrator]:
        """The machines that live from test to test."""
        return [*self._clients.values(), *([self._provider] if self._provider else [])]

    def close(self) -> None:
        self.drop_router()
        for guest in self._lasting():
            guest.close()
        self.network.close()
        self._folder.cleanup()


def _settle_in(flash: Disk, release: Release, settings: Mapping[str, str | None], password: str | None) -> None:
    """Put the settings and the password on an empty disk."""
    files = settings_files(release, settings)
    image.put(flash.path, {f"/upper{path}": data for path, data in files.items()})
    if password is not None:
        secret = password_file(release, password)
        image.put(flash.path, {f"/upper{path}": data for path, data in secret.items()}, 0o600)


def place_among_workers() -> int:
    """A number that the workers of a run have in turn, and that begins anywhere, for other runs may be beside it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return worker + (zlib.crc32(run.encode()) if run else random.randrange(1024))
