"""The whole call on this computer: what dials for the connection test, against a server of ours that breaks in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from wizard.model.report import Check, Verdict
from wizard.pptp.ppp.events import Authentication, LoggedIn
from wizard.pptp.ppp.settings import Account, ClientSettings, Encryption, Limits, ServerSettings
from wizard.practice.pptp import PptpServer
from wizard.verify import dialling
from wizard.verify.carrier import LoopbackCarrier
from wizard.verify.course import Stage
from wizard.verify.dialling import Wish, dial

SERVER, CLIENT = IPv4Address("172.16.1.1"), IPv4Address("172.16.1.2")
NEIGHBOUR, NOBODY = IPv4Address("192.168.1.20"), IPv4Address("192.168.1.99")
PASSWORD = "made-up-4-anna"
QUICK = Limits(restart_timer=0.2, max_configure=3)
SETTINGS = ServerSettings({"anna": Account(PASSWORD, CLIENT)}, SERVER, dns=(SERVER,), mru=1400, limits=QUICK)
ANNA = ClientSettings("anna", PASSWORD, limits=QUICK)
REASON = "not allowed, as was answered"
WISH = Wish(NEIGHBOUR, REASON, "made-up.test")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here is far away."""
    monkeypatch.setattr(dialling, "SILENCE", 2.0)


@contextmanager
def served(settings: ServerSettings) -> Iterator[tuple[PptpServer, int]]:
    """A server, and the port to which its packets of GRE go."""
    carrier = LoopbackCarrier()
    server = PptpServer(settings, lambda peer: carrier, neighbours=(NEIGHBOUR,))
    try:
        yield server, carrier.port
    finally:
        server.close()
        carrier.close()


def called(
    settings: ServerSettings = SETTINGS, client: ClientSettings = ANNA, wish: Wish = WISH, told: list[str] | None = None
) -> tuple[Check, ...]:
    """What a call comes to."""
    heard = [] if told is None else told
    with served(settings) as (server, port):
        return dial("127.0.0.1", client, wish, heard.append, lambda to: LoopbackCarrier(port), server.port)


def broken(checks: tuple[Check, ...]) -> Check:
    """The one that is, and there is no other; what comes after it was not tried."""
    (found,) = [check for check in checks if check.verdict is Verdict.BROKEN]
    later = checks[checks.index(found) + 1 :]
    assert all(check.verdict is Verdict.NOT_TRIED for check in later)
    return found


def test_where_all_is_well_every_stage_says_so_and_what_is_not_allowed_is_not_tried() -> None:
    told: list[str] = []
    checks = called(told=told)
    assert [check.name for check in checks[: len(Stage)]] == [stage.value for stage in Stage]
    assert {check.verdict for check in checks if check.detail != REASON} == {Verdict.OK}, checks
    (left_out,) = [check for check in checks if check.verdict is Verdict.NOT_TRIED]
    assert left_out.detail == REASON
    assert all(check.seconds is not None for check in checks[: len(Stage)])
    assert "1396 bytes" in " ".join(check.detail for check in checks)
    assert told[0] == Stage.PORT.value and told[-1] == checks[-1].name


def test_the_password_is_proved_and_never_sent() -> None:
    with served(SETTINGS) as (server, port):
        dial("127.0.0.1", ANNA, WISH, lambda said: None, lambda to: LoopbackCarrier(port), server.port)
        logged_in = [event for event in server.events if isinstance(event, LoggedIn)]
    assert [event.name for event in logged_in] == ["anna"]


@pytest.mark.parametrize(
    ("client", "stage", "code"),
    [
        (replace(ANNA, password="made-up-wrong"), Stage.LOGIN, "login-refused"),
        (replace(ANNA, name="mallory"), Stage.LOGIN, "login-refused"),
    ],
    ids=["wrong password", "unknown user"],
)
def test_a_refused_login(client: ClientSettings, stage: Stage, code: str) -> None:
    found = broken(called(client=client))
    assert (found.name, found.code) == (stage.value, code)


def test_a_server_without_encryption() -> None:
    found = broken(called(replace(SETTINGS, encryption=Encryption.REFUSED)))
    assert (found.name, found.code) == (Stage.ENCRYPTION.value, "encryption-refused")


def test_a_server_that_wants_another_login_is_quoted() -> None:
    found = broken(called(replace(SETTINGS, demands=Authentication.PAP)))
    assert found.name in (Stage.LCP.value, Stage.LOGIN.value)
    assert "PAP" in found.detail


def test_a_host_that_does_not_answer_is_the_routers_to_forward_to() -> None:
    checks = called(wish=replace(WISH, lan=NOBODY))
    assert [check.code for check in checks if check.verdict is Verdict.BROKEN] == ["forwarding-missing"]


def test_where_no_packet_of_the_call_arrives_that_is_said_and_nothing_else() -> None:
    with served(SETTINGS) as (server, _), LoopbackCarrier() as nowhere:
        checks = dial(
            "127.0.0.1",
            replace(ANNA, limits=Limits()),
            WISH,
            lambda said: None,
            lambda to: LoopbackCarrier(nowhere.port),
            server.port,
        )
    found = broken(checks)
    assert (found.name, found.code, found.who) == (Stage.GRE.value, "gre-blocked", "network")
    assert "none came back" in found.detail


def test_a_closed_port() -> None:
    with served(SETTINGS) as (server, port):
        closed = server.port
    found = broken(dial("127.0.0.1", ANNA, WISH, lambda said: None, lambda to: LoopbackCarrier(port), closed))
    assert (found.name, found.code) == (Stage.PORT.value, "port-refused")
