"""The provider's DHCP server: busybox's, in the Internet host's place."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.lab.build.debian import Sysroot
from tests.lab.internet import ADDRESS
from tests.lab.namespaces import Namespace
from tests.lab.network import WAN_GATEWAY

SETTINGS = f"""\
start {{address}}
end {{address}}
max_leases 1
interface eth0
pidfile {{folder}}/pid
lease_file {{folder}}/leases
option subnet 255.255.255.0
option router {WAN_GATEWAY}
option dns {ADDRESS}
option lease 3600
static_lease {{mac}} {{address}}
"""


class DhcpServer:
    """Gives one address to the card `mac`, at once, from now to `close`."""

    def __init__(self, sysroot: Sysroot, namespace: Namespace, mac: str, address: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pptp-lab-"))
        settings = self._folder / "udhcpd.conf"
        settings.write_text(SETTINGS.format(mac=mac, address=address, folder=self._folder))
        (self._folder / "leases").touch()
        with namespace.entered():
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", sysroot.path("/bin/busybox"), "udhcpd", "-f", settings],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"LD_LIBRARY_PATH": sysroot.library_path},
            )

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder)
