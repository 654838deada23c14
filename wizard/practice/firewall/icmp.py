"""Names of ICMP messages, as `iptables -p icmp -h` and `ip6tables -p icmpv6 -h` list them."""

from __future__ import annotations

ANY_CODE = (0, 255)

_NAMES4 = """
any=255 echo-reply=0 pong=0 destination-unreachable=3 network-unreachable=3/0 host-unreachable=3/1
protocol-unreachable=3/2 port-unreachable=3/3 fragmentation-needed=3/4 source-route-failed=3/5 network-unknown=3/6
host-unknown=3/7 network-prohibited=3/9 host-prohibited=3/10 TOS-network-unreachable=3/11 TOS-host-unreachable=3/12
communication-prohibited=3/13 host-precedence-violation=3/14 precedence-cutoff=3/15 source-quench=4 redirect=5
network-redirect=5/0 host-redirect=5/1 TOS-network-redirect=5/2 TOS-host-redirect=5/3 echo-request=8 ping=8
router-advertisement=9 router-solicitation=10 time-exceeded=11 ttl-exceeded=11 ttl-zero-during-transit=11/0
ttl-zero-during-reassembly=11/1 parameter-problem=12 ip-header-bad=12/0 required-option-missing=12/1
timestamp-request=13 timestamp-reply=14 address-mask-request=17 address-mask-reply=18
"""

_NAMES6 = """
destination-unreachable=1 no-route=1/0 communication-prohibited=1/1 address-unreachable=1/3 port-unreachable=1/4
packet-too-big=2 time-exceeded=3 ttl-exceeded=3 ttl-zero-during-transit=3/0 ttl-zero-during-reassembly=3/1
parameter-problem=4 bad-header=4/0 unknown-header-type=4/1 unknown-option=4/2 echo-request=128 ping=128 echo-reply=129
pong=129 router-solicitation=133 router-advertisement=134 neighbour-solicitation=135 neighbor-solicitation=135
neighbour-advertisement=136 neighbor-advertisement=136 redirect=137
"""


class Message:
    """A kind of message, and the codes of it that are meant, from first to last."""

    __slots__ = ("codes", "kind")

    def __init__(self, kind: int, codes: tuple[int, int] = ANY_CODE) -> None:
        self.kind, self.codes = kind, codes


def numeric(word: str) -> Message | None:
    """`TYPE` or `TYPE/CODE`, each at most 255."""
    parts = word.split("/")
    if len(parts) > 2 or not all(part.isascii() and part.isdigit() and int(part) < 256 for part in parts):
        return None
    return Message(int(parts[0]), (int(parts[1]), int(parts[1])) if len(parts) == 2 else ANY_CODE)


def _table(names: str) -> dict[str, Message]:
    pairs = (entry.split("=") for entry in names.split())
    return {name: message for name, value in pairs if (message := numeric(value))}


V4 = _table(_NAMES4)
V6 = _table(_NAMES6)
