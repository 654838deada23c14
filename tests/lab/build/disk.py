"""An ext4 image made of a tree, without mounting anything."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from wizard.practice.tree import Tree


def make(tree: Tree, image: Path, mebibytes: int) -> None:
    """Write `image`, an ext4 file system of that size holding `tree`. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory(prefix="pptp-lab-") as folder:
        root = Path(folder) / "root"
        root.mkdir(mode=0o755)
        tree.write(root)
        with image.open("wb") as file:
            file.truncate(mebibytes << 20)
        subprocess.run(
            ["mkfs.ext4", "-q", "-F", "-m0", "-b4096", "-Jsize=4", "-Elazy_itable_init=0", "-d", root, image],
            check=True,
            capture_output=True,
        )


def put(image: Path, files: Mapping[str, bytes], mode: int = 0o644) -> None:
    """Write files, and the folders they are in, into an image that no guest is using. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory(prefix="pptp-lab-") as folder:
        parents = {parent for path in files for parent in PurePosixPath(path).parents} - {PurePosixPath("/")}
        # debugfs goes on after a folder that is there already.
        script = [f"mkdir {parent}" for parent in sorted(parents)]
        for number, (path, data) in enumerate(files.items()):
            source = Path(folder) / str(number)
            source.write_bytes(data)
            inode = f"set_inode_field {path}"
            script += [f"rm {path}", f"write {source} {path}", f"{inode} mode 0{0o100000 | mode:o}"]
            script += [f"{inode} uid 0", f"{inode} gid 0"]
        commands = Path(folder) / "commands"
        commands.write_text("\n".join(script) + "\n")
        subprocess.run(["debugfs", "-w", "-f", commands, image], check=True, capture_output=True)
