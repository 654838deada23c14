"""The lab's kernel: User-mode Linux built from Debian's source, because Debian's own build has no nf_tables for IP."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.lab.build import cache
from tests.lab.build.debian import DownloadError, unpack

SOURCE = "linux-source-6.1"
CONFIG = Path(__file__).with_name("linux.config")
INPUTS = (CONFIG, Path(__file__))


@dataclass(frozen=True)
class Kernel:
    """A built kernel: the program, and the folder of its modules, named for its release."""

    program: Path
    modules: Path


def kernel() -> Kernel:
    """The kernel, built now if it is not in the cache: a download of 139 MB and about two and a half minutes.

    Raises DownloadError, and CalledProcessError with the compiler's words.
    """
    place = cache.folder(f"linux-{cache.digest(INPUTS)}", _build)
    return Kernel(place / "linux", next((place / "modules").iterdir()))


def _build(place: Path) -> None:
    work = place / "work"
    work.mkdir()
    tree = _source(work)
    _make(tree, f"KCONFIG_ALLCONFIG={CONFIG}", "allnoconfig")
    if refused := _refused(tree / ".config"):
        raise ValueError(f"this kernel does not take {', '.join(refused)}")
    _make(tree, f"-j{len(os.sched_getaffinity(0))}", "linux", "modules")
    subprocess.run(["strip", "-o", place / "linux", tree / "linux"], check=True)
    modules = place / "modules" / _make(tree, "kernelrelease").split()[-1]
    modules.mkdir(parents=True)
    for module in tree.rglob("*.ko"):
        subprocess.run(["strip", "--strip-debug", "-o", modules / module.name, module], check=True)
    (modules / "modules.dep").write_text("".join(_dependencies(modules)))
    (modules / "modules.alias").write_text("".join(_aliases(modules)))
    shutil.rmtree(work)


def _source(work: Path) -> Path:
    done = subprocess.run(
        ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", SOURCE],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise DownloadError(done.stdout[-2000:] + done.stderr[-2000:])
    unpack(next(work.glob("*.deb")), work)
    subprocess.run(["tar", "-x", "--no-same-owner", "-f", f"usr/src/{SOURCE}.tar.xz"], cwd=work, check=True)
    return work / SOURCE


def _make(tree: Path, *words: str) -> str:
    done = subprocess.run(["make", "-s", "ARCH=um", *words], cwd=tree, capture_output=True, text=True, check=True)
    return done.stdout


def _refused(config: Path) -> list[str]:
    """The answers that the configuration did not keep, because something they depend on is missing."""
    kept = set(config.read_text().splitlines())
    return [line for line in CONFIG.read_text().splitlines() if line.startswith("CONFIG_") and line not in kept]


def _words(module: Path, key: str) -> list[str]:
    """What a module's .modinfo section says under that key."""
    return [found.decode() for found in re.findall(rb"(?<![ -~])%s=([^\0]*)" % key.encode(), module.read_bytes())]


def _dependencies(modules: Path) -> Iterator[str]:
    """The lines of modules.dep: each module with all it needs, the deepest last, as depmod writes them."""
    files = {path.stem.replace("-", "_"): path for path in modules.glob("*.ko")}

    def needs(name: str) -> list[str]:
        direct = [word.replace("-", "_") for line in _words(files[name], "depends") for word in line.split(",") if word]
        return list(dict.fromkeys([*direct, *(deeper for word in direct for deeper in needs(word))]))

    for name, path in sorted(files.items()):
        deepest_last = sorted(needs(name), key=lambda word: len(needs(word)), reverse=True)
        yield f"{path.name}:{''.join(f' {files[word].name}' for word in deepest_last)}\n"


def _aliases(modules: Path) -> Iterator[str]:
    """The lines of modules.alias: under which names the kernel asks for a module."""
    for path in sorted(modules.glob("*.ko")):
        for alias in _words(path, "alias"):
            yield f"alias {alias} {path.stem.replace('-', '_')}\n"
