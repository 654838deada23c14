"""Calls as logs show them, written by hand after the sources of pptpd and pppd, beside those that were recorded."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

RECORDED = Path(__file__).parents[1] / "logs"
ANNA, BERT = "203.0.113.50", "198.51.100.7"


def recorded(path: str) -> list[str]:
    """The lines of a log in `tests/logs`."""
    return (RECORDED / path).read_text("utf-8").splitlines()


def by_syslog(path: str) -> list[str]:
    """Of those only what syslog wrote, where every line has its process."""
    return [line for line in recorded(path) if re.match(r"[A-Z][a-z]{2} ", line)]


def expected() -> dict[str, tuple[list[str], list[str]]]:
    """Of each recorded log: the causes of which each is right, and who has to act."""
    table = tomllib.loads((RECORDED / "causes.toml").read_text("utf-8"))
    sides = {f"{name}/{side}.log": entry for name, entries in table.items() for side, entry in entries.items()}
    return {path: (_list(entry["cause"]), _list(entry["who"])) for path, entry in sides.items()}


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def router(*said: str, pid: int = 100) -> list[str]:
    """What pptpd with this process and its pppd said, each with its name in front."""
    return [_tagged(text, pid) for text in said]


def _tagged(text: str, pid: int) -> str:
    if text.startswith("CTRL (PPPD Launcher)"):
        return f"pptpd[{pid + 1}]: {text}"
    ours = text.startswith(("CTRL: ", "GRE: ", "MGR: ", "createHostSocket: "))
    return f"pptpd[{pid}]: {text}" if ours else f"pppd[{pid + 1}]: {text}"


def begun(source: str = ANNA) -> tuple[str, ...]:
    """A call was taken and pppd has started, with debug on both."""
    return (
        f"CTRL: Client {source} control connection started",
        "CTRL: Received PPTP Control Message (type: 1)",
        "CTRL: Starting call (launching pppd, opening GRE)",
        "pppd 2.5.1 started by root, uid 0",
        "using channel 1",
        "Using interface ppp0",
        "Connect: ppp0 <--> /dev/pts/0",
    )


ASKED = "sent [LCP ConfReq id=0x1 <mru 1400> <auth chap MS-v2> <magic 0x3115> <pcomp> <accomp>]"
IS_ASKED = "rcvd [LCP ConfReq id=0x1 <asyncmap 0x0> <magic 0xe564> <pcomp> <accomp>]"
AGREED = "rcvd [LCP ConfAck id=0x1 <mru 1400> <auth chap MS-v2> <magic 0x3115> <pcomp> <accomp>]"
CHALLENGE = 'sent [CHAP Challenge id=0xb4 <455a6df655a2f938cf0a3f2e1181c958>, name = "pptp-server"]'
LCP = (ASKED, "GRE: accepting packet #0", IS_ASKED, AGREED, CHALLENGE)
MPPE = "MPPE 128-bit stateless compression enabled"
HUNG_UP = (
    "Connection terminated.",
    "Exit.",
    "GRE: read(fd=6,buffer=0,len=8196) from PTY failed: status = -1 error = I/O error",
    "CTRL: Reaping child PPP[101]",
    f"CTRL: Client {ANNA} control connection finished",
)


def response(user: str) -> str:
    return f'rcvd [CHAP Response id=0xb4 <{"0658e557" * 12}00>, name = "{user}"]'


def logged_in(user: str = "anna", source: str = ANNA) -> tuple[str, ...]:
    return (
        *LCP,
        response(user),
        'sent [CHAP Success id=0xb4 "S=9FCFEE2AC416B50523D134B3175EE84486E92DEC M=Access granted"]',
        f"peer from calling number {source} authorized",
    )


CCP = (
    "sent [CCP ConfReq id=0x1 <mppe +H -M +S -L -D -C>]",
    "rcvd [CCP ConfReq id=0x1 <mppe +H -M +S -L -D -C>]",
    "sent [CCP ConfAck id=0x1 <mppe +H -M +S -L -D -C>]",
    "rcvd [CCP ConfAck id=0x1 <mppe +H -M +S -L -D -C>]",
)


def connected(address: str = "172.16.1.2", local: str = "172.16.1.1") -> tuple[str, ...]:
    return (f"local  IP address {local}", f"remote IP address {address}")


def up(user: str = "anna", source: str = ANNA, address: str = "172.16.1.2", pid: int = 100) -> list[str]:
    """A call that goes well and stands."""
    return router(*begun(source), *logged_in(user, source), *CCP, MPPE, *connected(address), pid=pid)


def quiet(source: str, *said: str, pid: int = 100) -> list[str]:
    """A call without debug on either side, as far as `said`."""
    start = (
        f"CTRL: Client {source} control connection started",
        "CTRL: Starting call (launching pppd, opening GRE)",
        "pppd 2.4.9 started by root, uid 0",
        "Using interface ppp0",
        "Connect: ppp0 <--> /dev/pts/0",
    )
    return router(*start, *said, pid=pid)


WINDOWS = router(
    *begun(),
    "sent [LCP ConfReq id=0x1 <mru 1400> <auth chap MS-v2> <magic 0x6a2> <pcomp> <accomp>]",
    "rcvd [LCP ConfReq id=0x0 <mru 1400> <magic 0x15b6> <pcomp> <accomp> <callback CBCP> <mrru 1614> "
    "<endpoint [local:4e.a1.5c.7d.9f]>]",
    "sent [LCP ConfRej id=0x0 <callback CBCP> <mrru 1614>]",
    "rcvd [LCP ConfAck id=0x1 <mru 1400> <auth chap MS-v2> <magic 0x6a2> <pcomp> <accomp>]",
    "rcvd [LCP ConfReq id=0x1 <mru 1400> <magic 0x15b6> <pcomp> <accomp> <endpoint [local:4e.a1.5c.7d.9f]>]",
    "sent [LCP ConfAck id=0x1 <mru 1400> <magic 0x15b6> <pcomp> <accomp> <endpoint [local:4e.a1.5c.7d.9f]>]",
    CHALLENGE,
    "CTRL: Received PPTP Control Message (type: 15)",
    "CTRL: Ignored a SET LINK INFO packet with real ACCMs!",
    "rcvd [LCP code=0xc id=0x2 00 00 15 b6 4d 53 52 41 53 56 35 2e 32 30]",
    "sent [LCP CodeRej id=0x2 0c 02 00 12 00 00 15 b6 4d 53 52 41 53 56 35 2e 32 30]",
    response(r"HOME\\anna"),
    'sent [CHAP Success id=0xb4 "S=9FCFEE2AC416B50523D134B3175EE84486E92DEC M=Access granted"]',
    f"peer from calling number {ANNA} authorized",
    "sent [CCP ConfReq id=0x1 <mppe +H -M +S -L -D -C>]",
    "rcvd [IPV6CP ConfReq id=0x4 <addr fe80::b8e6:cf08:8e61:c6bd>]",
    "Unsupported protocol 'IPv6 Control Protocol' (0x8057) received",
    "sent [LCP ProtRej id=0x3 80 57 01 04 00 0e 01 0a b8 e6 cf 08 8e 61 c6 bd]",
    "rcvd [CCP ConfReq id=0x5 <mppe +H -M -S -L -D +C>]",
    "sent [CCP ConfNak id=0x5 <mppe +H -M +S -L -D -C>]",
    "rcvd [IPCP ConfReq id=0x6 <addr 0.0.0.0> <ms-dns1 0.0.0.0> <ms-wins 0.0.0.0> <ms-dns2 0.0.0.0> <ms-wins 0.0.0.0>]",
    "sent [IPCP TermAck id=0x6]",
    "rcvd [CCP ConfNak id=0x1 <mppe +H -M +S -L -D -C>]",
    "sent [CCP ConfReq id=0x2 <mppe +H -M +S -L -D -C>]",
    "rcvd [CCP ConfReq id=0x7 <mppe +H -M +S -L -D -C>]",
    "sent [CCP ConfAck id=0x7 <mppe +H -M +S -L -D -C>]",
    "rcvd [CCP ConfAck id=0x2 <mppe +H -M +S -L -D -C>]",
    MPPE,
    "sent [IPCP ConfReq id=0x1 <compress VJ 0f 01> <addr 172.16.1.1>]",
    "rcvd [IPCP ConfRej id=0x1 <compress VJ 0f 01>]",
    "sent [IPCP ConfReq id=0x2 <addr 172.16.1.1>]",
    "rcvd [IPCP ConfAck id=0x2 <addr 172.16.1.1>]",
    "rcvd [IPCP ConfReq id=0x8 <addr 0.0.0.0> <ms-dns1 0.0.0.0> <ms-wins 0.0.0.0> <ms-dns2 0.0.0.0> <ms-wins 0.0.0.0>]",
    "sent [IPCP ConfRej id=0x8 <ms-wins 0.0.0.0> <ms-wins 0.0.0.0>]",
    "rcvd [IPCP ConfReq id=0x9 <addr 0.0.0.0> <ms-dns1 0.0.0.0> <ms-dns2 0.0.0.0>]",
    "sent [IPCP ConfNak id=0x9 <addr 172.16.1.2> <ms-dns1 172.16.1.1> <ms-dns2 172.16.1.1>]",
    "rcvd [IPCP ConfReq id=0xa <addr 172.16.1.2> <ms-dns1 172.16.1.1> <ms-dns2 172.16.1.1>]",
    "sent [IPCP ConfAck id=0xa <addr 172.16.1.2> <ms-dns1 172.16.1.1> <ms-dns2 172.16.1.1>]",
    *connected(),
    'rcvd [LCP TermReq id=0xb "\\025\\266<\\315t\\000\\000\\000"]',
    "LCP terminated by peer (^U^V<M-Mt^@^@^@)",
    "Connect time 2.1 minutes.",
    "Sent 1280 bytes, received 2266 bytes.",
    "sent [LCP TermAck id=0xb]",
    *HUNG_UP,
)
"""A whole call of Windows 10 that goes well: much in it is refused, and nothing of that matters."""

PPPOE = [
    "pppd[50]: Plugin rp-pppoe.so loaded.",
    "pppd[50]: RP-PPPoE plugin version 3.8p compiled against pppd 2.4.9",
    "pppd[50]: pppd 2.4.9 started by root, uid 0",
    "pppd[50]: PPP session is 4711",
    "pppd[50]: using channel 1",
    "pppd[50]: Using interface pppoe-wan",
    "pppd[50]: Connect: pppoe-wan <--> eth1",
    'pppd[50]: rcvd [CHAP Challenge id=0x1 <00112233>, name = "BRAS"]',
    "pppd[50]: CHAP authentication succeeded",
    "pppd[50]: local  IP address 203.0.113.1",
    "pppd[50]: remote IP address 203.0.113.254",
    "pppd[50]: No response to 5 echo-requests",
    "pppd[50]: Modem hangup",
    "pppd[50]: Connection terminated.",
    "pppd[50]: Exit.",
]
"""The router's own way to the Internet, which is lost: none of our business."""


def in_front(lines: Iterable[str], front: str) -> list[str]:
    """The same with what a syslog puts in front."""
    return [front + line for line in lines]


def renumbered(lines: Sequence[str], numbers: dict[int, int]) -> list[str]:
    """With other processes."""
    return [re.sub(r"(?<=\[)\d+(?=\])", lambda found: _other(found[0], numbers), line) for line in lines]


def _other(number: str, numbers: dict[int, int]) -> str:
    return str(numbers.get(int(number), number))
