"""`~/.ssh/config` is honoured for whatever the person typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from wizard.model.door import Target
from wizard.model.errors import ExitCode, WizardError
from wizard.resources import page
from wizard.router.place import Place, place_of

CONFIG = """
Host router
    HostName 192.168.7.1
    Port 2222
    IdentityFile ~/.ssh/router_key
    IdentitiesOnly yes
    User alice

Host 192.168.*
    IdentityFile /keys/%h

Host jump
    ProxyJump bastion

Host direct
    ProxyCommand none
    ProxyJump none

Host command
    ProxyCommand nc %h %p
"""


@pytest.fixture
def ssh_dir(tmp_path: Path) -> Path:
    (tmp_path / "config").write_text(CONFIG)
    return tmp_path


def test_a_name_of_the_config(ssh_dir: Path) -> None:
    assert place_of(Target("router"), ssh_dir) == Place(
        Target("router"), "192.168.7.1", 2222, (Path("~/.ssh/router_key").expanduser(),), identities_only=True
    )


def test_a_typed_port_outweighs_the_config(ssh_dir: Path) -> None:
    assert place_of(Target("router", 2200), ssh_dir).port == 2200


def test_a_pattern_of_the_config(ssh_dir: Path) -> None:
    assert place_of(Target("192.168.1.1"), ssh_dir).identities == (Path("/keys/192.168.1.1"),)


def test_without_a_config(tmp_path: Path) -> None:
    assert place_of(Target("router", 23), tmp_path / "none") == Place(Target("router", 23), "router", 23)


def test_no_detour_is_no_detour(ssh_dir: Path) -> None:
    assert place_of(Target("direct"), ssh_dir).host == "direct"


@pytest.mark.parametrize("name", ["jump", "command"])
def test_a_detour_is_not_taken(ssh_dir: Path, name: str) -> None:
    error = _fails(Target(name), ssh_dir)
    assert error.code == "proxy-not-followed"


def test_only_root_will_do(ssh_dir: Path) -> None:
    assert _fails(Target("router", user="alice"), ssh_dir).code == "not-root"


@pytest.mark.parametrize("text", ["Host x\n  Port many\n", "one-word\n", 'Host "open\n'])
def test_a_config_that_is_not_understood(tmp_path: Path, text: str) -> None:
    (tmp_path / "config").write_text(text)
    assert _fails(Target("x"), tmp_path).code == "ssh-config-unreadable"


def _fails(target: Target, ssh_dir: Path) -> WizardError:
    with pytest.raises(WizardError) as caught:
        place_of(target, ssh_dir)
    assert page(caught.value.code, **caught.value.data).body
    assert caught.value.exit_code is ExitCode.USAGE
    return caught.value
