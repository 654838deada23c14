"""Answers and passwords as files: both ways, and refused by name."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wizard import resources
from wizard.model.answers import MAX_MTU, MIN_MTU, Access, Answers, Client, DaemonOptions, Tunnel
from wizard.model.errors import ExitCode, WizardError
from wizard.model.secret import Secret
from wizard.plan import answersfile
from wizard.plan.answersfile import dump_answers, load_answers, load_password, load_secrets, save_answers
from wizard.plan.names import name_problem

ANSWERS = Answers(Tunnel(IPv4Address("172.16.1.1")), (Client("vpnuser", IPv4Address("172.16.1.2")),))
FILE = """\
version = 1

[tunnel]
server = "172.16.1.1"
dns = "router"

[[clients]]
name = "vpnuser"
address = "172.16.1.2"

[access]
lan = "all"
from_lan = true
internet = false
between_clients = false
router = "dns"

[daemon]
mppe = "required"
mtu = 1400
debug = false
"""
LEAST = 'version = 1\n[tunnel]\nserver = "172.16.1.1"\n'

ADDRESSES = st.integers(0, 2**32 - 1).map(IPv4Address)
NETWORKS = st.tuples(ADDRESSES, st.integers(0, 32)).map(lambda pair: IPv4Network(pair, strict=False))
NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=255).filter(
    lambda name: name_problem(name) is None
)
ANY_ANSWERS = st.builds(
    Answers,
    st.builds(Tunnel, ADDRESSES, st.sampled_from(["router", "none"]) | st.lists(ADDRESSES, max_size=3).map(tuple)),
    st.lists(st.builds(Client, NAMES, ADDRESSES), max_size=4).map(tuple),
    st.builds(
        Access,
        st.sampled_from(["all", "none"]) | st.lists(NETWORKS, max_size=3).map(tuple),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["dns", "all"]),
    ),
    st.builds(DaemonOptions, st.just("required"), st.integers(MIN_MTU, MAX_MTU), st.booleans()),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that is its owner's alone."""
    path = tmp_path / "file.toml"
    path.touch(0o600)
    return path


def refused(path: Path, text: str) -> dict[str, object]:
    """What an answers file with this text is refused with."""
    path.write_text(text)
    with pytest.raises(WizardError) as caught:
        load_answers(path)
    assert caught.value.exit_code is ExitCode.USAGE
    assert resources.page(caught.value.code, **caught.value.data).headline
    return caught.value.data


def test_the_file_of_the_manual_and_its_answers(file: Path) -> None:
    file.write_text(FILE)
    assert load_answers(file) == ANSWERS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ANY_ANSWERS)
def test_what_is_written_reads_back_as_the_same(file: Path, answers: Answers) -> None:
    save_answers(file, answers)
    assert load_answers(file) == answers


def test_what_is_left_out_is_usual(file: Path) -> None:
    file.write_text(LEAST)
    assert load_answers(file) == replace(ANSWERS, clients=())


def test_a_file_of_notepad_is_read(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + LEAST.replace("\n", "\r\n").encode())
    assert load_answers(file).tunnel == ANSWERS.tunnel


@pytest.mark.parametrize(
    ("line", "key", "advice"),
    [
        ("tunel = 1", "tunel", "Did you mean tunnel?"),
        ('[tunnel]\nserver = "172.16.1.1"\nservr = 1', "tunnel.servr", "Did you mean server?"),
        ('[[clients]]\nname = "a"\nadress = 1', "clients[1].adress", "Did you mean address?"),
        ("[access]\ninternt = true", "access.internt", "Did you mean internet?"),
        ("[daemon]\nmttu = 1400", "daemon.mttu", "Did you mean mtu?"),
        ("[daemon]\nqqq = 1400", "daemon.qqq", "Known here: mppe, mtu, debug."),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_right_one(file: Path, line: str, key: str, advice: str) -> None:
    tunnel = "" if "[tunnel]" in line else '[tunnel]\nserver = "172.16.1.1"\n'
    text = f"version = 1\n{tunnel}{line}" if line.startswith("[") else f"version = 1\n{line}\n{tunnel}"
    data = refused(file, text)
    assert (data["key"], data["advice"]) == (key, advice)


@pytest.mark.parametrize("later", answersfile.LATER)
def test_keys_of_a_later_version_are_refused_by_name(file: Path, later: str) -> None:
    data = refused(file, f'{LEAST}[[clients]]\nname = "a"\naddress = "172.16.1.2"\n{later} = true')
    assert data["key"] == f"clients[1].{later}"
    assert "yet" in str(data["problem"])


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "version"),
        ("version = 2", "version"),
        ("version = true", "version"),
        ("version = 1", "tunnel"),
        ("version = 1\ntunnel = 3", "tunnel"),
        ("version = 1\n[tunnel]", "tunnel.server"),
        ("version = 1\n[tunnel]\nserver = 3", "tunnel.server"),
        ('version = 1\n[tunnel]\nserver = "172.16.1"', "tunnel.server"),
        (f'{LEAST}dns = "auto"', "tunnel.dns"),
        (f"{LEAST}dns = 1", "tunnel.dns"),
        (f'{LEAST}dns = ["1.1.1.1", "x"]', "tunnel.dns[2]"),
        (f"{LEAST}[clients]", "clients"),
        (f"{LEAST}[[clients]]", "clients[1].name"),
        (f'{LEAST}[[clients]]\nname = "a"', "clients[1].address"),
        (f'{LEAST}[[clients]]\nname = "*"\naddress = "172.16.1.2"', "clients[1].name"),
        (f'{LEAST}[access]\nlan = "some"', "access.lan"),
        (f'{LEAST}[access]\nlan = ["192.168.1.10/24"]', "access.lan[1]"),
        (f"{LEAST}[access]\nlan = [true]", "access.lan[1]"),
        (f"{LEAST}[access]\nfrom_lan = 1", "access.from_lan"),
        (f'{LEAST}[access]\ninternet = "yes"', "access.internet"),
        (f'{LEAST}[access]\nrouter = "ssh"', "access.router"),
        (f'{LEAST}[daemon]\nmppe = "none"', "daemon.mppe"),
        (f"{LEAST}[daemon]\nmtu = 575", "daemon.mtu"),
        (f"{LEAST}[daemon]\nmtu = 1483", "daemon.mtu"),
        (f"{LEAST}[daemon]\nmtu = true", "daemon.mtu"),
        (f"{LEAST}[daemon]\ndebug = 0", "daemon.debug"),
        ("version = ", ""),
    ],
)
def test_every_value_is_checked(file: Path, text: str, key: str) -> None:
    data = refused(file, text)
    assert data["key"] == key
    assert data["problem"]


def test_a_network_with_a_hosts_address_is_put_right(file: Path) -> None:
    assert "192.168.1.0/24" in str(refused(file, f'{LEAST}[access]\nlan = ["192.168.1.10/24"]')["advice"])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WizardError) as caught:
        load_answers(tmp_path / "none.toml")
    assert caught.value.code == "answers-unreadable"
    assert "No such file" in resources.page(caught.value.code, **caught.value.data).body


def test_a_file_that_is_no_text_is_named(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(WizardError) as caught:
        load_answers(file)
    assert caught.value.code == "answers-unreadable"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(WizardError) as caught:
        save_answers(tmp_path, ANSWERS)
    assert resources.page(caught.value.code, **caught.value.data).headline == "The answers could not be saved."


def test_answers_hold_no_secret() -> None:
    assert "password" not in dump_answers(ANSWERS).lower().replace("passwords are not in here", "")


def test_passwords_are_read_by_user_name(file: Path) -> None:
    file.write_text('[passwords]\nvpnuser = \'p"#\\ $\'\n"john doe" = "x"\n')
    assert load_secrets(file) == {"vpnuser": Secret('p"#\\ $'), "john doe": Secret("x")}


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o601])
@pytest.mark.parametrize("load", [load_secrets, load_password])
def test_a_secret_that_others_can_read_is_refused(file: Path, mode: int, load: object) -> None:
    assert callable(load)
    file.write_text('[passwords]\nvpnuser = "x"\n')
    file.chmod(mode)
    with pytest.raises(WizardError) as caught:
        load(file)
    page = resources.page(caught.value.code, **caught.value.data)
    assert f"{mode:04o}" in page.body
    assert f"chmod 600 {file}" in page.body


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[passwords]\nvpnuser = "@hunter2"', "passwords.vpnuser"),
        ("[passwords]\nvpnuser = 123456", "passwords.vpnuser"),
        ('[passwords]\n"*" = "hunter2"', "passwords"),
        ('[password]\nvpnuser = "hunter2"', "password"),
        ("passwords = 1", "passwords"),
        ("", "passwords"),
        ("[passwords]\nvpnuser = hunter2", ""),
        ('[passwords]\nvpnuser = "hunter2\\q"', ""),
        ('passwords = {hunter2 = "a", hunter2 = "b"}', ""),  # tomllib's own words would quote it
    ],
)
def test_a_secrets_file_is_checked_and_stays_secret(file: Path, text: str, key: str) -> None:
    file.write_text(text)
    with pytest.raises(WizardError) as caught:
        load_secrets(file)
    assert caught.value.code == "secrets-invalid"
    assert caught.value.data["key"] == key
    page = resources.page(caught.value.code, **caught.value.data)
    assert "hunter2" not in f"{page} {caught.value.data} {caught.value.__cause__}"
    assert "123456" not in page.body


def test_the_routers_password_is_the_first_line(file: Path) -> None:
    file.write_bytes(b"p w \r\nsecond\n")
    assert load_password(file) == Secret("p w ")


def test_the_routers_password_comes_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("piped\n"))
    assert load_password(Path("-")) == Secret("piped")


def test_an_empty_password_file_is_refused(file: Path) -> None:
    with pytest.raises(WizardError) as caught:
        load_password(file)
    assert caught.value.data["reason"] == "its first line is empty"


def test_what_is_not_checked_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answersfile, "MODE_MATTERS", True)
    assert answersfile.secrets_caution() == ""
    monkeypatch.setattr(answersfile, "MODE_MATTERS", False)
    assert "not checked" in answersfile.secrets_caution()
