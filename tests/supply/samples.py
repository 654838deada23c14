"""Package files as feeds have them."""

from __future__ import annotations

import tarfile
from io import BytesIO
from pathlib import Path

from wizard.practice import apk
from wizard.practice.feed import Package
from wizard.practice.tree import Tree

KERNEL = "6.6.119~2f5a-r1"


def package(name: str, depends: str = "", *, version: str = "1.0-r1", architecture: str = "mips_24kc") -> Package:
    """A package with one file in it."""
    control = f"Package: {name}\nVersion: {version}\n" + (f"Depends: {depends}\n" if depends else "")
    control += f"Architecture: {architecture}\nInstalled-Size: 100\nDescription: made up\n more of it\n"
    data = Tree()
    data.file(f"/usr/share/{name}", f"{name}\n")
    return Package(name, control, "", data)


FAMILY = (
    package("pptpd", "libc, kmod-ppp, kmod-mppe, ppp"),
    package("ppp", "libc, kmod-ppp"),
    package("kmod-mppe", f"kernel (= {KERNEL}), kmod-ppp, kmod-crypto-sha1"),
    package("kmod-ppp", f"kernel (= {KERNEL})"),
    package("kmod-crypto-sha1", f"kernel (= {KERNEL})"),
)


def ipk(folder: Path, *packages: Package) -> Path:
    """Files as ipkg and opkg take them."""
    folder.mkdir(exist_ok=True)
    for one in packages:
        (folder / f"{one.name}_{one.version}_{one.value('Architecture')}.ipk").write_bytes(one.archive())
    return folder


def apk_files(folder: Path, *packages: Package) -> Path:
    """Files of apk 2, as the lab's feeds have them."""
    folder.mkdir(exist_ok=True)
    for one in packages:
        (folder / f"{one.name}-{one.version}.apk").write_bytes(apk.archive(one))
    return folder


def as_ar(one: Package) -> bytes:
    """The same .ipk in the older form, an ar archive (ar(5))."""
    with tarfile.open(fileobj=BytesIO(one.archive())) as tar:
        members = {member.name.removeprefix("./"): tar.extractfile(member) for member in tar}
        contents = {name: file.read() for name, file in members.items() if file}
    packed = b"!<arch>\n"
    for name, content in contents.items():
        header = f"{name + '/':<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
        packed += header + content + b"\n" * (len(content) % 2)
    return packed
