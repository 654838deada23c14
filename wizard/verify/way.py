"""The way to a PPTP server: to a router as the protocol has it, and otherwise where a server is behind other ports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wizard.verify.carrier import Carrier, open_carrier
from wizard.verify.control import PPTP_PORT
from wizard.verify.raw import MissingRight, missing_right


@dataclass(frozen=True, slots=True)
class Way:
    """How calls are made. Asked anew for each call, since a server may have been started since."""

    port: Callable[[], int] = lambda: PPTP_PORT
    """The TCP port of the control connection."""
    carrier: Callable[[str], Carrier] = open_carrier
    """What carries GRE packets to that address. Raises as `open_carrier` does."""
    missing_right: Callable[[], MissingRight | None] = missing_right
