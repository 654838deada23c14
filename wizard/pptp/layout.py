"""How a control message of RFC 2637 §2 lies in octets: the head that all share, and a body of fixed length."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, Self, cast

from wizard.pptp.codes import Code
from wizard.pptp.errors import Fault, LocalProtocolError

MAGIC_COOKIE = 0x1A2B3C4D
CONTROL_MESSAGE = 1
"""PPTP Message Type; 2, the management message, was never defined."""
HEAD = struct.Struct(">HHIH2x")
"""Length of the whole message in octets, PPTP Message Type, Magic Cookie, Control Message Type, Reserved0."""

Codes = Mapping[str, type[Code]]


@dataclass(frozen=True, slots=True)
class Message:
    """What all of them share. Texts are octets without the NUL octets that fill their field."""

    CONTROL_TYPE: ClassVar[int]
    BODY: ClassVar[struct.Struct]
    """What follows Reserved0; `x` stands for the octets of a later reserved field."""
    CODES: ClassVar[Codes] = {}
    """Which enum a field's number belongs to."""

    @classmethod
    def length(cls) -> int:
        """Octets of the whole message; every control message has one length only."""
        return HEAD.size + cls.BODY.size

    def encode(self) -> bytes:
        """The message as octets; `LocalProtocolError` where a value does not fit into its field."""
        for name in self._names():
            self._check_text(name)
        head = HEAD.pack(self.length(), CONTROL_MESSAGE, MAGIC_COOKIE, self.CONTROL_TYPE)
        try:
            return head + self.BODY.pack(*(getattr(self, name) for name in self._names()))
        except struct.error as error:
            raise LocalProtocolError(Fault.VALUE, f"{type(self).__name__}: {error}") from error

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """The message that `octets` are: `length()` of them, the head included and taken for granted."""
        raw_values = cls.BODY.unpack(octets[HEAD.size :])
        values = (cls._value(name, raw) for name, raw in zip(cls._names(), raw_values, strict=True))
        return cast("Callable[..., Self]", cls)(*values)

    @classmethod
    def _names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))

    @classmethod
    def _value(cls, name: str, raw: int | bytes) -> int | bytes:
        if isinstance(raw, bytes):
            # C servers leave what was in memory behind the terminator
            return raw.split(b"\0", 1)[0]
        return next((code for code in cls.CODES.get(name, ()) if code == raw), raw)

    def _check_text(self, name: str) -> None:
        value = getattr(self, name)
        if not isinstance(value, bytes):
            return
        # struct would cut a long text without a word, and a NUL octet inside would end it early
        if b"\0" in value or len(value) > self._room(name):
            raise LocalProtocolError(Fault.VALUE, f"{type(self).__name__}.{name} = {value!r}")

    def _room(self, name: str) -> int:
        blank = self.BODY.unpack(bytes(self.BODY.size))
        return len(blank[self._names().index(name)])
