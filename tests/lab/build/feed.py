"""The package feeds of a release: real archives made of Debian's programs and the stock files, and their lists."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.lab.build import kernel
from tests.lab.build.debian import Sysroot
from tests.lab.build.pppd import Dialect, pppd
from wizard.practice import apk, stock
from wizard.practice.feed import OLD_PLACE, Package, assemble, write_list
from wizard.practice.feed import write as offer
from wizard.practice.release import load
from wizard.practice.stock import Entry, Feeds
from wizard.practice.tree import Tree

WHITE_RUSSIAN = "white-russian"
OLD_STOCK = Path(__file__).parents[3] / "wizard/practice/white_russian/packages"

# Package → name of the file on White Russian → module of today's kernel. SHA-1 is built into the latter.
OLD_MODULES = {
    "kmod-ppp": {"slhc": "slhc", "crc-ccitt": "crc-ccitt", "ppp_generic": "ppp_generic", "ppp_async": "ppp_async"},
    "kmod-mppe": {"ppp_mppe_mppc": "ppp_mppe"},
    "kmod-crypto": {"arc4": "libarc4"},
}


def packages(release: str, sysroot: Sysroot, dialect: Dialect) -> dict[str, Package]:
    """Every package of the PPP family that a release has, with a pppd that knows this dialect.

    Raises KeyError and ReleaseError for a release that has no data.
    """
    if release == WHITE_RUSSIAN:
        return {place.name: _old_package(place, sysroot, dialect) for place in sorted(OLD_STOCK.iterdir())}
    feeds = stock.feeds(release)
    return {name: _package(entry, feeds, sysroot, dialect) for name, entry in stock.entries(release).items()}


def _old_package(place: Path, sysroot: Sysroot, dialect: Dialect) -> Package:
    data = Tree()
    data.below(place / "files")
    data.update(_programs(place.name, sysroot, dialect, addresses=False))
    data.update(_modules(OLD_MODULES.get(place.name, {}), sysroot))
    conffiles = place / "conffiles"
    return Package(
        name=place.name,
        control=(place / "control").read_text(),
        conffiles=conffiles.read_text() if conffiles.exists() else "",
        data=data,
    )


def _package(entry: Entry, feeds: Feeds, sysroot: Sysroot, dialect: Dialect) -> Package:
    programs = _programs(entry.name, sysroot, dialect, addresses=True)
    programs.update(_modules(entry.modules, sysroot))
    return assemble(entry, feeds, programs)


def _programs(package: str, sysroot: Sysroot, dialect: Dialect, *, addresses: bool) -> Tree:
    tree = Tree()
    if package == "ppp":
        tree.update(pppd(sysroot, dialect, addresses=addresses))
    if package == "pptpd":
        for program in stock.PROGRAMS["pptpd"]:
            tree.file(program, sysroot.read(program), 0o755)
    if package == "ppp-mod-pppoe":
        folder = next(sysroot.path("/usr/lib/pppd").iterdir())
        for name in (stock.PLUGIN, f"rp-{stock.PLUGIN}"):
            tree.file(f"/usr/lib/pppd/{folder.name}/{name}", (folder / stock.PLUGIN).read_bytes())
    return tree


def _modules(wanted: Mapping[str, str], sysroot: Sysroot) -> Tree:
    tree, modules = Tree(), sysroot.kernel_modules()
    paths = {Path(path).stem: path for path in kernel.index(modules)}
    for name, today in wanted.items():
        tree.file(f"/lib/modules/{modules.name}/{name}.ko", kernel.stripped(modules / paths[today]))
    return tree


def write(feed: Mapping[str, Package], folder: Path, release: str) -> None:
    """Write the archives and their lists where a web server with this root offers them; empty feeds are empty lists."""
    if release == WHITE_RUSSIAN:
        write_list(list(feed.values()), folder, OLD_PLACE, signed=False)
    else:
        offer(feed.values(), folder, stock.feeds(release))


def factory(release: str, feed: Mapping[str, Package]) -> list[Package]:
    """What of these a factory-fresh router has: what its release lists, and all that that needs."""
    return needed(load(release).installed, feed)


def needed(names: Iterable[str], feed: Mapping[str, Package]) -> list[Package]:
    """Those of the packages of these names that are in the feed, and all that they need."""
    wanted = [name for name in names if name in feed]
    for name in wanted:  # grows
        needs = [word.split()[0] for word in feed[name].value("Depends").split(",") if word.strip()]
        wanted += [need for need in needs if need in feed and need not in wanted]
    return [feed[name] for name in dict.fromkeys(wanted)]


def with_packages(disk: Tree, feed: Iterable[Package], *, rom: bool, release: str = WHITE_RUSSIAN) -> Tree:
    """A disk with packages on it: as the factory does, on White Russian with links into /rom, or as installed later."""
    tree = Tree(dict(disk.entries))
    for package in feed:
        for path, entry in package.data.entries.items():
            if rom and release == WHITE_RUSSIAN and path.startswith("/etc/"):
                tree.entries[f"/rom{path}"] = entry
                tree.link(path, f"/rom{path}")
            else:
                tree.entries[path] = entry
        if release == WHITE_RUSSIAN:
            _register(tree, package, "ipkg", sums="" if rom else "md5")
        else:
            _install(tree, package, stock.feeds(release), rom=rom)
    return tree


def _install(tree: Tree, package: Package, feeds: Feeds, *, rom: bool) -> None:
    if feeds.format == "apk":
        apk.register(tree, package)
    else:
        _register(tree, package, feeds.format, sums=feeds.digest, asked=not rom)
    if feeds.scripts:
        for path in package.data.entries:
            if path.startswith("/etc/init.d/"):
                name = path.rpartition("/")[2]
                tree.link(f"/etc/rc.d/S60{name}", f"../init.d/{name}")


def _register(tree: Tree, package: Package, kind: str, *, sums: str, asked: bool = False) -> None:
    """Put a package into the database of ipkg or opkg, in place of an entry that it has there."""
    place = f"/usr/lib/{kind}/info/{package.name}"
    tree.file(f"{place}.control", package.control)
    tree.file(f"{place}.list", "".join(f"{path}\n" for path in sorted(package.data.entries)))
    for name, script in package.scripts.items():
        tree.file(f"{place}.{name}", script, 0o755)
    stanza = f"{package.control}Status: install {'user' if asked else 'ok'} installed\n"
    if package.conffiles:
        tree.file(f"{place}.conffiles", package.conffiles)
    there = [path for path in package.conffiles.split() if path in package.data]
    if sums and there:
        lines = (f" {path} {hashlib.new(sums, package.data.read(path)).hexdigest()}\n" for path in there)
        stanza += "Conffiles:\n" + "".join(lines)
    status = f"/usr/lib/{kind}/status"
    others = tree.read(status).decode().split("\n\n")
    kept = [text.strip("\n") for text in others if f"Package: {package.name}" not in text.splitlines() and text.strip()]
    tree.file(status, "".join(f"{text}\n\n" for text in [*kept, stanza.strip("\n")]))
