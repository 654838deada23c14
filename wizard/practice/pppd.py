"""Stands in for pppd as a reader of options: `pppd dryrun nodetach notty file FILE`, `pppd --version`.

It takes words as pppd's options.c does and says of a file what the real one of 2.4.7 to 2.5.2 does: exit code 2 for an
unknown word, a bad number or a missing one, 1 where `auth` finds no secret for its name, 0 else. It makes no calls: on
this router pptpd's stand-in does that part too.
"""

from __future__ import annotations

import sys

from wizard.practice import root

COMMON = "/etc/ppp/options"
SECRETS = "/etc/ppp/chap-secrets"
OLD, NEW = "old", "new"
VERSIONS = {OLD: "2.4.9", NEW: "2.5.1"}
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN = """
    asyncmap-all auth noauth noaccomp nopcomp nocrtscts crtscts lock nolock noipdefault defaultroute
    nodefaultroute replacedefaultroute proxyarp noproxyarp nobsdcomp nodeflate nodeflatecomp noccp novj novjccomp
    noipv6 noipx debug nodebug nodetach updetach persist nopersist usepeerdns default-asyncmap ktune noktune mp
    nomp local modem silent passive refuse-pap refuse-chap refuse-mschap refuse-mschap-v2 refuse-eap require-pap
    require-chap require-mschap require-mschap-v2 require-eap login hide-password show-password dump dryrun notty
    lcp-echo-adaptive nomultilink noendpoint chapms-strip-domain ipcp-accept-local ipcp-accept-remote
    ipcp-no-address ipcp-no-addresses nologfd noremoteip multilink nomppc allow-any-ip"""
_ONE = """
    name remotename user password file logfile linkname ms-dns ms-wins ipparam plugin call connect disconnect
    welcome unit-name ifname endpoint domain pty init logfd netmask ip-up-script ip-down-script"""
_NUMBER = """
    mtu mru lcp-echo-interval lcp-echo-failure lcp-restart lcp-max-configure lcp-max-terminate lcp-max-failure
    maxfail holdoff idle maxconnect chap-interval chap-restart chap-max-challenge ipcp-restart ipcp-max-configure
    ipcp-max-failure ipcp-max-terminate unit kdebug child-timeout debug-level active-filter-level"""
_HEXADECIMAL = ("asyncmap",)
_WORDS_OF_2_5 = """
    require-mppe nomppe require-mppe-40 nomppe-40 require-mppe-128 nomppe-128 mppe-stateful nomppe-stateful"""
_MPPE = {
    OLD: {"nomppe": 0, "mppe": 1},
    NEW: dict.fromkeys(_WORDS_OF_2_5.split(), 0),
}


class RefusedError(Exception):
    """What pppd says before it ends with 2."""


class Options:
    """What the files say, the last word on each thing."""

    def __init__(self, dialect: str) -> None:
        self.values: dict[str, str] = {}
        self.said: set[str] = set()
        self.dns: list[str] = []
        self.local = self.remote = ""
        self.warnings: list[str] = []
        self._dialect = dialect

    def read(self, path: str, place: str) -> None:
        """Take a file in. Raises RefusedError."""
        try:
            with open(place, encoding="utf-8", errors="surrogateescape") as file:
                text = file.read()
        except OSError as error:
            raise RefusedError(f"Can't open options file {path}: {error.strerror}") from error
        words = list(split(text, path, self.warnings))
        while words:
            self._take(words.pop(0), words, path)

    def _take(self, word: str, rest: list[str], path: str) -> None:
        count = self._parameters(word)
        if count is None:
            if ":" in word and word.replace(":", "").replace(".", "").isdigit():
                self.local, _, self.remote = word.partition(":")
                return
            raise RefusedError(f"In file {path}: unrecognized option '{word}'")
        if len(rest) < count:
            raise RefusedError(f"In file {path}: too few parameters for option '{word}'")
        value = rest.pop(0) if count else ""
        _check(word, value)
        self.said.add(word)
        self.values[word] = value
        if word == "ms-dns":
            self.dns.append(value)

    def _parameters(self, word: str) -> int | None:
        mppe = _MPPE[self._dialect]
        if word in mppe:
            return mppe[word]
        if word in _ONE.split() or word in _NUMBER.split() or word in _HEXADECIMAL:
            return 1
        return 0 if word in _PLAIN.split() else None

    def last(self, *words: str) -> str:
        """Which of these words came last, "" where none did."""
        return next((word for word in reversed(self.values) if word in words), "")


def _check(word: str, value: str) -> None:
    base = 16 if word in _HEXADECIMAL else 0
    if word in _NUMBER.split() or word in _HEXADECIMAL:
        try:
            int(value, base)
        except ValueError:
            raise RefusedError(f"invalid numeric parameter '{value}' for {word} option") from None


def split(text: str, path: str = "", warnings: list[str] | None = None) -> Iterator[str]:
    """The words of a file, as options.c reads them: `#` begins a comment, quotes keep blanks, a backslash one sign."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text[at] == "#":
            at = (text.find("\n", at) + 1) or len(text)
        else:
            word, at, open_ = _word(text, at)
            if open_ and warnings is not None:
                warnings.append(f"warning: quoted word runs to end of file ({path:.19}...)")
            yield word


def _word(text: str, at: int) -> tuple[str, int, bool]:
    """One word, where it ends, and whether its quote is still open there."""
    word, quote = "", ""
    while at < len(text):
        sign = text[at]
        if sign == "\\" and at + 1 < len(text):
            word += "" if text[at + 1] == "\n" else text[at + 1]
            at += 2
            continue
        if quote and sign == quote:
            quote = ""
        elif not quote and sign in "'\"":
            quote = sign
        elif not quote and (sign.isspace() or sign == "#"):
            break
        else:
            word += sign
        at += 1
    return word, at, bool(quote)


def secrets() -> list[list[str]]:
    """The lines of chap-secrets, word by word: client, server, password, addresses."""
    try:
        with open(root.path(SECRETS), encoding="utf-8", errors="surrogateescape") as file:
            text = file.read()
    except OSError:
        return []
    lines = (list(split(line)) for line in text.splitlines())
    return [words for words in lines if len(words) >= 3]


def dialect() -> str:
    """Which words for MPPE this router's pppd knows."""
    try:
        with open(root.path("/lib/practice/mppe"), encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return NEW


def main(argv: list[str]) -> int:
    """The program."""
    if "--version" in argv:
        sys.stderr.write(f"pppd version {VERSIONS[dialect()]}\n")
        return 0
    if "dryrun" not in argv or "file" not in argv[:-1]:
        sys.stderr.write("pppd (stand-in): not reproduced: a call of its own\n")
        return 1
    path = argv[argv.index("file") + 1]
    options = Options(dialect())
    try:
        options.read(COMMON, root.path(COMMON))
        options.read(path, path)
    except RefusedError as error:
        sys.stderr.write(f"pppd: {error}\n")
        return 2
    for warning in options.warnings:
        sys.stderr.write(f"pppd: {warning}\n")
    return _authenticates(options)


def _authenticates(options: Options) -> int:
    if options.last("auth", "noauth") != "auth":
        return 0
    name = options.values.get("name", "OpenWrt")
    if any(words[1] in (name, "*") for words in secrets()):
        return 0
    sys.stderr.write("pppd: The remote system is required to authenticate itself\n")
    sys.stderr.write("pppd: but I couldn't find any suitable secret (password) for it to use to do so.\n")
    return 1
