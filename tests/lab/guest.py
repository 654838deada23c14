"""One User-mode Linux machine: a process of this computer, ended with the thread that started it."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from tests.lab.build.images import Images

MEBIBYTES = 96


@dataclass(frozen=True)
class Nic:
    """A network card: the tap of this computer's side, and the card's own address."""

    tap: str
    mac: str


class Disk:
    """A writable copy of a disk image that no other process sees in a folder and that goes with this process."""

    def __init__(self, image: Path) -> None:
        self._fd = os.memfd_create(image.name)
        with image.open("rb") as source:
            _copy_sparse(source.fileno(), self._fd)

    @property
    def path(self) -> Path:
        return Path(f"/proc/{os.getpid()}/fd/{self._fd}")

    def close(self) -> None:
        os.close(self._fd)


def _copy_sparse(source: int, target: int) -> None:
    size = os.fstat(source).st_size
    os.ftruncate(target, size)
    end = 0
    while True:
        try:
            start = os.lseek(source, end, os.SEEK_DATA)
        except OSError:  # no more data
            return
        end = os.lseek(source, start, os.SEEK_HOLE)
        os.lseek(target, start, os.SEEK_SET)
        while start < end:
            start += os.sendfile(target, source, start, end - start)


class Guest:
    """A machine that boots in the calling thread's network namespace as soon as it is made."""

    def __init__(
        self, images: Images, name: str, run: Path, disks: list[str], nics: list[Nic], cpu: int, *words: str
    ) -> None:
        self._console = os.memfd_create(f"{name}-console")
        cards = (f"vec{number}:transport=tap,ifname={nic.tap},mac={nic.mac}" for number, nic in enumerate(nics))
        settings = (f"mem={MEBIBYTES}M", "root=/dev/ubda", "rootfstype=ext4", f"umid={name}", f"uml_dir={run}")
        consoles = ("con0=null,fd:1", "con=null", "ssl=null", "panic=-1", "quiet")
        # Kernel and programs of a guest are processes that take turns thousands of times a second: on one processor
        # they run twice as fast. Without `setarch -R` the gap of address randomization counts as the guest's memory.
        prefix = ["taskset", "-c", str(cpu), "setarch", "-R"]
        command = [*prefix, str(images.kernel), *settings, *disks, *cards, *consoles, *words]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._console,
            stderr=self._console,
            env={
                "PATH": os.environ["PATH"],
                "TMPDIR": memory_folder(),
                "LD_PRELOAD": str(images.preload),
                "LAB_PARENT": str(os.getpid()),
            },
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def running(self) -> bool:
        return self._process.poll() is None

    def console(self) -> str:
        """What the machine wrote on its console so far."""
        return os.pread(self._console, 1 << 20, 0).decode(errors="replace")

    def kill(self) -> None:
        """End the machine at once; nothing is written to its disk any more."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self.kill()
        os.close(self._console)


def memory_folder() -> str:
    """Where the machines keep their memory: in RAM if there is room, as there is not in most containers."""
    shared = "/dev/shm"
    room = Path(shared).is_dir() and shutil.disk_usage(shared).free > 8 * (MEBIBYTES << 20)
    return shared if room else "/tmp"


def in_main_thread() -> bool:
    """Whether guests may be started here: they end when their thread does."""
    return threading.current_thread() is threading.main_thread()
