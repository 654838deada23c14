"""known_hosts, against ssh-keygen where it has an opinion; and a stop where a key is not the one it was."""

from __future__ import annotations

import subprocess
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paramiko import PKey

from tests.router.conftest import Serve
from tests.router.person import Person
from tests.router.server import Rules, SshServer, rsa_key
from wizard.model.door import Target
from wizard.model.errors import WizardError
from wizard.resources import page
from wizard.router.hostkeys import REVOKED, HostKey, KnownHosts, known_keys
from wizard.router.place import Place
from wizard.router.session import Credentials, connect, reconnect

KEY = HostKey("ssh-rsa", b"one")
LINE = "ssh-rsa " + b64encode(b"one").decode()
OTHER = HostKey("ssh-rsa", b"other")
OTHER_LINE = "ssh-rsa " + b64encode(b"other").decode()


def _host_key(key: PKey) -> HostKey:
    return HostKey(key.get_name(), key.asbytes())


@pytest.mark.parametrize(
    ("names", "host"),
    [
        ("192.168.1.1", "192.168.1.1"),
        ("openwrt.lan,192.168.1.1", "192.168.1.1"),
        ("OpenWrt.lan", "openwrt.lan"),
        ("192.168.1.*", "192.168.1.1"),
        ("192.168.1.?", "192.168.1.1"),
        ("[192.168.1.1]:2222", "[192.168.1.1]:2222"),
        ("*,!192.168.1.2", "192.168.1.1"),
    ],
)
def test_names_that_mean_a_host(names: str, host: str) -> None:
    assert known_keys(f"# comment\n\n{names} {LINE} and a comment\n", host) == (KEY,)


@pytest.mark.parametrize(
    ("names", "host"),
    [
        ("192.168.1.1", "192.168.1.11"),
        ("192.168.1.1", "[192.168.1.1]:2222"),
        ("[192.168.1.1]:2222", "192.168.1.1"),
        ("[192.168.1.1]:2222", "1"),
        ("192.168.1.*,!192.168.1.1", "192.168.1.1"),
        ("192x168.1.1", "192.168.1.1"),
        ("192.168.1.1", "192x168.1.1"),
        ("#192.168.1.1", "192.168.1.1"),
        ("|1|nonsense", "192.168.1.1"),
        ("|1|a|b|c", "192.168.1.1"),
    ],
)
def test_names_that_do_not(names: str, host: str) -> None:
    assert known_keys(f"{names} {LINE}\n", host) == ()


def test_markers_keep_lines_apart() -> None:
    text = f"@revoked router {OTHER_LINE}\n@cert-authority router {LINE}\nrouter {LINE}\n"
    assert known_keys(text, "router") == (KEY,)
    assert known_keys(text, "router", REVOKED) == (OTHER,)


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    known_keys(f"{text}\nrouter {text}\nrouter ssh-rsa {text}\n|1|{text}|{text} {LINE}", "router")


def test_hashed_names_of_openssh(tmp_path: Path, host_rsa: PKey) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"192.168.1.1 ssh-rsa {host_rsa.get_base64()}\n[router.lan]:2222 ssh-rsa {host_rsa.get_base64()}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(path)], check=True, capture_output=True)
    assert "router.lan" not in path.read_text()
    known = KnownHosts(path)
    assert known.keys("192.168.1.1") == known.keys("[router.lan]:2222") == (_host_key(host_rsa),)
    assert known.keys("router.lan") == ()


def test_what_is_remembered_openssh_finds(tmp_path: Path, host_rsa: PKey) -> None:
    path = tmp_path / "new" / "known_hosts"
    for name in ("192.168.1.1", "[router.lan]:2222"):
        KnownHosts(path).remember(name, _host_key(host_rsa))
        found = subprocess.run(["ssh-keygen", "-l", "-F", name, "-f", str(path)], check=True, capture_output=True)
        assert _host_key(host_rsa).fingerprint in found.stdout.decode()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@given(
    before=st.lists(st.sampled_from(["", "# comment", f"other {OTHER_LINE}", "garbage \udcff"])), newline=st.booleans()
)
def test_remembering_adds_a_line_and_keeps_the_others(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], newline: bool
) -> None:
    path = tmp_path_factory.mktemp("known") / "known_hosts"
    old = "\n".join(before).encode("utf-8", "surrogateescape") + (b"\n" if newline else b"")
    path.write_bytes(old)
    KnownHosts(path).remember("router", KEY)
    assert path.read_bytes().startswith(old)
    assert KnownHosts(path).keys("router") == (KEY,)
    assert (OTHER in KnownHosts(path).keys("other")) is (f"other {OTHER_LINE}" in before)


def test_a_file_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path)  # a directory
    for use in (lambda: known.keys("router"), lambda: known.remember("router", KEY)):
        with pytest.raises(WizardError) as caught:
            use()
        assert page(caught.value.code, **caught.value.data).headline
        assert caught.value.code == "known-hosts-unusable"


def test_known_as() -> None:
    assert Place(Target("x"), "Router.lan", 22).known_as == "router.lan"
    assert Place(Target("x"), "fe80::1", 2222).known_as == "[fe80::1]:2222"


def _known(credentials: Credentials, server: SshServer, *keys: PKey, marker: str = "") -> Path:
    path = credentials.ssh_dir / "known_hosts"
    path.parent.mkdir(exist_ok=True)
    lines = [f"{marker}[127.0.0.1]:{server.port} {key.get_name()} {key.get_base64()}\n" for key in keys]
    path.write_text("".join(lines))
    return path


def test_the_first_visit_shows_the_fingerprint_and_the_second_does_not(
    serve: Serve, credentials: Credentials, host_rsa: PKey
) -> None:
    server, person = serve(Rules(empty_password=True)), Person()
    connect(server.target, credentials, person).close()
    connect(server.target, credentials, person).close()
    assert person.asked == [("trust", ("127.0.0.1", "ssh-rsa", _host_key(host_rsa).fingerprint))]


def test_a_key_that_is_declined_is_neither_kept_nor_logged_in_to(serve: Serve, credentials: Credentials) -> None:
    server = serve(Rules(empty_password=True))
    with pytest.raises(WizardError) as caught:
        connect(server.target, credentials, Person(trusts=False))
    assert page(caught.value.code, **caught.value.data).headline
    assert caught.value.code == "host-key-declined"
    assert server.attempts == []
    assert not credentials.ssh_dir.exists()


def test_a_changed_key_is_a_hard_stop(serve: Serve, credentials: Credentials, host_rsa: PKey) -> None:
    server, before = serve(Rules(empty_password=True)), rsa_key(1024)
    path = _known(credentials, server, before)
    text = path.read_text()
    with pytest.raises(WizardError) as caught:
        connect(server.target, credentials, Person(trusts=None))
    assert caught.value.code == "host-key-changed"
    assert server.attempts == []
    assert path.read_text() == text
    advice = page(caught.value.code, **caught.value.data).body
    for part in (
        _host_key(before).fingerprint,
        _host_key(host_rsa).fingerprint,
        f'ssh-keygen -R "[127.0.0.1]:{server.port}"',
    ):
        assert part in advice


def test_another_kind_of_key_is_a_changed_key(
    serve: Serve, credentials: Credentials, host_ecdsa: PKey, host_rsa: PKey
) -> None:
    """Or whoever stands between would only have to show a kind of key that was never seen."""
    server = serve(Rules(empty_password=True))
    _known(credentials, server, host_ecdsa)
    with pytest.raises(WizardError) as caught:
        connect(server.target, credentials, Person(trusts=None))
    assert caught.value.code == "host-key-changed"


def test_the_known_kind_of_key_is_asked_for_first(credentials: Credentials, host_ecdsa: PKey, host_rsa: PKey) -> None:
    with SshServer([host_ecdsa, host_rsa], Rules(empty_password=True)) as server:
        for known in (host_rsa, host_ecdsa):
            _known(credentials, server, known)
            connect(server.target, credentials, Person(trusts=None)).close()


def test_a_revoked_key_is_never_accepted(serve: Serve, credentials: Credentials, host_rsa: PKey) -> None:
    server = serve(Rules(empty_password=True))
    _known(credentials, server, host_rsa, marker="@revoked ")
    with pytest.raises(WizardError) as caught:
        connect(server.target, credentials, Person(trusts=None))
    assert caught.value.code == "host-key-changed"
    assert "revoked" in page(caught.value.code, **caught.value.data).body


def test_a_key_that_changes_between_two_connections(
    serve: Serve, credentials: Credentials, host_rsa: PKey, host_ecdsa: PKey
) -> None:
    server = serve(Rules(password="right"))
    with connect(server.target, credentials, Person(passwords=["right"])) as session:
        server.host_keys = [host_ecdsa]
        tried = len(server.attempts)
        with pytest.raises(WizardError) as caught:
            reconnect(session.way_in)
    assert caught.value.code == "host-key-changed"
    assert len(server.attempts) == tried
