"""Two real pppds back to back on a client's machine, without PPTP: does this chap-secrets let this person in?"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.lab.call import quoted

if TYPE_CHECKING:
    from tests.lab.client import Client

SERVER = "auth require-mschap-v2 noccp novj noipv6 maxfail 1 logfile /tmp/pair/log updetach 10.254.254.1:\n"
CLIENT = "noauth refuse-eap refuse-pap refuse-chap refuse-mschap noccp novj noipv6 noipdefault notty maxfail 1\n"

# With `updetach` the server's pppd returns when the login has worked or failed; then what remains of it is ended.
TRY = """
rm -rf /tmp/pair /tmp/ppp/chap-secrets
mkdir /tmp/pair
cd /tmp/pair
tar -x
number=0
while [ -f $number.secrets ]; do
    mv $number.secrets /tmp/ppp/chap-secrets
    : >log
    pppd file server file $number.server pty "exec pppd file /tmp/pair/$number.client" </dev/null >printed 2>&1
    echo "== $number $?"
    cat log printed
    [ -f /tmp/run/ppp0.pid ] && read -r pid </tmp/run/ppp0.pid && kill -9 "$pid"
    rm -f /tmp/run/ppp0.pid
    number=$((number + 1))
done
rm -rf /tmp/pair /tmp/ppp/chap-secrets
"""


@dataclass(frozen=True)
class Attempt:
    """A login: the text of the server's chap-secrets, who comes with which password, and the server's own name."""

    secrets: bytes
    user: str
    password: str
    server: str = "pptp-server"


@dataclass(frozen=True)
class Outcome:
    """Whether the password was right, and the address the person got, if any."""

    login: bool
    address: str | None
    log: str


def attempt(client: Client, attempts: Sequence[Attempt]) -> list[Outcome]:
    """Try each login in turn, some four in a second."""
    done = client.run(TRY, timeout=30 + 10 * len(attempts), stdin=_archive(attempts))
    logs = re.split(r"^== \d+ \d+\n", done.out, flags=re.MULTILINE)[1:]
    if len(logs) != len(attempts):
        raise AssertionError(done.out)
    return [_outcome(log) for log in logs]


def _archive(attempts: Sequence[Attempt]) -> bytes:
    files = {"server": SERVER.encode()}
    for number, one in enumerate(attempts):
        files[f"{number}.secrets"] = one.secrets
        files[f"{number}.server"] = f"name {quoted(one.server)}\n".encode()
        who = f"user {quoted(one.user)}\npassword {quoted(one.password)}\nremotename {quoted(one.server)}\n"
        files[f"{number}.client"] = CLIENT.encode() + who.encode()
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o600
            archive.addfile(member, io.BytesIO(data))
    return whole.getvalue()


def _outcome(log: str) -> Outcome:
    address = re.search(r"^remote IP address (\S+)", log, re.MULTILINE)
    refused = re.search(r"failed CHAP authentication|No CHAP secret found|couldn't find any suitable secret", log)
    return Outcome(login=bool(address) or not refused, address=address[1] if address else None, log=log)
