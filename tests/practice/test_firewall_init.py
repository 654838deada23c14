"""/etc/init.d/firewall under procd's rc.common, with the real iptables and nft in a network of its own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.practice.firewalls import OWN_NETWORK, SEARCHED, needs
from tests.practice.procd_router import ProcdRouter
from tests.practice.test_fw3 import plain
from tests.recordings import recording

INIT = 'sh "$IPKG_INSTROOT/etc/rc.common" "$IPKG_INSTROOT/etc/init.d/firewall"'
DUMP = """#!/bin/sh
case $* in
"call network.interface dump") exec cat "$IPKG_INSTROOT/dump" ;;
esac
exec "$IPKG_INSTROOT/bin/ubus.real" "$@"
"""


def router(root: Path, release: str) -> ProcdRouter:
    """A router whose networks are those of the recordings."""
    made = ProcdRouter(root).make(release)
    (root / "bin/ubus").rename(root / "bin/ubus.real")
    made.script("/bin/ubus", DUMP)
    (root / "dump").write_text(recording("24.10", "ubus_interface_dump").out)
    legacy = shutil.which("xtables-legacy-multi", path=SEARCHED)
    for name in ("iptables", "ip6tables", "iptables-save", "ip6tables-save", "iptables-restore", "ip6tables-restore"):
        if legacy:
            (root / "bin" / name).symlink_to(legacy)
    (root / "proc/sys/net/ipv4").mkdir(parents=True)
    return made


def play(made: ProcdRouter, script: str) -> subprocess.CompletedProcess[str]:
    """Run it while procd runs."""
    script = f'procd serve & while [ ! -S "$IPKG_INSTROOT/var/run/ubus/ubus.sock" ]; do sleep 0.1; done\n{script}'
    environment = made.environment()
    environment["PATH"] += ":/usr/sbin:/sbin"
    command = [*OWN_NETWORK, "sh", "-c", f"{script}\nkill $!; wait"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("release", ["19.07", "21.02"])
def test_fw3_by_its_script(tmp_path: Path, release: str) -> None:
    """In an order that fits what was recorded: a start of what runs, a stop that flushes, a reload that starts."""
    needs("xtables-legacy-multi")
    script = [f"{INIT} enable", "fw3 -q start"]
    actions = ("enabled", "start", "reload", "restart", "stop", "reload_after_stop")
    for action in actions:
        word = action.removesuffix("_after_stop")
        script.append(f'{INIT} {word} >"$IPKG_INSTROOT/{action}.out" 2>"$IPKG_INSTROOT/{action}.err"')
        script.append(f'echo $? >"$IPKG_INSTROOT/{action}.code"')
        if "stop" in action:
            script.append(f'iptables-save >"$IPKG_INSTROOT/{action}.save"')
    done = play(router(tmp_path, release), "\n".join(script))
    for action in actions:
        wanted = recording(release, f"initd_firewall_{action}")
        code, out, err = ((tmp_path / f"{action}.{kind}").read_text() for kind in ("code", "out", "err"))
        answer = (action, int(code), out, err.replace(str(tmp_path), ""))
        assert answer == (action, wanted.code, wanted.out, wanted.err), done.stderr
    assert tables(tmp_path / "stop.save") == tables_of(recording(release, "iptables_save_after_stop").out)
    filled = recording(release, "iptables_save_after_stop_reload").out
    assert tables_of(filled).items() <= tables(tmp_path / "reload_after_stop.save").items()


def tables(saved: Path) -> dict[str, str]:
    return tables_of(saved.read_text())


def tables_of(saved: str) -> dict[str, str]:
    """Tables by their names; iptables-save lists them in the order in which they were first used."""
    parts = plain(saved).split("COMMIT")
    return {part.split("\n", 1)[0]: part for part in (each.strip() for each in parts) if part}


def test_fw4_by_its_script(tmp_path: Path) -> None:
    needs("nft")
    wanted = recording("24.10", "initd_firewall_restart")
    done = play(
        router(tmp_path, "24.10"),
        f"{INIT} boot; {INIT} restart; echo rc=$?; nft list tables; {INIT} stop; nft list tables",
    )
    assert done.stdout == f"{wanted.out}table inet fw4\n", done.stderr


@pytest.mark.parametrize(("release", "program"), [("21.02", "fw3"), ("24.10", "fw4")])
def test_a_network_that_comes_up_reloads(tmp_path: Path, release: str, program: str) -> None:
    needs("xtables-legacy-multi" if program == "fw3" else "nft")
    made = router(tmp_path, release)
    made.script("/usr/bin/logger", '#!/bin/sh\nshift 2\necho "$@"\n')
    event = '( . "$IPKG_INSTROOT/etc/hotplug.d/iface/20-firewall" )'
    networks = "for INTERFACE in wan loopback; do ACTION=ifup DEVICE=eth1; " + event + "; done"
    done = play(made, f"{INIT} enable; {program} start 2>/dev/null; {networks}")
    assert done.stdout == "Reloading firewall due to ifup of wan (eth1)\n", done.stderr
