"""The packages of the PPP family as OpenWrt's feeds have them: which, with what they need, and their own files.

The programs and kernel modules in them come from whoever builds a feed; `table.toml` says which belong where.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from wizard.practice import release as releases

FOLDER = Path(__file__).parent
PROGRAMS = {"ppp": ("/usr/sbin/pppd",), "pptpd": ("/usr/sbin/pptpd", "/usr/sbin/pptpctrl")}
PLUGIN = "pppoe.so"
"""What `ppp-mod-pppoe` brings to the folder of pppd's plugins; before pppd 2.4.9 under the name `rp-pppoe.so`."""

Format = Literal["ipkg", "opkg", "apk"]


@dataclass(frozen=True)
class Feeds:
    """How a release's packages are made, and where they are offered."""

    format: Format
    architecture: str
    scripts: bool
    """Every package has a postinst and a prerm that call the base system's functions."""
    scheme: str
    host: str
    places: Mapping[str, str]
    """Name of a feed as the router's settings have it → path on the host."""
    signed: bool
    digest: str
    """The sum that opkg keeps of configuration files."""


@dataclass(frozen=True)
class Entry:
    """A package of one release."""

    name: str
    version: str
    description: str
    depends: str
    """As the control file has it."""
    feed: str
    """The path on the host that it is offered at."""
    folders: tuple[Path, ...] = ()
    """Its files lie below these; the later ones win."""
    conffiles: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    secret: tuple[str, ...] = ()
    """Files with the mode 0600."""
    modules: Mapping[str, str] = field(default_factory=dict)
    """Name of a module on the router → today's module."""
    load: Mapping[str, Any] = field(default_factory=dict)
    """`file` in /etc/modules.d and the `modules` that it names."""

    def files(self) -> dict[str, Path]:
        """Path on the router → where its content lies."""
        found = ((folder, path) for folder in self.folders for path in sorted(folder.rglob("*")) if path.is_file())
        return {f"/{path.relative_to(folder).as_posix()}": path for folder, path in found}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "table.toml").read_text("utf-8"))


def feeds(release: str) -> Feeds:
    """Where a release's packages are. Raises KeyError for a release that has no row."""
    row = _table()["releases"][release]
    prefix, base = row.get("prefix", ""), row.get("base", "")
    names = {name: f"{prefix}_{name}" if prefix else name for name in row["feeds"]}
    return Feeds(
        format=row["format"],
        architecture=row["architecture"],
        scripts=row["scripts"],
        scheme=row.get("scheme", "http"),
        host=row["host"],
        places={names[name]: f"{base}/{path}" if base else path for name, path in row["feeds"].items()},
        signed=row["scripts"],
        digest="sha256" if "modules" in row["names"] else "md5",
    )


def entries(release: str) -> dict[str, Entry]:
    """Every package of the family that a release has, by name. Raises KeyError, and ReleaseError without its data."""
    row, installed = _table()["releases"][release], releases.load(release).installed
    found: dict[str, Entry] = {}
    for name, blocks in _table().items():
        for block in blocks if isinstance(blocks, list) else ():
            if release in block.get("versions", block.get("releases", ())):
                found[name] = _entry(name, block, release, row, installed)
    return found


def _entry(name: str, block: dict[str, Any], release: str, row: dict[str, Any], installed: Mapping[str, str]) -> Entry:
    module = "releases" in block
    depends = [f"kernel (={installed['kernel']})"] if module else ["libc"] if row["scripts"] else []
    feed = row["names"].get("packages" if name == "pptpd" else "modules" if module else "base", row["names"]["base"])
    place = row["feeds"][feed]
    return Entry(
        name=name,
        version=installed["kmod-ppp"] if module else block["versions"][release],
        description=block["description"],
        depends=", ".join([*depends, *filter(None, [block.get("depends", "")])]),
        feed=f"{row['base']}/{place}" if "base" in row else place,
        folders=tuple(FOLDER / folder for folder in block.get("files", ())),
        conffiles=tuple(block.get("conffiles", ())),
        links=block.get("links", {}),
        secret=tuple(block.get("secret", ())),
        modules=block.get("modules", {}),
        load=block.get("load", {}),
    )
