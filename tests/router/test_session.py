"""Scripts through a session, against a server that runs them in a real shell."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.router.conftest import Serve
from tests.router.person import Person
from tests.router.server import Rules, SshServer
from wizard.model.errors import WizardError
from wizard.resources import page
from wizard.router.session import Credentials, Session, connect


def _code(caught: pytest.ExceptionInfo[WizardError]) -> str:
    """The code, once its page has been rendered from the data that came with it."""
    assert page(caught.value.code, **caught.value.data).body
    return caught.value.code


@pytest.fixture
def server(serve: Serve) -> SshServer:
    return serve(Rules(empty_password=True))


@pytest.fixture
def session(server: SshServer, credentials: Credentials) -> Iterator[Session]:
    with connect(server.target, credentials, Person()) as session:
        yield session


def test_status_and_both_outputs_come_back(session: Session) -> None:
    output = session.run("echo out; echo err >&2; exit 3")
    assert (output.code, output.out, output.err) == (3, b"out\n", b"err\n")


def test_a_script_is_fed_to_a_shell_and_never_stands_in_a_command(session: Session, server: SshServer) -> None:
    assert session.run(b"cat <<'EOF'\nsome words\nEOF").out == b"some words\n"
    assert server.commands == ["sh -s"]


def test_round_trips_are_counted(session: Session, server: SshServer) -> None:
    assert session.round_trips == 0
    session.run("true")
    session.run("false")
    assert session.round_trips == len(server.commands) == 2


def test_own_address_is_what_the_server_sees(session: Session, server: SshServer) -> None:
    assert (session.own_address, session.own_port) == server.peers[-1][:2]
    assert (session.peer_address, session.peer_port) == ("127.0.0.1", server.port)


def test_more_than_a_window_on_both_outputs(session: Session) -> None:
    noise = 'awk \'BEGIN { for (i = 0; i < 40000; i++) print "%s" > "/dev/%s" }\''
    line = "x" * 99
    output = session.run(f"{noise % (line, 'stderr')}; {noise % (line, 'stdout')}")
    assert (len(output.out), len(output.err)) == (4_000_000, 4_000_000)


def test_a_script_larger_than_a_window(session: Session) -> None:
    assert session.run(": " + "x" * 3_000_000 + "\necho done").out == b"done\n"


def test_lines_are_told_while_the_script_still_runs(session: Session, tmp_path: Path) -> None:
    answer, lines = tmp_path / "answer", []

    def on_line(line: str) -> None:
        lines.append(line)
        answer.touch()

    # The script ends only because its first line was told before its end.
    script = f"echo first; while ! test -e '{answer}'; do sleep 0.01; done; echo second"
    assert session.run(script, on_line=on_line, timeout=10).out == b"first\nsecond\n"
    assert lines == ["first", "second"]


def test_lines_are_whole_and_keep_every_byte(session: Session) -> None:
    lines: list[str] = []
    output = session.run("printf 'a'; sleep 0.1; printf 'b\\nc\\377\\n\\nrest'", on_line=lines.append)
    assert lines == ["ab", "c\udcff", ""]
    assert output.out == b"ab\nc\xff\n\nrest"


def test_an_error_of_the_listener_is_not_taken_for_one_of_the_connection(session: Session) -> None:
    def on_line(line: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        session.run("echo one", on_line=on_line)


def test_silence_is_noticed(session: Session) -> None:
    begin = time.monotonic()
    with pytest.raises(WizardError) as caught:
        session.run("echo one; sleep 5", timeout=0.3)
    assert _code(caught) == "router-silent"
    assert time.monotonic() - begin < 3


def test_a_long_script_that_speaks_is_not_silent(session: Session) -> None:
    script = "for i in 1 2 3 4 5 6; do sleep 0.2; echo $i >&2; done"
    assert session.run(script, timeout=0.8).code == 0


def test_a_cut_in_the_middle(session: Session, server: SshServer) -> None:
    with pytest.raises(WizardError) as caught:
        session.run("echo one; sleep 5", on_line=lambda line: server.hang_up())
    assert _code(caught) == "connection-lost"


def test_a_session_that_was_cut_before(session: Session, server: SshServer) -> None:
    server.hang_up()
    with pytest.raises(WizardError) as caught:
        session.run("true")
    assert _code(caught) == "connection-lost"


def test_closing_twice_is_fine(session: Session) -> None:
    session.close()
    session.close()
    with pytest.raises(WizardError):
        session.run("true")
