"""A PPP frame as PPTP carries it (RFC 2637 §4): no flags and no FCS, and the address and control octets at will."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.pptp.codes import Code
from wizard.pptp.errors import Fault, LocalProtocolError, RemoteProtocolError

ADDRESS_AND_CONTROL = b"\xff\x03"
"""All-Stations, Unnumbered Information (RFC 1662 §3.1)."""
_RESERVED = 0x00FF


class Protocol(Code):
    """A number of the protocol field, with the name of what it carries."""

    IPV4 = 0x0021, "IPv4"
    VJ_COMPRESSED = 0x002D, "Van Jacobson compressed TCP/IP"
    VJ_UNCOMPRESSED = 0x002F, "Van Jacobson uncompressed TCP/IP"
    MULTILINK = 0x003D, "Multilink"
    IPV6 = 0x0057, "IPv6"
    COMPRESSED = 0x00FD, "compressed or MPPE-encrypted datagram"
    IPCP = 0x8021, "IPCP"
    IPX_CP = 0x802B, "IPXCP"
    NETBIOS_CP = 0x803F, "NBFCP"
    IPV6CP = 0x8057, "IPv6CP"
    CCP = 0x80FD, "CCP"
    LCP = 0xC021, "LCP"
    PAP = 0xC023, "PAP"
    LQR = 0xC025, "LQR"
    SPAP = 0xC027, "SPAP"
    CBCP = 0xC029, "CBCP"
    BACP = 0xC02B, "BACP"
    CHAP = 0xC223, "CHAP"
    EAP = 0xC227, "EAP"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a GRE packet of PPTP has for a payload."""

    protocol: int
    """A `Protocol`, or a number that has no name here."""
    information: bytes

    def encode(self, *, address: bool = True, compress: bool = False) -> bytes:
        """The frame as octets.

        `address` says whether the address and control octets stand before it, `compress` whether a protocol field is
        to be one octet where it can be (RFC 1661 §6.5). `LocalProtocolError` for a number that no protocol may have.
        """
        if not _well_formed(self.protocol):
            raise LocalProtocolError(Fault.VALUE, f"PPP protocol 0x{self.protocol:04X}")
        size = 1 if compress and self.protocol <= 0xFF else 2
        head = ADDRESS_AND_CONTROL if address else b""
        return head + self.protocol.to_bytes(size, "big") + self.information

    @classmethod
    def decode(cls, octets: bytes) -> Frame:
        """The frame that `octets` are, in any of the forms above.

        `RemoteProtocolError` where they end before the protocol field does, or it is not one (RFC 1661 §2: its first
        octet is even and its second odd).
        """
        # no protocol is _RESERVED, so the first of these octets cannot be a protocol field (RFC 1661 §6.5)
        rest = octets.removeprefix(ADDRESS_AND_CONTROL)
        size = 1 if rest[:1] and rest[0] & 1 else 2
        number = int.from_bytes(rest[:size], "big")
        if len(rest) < size or not _well_formed(number):
            raise RemoteProtocolError(Fault.MALFORMED, f"PPP frame: {octets[:8].hex(' ')}")
        return cls(_named(number), rest[size:])


def _well_formed(number: int) -> bool:
    return number & 0x0101 == 1 and 0 < number <= 0xFFFF and number != _RESERVED


def _named(number: int) -> int:
    return next((protocol for protocol in Protocol if protocol == number), number)
