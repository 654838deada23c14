"""Packages through a session, into the RAM of a router that is a folder here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.router.conftest import Serve
from tests.router.person import Person
from tests.router.server import Rules, SshServer
from tests.router.test_sshd import OLD_CONFIG, _sshd
from tests.supply.samples import FAMILY, ipk
from wizard import apply
from wizard.model.archive import Archive
from wizard.model.errors import WizardError
from wizard.router import script
from wizard.router.session import Credentials, Output, Session, connect
from wizard.supply import read_folder

LONGEST_COMMAND = 1000
"""Bytes; the dropbear of 2006 takes 1024 (MAX_CMD_LEN)."""


@dataclass
class Router:
    """A connection to a router whose root is a folder, with `df` saying what is free in RAM."""

    session: Session
    root: Path

    def send(self, archives: tuple[Archive, ...], folder: str, content: bytes | None = None) -> Output:
        command = script.command("receive", **apply.receive_data(archives, folder))
        moved = f"IPKG_INSTROOT={self.root}; {command}"
        return self.session.send(moved, content or apply.stream(archives), on_sent=lambda sent: None)


@pytest.fixture
def server(serve: Serve) -> SshServer:
    return serve(Rules(empty_password=True))


@pytest.fixture
def router(server: SshServer, credentials: Credentials, tmp_path: Path) -> Iterator[Router]:
    root = tmp_path / "root"
    (root / "tmp").mkdir(parents=True)
    with connect(server.target, credentials, Person()) as session:
        yield Router(session, root)


@pytest.fixture
def archives(tmp_path: Path) -> tuple[Archive, ...]:
    return read_folder(ipk(tmp_path / "files", *FAMILY))


def test_all_arrive_whole_and_readable_by_root_alone(router: Router, archives: tuple[Archive, ...]) -> None:
    before = router.session.round_trips
    assert router.send(archives, "pptp-wizard-packages.1").code == 0
    assert router.session.round_trips == before + 1
    folder = router.root / "tmp/pptp-wizard-packages.1"
    assert folder.stat().st_mode & 0o777 == 0o700
    for archive in archives:
        content = (folder / f"{archive.name}.ipk").read_bytes()
        assert hashlib.md5(content, usedforsecurity=False).hexdigest() == archive.md5


def test_what_an_earlier_run_left_goes_unless_a_wizard_is_at_work(
    router: Router, archives: tuple[Archive, ...]
) -> None:
    router.send(archives, "pptp-wizard-packages.1")
    router.send(archives, "pptp-wizard-packages.2")
    (router.root / "tmp/pptp-wizard.lock").mkdir()
    router.send(archives, "pptp-wizard-packages.3")
    left = sorted(path.name for path in (router.root / "tmp").glob("pptp-wizard-packages.*"))
    assert left == ["pptp-wizard-packages.2", "pptp-wizard-packages.3"]


def test_no_room_is_said_before_anything_is_written(
    router: Router, archives: tuple[Archive, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apply.upload, "ROOM", 1 << 40)
    output = router.send(archives, "pptp-wizard-packages.1", bytes(4_000_000))
    assert output.code == apply.NO_ROOM
    assert b"kB are free in RAM" in output.out
    assert list((router.root / "tmp").iterdir()) == []


def test_a_stream_that_is_cut_is_no_success(router: Router, archives: tuple[Archive, ...]) -> None:
    assert router.send(archives, "pptp-wizard-packages.1", apply.stream(archives)[:700]).code != 0


def test_progress_is_told_to_the_last_byte(router: Router, archives: tuple[Archive, ...]) -> None:
    told: list[int] = []
    content = bytes(3_000_000)
    assert router.session.send("wc -c", content, on_sent=told.append).out.split() == [b"3000000"]
    assert told == sorted(told)
    assert told[-1] == len(content)
    assert len(told) > 50


def test_a_command_that_reads_nothing_is_heard(router: Router) -> None:
    output = router.session.send("echo no; exit 4", bytes(8_000_000), on_sent=lambda sent: None)
    assert (output.code, output.out) == (4, b"no\n")


def test_a_cut_while_sending(router: Router, server: SshServer) -> None:
    with pytest.raises(WizardError) as caught:
        router.session.send("cat >/dev/null", bytes(8_000_000), on_sent=lambda sent: server.hang_up())
    assert caught.value.code == "connection-lost"


def test_the_command_is_short_enough_for_the_oldest(archives: tuple[Archive, ...]) -> None:
    command = script.command("receive", **apply.receive_data(archives, apply.folder()))
    assert len(command) < LONGEST_COMMAND


def test_an_sshd_like_white_russians_takes_it_too(
    tmp_path: Path, credentials: Credentials, archives: tuple[Archive, ...]
) -> None:
    (tmp_path / "root/tmp").mkdir(parents=True)
    given = replace(credentials, identity=tmp_path / "user")
    with _sshd(tmp_path, OLD_CONFIG) as target, connect(target, given, Person(allows_old=True)) as session:
        assert Router(session, tmp_path / "root").send(archives, "pptp-wizard-packages.1").code == 0
    assert len(list((tmp_path / "root/tmp/pptp-wizard-packages.1").iterdir())) == len(archives)
