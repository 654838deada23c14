"""Two machines and the wire between them: nothing arrives before it is delivered."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.pptp.codes import OutgoingCallResult, StartResult
from wizard.pptp.control import ControlConnection, Event
from wizard.pptp.layout import Message
from wizard.pptp.messages import (
    OutgoingCallReply,
    OutgoingCallRequest,
    StartControlConnectionReply,
    StartControlConnectionRequest,
)
from wizard.pptp.transitions import Role

CLIENT_CALL, SERVER_CALL = 0x4242, 0x0100


def events(machine: ControlConnection) -> Iterator[Event]:
    """What the machine has to tell by now, one by one, for an error may come after some."""
    while event := machine.next_event():
        yield event


class Pair:
    """A client and a server of one conversation."""

    def __init__(self) -> None:
        self.machines = {role: ControlConnection(role) for role in Role}
        self.wire = {role: bytearray() for role in Role}
        """Octets on their way from a role."""

    @property
    def client(self) -> ControlConnection:
        return self.machines[Role.CLIENT]

    @property
    def server(self) -> ControlConnection:
        return self.machines[Role.SERVER]

    def send(self, role: Role, message: Message) -> None:
        """Put a message on the wire."""
        self.machines[role].send(message)
        self.wire[role] += self.machines[role].data_to_send()

    def deliver(self, sender: Role, octets: int | None = None) -> list[Event]:
        """Let that many octets of the sender (all, unless told) arrive, and their answers go on the wire."""
        wire, receiver = self.wire[sender], self.machines[sender.peer]
        arriving = bytes(wire[:octets])
        del wire[:octets]
        if arriving:
            receiver.receive_data(arriving)
        told = list(events(receiver))
        self.wire[sender.peer] += receiver.data_to_send()
        return told

    def say(self, role: Role, message: Message) -> list[Event]:
        """Send and deliver at once."""
        self.send(role, message)
        return self.deliver(role)

    def start(self, result: int = StartResult.OK) -> None:
        """Up to the Start-Control-Connection-Reply."""
        self.say(Role.CLIENT, StartControlConnectionRequest())
        self.say(Role.SERVER, StartControlConnectionReply(result_code=result))

    def dial(self, result: int = OutgoingCallResult.CONNECTED) -> None:
        """From there up to the Outgoing-Call-Reply."""
        self.say(Role.CLIENT, OutgoingCallRequest(call_id=CLIENT_CALL))
        self.say(Role.SERVER, OutgoingCallReply(SERVER_CALL, CLIENT_CALL, result_code=result))
