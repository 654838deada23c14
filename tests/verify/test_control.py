"""The probe against a server in this process: each way it can answer, and each way it can fail."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from wizard.model.report import Check, Verdict
from wizard.pptp.codes import DisconnectResult, GeneralError, OutgoingCallResult, StartResult
from wizard.pptp.control import ControlConnection, Event, TcpClosed
from wizard.pptp.messages import (
    CallClearRequest,
    CallDisconnectNotify,
    EchoReply,
    EchoRequest,
    OutgoingCallReply,
    OutgoingCallRequest,
    StartControlConnectionReply,
    StartControlConnectionRequest,
    StopControlConnectionRequest,
)
from wizard.pptp.transitions import Role
from wizard.verify import control
from wizard.verify.control import probe

OK, BROKEN, NOT_TRIED = Verdict.OK, Verdict.BROKEN, Verdict.NOT_TRIED
PATIENCE = 0.3
HELLO = StartControlConnectionReply(firmware_revision=1, host_name=b"local", vendor_string=b"linux")


class Server:
    """One control connection, answered as a well-behaved pptpd does unless a subclass says otherwise."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.machine = ControlConnection(Role.SERVER)
        self.heard: list[Event] = []

    def serve(self) -> None:
        """Until the client closes or we do."""
        while not isinstance(event := self.listen(), TcpClosed):
            self.answer(event)

    def listen(self) -> Event:
        """The next event; what the machine answers by itself is sent."""
        while (event := self.machine.next_event()) is None:
            self.machine.receive_data(self.socket.recv(4096))
        self.heard.append(event)
        self.flush()
        return event

    def answer(self, event: Event) -> None:
        match event:
            case StartControlConnectionRequest():
                self.machine.send(HELLO)
            case OutgoingCallRequest():
                self.machine.send(OutgoingCallReply(128, event.call_id))
            case CallClearRequest():
                self.machine.send(CallDisconnectNotify(128))
        self.flush()

    def flush(self) -> None:
        self.socket.sendall(self.machine.data_to_send())


class Running:
    """What a test sees of the server that was probed."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.heard: list[Event] = []

    def probe(self) -> tuple[Check, ...]:
        return probe("127.0.0.1", self.port, timeout=PATIENCE)


@contextmanager
def running(kind: Callable[[socket.socket], Server]) -> Iterator[Running]:
    """A server of this kind for one connection, on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        seen = Running(listener.getsockname()[1])
        thread = threading.Thread(target=serve_one, args=(listener, kind, seen), daemon=True)
        thread.start()
        yield seen
    thread.join(5)
    assert not thread.is_alive(), "the probe left its connection open"


def serve_one(listener: socket.socket, kind: Callable[[socket.socket], Server], seen: Running) -> None:
    connection, _ = listener.accept()
    with connection:
        server = kind(connection)
        seen.heard = server.heard
        # a server that has failed on purpose may find its client gone
        with suppress(ConnectionError):
            server.serve()


@pytest.fixture(autouse=True)
def counters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[int, int], None]:
    """The kernel's counters, ours to set: what else runs on this machine must not count."""
    path = tmp_path / "snmp"

    def put(unknown: int, unreachable: int) -> None:
        path.write_text(
            "Ip: Forwarding InUnknownProtos InDiscards\n"
            f"Ip: 2 {unknown} 9\n"
            "Icmp: InMsgs OutDestUnreachs\n"
            f"Icmp: 7 {unreachable}\n"
        )

    put(3, 4)
    monkeypatch.setattr(control, "_NETWORK_COUNTERS", path)
    monkeypatch.setattr(control, "SETTLE", 0.2)
    return put


def verdicts(checks: tuple[Check, ...]) -> list[Verdict]:
    return [check.verdict for check in checks]


def test_a_good_server_passes_and_is_left_clean() -> None:
    with running(Server) as server:
        port, connection, call = server.probe()
    assert verdicts((port, connection, call)) == [OK, OK, OK]
    assert [port.name, connection.name, call.name] == [
        f"TCP port {server.port}",
        "PPTP control connection",
        "call accepted",
    ]
    assert connection.detail == 'host "local", vendor "linux", firmware 1'
    assert [type(event) for event in server.heard] == [
        StartControlConnectionRequest,
        OutgoingCallRequest,
        CallClearRequest,
        StopControlConnectionRequest,
        TcpClosed,
    ]
    _, request, clear, *_ = server.heard
    assert isinstance(request, OutgoingCallRequest)
    assert clear == CallClearRequest(request.call_id)


class ClosesAtClear(Server):
    """What pptpd 1.4.0 does: no Call-Disconnect-Notify, the TCP connection is closed."""

    def answer(self, event: Event) -> None:
        if isinstance(event, CallClearRequest):
            raise ConnectionAbortedError
        super().answer(event)


def test_a_server_that_closes_when_the_call_is_cleared_is_good_too() -> None:
    with running(ClosesAtClear) as server:
        assert verdicts(server.probe()) == [OK, OK, OK]


class Dribbles(Server):
    def flush(self) -> None:
        for octet in self.machine.data_to_send():
            self.socket.sendall(bytes([octet]))


class Echoes(Server):
    def answer(self, event: Event) -> None:
        super().answer(event)
        if isinstance(event, OutgoingCallRequest):
            self.machine.send(EchoRequest(5))
            self.flush()


def test_a_server_that_sends_octet_by_octet_is_understood() -> None:
    with running(Dribbles) as server:
        assert verdicts(server.probe()) == [OK, OK, OK]


def test_an_echo_in_between_is_answered() -> None:
    with running(Echoes) as server:
        assert verdicts(server.probe()) == [OK, OK, OK]
    assert EchoReply(5) in server.heard


class RefusesStart(Server):
    def answer(self, event: Event) -> None:
        self.machine.send(StartControlConnectionReply(result_code=StartResult.NOT_AUTHORIZED))
        self.flush()


def test_a_refused_start_is_broken_with_its_words() -> None:
    with running(RefusesStart) as server:
        port, connection, call = server.probe()
    assert verdicts((port, connection, call)) == [OK, BROKEN, NOT_TRIED]
    assert StartResult.NOT_AUTHORIZED.words in connection.detail
    assert connection.who == "router"


class RefusesCall(Server):
    def answer(self, event: Event) -> None:
        if not isinstance(event, OutgoingCallRequest):
            super().answer(event)
            return
        result, error = OutgoingCallResult.GENERAL_ERROR, GeneralError.NO_RESOURCE
        self.machine.send(OutgoingCallReply(0, event.call_id, result, error))
        self.flush()


def test_a_refused_call_is_broken_with_its_words_and_stopped() -> None:
    with running(RefusesCall) as server:
        port, connection, call = server.probe()
    assert verdicts((port, connection, call)) == [OK, OK, BROKEN]
    assert OutgoingCallResult.GENERAL_ERROR.words in call.detail
    assert GeneralError.NO_RESOURCE.words in call.detail
    assert StopControlConnectionRequest() in server.heard
    assert not any(isinstance(event, CallClearRequest) for event in server.heard)


class DropsAfterCall(Server):
    """pppd is dead at once, and pptpd closes."""

    def answer(self, event: Event) -> None:
        super().answer(event)
        if isinstance(event, OutgoingCallRequest):
            raise ConnectionAbortedError


class NotifiesAfterCall(Server):
    def answer(self, event: Event) -> None:
        super().answer(event)
        if isinstance(event, OutgoingCallRequest):
            self.machine.send(CallDisconnectNotify(128, DisconnectResult.LOST_CARRIER))
            self.flush()


def test_a_dropped_call_is_the_fault_of_pppd() -> None:
    with running(DropsAfterCall) as server:
        port, connection, call = server.probe()
    assert verdicts((port, connection, call)) == [OK, OK, BROKEN]
    assert "the router's pppd gave up at once" in call.detail
    assert call.who == "router"


def test_a_disconnected_call_is_told_with_its_result() -> None:
    with running(NotifiesAfterCall) as server:
        *_, call = server.probe()
    assert call.verdict is BROKEN
    assert "the router's pppd gave up at once" in call.detail
    assert DisconnectResult.LOST_CARRIER.words in call.detail
    assert StopControlConnectionRequest() in server.heard


def dropping(counters: Callable[[int, int], None], unknown: int, unreachable: int) -> type[Server]:
    """A server whose call ends after this computer turned packets away."""

    class Drops(DropsAfterCall):
        def answer(self, event: Event) -> None:
            if isinstance(event, OutgoingCallRequest):
                counters(unknown, unreachable)
            super().answer(event)

    return Drops


def test_packets_that_this_computer_turned_away_show_a_living_pppd(counters: Callable[[int, int], None]) -> None:
    with running(dropping(counters, 4, 5)) as server:
        *_, call = server.probe()
    assert call.verdict is OK
    assert "GRE" in call.detail


def test_a_rejection_of_unknown_packets_leaves_it_open(counters: Callable[[int, int], None]) -> None:
    with running(dropping(counters, 3, 5)) as server:
        *_, call = server.probe()
    assert call.verdict is NOT_TRIED
    assert "the router's log tells" in call.detail


@pytest.mark.parametrize("content", [None, "", "Ip: InUnknownProtos\n", "Ip: A\nIp: 1\n", "Ip: A\nIp: 1 2\n"])
def test_a_system_without_counters_leaves_it_open(
    content: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "other"
    if content is not None:
        path.write_text(content)
    monkeypatch.setattr(control, "_NETWORK_COUNTERS", path)
    with running(DropsAfterCall) as server:
        *_, call = server.probe()
    assert call.verdict is NOT_TRIED


class Garbage(Server):
    def serve(self) -> None:
        self.socket.sendall(b"SSH-2.0-dropbear_2020.81\r\n")
        self.socket.recv(4096)


class ShortLength(Server):
    def serve(self) -> None:
        self.socket.sendall(bytes.fromhex("0010 0001 1a2b3c4d 0002 0000") + bytes(4))
        self.socket.recv(4096)


@pytest.mark.parametrize(("kind", "words"), [(Garbage, "magic cookie"), (ShortLength, "too short")])
def test_something_else_on_the_port_is_named(kind: type[Server], words: str) -> None:
    with running(kind) as server:
        checks = server.probe()
    assert verdicts(checks) == [OK, BROKEN, NOT_TRIED]
    assert "not a PPTP server" in checks[1].detail
    assert words in checks[1].detail


class Silent(Server):
    def serve(self) -> None:
        while self.socket.recv(4096):
            pass


class SilentAtCall(Server):
    def answer(self, event: Event) -> None:
        if not isinstance(event, OutgoingCallRequest):
            super().answer(event)


def test_a_silent_server_is_given_up_in_time() -> None:
    began = time.monotonic()
    with running(Silent) as server:
        checks = server.probe()
    assert verdicts(checks) == [OK, BROKEN, NOT_TRIED]
    assert "no answer within 0.3 s" in checks[1].detail
    assert PATIENCE <= time.monotonic() - began < 3


def test_a_call_that_is_not_answered_is_cleared() -> None:
    with running(SilentAtCall) as server:
        checks = server.probe()
    assert verdicts(checks) == [OK, OK, BROKEN]
    assert "no answer" in checks[2].detail
    assert [type(event) for event in server.heard[-3:]] == [
        CallClearRequest,
        StopControlConnectionRequest,
        TcpClosed,
    ]


class ClosesAtOnce(Server):
    def serve(self) -> None:
        self.socket.recv(4096)


class Resets(Server):
    def serve(self) -> None:
        self.socket.recv(4096)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class HalfAReply(Server):
    def serve(self) -> None:
        self.socket.recv(4096)
        self.socket.sendall(HELLO.encode()[:100])


class StopsAtOnce(Server):
    def answer(self, event: Event) -> None:
        super().answer(event)
        if isinstance(event, StartControlConnectionRequest):
            self.machine.send(StopControlConnectionRequest())
            self.flush()


@pytest.mark.parametrize(
    ("kind", "broken", "words"),
    [
        (ClosesAtOnce, 1, "the router closed the connection"),
        (Resets, 1, "the connection was cut"),
        (HalfAReply, 1, "ended in the middle of a message"),
        (StopsAtOnce, 2, "the router closed the connection"),
    ],
)
def test_a_connection_that_ends_early_is_told(kind: type[Server], broken: int, words: str) -> None:
    with running(kind) as server:
        checks = server.probe()
    assert checks[broken].verdict is BROKEN
    assert words in checks[broken].detail
    assert checks[broken].who == "router"


def test_a_name_that_would_steer_the_terminal_is_shown_harmless() -> None:
    class Naughty(Server):
        def answer(self, event: Event) -> None:
            if isinstance(event, StartControlConnectionRequest):
                self.machine.send(StartControlConnectionReply(host_name=b"\x1b[2Jx", vendor_string=b"\x9b\xe9"))
                self.flush()
            else:
                super().answer(event)

    with running(Naughty) as server:
        _, connection, _ = server.probe()
    assert connection.detail == 'host "\\x1b[2Jx", vendor "\\x9bé", firmware 0'


def test_a_closed_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    checks = probe("127.0.0.1", port)
    assert verdicts(checks) == [BROKEN, NOT_TRIED, NOT_TRIED]
    assert "pptpd" in checks[0].detail
    assert checks[0].who == "router"


@pytest.mark.parametrize(
    ("error", "who", "words"),
    [
        (TimeoutError(), "network", "nothing came back from 192.0.2.1 within 2 s"),
        (OSError(101, "Network is unreachable"), "this computer", "Network is unreachable"),
        (socket.gaierror(-2, "Name or service not known"), "this computer", "Name or service not known"),
    ],
)
def test_a_port_that_does_not_open_says_who(
    error: OSError, who: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object) -> None:
        raise error

    monkeypatch.setattr(socket, "create_connection", fails)
    checks = probe("192.0.2.1", timeout=2)
    assert verdicts(checks) == [BROKEN, NOT_TRIED, NOT_TRIED]
    assert checks[0].name == "TCP port 1723"
    assert checks[0].who == who
    assert words in checks[0].detail
