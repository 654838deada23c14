"""A release of OpenWrt as data: which files, programs and packages a factory-fresh router of it has.

`releases/<name>.toml` holds one each. Keys that this loader does not know are `more`, for whoever put them there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

PRACTICE = Path(__file__).parent
FOLDER = PRACTICE / "releases"

Packages = Literal["ipkg", "opkg", "apk"]
Firewall = Literal["user", "shell-uci", "fw3", "fw4"]
Service = Literal["rcS", "rc.common", "procd"]
Mppe = Literal["old", "new"]

AXES: dict[str, tuple[str, ...]] = {
    "packages": get_args(Packages),
    "firewall": get_args(Firewall),
    "service": get_args(Service),
    "mppe": get_args(Mppe),
}


class ReleaseError(Exception):
    """A release's data is not what it must be; the text says where and why."""


@dataclass(frozen=True)
class Ssh:
    """What is known of a release's SSH server beyond its start script."""

    path: str = "/usr/sbin:/usr/bin:/sbin:/bin"
    """The PATH that a command gets."""
    blank: bool = False
    """Root gets in without a password while there is none."""
    keys: tuple[str, ...] = ("rsa",)
    """The kinds of host keys it has."""


@dataclass(frozen=True)
class Release:
    """One release. Paths are those on the router."""

    name: str
    title: str
    layers: tuple[str, ...]
    """Folders of `rom`, laid over each other in this order."""
    packages: Packages
    firewall: Firewall
    service: Service
    mppe: Mppe
    programs: Mapping[str, str]
    """Path → module with `main`, `sh:` and a script below this folder, or `debian:` and the path of a real program."""
    applets: Mapping[str, tuple[str, ...]]
    """Folder → the busybox applets in it."""
    installed: Mapping[str, str]
    """Package → version, as a factory-fresh router lists them."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Path → target of symbolic links that are in no layer."""
    folders: tuple[str, ...] = ()
    """Folders that would be empty in a layer."""
    modes: Mapping[str, int] = field(default_factory=dict)
    """Path → permissions of files that are not 0644 or, if executable, 0755."""
    disabled: tuple[str, ...] = ()
    """Start scripts that are not linked into /etc/rc.d."""
    practice: Mapping[str, str] = field(default_factory=dict)
    """What stand-ins read below /lib/practice: name → text."""
    extensions: tuple[str, ...] = ()
    """The extensions of iptables that are there; empty for all."""
    writable: str = "/overlay"
    """Where the writable layer of the file system is seen."""
    ssh: Ssh = Ssh()
    more: Mapping[str, Any] = field(default_factory=dict)


def names() -> list[str]:
    """All releases, the oldest first."""
    return sorted((path.stem for path in FOLDER.glob("*.toml")), key=_age)


def load(name: str) -> Release:
    """The release of that name. Raises ReleaseError."""
    place = FOLDER / f"{name}.toml"
    if not place.is_file():
        raise ReleaseError(f"there is no release {name}; there are {', '.join(names())}")
    try:
        return read(name, tomllib.loads(place.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, ReleaseError) as error:
        raise ReleaseError(f"{place.name}: {error}") from error


def read(name: str, data: Mapping[str, Any]) -> Release:
    """A release from what its file says. Raises ReleaseError."""
    left = dict(data)
    try:
        _check_axes(data)
        return Release(
            name=name,
            title=left.pop("title"),
            layers=tuple(left.pop("layers")),
            packages=left.pop("packages"),
            firewall=left.pop("firewall"),
            service=left.pop("service"),
            mppe=left.pop("mppe"),
            programs=left.pop("programs"),
            applets={folder: tuple(words.split()) for folder, words in left.pop("applets").items()},
            installed=left.pop("installed"),
            links=left.pop("links", {}),
            folders=tuple(left.pop("folders", ())),
            modes={path: int(mode, 8) for path, mode in left.pop("modes", {}).items()},
            disabled=tuple(left.pop("disabled", ())),
            practice=left.pop("practice", {}),
            extensions=tuple(left.pop("extensions", "").split()),
            writable=left.pop("writable", "/overlay"),
            ssh=_ssh(left.pop("ssh", {})),
            more=left,
        )
    except KeyError as error:
        raise ReleaseError(f"the key {error.args[0]} is missing") from error


def _check_axes(data: Mapping[str, Any]) -> None:
    for axis, words in AXES.items():
        if data[axis] not in words:
            raise ReleaseError(f"{axis} = {data[axis]!r} is none of {', '.join(words)}")


def _ssh(table: Mapping[str, Any]) -> Ssh:
    if unknown := set(table) - {"path", "blank", "keys"}:
        raise ReleaseError(f"[ssh] knows no {', '.join(sorted(unknown))}")
    return Ssh(
        path=table.get("path", Ssh.path), blank=table.get("blank", Ssh.blank), keys=tuple(table.get("keys", Ssh.keys))
    )


def _age(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split("."))
