"""Answers and passwords as files (TOML): what a person wrote, checked value by value, and answers written back."""

from __future__ import annotations

import re
import sys
import tomllib
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Literal, cast

from wizard.model.answers import (
    ANSWERS_VERSION,
    MAX_MTU,
    MIN_MTU,
    Access,
    Answers,
    Client,
    DaemonOptions,
    Dns,
    LanAccess,
    RouterAccess,
    Tunnel,
)
from wizard.model.errors import ExitCode, WizardError
from wizard.model.secret import Secret
from wizard.plan.names import name_problem, password_problem
from wizard.plan.tomlfile import (
    MODE_MATTERS,
    Refusal,
    quoted,
    read_table,
    read_text,
    refuse,
    text_of,
    truth_of,
    word_of,
)

LATER = ("lan", "internet", "enabled", "until")
"""Keys of a client that a later version will know."""
STANDARD_INPUT = Path("-")


def load_answers(path: Path) -> Answers:
    """The answers in a file.

    Raises `WizardError`: "answers-unreadable" (path, reason), or "answers-invalid" (path, key, problem, advice) for the
    first unknown key or unfit value. Whether addresses fit a router is for `addresses.problems` to say.
    """
    text = read_text(path, "answers-unreadable")
    try:
        return _answers(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        refuse("answers-invalid", path, Refusal("", f"it is not valid TOML: {error}"))
    except Refusal as refusal:
        refuse("answers-invalid", path, refusal)
    except (ValueError, RecursionError):  # a number of thousands of digits, thousands of brackets
        refuse("answers-invalid", path, Refusal("", "it holds something that no answer is that large"))


def load_secrets(path: Path) -> dict[str, Secret]:
    """The passwords of a secrets file by user name. On POSIX it must be its owner's alone (no bit of 0o077).

    Raises `WizardError`: "secrets-unreadable" (path, reason), "secrets-readable" (path, mode), or "secrets-invalid"
    (path, key, problem, advice), none of which carries a password.
    """
    text = read_text(path, "secrets-unreadable", private=True)
    try:
        return _passwords(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        # the rest of its words may quote the file
        place = re.search(r"\(at .*\)$", str(error))
        refuse("secrets-invalid", path, Refusal("", f"it is not valid TOML {place[0] if place else ''}".strip()))
    except Refusal as refusal:
        refuse("secrets-invalid", path, refusal)
    except (ValueError, RecursionError):
        refuse("secrets-invalid", path, Refusal("", "it holds something that no password is that large"))


def load_password(path: Path) -> Secret:
    """The router's own password: the first line of a file that is its owner's alone, or of standard input for `-`.

    Raises `WizardError`: "secrets-unreadable" (path, reason) or "secrets-readable" (path, mode).
    """
    text = sys.stdin.readline() if path == STANDARD_INPUT else read_text(path, "secrets-unreadable", private=True)
    line = text.split("\n", 1)[0].rstrip("\r")
    if not line:
        raise WizardError("secrets-unreadable", ExitCode.USAGE, path=path, reason="its first line is empty")
    return Secret(line)


def save_answers(path: Path, answers: Answers) -> None:
    """Write an answers file. Raises `WizardError("answers-unwritable")` (path, reason)."""
    try:
        path.write_text(dump_answers(answers), encoding="utf-8", newline="\n")
    except OSError as error:
        raise WizardError("answers-unwritable", path=path, reason=error.strerror or "it cannot be written") from error


def secrets_caution() -> str:
    """What to say about a secrets file on this system: "" where its permissions are checked."""
    if MODE_MATTERS:
        return ""
    return "Who else can read the secrets file is not checked on this system. Keep it in a folder of your own."


def dump_answers(answers: Answers) -> str:
    """The answers as a file that `load_answers` reads back as the same value. It holds no secret."""
    tunnel, access, daemon = answers.tunnel, answers.access, answers.daemon
    clients = "".join(
        f"[[clients]]\nname = {quoted(c.name)}\naddress = {quoted(c.address)}\n\n" for c in answers.clients
    )
    return f"""\
# Answers for pptp-wizard. Passwords are not in here.
version = {ANSWERS_VERSION}

[tunnel]
server = {quoted(tunnel.server)}
dns = {_word_or_list(tunnel.dns)}  # "router", "none" or a list of addresses

{clients}[access]
lan = {_word_or_list(access.lan)}  # "all", "none" or a list of addresses and networks
from_lan = {_word(access.from_lan)}  # hosts of the LAN may open connections to clients
internet = {_word(access.internet)}
between_clients = {_word(access.between_clients)}
router = {quoted(access.router)}  # "dns": ping and name service; "all": its SSH and web page too

[daemon]
mppe = {quoted(daemon.mppe)}  # 128 bit, stateless
mtu = {daemon.mtu}
debug = {_word(daemon.debug)}
"""


def _word(value: bool) -> str:
    return "true" if value else "false"


def _word_or_list(value: str | tuple[IPv4Address, ...] | tuple[IPv4Network, ...]) -> str:
    if isinstance(value, str):
        return quoted(value)
    return f"[{', '.join(quoted(_bare(each)) for each in value)}]"


def _bare(value: IPv4Address | IPv4Network) -> IPv4Address | IPv4Network:
    """A network of one host as the address that a person would write."""
    alone = isinstance(value, IPv4Network) and value.prefixlen == value.max_prefixlen
    return value.network_address if isinstance(value, IPv4Network) and alone else value


def _answers(data: dict[str, object]) -> Answers:
    _version("version", data.pop("version", None))  # first: a later version may well have other keys
    readers = {"tunnel": _tunnel, "clients": _clients, "access": _access, "daemon": _daemon}
    return Answers(**{"clients": (), **read_table("", data, readers, required=("tunnel",))})


def _tunnel(name: str, value: object) -> Tunnel:
    return Tunnel(**read_table(name, value, {"server": _address, "dns": _dns}, required=("server",)))


def _clients(name: str, value: object) -> tuple[Client, ...]:
    if not isinstance(value, list):
        raise Refusal(name, "every client needs a table of its own", "Write a line [[clients]] before each.")
    return tuple(_client(f"{name}[{number}]", each) for number, each in enumerate(value, 1))


def _client(name: str, value: object) -> Client:
    for key in LATER:
        if isinstance(value, dict) and key in value:
            raise Refusal(f"{name}.{key}", "one client alone cannot have this yet", "Take it out; see [access].")
    return Client(**read_table(name, value, {"name": _name, "address": _address}, required=("name", "address")))


def _access(name: str, value: object) -> Access:
    yes_or_no = dict.fromkeys(("from_lan", "internet", "between_clients"), truth_of)
    return Access(**read_table(name, value, {"lan": _lan, **yes_or_no, "router": _router}))


def _daemon(name: str, value: object) -> DaemonOptions:
    return DaemonOptions(**read_table(name, value, {"mppe": _mppe, "mtu": _mtu, "debug": truth_of}))


def _version(key: str, value: object) -> None:
    if value is True or value != ANSWERS_VERSION:
        raise Refusal(key, f"this program reads version {ANSWERS_VERSION} only", f"Write version = {ANSWERS_VERSION}.")


def _router(key: str, value: object) -> RouterAccess:
    return cast("RouterAccess", word_of(key, value, ("dns", "all")))


def _mppe(key: str, value: object) -> Literal["required"]:
    return cast('Literal["required"]', word_of(key, value, ("required",)))


def _mtu(key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not MIN_MTU <= value <= MAX_MTU:
        raise Refusal(key, "it is a number of bytes", f"Choose from {MIN_MTU} to {MAX_MTU}; 1400 suits most.")
    return value


def _name(key: str, value: object) -> str:
    name = text_of(key, value)
    problem = name_problem(name)
    if problem:
        raise Refusal(key, f"{name!r} cannot be a user name", problem)
    return name


def _address(key: str, value: object) -> IPv4Address:
    try:
        return IPv4Address(text_of(key, value))
    except ValueError:
        raise Refusal(key, f"{value!r} is not an IPv4 address", "Write one like 172.16.1.1.") from None


def _network(key: str, value: object) -> IPv4Network:
    try:
        return IPv4Network(text_of(key, value))
    except ValueError as error:
        advice = "Write an address like 192.168.1.10 or a network like 192.168.1.32/28."
        if "host bits" in str(error):
            advice = f"Write the host alone, or the network: {IPv4Network(str(value), strict=False)}."
        raise Refusal(key, f"{value!r} is neither an address nor a network", advice) from None


def _dns(key: str, value: object) -> Dns:
    if isinstance(value, list):
        return tuple(_address(f"{key}[{number}]", each) for number, each in enumerate(value, 1))
    return cast("Dns", word_of(key, value, ("router", "none"), 'a list like ["192.168.1.1"]'))


def _lan(key: str, value: object) -> LanAccess:
    if isinstance(value, list):
        return tuple(_network(f"{key}[{number}]", each) for number, each in enumerate(value, 1))
    return cast("LanAccess", word_of(key, value, ("all", "none"), 'a list like ["192.168.1.10"]'))


def _passwords(data: dict[str, object]) -> dict[str, Secret]:
    return dict(read_table("", data, {"passwords": _password_table}, required=("passwords",))["passwords"])


def _password_table(name: str, value: object) -> dict[str, Secret]:
    if not isinstance(value, dict):
        raise Refusal(name, "it has to be a table", f'Write a line [{name}] and lines like vpnuser = "…" below.')
    return {_name(name, user): _password(f"{name}.{user}", text) for user, text in value.items()}


def _password(key: str, value: object) -> Secret:
    text = text_of(key, value)
    problem = password_problem(text)
    if problem:
        raise Refusal(key, "it cannot be a password", problem)
    return Secret(text)
