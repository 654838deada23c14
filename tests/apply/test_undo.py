"""Going back, in real shells: bytes, modes, links and absences, also where it was interrupted and begun again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.apply.functions import run
from tests.shells import SHELLS

PATHS = ["/etc/kept", "/etc/edited", "/etc/closed", "/etc/led", "/etc/gone", "/etc/new", "/opt/of/ours/new"]
ROUTER = """
mkdir -p etc/init.d
echo kept >etc/kept
printf 'no end, caf\\351\\r' >etc/edited
echo closed >etc/closed
chmod 600 etc/closed
ln -s ../rom/led etc/led
echo gone >etc/gone
"""
CHANGES = """
echo ours >etc/edited
chmod 644 etc/closed
rm etc/led etc/gone
echo ours >etc/led
mkdir -p opt/of/ours
echo ours | tee etc/new >opt/of/ours/new
"""
ARM = 'write_hook && arm || { echo not armed; exit 1; }\n: >"$work/began-files"\n'


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> Sequence[str]:
    words: Sequence[str] = request.param
    return words


def tree(root: Path) -> dict[str, tuple[str, object]]:
    """Every path but RAM's and the word on how it ended: mode, and content or target."""
    found: dict[str, tuple[str, object]] = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if name.startswith(("tmp", "etc/pptp-wizard")):
            continue
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        else:
            found[name] = (oct(path.stat().st_mode), path.read_bytes() if path.is_file() else "")
    return found


def scene(tmp_path: Path, shell: Sequence[str], *parts: str) -> str:
    return run(tmp_path, shell, f"cd {tmp_path}\n" + "\n".join(parts), paths=PATHS, packages=[])


@pytest.fixture
def before(tmp_path: Path, shell: Sequence[str]) -> dict[str, tuple[str, object]]:
    scene(tmp_path, shell, "umask 022", ROUTER)
    return tree(tmp_path)


def notes(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "etc/pptp-wizard").rglob("*"))


def test_everything_is_as_it_was(tmp_path: Path, shell: Sequence[str], before: dict[str, tuple[str, object]]) -> None:
    said = scene(tmp_path, shell, ARM, CHANGES, "undo timer")
    assert " undone timer\n" in said
    assert tree(tmp_path) == before
    assert notes(tmp_path) == ["last"]
    assert "why timer" in (tmp_path / "etc/pptp-wizard/last").read_text()


@pytest.mark.parametrize("done", range(len(PATHS) + 1))
def test_it_can_be_interrupted_anywhere_and_begun_again(
    tmp_path: Path, shell: Sequence[str], before: dict[str, tuple[str, object]], done: int
) -> None:
    """As by a power cut: the start script has nothing but the flash."""
    backwards = "\n".join(f"put_back {path}" for path in PATHS[:done])
    scene(tmp_path, shell, ARM, CHANGES, backwards)
    hook = tmp_path / "etc/init.d/S11pptp-wizard-undo"
    scene(tmp_path, shell, f"PATH=$PATH sh {hook} start")
    assert tree(tmp_path) == before
    assert notes(tmp_path) == ["last"]
    assert "why boot" in (tmp_path / "etc/pptp-wizard/last").read_text()


def test_nothing_is_undone_that_was_confirmed(tmp_path: Path, shell: Sequence[str]) -> None:
    scene(tmp_path, shell, "umask 022", ROUTER)
    scene(tmp_path, shell, ARM, CHANGES, 'mv "$pending/armed" "$pending/confirmed"')
    planned = {name: what for name, what in tree(tmp_path).items() if "S11" not in name}
    scene(tmp_path, shell, f"PATH=$PATH sh {tmp_path}/etc/init.d/S11pptp-wizard-undo start")
    assert tree(tmp_path) == planned
    kept = ["0001.tgz", "history", "last", "original.1.tgz", "original.paths"]
    assert notes(tmp_path) == kept
    assert "result confirmed" in (tmp_path / "etc/pptp-wizard/last").read_text()


def test_what_is_undone_already_is_only_tidied(tmp_path: Path, shell: Sequence[str]) -> None:
    """The power went between the last file and the farewell; what somebody has written since is theirs."""
    scene(tmp_path, shell, "umask 022", ROUTER)
    scene(tmp_path, shell, ARM, CHANGES, 'mv "$pending/armed" "$pending/undone"')
    theirs = {name: what for name, what in tree(tmp_path).items() if "S11" not in name}
    scene(tmp_path, shell, f"PATH=$PATH sh {tmp_path}/etc/init.d/S11pptp-wizard-undo start")
    assert tree(tmp_path) == theirs
    assert notes(tmp_path) == ["last"]


def test_new_files_that_only_half_arrived_are_not_left_there(
    tmp_path: Path, shell: Sequence[str], before: dict[str, tuple[str, object]]
) -> None:
    """The power went before anything was changed: passwords among them would lie on the flash for ever."""
    scene(tmp_path, shell, 'write_hook && mkdir -p "$stage" && echo made-up >"$stage/chap-secrets"')
    scene(tmp_path, shell, f"PATH=$PATH sh {tmp_path}/etc/init.d/S11pptp-wizard-undo start")
    assert tree(tmp_path) == before
    assert not (tmp_path / "etc/pptp-wizard").exists()


EDIT = """
printf '%s\\n' /etc/edited /etc/new >"$saved/waits"
echo theirs | tee etc/new >etc/edited
"""
"""Somebody writes a file while we are busy with something else."""


def test_what_somebody_wrote_before_our_turn_stays_theirs(tmp_path: Path, shell: Sequence[str]) -> None:
    """A file has to be as it was kept when we come to replace it, and what we have not touched is not put back."""
    scene(tmp_path, shell, "umask 022", ROUTER)
    said = scene(tmp_path, shell, ARM, EDIT, 'attempt files replace_files || undo "failed files"')
    assert " failed files changed-meanwhile\n" in said
    assert " undone failed files\n" in said
    assert (tmp_path / "etc/edited").read_text() == (tmp_path / "etc/new").read_text() == "theirs\n"


def test_from_our_turn_on_a_file_is_ours_to_put_back(
    tmp_path: Path, shell: Sequence[str], before: dict[str, tuple[str, object]]
) -> None:
    waiting = "printf '%s\\n' /etc/edited /etc/new >\"$saved/waits\"\nunchanged || echo not ours"
    assert "not ours" not in scene(tmp_path, shell, ARM, waiting, CHANGES, "undo timer")
    assert tree(tmp_path) == before


STUCK = "firewall_rebuild() { return 1; }\nbegin firewall\nundo timer || true"


def test_while_one_step_is_stuck_what_others_do_meanwhile_is_left_alone(tmp_path: Path, shell: Sequence[str]) -> None:
    scene(tmp_path, shell, "umask 022", ROUTER, CUT_OFF)
    armed = f"cd {tmp_path}\n{ARM}echo half >usr/sbin/pptpd\n{CHANGES}\n"
    said = run(tmp_path, shell, f"{armed}{STUCK}", paths=PATHS, packages=["pptpd"])
    assert " stuck " in said and "undo-firewall" in said
    assert not (tmp_path / "usr/sbin/pptpd").exists()
    theirs = f"cd {tmp_path}\necho theirs | tee usr/sbin/wg etc/new etc/edited >/dev/null\n"
    scene(tmp_path, shell, theirs)
    again = f"cd {tmp_path}\nfirewall_rebuild() {{ return 0; }}\nbegin firewall\nundo boot"
    assert " undone boot\n" in run(tmp_path, shell, again, paths=PATHS, packages=["pptpd"])
    for name in ("usr/sbin/wg", "etc/new", "etc/edited"):
        assert (tmp_path / name).read_text() == "theirs\n", name


@pytest.mark.parametrize("engine", ["", "recov"], ids=["empty", "torn"])
def test_half_an_engine_is_cleared_away_with_all_that_lies_beside_it(
    tmp_path: Path, shell: Sequence[str], before: dict[str, tuple[str, object]], engine: str
) -> None:
    """The power went before it was armed, or while it was being tidied up."""
    scene(tmp_path, shell, f'write_hook && arm && rm -f "$pending/armed"; printf \'{engine}\' >"$pending/engine"')
    scene(tmp_path, shell, f"PATH=$PATH sh {tmp_path}/etc/init.d/S11pptp-wizard-undo start")
    assert tree(tmp_path) == before
    assert not (tmp_path / "etc/pptp-wizard").exists()


CUT_OFF = """
mkdir -p usr/sbin usr/lib/ipkg lib/modules/x
printf 'Package: base\nVersion: 1\nStatus: install ok installed\n' >usr/lib/ipkg/status
echo theirs >usr/sbin/theirs
"""
"""A router before a package manager that is about to be cut off in the middle."""


@pytest.mark.parametrize("status", ["", "Package: pp"])
def test_what_a_package_manager_left_that_was_cut_off_goes(tmp_path: Path, shell: Sequence[str], status: str) -> None:
    """Its files are there, and its database knows nothing of them or is not whole."""
    scene(tmp_path, shell, "umask 022", ROUTER, CUT_OFF)
    before = tree(tmp_path)
    half = f"echo half | tee usr/sbin/pptpd >lib/modules/x/mppe.o\nprintf '{status}' >usr/lib/ipkg/status"
    parts = f"cd {tmp_path}\n{ARM}{half}\nundo broken-off"
    said = run(tmp_path, shell, parts, paths=PATHS, packages=["pptpd"])
    assert " undone broken-off\n" in said, said
    assert tree(tmp_path) == before
