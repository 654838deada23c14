"""A router as a person types it."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address

from wizard.model.door import SSH_PORT, Target
from wizard.model.errors import ExitCode, WizardError

_FORM = re.compile(
    r"""(?: (?P<user> [\w.][\w.-]*) @ )?
        (?: \[ (?P<ipv6> [^\[\]\s]+) \] | (?P<name> [\w.][\w.-]*) )
        (?: : (?P<port> [0-9]{1,5}) )?""",
    re.VERBOSE | re.ASCII,
)
_LAST_PORT = 65535


def parse_target(text: str) -> Target:
    """Read `[USER@]HOST[:PORT]`; an IPv6 address stands in brackets. What is left out is root and 22.

    HOST may also be a name from the SSH config. Raises WizardError("target-invalid").
    """
    parts = _FORM.fullmatch(text.strip())
    port = int(parts["port"] or SSH_PORT) if parts else 0
    if parts is None or not 1 <= port <= _LAST_PORT or not _may_be_host(parts["ipv6"], parts["name"]):
        raise WizardError("target-invalid", ExitCode.USAGE, text=text)
    return Target(parts["ipv6"] or parts["name"], port, parts["user"] or "root")


def _may_be_host(ipv6: str | None, name: str | None) -> bool:
    """Digits and dots alone are meant as an address, so `192.168.1` and `192.168.1.256` are slips, not names."""
    try:
        if ipv6:
            IPv6Address(ipv6)
        elif name and not name.strip("0123456789."):
            IPv4Address(name)
    except ValueError:
        return False
    return True
