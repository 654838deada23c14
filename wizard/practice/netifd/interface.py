"""One interface: set up, taken down, and what its helper process reports in between."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from wizard.practice.netifd import config, link, protocols, status
from wizard.practice.netifd.kernel import Kernel
from wizard.practice.procd.log import Log
from wizard.practice.procd.loop import Loop, Timer
from wizard.practice.procd.wire import Table

# How long after a helper's end it is started again.
RETRY = 2.0

Changed = Callable[["Interface", str], None]


class Interface:
    """Its settings and its state. `changed` is told the hotplug action whenever it goes up or down."""

    def __init__(self, wanted: config.Interface, kernel: Kernel, loop: Loop, log: Log, changed: Changed) -> None:
        self.wanted = wanted
        self.state = status.State()
        self.state.autostart = config.boolean(wanted.options, "auto", default=True)
        self.prefix = ""
        self._kernel, self._loop, self._log, self._changed = kernel, loop, log, changed
        self._helper = 0
        self._then: Callable[[], None] | None = None
        self._retry: Timer | None = None

    @property
    def name(self) -> str:
        return self.wanted.name

    @property
    def device(self) -> str:
        return self.wanted.device.name if self.wanted.device else ""

    def status(self) -> Table:
        device = self.wanted.device
        proto = self.wanted.proto if self.wanted.proto in protocols.KNOWN else "none"
        available = device is None or device.kind == "bridge" or self._kernel.present(device.name)
        return status.table(self.state, proto, self.device, available=available)

    def setup(self) -> None:
        """Bring it up, or start what will. Nothing happens where it is up or on its way, or its device is absent."""
        self._call_off()
        if self.state.up or self.state.pending or self._helper:
            return
        if self.wanted.device and not link.prepare(self.wanted.device, self._kernel):
            return
        self._say("is enabled", "has link connectivity", "is setting up now")
        self.state.pending = True
        helper = protocols.helper(self.wanted)
        if helper:
            self._start(helper)
        else:
            self._static()

    def _static(self) -> None:
        try:
            found = protocols.static(self.wanted) if self.wanted.proto == "static" else {}
        except (OSError, ValueError):
            self._log.write(3, "netifd", f"Interface '{self.name}' has an address that is none")
            found = {}
        self._take(found, self.device, external=False)

    def _start(self, command: list[str]) -> None:
        try:
            self._helper = self._loop.spawn(command, self._helper_ended)
        except OSError as error:
            self._log.write(4, "netifd", f"Interface '{self.name}': {command[0]}: {error.strerror}")
            self._loop.after(0, lambda: self._helper_ended(127))

    def report(self, message: Table) -> None:
        """What a protocol's script told by `notify_proto`: the link with its addresses, or that it is gone."""
        if message.get("action") != 0:
            return
        if message.get("link-up"):
            external = bool(message.get("address-external"))
            found = protocols.reported(message, self.wanted)
            device = str(message.get("ifname") or self.device)
            if not self._has(found, device):
                self._flush()
                self._take(found, device, external=external)
        elif self.state.up:
            self._went_down()
            self.state.pending = True

    def _has(self, found: dict[str, list[object]], device: str) -> bool:
        """Whether nothing is new, as when a lease was renewed."""
        known = {name: rows for name, rows in self.state.lists.items() if name in found}
        return self.state.up and self.state.l3_device == device and known == found

    def _take(self, found: dict[str, list[object]], device: str, *, external: bool) -> None:
        again = self.state.up and self.state.l3_device == device
        self.state.lists = found
        if self.prefix and device:
            self._assign(device)
        link.apply(self._kernel, device, found, external=external)
        self.state.came_up(device)
        if not again:
            self._say("is now up")
        self._changed(self, "ifupdate" if again else "ifup")

    def _assign(self, device: str) -> None:
        """Its part of the router's own IPv6 prefix; the router is the first address in it."""
        length = int(config.text(self.wanted.options, "ip6assign") or "64")
        own = {"address": self.prefix + "1", "mask": length}
        self.state.lists["ipv6-prefix-assignment"] = [{"address": self.prefix, "mask": length, "local-address": own}]
        if self._kernel.six():
            self._kernel.run("-6", "addr", "add", f"{self.prefix}1/{length}", "dev", device)

    def teardown(self, then: Callable[[], None] | None = None) -> None:
        """Take it down; `then` follows when its helper has ended."""
        self._call_off()
        self._then = then or (lambda: None)
        if self._helper:
            os.kill(self._helper, signal.SIGTERM)
        else:
            self._down()

    def _helper_ended(self, _code: int) -> None:
        self._helper = 0
        wanted = self._then is not None
        self._down()
        if not wanted and self.state.autostart:
            self._retry = self._loop.after(RETRY, self.setup)

    def _down(self) -> None:
        if self.state.up:
            self._went_down()
        self.state.pending = False
        then, self._then = self._then, None
        if then:
            then()

    def _went_down(self) -> None:
        device = self.state.l3_device
        self._flush()
        self.state.clear()
        self.state.l3_device = device
        self._say("is now down")
        self._changed(self, "ifdown")
        self.state.l3_device = ""

    def _flush(self) -> None:
        if self.state.up and self._kernel.present(self.state.l3_device):
            link.withdraw(self._kernel, self.state.l3_device, self.state.lists)

    def _call_off(self) -> None:
        if self._retry:
            self._retry.cancel()
            self._retry = None

    def _say(self, *texts: str) -> None:
        for text in texts:
            self._log.write(5, "netifd", f"Interface '{self.name}' {text}")
