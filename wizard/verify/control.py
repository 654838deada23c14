"""Talks to the router's PPTP server as a client would, up to an accepted call, and hangs up again.

No password is sent, and nothing of PPP: the call's own packets (GRE) need rights that an ordinary program does not
have. What is learnt is whether pptpd listens, speaks PPTP, takes a call, and whether its pppd survives the start.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from pathlib import Path
from random import randint
from typing import NamedTuple, TypeVar

from wizard.model.report import Check, Verdict
from wizard.pptp.codes import AGREED, explain
from wizard.pptp.control import ControlConnection, TcpClosed
from wizard.pptp.errors import RemoteProtocolError
from wizard.pptp.layout import Message
from wizard.pptp.messages import (
    CallClearRequest,
    CallDisconnectNotify,
    OutgoingCallReply,
    OutgoingCallRequest,
    StartControlConnectionReply,
    StartControlConnectionRequest,
    StopControlConnectionReply,
    StopControlConnectionRequest,
)
from wizard.pptp.transitions import Call, Connection, Role
from wizard.resources import visible

Reply = TypeVar("Reply", bound=Message)

PPTP_PORT = 1723
SETTLE = 1.5
"""Seconds that a pppd gets to fail. One that its options file puts off is gone in a few milliseconds."""
FAREWELL = 2.0
"""Seconds to wait, at most, for each answer while hanging up."""

CONTROL_CHECK = "PPTP control connection"
CALL_CHECK = "call accepted"

CODES = {CONTROL_CHECK: "server-hung-up", CALL_CHECK: "pppd-died"}
"""What these are called where they break, as long as the router's log says nothing better."""
_NETWORK_COUNTERS = Path("/proc/net/snmp")


class _ConversationError(Exception):
    """The conversation cannot go on."""

    def __init__(self, detail: str, who: str = "router") -> None:
        super().__init__(detail)
        self.detail = detail
        self.who = who


class _SilenceError(_ConversationError):
    """Nothing came in the time allowed."""


class _Line:
    """The machine on a socket. Every failure of either is a `_ConversationError`."""

    def __init__(self, connection: socket.socket) -> None:
        self.machine = ControlConnection(Role.CLIENT)
        self.call_id = randint(1, 0xFFFF)
        self._socket = connection

    def ask(self, message: Message, reply: type[Reply], seconds: float) -> Reply:
        """Send a message and wait that long for the reply of this kind."""
        self.machine.send(message)
        return self.wait(reply, seconds)

    def wait(self, awaited: type[Reply], seconds: float) -> Reply:
        """The next message of this kind; others are let pass."""
        deadline = time.monotonic() + seconds
        try:
            self._flush()
            while (message := self._told(awaited)) is None:
                self._receive(deadline)
        except TimeoutError as error:
            raise _SilenceError(f"no answer within {seconds:g} s") from error
        except RemoteProtocolError as error:
            raise _ConversationError(f"what answers is not a PPTP server, or a broken one: {error}") from error
        except OSError as error:
            raise _ConversationError(f"the connection was cut ({error.strerror or error})") from error
        return message

    def _told(self, awaited: type[Reply]) -> Reply | None:
        while event := self.machine.next_event():
            self._flush()
            if isinstance(event, awaited):
                return event
            if isinstance(event, TcpClosed | StopControlConnectionRequest):
                raise _ConversationError("the router closed the connection")
        return None

    def _flush(self) -> None:
        if octets := self.machine.data_to_send():
            self._socket.sendall(octets)

    def _receive(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        self.machine.receive_data(self._socket.recv(4096))


def probe(address: str, port: int = PPTP_PORT, *, timeout: float = 5.0) -> tuple[Check, ...]:
    """Three checks: the TCP port, the control connection, and whether a call is accepted and stands for a moment.

    `timeout` is in seconds, for connecting and for each answer. However the server fails, that is a check and not an
    exception. The call is cleared and the control connection stopped, so that no pppd stays behind (RFC 2637 §3).
    """
    name = f"TCP port {port}"
    try:
        connection = socket.create_connection((address, port), timeout)
    except OSError as error:
        broken = Check(name, Verdict.BROKEN, *_why_closed(error, address, port, timeout))
        return broken, _not_tried(CONTROL_CHECK, "the port does not open"), _not_tried(CALL_CHECK, "no connection")
    with connection:
        return Check(name, Verdict.OK, f"{address} answers"), *_converse(_Line(connection), timeout)


def _why_closed(error: OSError, address: str, port: int, timeout: float) -> tuple[str, str, str]:
    """What happened, who has to act, and what it is called."""
    if isinstance(error, ConnectionRefusedError):
        return (
            f"{address} is there, but refuses: its PPTP server (pptpd) does not run, or a firewall rejects",
            "router",
            "port-refused",
        )
    if isinstance(error, TimeoutError):
        return (
            f"nothing came back from {address} within {timeout:g} s: something drops TCP port {port}",
            "network",
            "nothing-came",
        )
    return f"this computer cannot reach {address} ({error.strerror or error})", "this computer", "no-route"


def _converse(line: _Line, timeout: float) -> tuple[Check, Check]:
    request = StartControlConnectionRequest(host_name=b"pptp-wizard", vendor_string=b"pptp-wizard")
    try:
        reply = line.ask(request, StartControlConnectionReply, timeout)
    except _ConversationError as failure:
        return _broken(CONTROL_CHECK, failure), _not_tried(CALL_CHECK, "no control connection")
    if reply.result_code != AGREED:
        refused = _ConversationError(f"the router refuses: {explain(reply.result_code, reply.error_code)}")
        return _broken(CONTROL_CHECK, refused), _not_tried(CALL_CHECK, "no control connection")
    call = _try_call(line, timeout)
    _hang_up(line, min(timeout, FAREWELL))
    return Check(CONTROL_CHECK, Verdict.OK, _introduction(reply)), call


def _introduction(reply: StartControlConnectionReply) -> str:
    host, vendor = (visible(name.decode("latin-1")) for name in (reply.host_name, reply.vendor_string))
    return f'host "{host}", vendor "{vendor}", firmware {reply.firmware_revision}'


def _try_call(line: _Line, timeout: float) -> Check:
    before = _turned_away()
    try:
        reply = line.ask(_call_request(line.call_id), OutgoingCallReply, timeout)
    except _ConversationError as failure:
        return _broken(CALL_CHECK, failure)
    if reply.result_code != AGREED:
        return _broken(
            CALL_CHECK, _ConversationError(f"the router refuses: {explain(reply.result_code, reply.error_code)}")
        )
    try:
        notify = line.wait(CallDisconnectNotify, SETTLE)
    except _SilenceError:
        return Check(CALL_CHECK, Verdict.OK, "the router took the call and kept it")
    except _ConversationError as failure:
        return _ended(failure.detail, before, _turned_away())
    return _ended(explain(notify.result_code, notify.error_code), before, _turned_away())


def _call_request(call_id: int) -> OutgoingCallRequest:
    # pptpd looks at the call ID, the speed and the window only
    return OutgoingCallRequest(call_id, minimum_bps=300, maximum_bps=100_000_000, packet_recv_window_size=64)


def _ended(how: str, before: _TurnedAway | None, after: _TurnedAway | None) -> Check:
    """The call was accepted and ended at once: whose doing was that?

    A system without an open PPTP connection turns the call's packets away (ICMP protocol unreachable), and pptpd ends
    the call for that (`GRE: read … Protocol not available`). Then its pppd was alive, and all is well.
    """
    if before and after and after.unknown_protocol > before.unknown_protocol:
        return Check(CALL_CHECK, Verdict.OK, "the router took the call, and its first packets (GRE) came here")
    if before and before == after:
        return _broken(CALL_CHECK, _ConversationError(f"accepted, but the router's pppd gave up at once ({how})"))
    return _not_tried(
        CALL_CHECK,
        f"accepted, then {how}: either the router's pppd gave up at once, or this computer turned the call's packets "
        "(GRE) away; the router's log tells which",
    )


class _TurnedAway(NamedTuple):
    """Packets that this computer has turned away since it was started (RFC 1213; /proc/net/snmp, proc(5))."""

    unknown_protocol: int
    """`Ip: InUnknownProtos`: nobody here speaks their protocol. There is hardly any but GRE."""
    unreachable: int
    """`Icmp: OutDestUnreachs`: the same, or a firewall here that rejects them, or other traffic altogether."""


def _turned_away() -> _TurnedAway | None:
    """None where the system does not count, or not in this place: anything but Linux."""
    try:
        rows = [line.split() for line in _NETWORK_COUNTERS.read_text(encoding="ascii").splitlines()]
        pairs = zip(rows[::2], rows[1::2], strict=True)
        counters = {names[0]: dict(zip(names, values, strict=True)) for names, values in pairs}
        return _TurnedAway(int(counters["Ip:"]["InUnknownProtos"]), int(counters["Icmp:"]["OutDestUnreachs"]))
    except (OSError, LookupError, ValueError):
        return None


def _hang_up(line: _Line, timeout: float) -> None:
    # pptpd closes the TCP connection at Call-Clear-Request without a word, and our closing it ends the call in any
    # case: an answer that does not come says nothing about the router
    with suppress(_ConversationError):
        if line.machine.call in (Call.WAIT_REPLY, Call.ESTABLISHED):
            line.ask(CallClearRequest(line.call_id), CallDisconnectNotify, timeout)
        if line.machine.connection is Connection.ESTABLISHED:
            line.ask(StopControlConnectionRequest(), StopControlConnectionReply, timeout)


def _broken(name: str, failure: _ConversationError) -> Check:
    return Check(name, Verdict.BROKEN, failure.detail, failure.who, CODES[name])


def _not_tried(name: str, why: str) -> Check:
    return Check(name, Verdict.NOT_TRIED, why)
