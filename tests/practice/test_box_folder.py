"""A router that is a folder leads nowhere out of it, and leaves this computer's own kernel alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wizard.practice import box
from wizard.practice.demo import known
from wizard.practice.kernel import boot, links
from wizard.practice.netifd.kernel import Kernel
from wizard.practice.release import load


@pytest.mark.parametrize("release", known())
def test_no_link_leads_out_but_to_tools_that_change_only_what_they_are_named(release: str, tmp_path: Path) -> None:
    box.build(load(release), tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_symlink() and (target := path.readlink()).is_absolute():
            assert path.name in (*box.HARMLESS.split(), "ash", "sh"), f"{path} -> {target}"


def test_devices_and_addresses_are_those_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPKG_INSTROOT", str(tmp_path))

    def started(*words: object, **more: object) -> int:
        raise AssertionError(f"a program of this computer was started: {words}")

    monkeypatch.setattr(os, "posix_spawn", started)
    boot.boot(["eth0", "eth1"], "br-lan")
    kernel = Kernel()
    assert kernel.present("eth0") and not kernel.present("br-lan")
    assert kernel.run("link", "add", "name", "br-lan", "type", "bridge")
    assert kernel.run("addr", "add", "192.168.1.1/24", "broadcast", "192.168.1.255", "dev", "br-lan")
    assert kernel.run("link", "set", "br-lan", "up")
    assert links.devices()["br-lan"]["addresses"] == ["192.168.1.1/24"]
    assert "br-lan\t0001A8C0\t00000000\t0001" in (tmp_path / "proc/net/route").read_text()
    assert kernel.run("addr", "flush", "dev", "br-lan", "scope", "global")
    assert links.devices()["br-lan"]["addresses"] == []
    assert not kernel.run("link", "set", "nobody", "up")
