"""One PPTP call of a client, from dialling to hanging up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.lab.client import Client

LOGINS = ("eap", "pap", "chap", "mschap", "mschap-v2")
FIXED_OPTIONS = (
    "noauth",
    "nobsdcomp",
    "nodeflate",
    "noipdefault",
    "noipv6",
    "usepeerdns",
    "debug",
    "nodetach",
    "maxfail 1",
    "logfile /tmp/call/log",
    "ip-up-script /etc/call-up",
)

# TERM lets pppd say goodbye and pptp close the control connection. pptp's call manager outlives a dead tunnel and would
# swallow later calls: whatever is left is ended by its PID.
HANG_UP = """
if [ -d /tmp/call ]; then
    [ -f /tmp/run/ppp0.pid ] && read -r pid </tmp/run/ppp0.pid && kill "$pid"
    left=100
    while [ $left -gt 0 ] && [ ! -f /tmp/call/ended ]; do usleep 30000; left=$((left - 1)); done
    for comm in /proc/[0-9]*/comm; do
        read -r name <$comm || continue
        case "$name" in pppd|pptp*) pid=${comm#/proc/}; kill -9 "${pid%/comm}" ;; esac
    done 2>/dev/null
    rm -rf /tmp/run/pptp /tmp/call
fi
"""

DIAL = """
mkdir /tmp/call
(umask 077; cat >/tmp/call/options)
(pppd file /tmp/call/options </dev/null >/tmp/call/printed 2>&1; echo $? >/tmp/call/ended) >/dev/null 2>&1 &
left=%d
while [ $left -gt 0 ] && [ ! -f /tmp/call/up ] && [ ! -f /tmp/call/ended ]; do
    usleep 30000
    left=$((left - 1))
done
cat /tmp/call/up 2>/dev/null
"""


@dataclass(frozen=True)
class Options:
    """Whom to call, and as whom."""

    user: str
    password: str
    server: str
    login: str
    more: tuple[str, ...]

    def render(self) -> str:
        """The options file for pppd."""
        lines = (
            f'pty "pptp {self.server} --nolaunchpppd --loglevel 2"',
            f"user {quoted(self.user)}",
            f"password {quoted(self.password)}",
            *(f"refuse-{other}" for other in LOGINS if other != self.login),
            *FIXED_OPTIONS,
            *self.more,
        )
        return "\n".join(lines) + "\n"


def quoted(word: str) -> str:
    """A word as pppd reads it from a file, whatever printable characters it has."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Call:
    """A call that was made: `up` if the tunnel came up, with `address` here and `peer` at the other end."""

    def __init__(self, client: Client, ends: list[str]) -> None:
        self._client = client
        self._last_log = ""
        self.up = bool(ends)
        self.address = ends[0] if ends else None
        self.peer = ends[1] if ends else None
        self.dns = tuple(ends[2:])

    @property
    def log(self) -> str:
        """What pppd and pptp wrote; of an ended call, all of it."""
        done = self._client.run("cd /tmp/call && cat log printed")
        if done.code == 0:
            self._last_log = done.out
        return self._last_log

    @property
    def mppe(self) -> str | None:
        """pppd's own words on the encryption, such as "MPPE 128-bit stateless compression enabled"."""
        found = re.findall(r"MPPE \d+-bit \S+ compression enabled", self.log)
        return found[-1] if found else None

    def alive(self) -> bool:
        """Whether the tunnel is still there, as far as the client knows."""
        return self._client.run("[ -f /tmp/call/up ] && [ ! -f /tmp/call/ended ]").code == 0

    def hangup(self) -> None:
        """End the call, also one that never came up."""
        _ = self.log
        self._client.run(HANG_UP)


def dial(client: Client, options: Options, wait: float) -> Call:
    """See Client.dial."""
    done = client.run(HANG_UP + DIAL % (round(wait * 25)), wait * 2 + 20, stdin=options.render().encode())
    return Call(client, done.out.split())
