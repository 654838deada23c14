"""The program `/sbin/procd` of the practice router: `boot`, `shutdown`, or `serve` in the foreground.

On OpenWrt procd is the first process; here an init starts it. `boot` puts the daemon into the background (ubusd, procd,
netifd and logd in one), then runs /etc/rc.d/S* in order, each with `boot`, as procd does. `shutdown` runs
K* with `shutdown` and ends every service.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from wizard.practice import root
from wizard.practice.netifd.network import Network
from wizard.practice.procd import console, files, reload_config, wire
from wizard.practice.procd.bus import Bus
from wizard.practice.procd.log import Log
from wizard.practice.procd.loop import Loop
from wizard.practice.procd.services import Services
from wizard.practice.procd.system import board, info
from wizard.practice.procd.triggers import Triggers, runner

PATIENCE = 20.0
PID_FILE = "/var/run/procd.pid"
# What the daemon says when it breaks; empty as long as it is well.
COMPLAINTS = "/tmp/procd.complaints"


def main(argv: list[str]) -> int:
    modes = {"boot": boot, "shutdown": shutdown, "serve": serve}
    if len(argv) != 1 or argv[0] not in modes:
        print("Usage: procd boot|shutdown|serve", file=sys.stderr)
        return 1
    return modes[argv[0]]()


def serve() -> int:
    """Everything on the bus, until SIGTERM."""
    loop = Loop()
    bus, log = Bus(loop), Log(loop)
    triggers = Triggers(loop, log)
    services = Services(loop, log, triggers)
    network = Network(bus, loop, log)
    network.happened = triggers.happened
    bus.show = lambda words, link: console.answer(bus, words, link)
    services.offer(bus)
    services.list_always("log")
    network.offer()
    bus.offer("system", board=({}, lambda *_: board()), info=({}, lambda *_: info()))
    offer_log(bus, log)
    log.open()
    files.write(root.path(PID_FILE), f"{os.getpid()}\n")
    bus.open()

    def end(_number: int, _frame: object) -> None:
        services.end_all()
        network.stop()
        loop.after(0.2, loop.stop)

    signal.signal(signal.SIGTERM, end)
    loop.run()
    return 0


def offer_log(bus: Bus, log: Log) -> None:
    """The object that `logread` asks."""
    read: wire.Table = {"lines": "Integer", "stream": "Boolean", "oneshot": "Boolean"}
    bus.offer("log", read=(read, log.read), write=({"event": "String"}, log.note))


def boot() -> int:
    background(serve)
    for script in scripts("S"):
        run(script, "boot")
    return reload_config.main([])  # remembers how the configuration was; on OpenWrt the script `boot` does this


def background(serving: object) -> None:
    """Start the daemon with nothing of ours but its place in the process tree, and wait until it listens."""
    assert callable(serving)
    place = wire.socket_path()
    if os.path.exists(place):
        os.unlink(place)
    if os.fork() == 0:
        os.setsid()
        os.dup2(os.open("/dev/null", os.O_RDWR), 0)
        complaints = os.open(root.path(COMPLAINTS), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(complaints, 1)
        os.dup2(complaints, 2)
        os._exit(serving())
    end = time.monotonic() + PATIENCE
    while not os.path.exists(place) and time.monotonic() < end:
        time.sleep(0.01)


def shutdown() -> int:
    for script in scripts("K"):
        run(script, "shutdown")
    daemon = files.read(root.path(PID_FILE)).strip()
    if daemon:
        os.kill(int(daemon), signal.SIGTERM)
    return 0


def scripts(letter: str) -> list[str]:
    folder = root.path("/etc/rc.d")
    names = sorted(name for name in os.listdir(folder) if name.startswith(letter))
    return [f"/etc/rc.d/{name}" for name in names]


def run(script: str, action: str) -> None:
    """A script that cannot be run is passed over with a word on the console, as a failing one is."""
    try:
        words = [*runner(script), action]
        pid = os.posix_spawn(words[0], words, os.environ, setsigdef=[signal.SIGPIPE, signal.SIGXFSZ])
    except OSError as error:
        print(f"procd: {script}: {error.strerror}", file=sys.stderr)
        return
    os.waitpid(pid, 0)
