"""The package feed: .ipk archives made of Debian's programs and the stock files, and the list that ipkg fetches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.build import kernel
from tests.lab.build.debian import Sysroot
from tests.lab.build.pppd import Dialect, pppd
from tests.lab.build.tree import Tree

STOCK = Path(__file__).parents[3] / "wizard/practice/white_russian/packages"

# Package → name of the file on White Russian → module of today's kernel. SHA-1 is built into the latter.
MODULES = {
    "kmod-ppp": {"slhc": "slhc", "crc-ccitt": "crc-ccitt", "ppp_generic": "ppp_generic", "ppp_async": "ppp_async"},
    "kmod-mppe": {"ppp_mppe_mppc": "ppp_mppe"},
    "kmod-crypto": {"arc4": "libarc4"},
}


@dataclass(frozen=True)
class Package:
    name: str
    control: str
    conffiles: str
    data: Tree
    scripts: dict[str, str] = field(default_factory=dict)
    """postinst, prerm, …: what the package programs run."""

    @property
    def version(self) -> str:
        return next(line for line in self.control.splitlines() if line.startswith("Version:")).split()[1]

    def archive(self) -> bytes:
        """The .ipk file."""
        control = Tree()
        control.file("/control", self.control)
        if self.conffiles:
            control.file("/conffiles", self.conffiles)
        for name, script in self.scripts.items():
            control.file(f"/{name}", script, 0o755)
        whole = Tree()
        whole.file("/debian-binary", "2.0\n")
        whole.file("/control.tar.gz", control.tar_gz())
        whole.file("/data.tar.gz", self.data.tar_gz())
        return whole.tar_gz()


def packages(sysroot: Sysroot, dialect: Dialect) -> dict[str, Package]:
    """Every package of the PPP family, with a pppd that knows this dialect."""
    return {place.name: _package(place, sysroot, dialect) for place in sorted(STOCK.iterdir())}


def _package(stock: Path, sysroot: Sysroot, dialect: Dialect) -> Package:
    data = Tree()
    data.below(stock / "files")
    if stock.name == "ppp":
        data.update(pppd(sysroot, dialect))
    if stock.name == "pptpd":
        for program in ("/usr/sbin/pptpd", "/usr/sbin/pptpctrl"):
            data.file(program, sysroot.read(program), 0o755)
    data.update(_modules(stock.name, sysroot))
    conffiles = stock / "conffiles"
    return Package(
        name=stock.name,
        control=(stock / "control").read_text(),
        conffiles=conffiles.read_text() if conffiles.exists() else "",
        data=data,
    )


def _modules(package: str, sysroot: Sysroot) -> Tree:
    tree, modules = Tree(), sysroot.kernel_modules()
    paths = {Path(path).stem: path for path in kernel.index(modules)}
    for name, today in MODULES.get(package, {}).items():
        tree.file(f"/lib/modules/{modules.name}/{name}.ko", kernel.stripped(modules / paths[today]))
    return tree


def write(feed: dict[str, Package], folder: Path) -> None:
    """Write the archives and their list `Packages` where a web server with this root offers them."""
    folder = folder / "whiterussian/packages"
    folder.mkdir(parents=True)
    stanzas = []
    for package in feed.values():
        archive = package.archive()
        name = f"{package.name}_{package.version}_mipsel.ipk"
        (folder / name).write_bytes(archive)
        stanzas.append(f"{package.control}Filename: {name}\nSize: {len(archive)}\nMD5Sum: {_md5(archive)}\n")
    (folder / "Packages").write_text("\n".join(stanzas))


def with_packages(disk: Tree, feed: Iterable[Package], *, rom: bool) -> Tree:
    """A disk with packages on it: as the factory does, their settings being links into /rom, or as ipkg does later."""
    tree = Tree(dict(disk.entries))
    for package in feed:
        for path, entry in package.data.entries.items():
            if rom and path.startswith("/etc/"):
                tree.entries[f"/rom{path}"] = entry
                tree.link(path, f"/rom{path}")
            else:
                tree.entries[path] = entry
        _register(tree, package, conffiles=not rom)
    return tree


def _register(tree: Tree, package: Package, *, conffiles: bool) -> None:
    place = f"/usr/lib/ipkg/info/{package.name}"
    tree.file(f"{place}.control", package.control)
    tree.file(f"{place}.list", "".join(f"{path}\n" for path in sorted(package.data.entries)))
    stanza = f"{package.control}Status: install ok installed\n"
    if conffiles and package.conffiles:
        sums = (f" {path} {_md5(package.data.read(path))}\n" for path in package.conffiles.split())
        stanza += "Conffiles:\n" + "".join(sums)
    tree.file("/usr/lib/ipkg/status", tree.read("/usr/lib/ipkg/status") + f"{stanza}\n".encode())


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
