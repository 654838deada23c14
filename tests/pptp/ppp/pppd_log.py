"""Frames as pppd writes them into its debug log, both ways: `[LCP ConfReq id=0x1 <mru 1482> <pcomp>]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from wizard.pptp.mppe import SupportedBits, as_pppd_logs
from wizard.pptp.ppp.frames import Frame
from wizard.pptp.ppp.packets import Option, Packet, decode_options, encode_options

PROTOCOLS = {"LCP": 0xC021, "CHAP": 0xC223, "PAP": 0xC023, "CCP": 0x80FD, "IPCP": 0x8021, "IPV6CP": 0x8057}
CODES = {
    "ConfReq": 1,
    "ConfAck": 2,
    "ConfNak": 3,
    "ConfRej": 4,
    "TermReq": 5,
    "TermAck": 6,
    "CodeRej": 7,
    "ProtRej": 8,
    "EchoReq": 9,
    "EchoRep": 10,
    "DiscReq": 11,
    "Ident": 12,
    "TimeRem": 13,
    "ResetReq": 14,
    "ResetAck": 15,
}
CHAP_CODES = {"Challenge": 1, "Response": 2, "Success": 3, "Failure": 4}
LOGINS = {
    "pap": "c023",
    "eap": "c227",
    "chap MD5": "c22305",
    "chap MS": "c22380",
    "chap MS-v2": "c22381",
}


class Kind(NamedTuple):
    """How a kind of option is written."""

    number: int
    read: Callable[[str], bytes]
    write: Callable[[bytes], str]


def _number(number: int, size: int) -> Kind:
    return Kind(number, lambda text: int(text).to_bytes(size, "big"), lambda octets: str(int.from_bytes(octets, "big")))


def _hex(number: int) -> Kind:
    return Kind(
        number, lambda text: int(text, 16).to_bytes(4, "big"), lambda octets: hex(int.from_bytes(octets, "big"))
    )


def _octets(number: int) -> Kind:
    return Kind(number, bytes.fromhex, lambda octets: octets.hex(" "))


def _address(number: int) -> Kind:
    return Kind(number, lambda text: IPv4Address(text).packed, lambda octets: str(IPv4Address(octets)))


def _login(text: str) -> bytes:
    return bytes.fromhex(LOGINS[text])


def _logins_name(octets: bytes) -> str:
    return next(name for name, login in LOGINS.items() if login == octets.hex())


def _bits(text: str) -> bytes:
    on = (word[1:] for word in text.split() if word.startswith("+"))
    return sum(int(SupportedBits[letter]) for letter in on).to_bytes(4, "big")


KINDS: Mapping[str, Mapping[str, Kind]] = {
    "LCP": {
        "mru": _number(1, 2),
        "asyncmap": _hex(2),
        "auth": Kind(3, _login, _logins_name),
        "magic": _hex(5),
        "pcomp": _octets(7),
        "accomp": _octets(8),
        "callback": Kind(13, lambda text: b"\x06", lambda octets: "CBCP"),
        "mrru": _number(17, 2),
        "endpoint": _octets(19),
    },
    "CCP": {
        "mppe": Kind(18, _bits, lambda octets: as_pppd_logs(SupportedBits(int.from_bytes(octets, "big")))),
        "deflate": _number(26, 2),
    },
    "IPCP": {
        "compress": Kind(2, lambda text: b"\0\x2d\x0f\x01", lambda octets: "VJ 0f 01"),
        "addr": _address(3),
        "ms-dns1": _address(129),
        "ms-wins": _address(130),
        "ms-dns2": _address(131),
        "ms-wins2": _address(132),
    },
    "IPV6CP": {
        "addr": Kind(
            1,
            lambda text: IPv6Address(text).packed[8:],
            lambda octets: str(IPv6Address(b"\xfe\x80" + bytes(6) + octets)),
        ),
    },
}


def frame(line: str) -> bytes:
    """The octets of a frame that pppd would log like that."""
    parts = re.fullmatch(r"\[?(\w+) (\w+) id=(0x\w+) ?(.*?)\]?", line)
    assert parts, line
    protocol, verb, number, rest = parts.groups()
    code = (CHAP_CODES if protocol == "CHAP" else CODES)[verb]
    data = _data(protocol, verb, rest)
    return Frame(PROTOCOLS[protocol], Packet(code, int(number, 16), data).encode()).encode()


def line(octets: bytes) -> str:
    """What pppd would log of a frame; of one that is no control packet, its protocol and length."""
    whole = Frame.decode(octets)
    protocol = next((name for name, number in PROTOCOLS.items() if number == whole.protocol), "")
    if not protocol:
        return f"0x{whole.protocol:x} {len(whole.information)}"
    packet = Packet.decode(whole.information)
    codes = CHAP_CODES if protocol == "CHAP" else CODES
    verb = next(name for name, code in codes.items() if code == packet.code)
    return f"{protocol} {verb} id={packet.identifier:#x} {_text(protocol, verb, packet.data)}".rstrip()


def lines(frames: Iterable[bytes]) -> list[str]:
    return [line(octets) for octets in frames]


def _data(protocol: str, verb: str, rest: str) -> bytes:
    if verb.startswith("Conf"):
        return encode_options(_option(protocol, text) for text in re.findall(r"<([^>]+)>", rest))
    if named := re.fullmatch(r'<(\w+)>, name = "(.*)"', rest):
        value = bytes.fromhex(named[1])
        return bytes([len(value)]) + value + named[2].encode()
    if magic := re.fullmatch(r"magic=(0x\w+)", rest):
        return int(magic[1], 16).to_bytes(4, "big")
    if rest.startswith("0x"):
        return int(rest, 16).to_bytes(2, "big")
    return rest.strip('"').encode()


def _option(protocol: str, text: str) -> Option:
    word, _, value = text.partition(" ")
    kind = KINDS[protocol][word]
    return Option(kind.number, kind.read(value))


def _text(protocol: str, verb: str, data: bytes) -> str:
    if verb.startswith("Conf"):
        return " ".join(_written(protocol, option) for option in decode_options(data))
    if verb in ("Challenge", "Response"):
        size = 1 + data[0]
        return f'<{data[1:size].hex()}>, name = "{data[size:].decode()}"'
    if verb.startswith("Echo"):
        return f"magic={int.from_bytes(data, 'big'):#x}"
    if verb in ("ProtRej", "CodeRej"):
        return f"0x{data[:2].hex()}"
    return f'"{data.decode()}"' if data or protocol == "CHAP" else ""


def _written(protocol: str, option: Option) -> str:
    word, kind = next((word, kind) for word, kind in KINDS[protocol].items() if kind.number == option.kind)
    return f"<{word} {kind.write(option.value)}".rstrip() + ">"
