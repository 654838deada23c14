"""Records what routers say to the script that looks at them: `python -m tests.lab.record [FOLDER…]`.

tests/routers/scenes.toml says what each folder of tests/routers is. What the kernel counts, times and process numbers
differ from one recording to the next.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.lab import host
from tests.lab.lab import Lab
from tests.lab.router import Router
from tests.lab.wizard import Wizard, answers
from wizard.ask import Unattended
from wizard.discover import parse_target
from wizard.journey.arrive import looking_script
from wizard.model.secret import Secret
from wizard.router.session import Credentials, connect

FOLDER = Path(__file__).parents[1] / "routers"
NONCE = "0123456789abcdef"
"""Stands in every recording where a run has a number of its own."""
CLIENTS = {"anna": "172.16.1.2", "bert": "172.16.1.3"}
PASSWORDS = {"anna": "made-up-anna", "bert": 'made-up "bert" \\'}
ACCESS = ('lan = ["192.168.1.20", "192.168.1.64/26"]', "between_clients = true", "from_lan = true")

Scene = Mapping[str, Any]


def main(names: list[str]) -> int:
    """Record these folders, or all. Returns the exit code."""
    if os.geteuid() != 0:
        host.enter([sys.executable, "-m", "tests.lab.record", *names])
    if reason := host.why_not():
        print(reason, file=sys.stderr)
        return 1
    scenes = tomllib.loads((FOLDER / "scenes.toml").read_text())
    lab = Lab()
    try:
        with lab.network.home.entered():
            for name in names or scenes:
                print(name, flush=True)
                _write(name, recorded(lab, scenes[name]))
    finally:
        lab.close()
    return 0


def _write(name: str, said: bytes) -> None:
    (FOLDER / name).mkdir(exist_ok=True)
    (FOLDER / name / "inspect.txt").write_bytes(said)


def recorded(lab: Lab, scene: Scene) -> bytes:
    """What the router of this scene says."""
    if "noise" in scene:
        size: int = scene["noise"]
        return random.Random(size).randbytes(size)
    if "of" in scene:
        whole = Path(FOLDER, scene["of"], "inspect.txt").read_bytes()
        cut: int | None = scene.get("cut")
        return str(scene.get("banner", "")).encode() + whole[:cut]
    if "root" in scene:
        return elsewhere(scene["root"])
    with tempfile.TemporaryDirectory() as home:
        return _instead(on_router(lab, scene, Path(home)), scene.get("instead", {}))


def elsewhere(files: Mapping[str, str]) -> bytes:
    """What the script says on a system with these files, under a shell of this computer."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            file = Path(root, path.lstrip("/"))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        Path(root, "proc").symlink_to("/proc")
        environment = {"PATH": os.environ["PATH"], "IPKG_INSTROOT": root}
        return subprocess.run(["sh", "-s"], input=_script(), env=environment, stdout=subprocess.PIPE, check=True).stdout


def on_router(lab: Lab, scene: Scene, home: Path) -> bytes:
    """What a router of the lab says."""
    router = lab.router(
        release=scene["release"],
        wan=scene.get("wan", "static"),
        settings={name: value or None for name, value in scene.get("settings", {}).items()},
    )
    if "before" in scene:
        _run(router, scene["before"])
        router.reboot()
    wizard = Wizard(router, home)
    if scene.get("call"):
        ran = wizard.apply(answers(CLIENTS, access=ACCESS), PASSWORDS)
        assert ran.code == 0, ran.out
        call = lab.client().dial("anna", PASSWORDS["anna"])
        assert call.up, call.log
    if "after" in scene:
        _run(router, scene["after"])
    return looked_at(router, home)


def _run(router: Router, commands: str) -> None:
    done = router.run(f"set -e\n{commands}")
    assert done.code == 0, done.out


def looked_at(router: Router, home: Path) -> bytes:
    """What the wizard hears from a router, over a connection of its own."""
    credentials = Credentials(None, Secret(router.password or ""), True, ssh_dir=home / ".ssh")
    with connect(parse_target(router.lan), credentials, Unattended()) as session:
        return session.run(_script().decode()).out


def _script() -> bytes:
    looking = looking_script()
    return looking.text.replace(looking.nonce, NONCE).encode()


def _instead(said: bytes, sections: Mapping[str, str]) -> bytes:
    """The same with other text in these sections."""
    for name, text in sections.items():
        head, begin, rest = said.partition(f"\n{NONCE} begin {name}\n".encode())
        assert begin, name
        _, end, tail = rest.partition(f"\n{NONCE} end ".encode())
        said = head + begin + text.encode() + end + tail
    return said


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
