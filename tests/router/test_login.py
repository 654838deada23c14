"""The ladder of logins: agent, key files, no password, password; and the same way once more without a question."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from paramiko import PKey, RSAKey

from tests.router.conftest import Serve
from tests.router.person import Person
from tests.router.server import OLD_ONLY, Rules, ecdsa_key
from wizard.model.errors import ExitCode, WizardError
from wizard.model.secret import Secret
from wizard.resources import page
from wizard.router.keys import is_encrypted
from wizard.router.session import Credentials, connect, reconnect


def _code(caught: pytest.ExceptionInfo[WizardError]) -> str:
    """The code, once its page has been rendered from the data that came with it."""
    assert page(caught.value.code, **caught.value.data).body
    return caught.value.code


def _written(path: Path, key: RSAKey, passphrase: str | None = None) -> Path:
    path.parent.mkdir(exist_ok=True)
    key.write_private_key_file(str(path), passphrase)
    return path


def test_an_empty_root_password_needs_no_question(serve: Serve, credentials: Credentials) -> None:
    server, person = serve(Rules(empty_password=True)), Person()
    with connect(server.target, credentials, person):
        assert server.attempts == ["none"]
        assert person.questions("password") == []


def test_a_given_password_is_not_asked_for(serve: Serve, credentials: Credentials) -> None:
    server, person = serve(Rules(password="right")), Person()
    with connect(server.target, dataclasses.replace(credentials, password=Secret("right")), person):
        assert server.attempts == ["none", "password"]
        assert person.questions("password") == []


def test_a_refused_password_can_be_tried_again(serve: Serve, credentials: Credentials) -> None:
    server, person = serve(Rules(password="right")), Person(passwords=["wrong", "right"])
    with connect(server.target, credentials, person):
        assert person.questions("password") == [1, 2]


def test_a_given_password_counts_as_the_first_try(serve: Serve, credentials: Credentials) -> None:
    server, person = serve(Rules(password="right")), Person(passwords=["wrong", "wrong too"])
    with pytest.raises(WizardError) as caught:
        connect(server.target, dataclasses.replace(credentials, password=Secret("bad")), person)
    assert _code(caught) == "password-refused"
    assert person.questions("password") == [2, 3]
    assert server.attempts.count("password") == 3


def test_every_password_is_tried_although_the_server_hangs_up(serve: Serve, credentials: Credentials) -> None:
    server, person = serve(Rules(password="right", tries=1)), Person(passwords=["one", "two", "right"])
    with connect(server.target, credentials, person) as session:
        assert session.run("echo in").out == b"in\n"
    assert len(server.transports) == 3
    assert len(person.questions("trust")) == 1


def test_giving_up_is_not_a_refusal(serve: Serve, credentials: Credentials) -> None:
    server = serve(Rules(password="right"))
    with pytest.raises(WizardError) as caught:
        connect(server.target, credentials, Person(passwords=[None]))
    assert _code(caught) == "password-missing"
    assert "password" not in server.attempts


def test_an_open_telnet_is_told_with_a_refusal(
    serve: Serve, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    telnet, ssh = serve(Rules()), serve(Rules(password="right"))
    monkeypatch.setattr("wizard.router.session.TELNET_PORT", telnet.port)
    with pytest.raises(WizardError) as caught:
        connect(ssh.target, credentials, Person(passwords=["a", "b", "c"]))
    assert caught.value.data["telnet"] is True
    assert "telnet 127.0.0.1" in page(caught.value.code, **caught.value.data).body


def test_a_server_without_passwords_is_not_given_one(serve: Serve, credentials: Credentials) -> None:
    server, person = serve(Rules(methods="publickey")), Person()
    with pytest.raises(WizardError) as caught:
        connect(server.target, dataclasses.replace(credentials, password=Secret("secret")), person)
    assert _code(caught) == "keys-only"
    assert "password" not in server.attempts


def test_a_named_key_comes_before_any_password(
    serve: Serve, credentials: Credentials, user_rsa: RSAKey, tmp_path: Path
) -> None:
    server = serve(Rules(password="right", keys=[user_rsa]))
    identity = _written(tmp_path / "key", user_rsa)
    with connect(
        server.target, dataclasses.replace(credentials, identity=identity, password=Secret("right")), Person()
    ):
        assert server.attempts == ["publickey"]


def test_a_usual_key_is_found(serve: Serve, credentials: Credentials, user_rsa: RSAKey) -> None:
    server = serve(Rules(keys=[user_rsa]))
    _written(credentials.ssh_dir / "id_rsa", user_rsa)
    with connect(server.target, credentials, Person()):
        assert server.attempts == ["publickey"]


def test_a_usual_key_is_left_where_another_is_named(
    serve: Serve, credentials: Credentials, user_rsa: RSAKey, tmp_path: Path
) -> None:
    server, person = serve(Rules(keys=[user_rsa], password="right")), Person(passwords=["right"])
    _written(credentials.ssh_dir / "id_rsa", user_rsa)
    other = _written(tmp_path / "other", RSAKey.generate(1024))
    with connect(server.target, dataclasses.replace(credentials, identity=other), person):
        assert server.attempts == ["publickey", "none", "password"]


def test_nobody_is_asked_for_the_passphrase_of_a_usual_key(
    serve: Serve, credentials: Credentials, user_rsa: RSAKey
) -> None:
    server, person = serve(Rules(keys=[user_rsa], password="right")), Person(passwords=["right"])
    _written(credentials.ssh_dir / "id_rsa", user_rsa, "locked")
    with connect(server.target, credentials, person):
        assert person.questions("passphrase") == []


def test_a_passphrase_can_be_tried_again(
    serve: Serve, credentials: Credentials, user_rsa: RSAKey, tmp_path: Path
) -> None:
    server, person = serve(Rules(keys=[user_rsa])), Person(passphrases=["wrong", "opens"])
    identity = _written(tmp_path / "key", user_rsa, "opens")
    with connect(server.target, dataclasses.replace(credentials, identity=identity), person):
        assert person.questions("passphrase") == [identity, identity]


def test_three_wrong_passphrases_are_enough(
    serve: Serve, credentials: Credentials, user_rsa: RSAKey, tmp_path: Path
) -> None:
    server, person = serve(Rules(keys=[user_rsa])), Person(passphrases=["a", "b", "c"])
    identity = _written(tmp_path / "key", user_rsa, "opens")
    with pytest.raises(WizardError) as caught:
        connect(server.target, dataclasses.replace(credentials, identity=identity), person)
    assert _code(caught) == "passphrase-refused"


def test_without_a_passphrase_the_ladder_goes_on(
    serve: Serve, credentials: Credentials, user_rsa: RSAKey, tmp_path: Path
) -> None:
    server = serve(Rules(keys=[user_rsa], password="right"))
    identity = _written(tmp_path / "key", user_rsa, "opens")
    person = Person(passphrases=[None], passwords=["right"])
    with connect(server.target, dataclasses.replace(credentials, identity=identity), person):
        assert server.attempts == ["none", "password"]


@pytest.mark.parametrize("content", [None, "ssh-rsa AAAA me@here\n", "-----BEGIN OPENSSH PRIVATE KEY-----\n!\n"])
def test_a_named_key_has_to_be_one(serve: Serve, credentials: Credentials, tmp_path: Path, content: str | None) -> None:
    identity = tmp_path / "key"
    if content is not None:
        identity.write_text(content)
    with pytest.raises(WizardError) as caught:
        connect(serve(Rules()).target, dataclasses.replace(credentials, identity=identity), Person())
    assert _code(caught) == "identity-unreadable"
    assert caught.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize("form", ["RFC4716", "PEM", "PKCS8"])
@pytest.mark.parametrize("passphrase", ["", "locked"])
def test_a_passphrase_is_seen_in_every_form(tmp_path: Path, form: str, passphrase: str) -> None:
    path = tmp_path / "key"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-m", form, "-N", passphrase, "-f", str(path)], check=True
    )
    assert is_encrypted(path.read_bytes()) is bool(passphrase)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
def test_keys_of_ssh_keygen_with_a_passphrase_open(
    serve: Serve, credentials: Credentials, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "lockèd", "-f", str(path)], check=True)
    known = PKey.from_path(path, "lockèd".encode())  # type: ignore[arg-type] # the stubs are those of paramiko 5
    server = serve(Rules(keys=[known]))
    with connect(server.target, dataclasses.replace(credentials, identity=path), Person(passphrases=["lockèd"])):
        assert server.attempts == ["publickey"]


def test_a_server_that_only_knows_sha1_signatures_gets_one(
    serve: Serve, credentials: Credentials, user_rsa: RSAKey
) -> None:
    """Like dropbear up to 2019.78: no server-sig-algs, and an RSA key has to sign as ssh-rsa (openwrt.md §8.2)."""
    server = serve(Rules(keys=[user_rsa], disabled=OLD_ONLY, server_sig_algs=False))
    _written(credentials.ssh_dir / "id_rsa", user_rsa)
    with connect(server.target, dataclasses.replace(credentials, old_ssh=True), Person()) as session:
        assert session.run("echo in").out == b"in\n"
    assert server.attempts == ["publickey"]
    with reconnect(session.way_in) as again:
        assert again.run("echo in").out == b"in\n"


def test_sha1_signatures_are_for_old_servers_alone(serve: Serve, credentials: Credentials, user_rsa: RSAKey) -> None:
    rules = Rules(keys=[user_rsa], disabled={"pubkeys": OLD_ONLY["pubkeys"]}, server_sig_algs=False, password="right")
    server, person = serve(rules), Person(passwords=["right"])
    _written(credentials.ssh_dir / "id_rsa", user_rsa)
    with connect(server.target, credentials, person):
        assert "publickey" not in server.attempts


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A real ssh-agent without keys."""
    if not shutil.which("ssh-agent"):
        assert os.environ.get("CI") != "true", "openssh-client has to be there"
        pytest.skip("ssh-agent is not installed")
    path = tmp_path / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL) as process:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        deadline = time.monotonic() + 10
        # 2: it cannot be reached; the socket's file is there a moment before anybody listens (ssh-add(1))
        while subprocess.run(["ssh-add", "-l"], capture_output=True).returncode == 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield path
        process.terminate()


def _lend(path: Path) -> None:
    subprocess.run(["ssh-add", "-q", str(path)], check=True, stderr=subprocess.DEVNULL)


def test_the_agent_comes_first(
    serve: Serve, credentials: Credentials, user_rsa: RSAKey, tmp_path: Path, agent: Path
) -> None:
    server = serve(Rules(keys=[user_rsa]))
    _lend(_written(tmp_path / "lent", user_rsa))
    identity = _written(tmp_path / "other", RSAKey.generate(1024))
    with connect(server.target, dataclasses.replace(credentials, identity=identity), Person()) as session:
        assert server.attempts == ["publickey"]
    with reconnect(session.way_in) as again:
        assert again.run("echo in").out == b"in\n"
    subprocess.run(["ssh-add", "-q", "-D"], check=True, stderr=subprocess.DEVNULL)
    with pytest.raises(WizardError) as caught:
        reconnect(session.way_in)
    assert _code(caught) == "login-no-longer"


def test_a_file_whose_key_the_agent_showed_is_not_unlocked(
    serve: Serve, credentials: Credentials, user_rsa: RSAKey, tmp_path: Path, agent: Path
) -> None:
    server, person = serve(Rules(password="right")), Person(passwords=["right"])
    identity = _written(tmp_path / "key", user_rsa)
    identity.with_name("key.pub").write_text(f"ssh-rsa {user_rsa.get_base64()} me\n")
    _lend(identity)
    _written(tmp_path / "key", user_rsa, "locked")
    with connect(server.target, dataclasses.replace(credentials, identity=identity), person):
        assert server.attempts == ["publickey", "none", "password"]
        assert person.questions("passphrase") == []


def test_the_agent_can_be_left_out(
    serve: Serve, credentials: Credentials, user_rsa: RSAKey, tmp_path: Path, agent: Path
) -> None:
    server, person = serve(Rules(keys=[user_rsa], password="right")), Person(passwords=["right"])
    _lend(_written(tmp_path / "lent", user_rsa))
    with connect(server.target, dataclasses.replace(credentials, agent=False), person):
        assert "publickey" not in server.attempts


# paramiko itself leaves the socket open on which it found nobody
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_agent_that_is_gone_is_no_agent(
    serve: Serve, credentials: Credentials, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "gone"))
    with connect(serve(Rules(empty_password=True)).target, credentials, Person()) as session:
        assert session.run("echo in").out == b"in\n"


def test_a_second_connection_asks_nothing(serve: Serve, credentials: Credentials) -> None:
    server = serve(Rules(password="right", disabled=OLD_ONLY))
    person = Person(passwords=["right"], allows_old=True)
    with connect(server.target, credentials, person) as first:
        asked = list(person.asked)
        with reconnect(first.way_in) as second:
            assert second.run("echo in").out == b"in\n"
            assert (second.way_in, second.round_trips) == (first.way_in, 1)
    assert person.asked == asked


def test_a_password_that_was_changed_meanwhile(serve: Serve, credentials: Credentials) -> None:
    server = serve(Rules(password="right"))
    connect(server.target, credentials, Person(passwords=["right"])).close()
    with connect(server.target, credentials, Person(passwords=["right"])) as session:
        server.rules.password = "changed"
        with pytest.raises(WizardError) as caught:
            reconnect(session.way_in)
    assert _code(caught) == "login-no-longer"


def test_a_way_in_prints_no_secret(serve: Serve, credentials: Credentials) -> None:
    given = dataclasses.replace(credentials, password=Secret("geheim"))
    with connect(serve(Rules(password="geheim")).target, given, Person()) as session:
        assert "geheim" not in repr((session.way_in, session.way_in.proof, given))


def test_an_ecdsa_key_needs_no_second_signature(serve: Serve, credentials: Credentials, tmp_path: Path) -> None:
    server, person = serve(Rules(disabled=OLD_ONLY, password="right")), Person(passwords=["right"], allows_old=True)
    path = tmp_path / "key"
    ecdsa_key().write_private_key_file(str(path))
    with connect(server.target, dataclasses.replace(credentials, identity=path), person):
        assert server.attempts.count("publickey") == 1
